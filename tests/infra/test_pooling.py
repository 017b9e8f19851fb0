"""What poolers and in-cluster Valkeys add to a system."""

from __future__ import annotations

import re
from typing import Any

import pulumi
import pytest

from components.backup.spec import BackupSpec
from components.database.outputs import DatabaseOutputs
from components.database.spec import DatabaseSpec
from components.pooler.plan import METRICS_PORT, PORT
from components.pooler.spec import PoolerSpec
from components.secrets.spec import SecretsSpec
from components.valkey.spec import ValkeySpec
from components.vocabulary import Cloud
from components.workloads.connections import Terrain, policies
from components.workloads.pod_spec import PodSpec
from components.workloads.spec import NamespaceSpec, Quota, SecretItem, SecretSpec
from components.workloads.values import CachedImage, DatabaseUrl, PlainValue, UserList
from components.workloads.wiring import Wiring
from infra import pooling, valkeys
from infra.scram import verifier
from infra.system import Observability, Receivers, RoleSpec, StoreSpec, SystemSpec
from tests.fakes import Thing
from tests.recorder import output, record

QUOTA = Quota(pods=20, requests_cpu="4", requests_memory="8Gi", limits_cpu="8", limits_memory="16Gi")
URLS = {
    "app-url": DatabaseUrl(database="main", role="app"),
    "reader-url": DatabaseUrl(database="main", role="reader"),
    "migrate-url": DatabaseUrl(database="main", role="owner", direct=True),
}


def system(urls: dict[str, DatabaseUrl] = URLS, **changed: Any) -> SystemSpec:
    fields: dict[str, Any] = {
        "id": "toy",
        "pools": (),
        "backup": BackupSpec(),
        "receivers": Receivers(emails=("ops@example.eu",)),
        "observability": Observability(),
        "databases": {"main": DatabaseSpec(database="app")},
        "poolers": {"main": PoolerSpec(namespace="apps")},
        "valkeys": {"queue": ValkeySpec(namespace="apps")},
        "roles": {role: RoleSpec(rights="write") for role in ("app", "reader", "owner")},
        "secrets": StoreSpec(store=SecretsSpec(prefix="toy"), values=dict(urls)),
        "namespaces": (NamespaceSpec(name="apps", quota=QUOTA),),
        "views": (SecretSpec(name="db", namespace="apps", data={"URL": SecretItem(path="app-url")}),),
    }
    return SystemSpec(**{**fields, **changed})


def test_the_user_list_holds_who_goes_through_and_nobody_else():
    found = pooling.completed(system())
    assert found.secrets.values["main-pooler-users"] == UserList(roles=("app", "reader"))
    (view,) = (item for item in found.views if item.name == "main-pooler-users")
    assert (view.namespace, view.data) == ("apps", {"userlist.txt": SecretItem(path="main-pooler-users")})


def test_secrets_of_the_platforms_own_come_as_the_systems_others_do():
    views = (SecretSpec(name="db", namespace="apps", data={"URL": SecretItem(path="app-url")}, delivery="plain"),)
    found = valkeys.completed(pooling.completed(system(views=views)))
    assert {item.delivery for item in found.views} == {"plain"}
    assert {item.name for item in found.views} == {"db", "main-pooler-users", "queue-valkey-password"}


def test_what_is_added_is_a_whole_system():
    """Every view's path is declared: the completed system passes the checks of one that is written by hand."""
    found = valkeys.completed(pooling.completed(system()))
    assert SystemSpec.model_validate(found.model_dump()) == found


def test_a_system_without_either_is_left_as_it_is():
    plain = system(poolers={}, valkeys={})
    assert valkeys.completed(pooling.completed(plain)) is plain


def test_a_pooler_that_nobody_goes_through_is_refused():
    with pytest.raises(
        ValueError, match=re.escape("poolers.main: no URL goes through it; allowed: a DatabaseUrl of 'main' that is not direct")
    ):
        pooling.completed(system({"app-url": URLS["app-url"].model_copy(update={"direct": True})}))


def test_roles_that_go_past_the_pooler_leave_it_less():
    (sized,) = pooling.pools(system()).values()
    assert (sized.roles, sized.limit) == (2, 400)
    assert sized.total + 40 + pooling.DIRECT_EACH <= 400
    (alone,) = pooling.pools(system({name: url for name, url in URLS.items() if not url.direct})).values()
    assert alone.share > sized.share


def test_urls_lead_to_the_pooler_unless_they_say_otherwise():
    toy = system()
    assert pooling.endpoint(toy, URLS["app-url"]) == ("main-pooler.apps.svc.cluster.local", PORT)
    assert pooling.endpoint(toy, URLS["migrate-url"]) is None
    assert pooling.endpoint(system(poolers={}), URLS["app-url"]) is None
    with pytest.raises(ValueError, match="asks ssl_mode verify-full of a pooler; allowed: require, or direct"):
        pooling.endpoint(toy, URLS["app-url"].model_copy(update={"ssl_mode": "verify-full"}))


def test_pgbouncer_has_the_very_verifiers_that_the_database_stores():
    found: list[str] = []

    def declare() -> None:
        passwords = {role: pulumi.Output.secret(output(f"{role}-password")) for role in ("app", "reader")}
        pooling.user_list(UserList(roles=("app", "reader")), passwords).apply(found.append)

    record(declare)
    assert found == [f'"app" "{verifier("app", "app-password")}"\n"reader" "{verifier("reader", "reader-password")}"\n']
    assert "app-password" not in found[0]


def test_policies_open_what_poolers_and_servers_need_and_no_more():
    toy = valkeys.completed(pooling.completed(system()))
    terrain = Terrain(
        cloud=Cloud.AWS,
        gateway_namespace="gateway",
        monitoring_namespace="monitoring",
        data_cidrs=("10.0.1.0/24",),
        node_cidrs=(),
        api_address="172.20.0.1/32",
    )
    pooler, servers = policies(toy.connections, terrain)
    assert pooler.subject == pooling.subject(toy, "main")
    assert [(peer.cidr or peer.namespace, allowed.ports) for allowed in pooler.egress for peer in allowed.peers] == [
        ("10.0.1.0/24", (("TCP", 5432),)),
        ("kube-system", (("UDP", 53), ("TCP", 53))),
    ]
    assert [(allowed.peers[0].namespace, allowed.ports) for allowed in pooler.ingress] == [("monitoring", (("TCP", METRICS_PORT),))]
    assert servers.subject == valkeys.subject(toy, "queue")
    among = [allowed for allowed in servers.ingress if allowed.peers[0].namespace == "apps"]
    assert [allowed.ports for allowed in among] == [(("TCP", 6379), ("TCP", 26379))]


def test_sentinels_are_one_text_of_three_addresses():
    assert valkeys.sentinels(system(), "queue") == ",".join(
        f"queue-valkey-{ordinal}.queue-valkey.apps.svc.cluster.local:26379" for ordinal in range(3)
    )


def image(value: PlainValue) -> str:
    assert isinstance(value, CachedImage)
    return value.repository


@pytest.mark.parametrize(("tls", "authorities"), [(False, 1), (True, 1)])
def test_they_are_declared_with_one_authority_for_each_namespace(tls: bool, authorities: int):
    toy = system(valkeys={"queue": ValkeySpec(namespace="apps", tls=tls)})
    read: list[tuple[str, ...]] = []

    def wired(namespace: str, pod: PodSpec) -> Wiring:
        read.append(pod.read_secrets)
        return Wiring(namespace=namespace, resolve=image, checksums={f"eu-cloud/secret-{name}": "1" for name in pod.read_secrets})

    def declare() -> tuple[Any, Any]:
        opts, ready = pulumi.ResourceOptions(), Thing("ready", "certificates")
        database = DatabaseOutputs(output("db.example"), 5432, "app", "db", output("db"), "admin", output("admin"), "password")
        signing = pooling.authorities("toy", toy, {"apps": "apps"}, [ready], opts)
        poolers = pooling.declare("toy", toy, {"main": database}, signing, wired, None, opts)
        return poolers, valkeys.declare("toy", toy, signing, wired, lambda view: view.name, None, opts)

    made = record(declare)
    assert len(made.of("eucloud:workloads:InternalAuthority")) == authorities
    assert read == [("main-pooler-users",), ("queue-valkey-password",)]
    poolers, servers = made.result
    assert poolers["main"].host == "main-pooler.apps.svc.cluster.local"
    assert servers["queue"].authority == ("queue-valkey-tls" if tls else None)


def test_nothing_that_speaks_in_the_clear_needs_an_authority():
    toy = system(poolers={})
    made = record(lambda: pooling.authorities("toy", toy, {"apps": "apps"}, [], pulumi.ResourceOptions()))
    assert made.result == {}
