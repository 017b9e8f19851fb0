"""What stands before a database."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest

from components.database.outputs import DatabaseOutputs
from components.pooler.plan import DRAIN_SECONDS, EXPORTER, IMAGE, METRICS_PORT, PORT, USER, pool
from components.pooler.pooler import Pooler, host
from components.pooler.spec import PoolerSpec
from components.workloads.authority import InternalAuthority
from components.workloads.values import CachedImage, PlainValue
from components.workloads.wiring import Wiring
from tests.crds import needs_crds, validate
from tests.fakes import Thing
from tests.recorder import Recording, output, record

KUBERNETES = "1.34"
SPEC = PoolerSpec(namespace="apps")


def image(value: PlainValue) -> str:
    assert isinstance(value, CachedImage)
    return f"mirror.example/{value.registry}/{value.repository}:{value.tag}"


def pooled(spec: PoolerSpec = SPEC, **checksums: str) -> Recording[Any]:
    def declare() -> Pooler:
        database = DatabaseOutputs(
            host=output("db.example"),
            port=5432,
            database="app",
            identifier="db",
            ref=output("db"),
            admin="postgres",
            admin_secret=output("admin"),
            admin_secret_key="password",
        )
        ready = Thing("ready", "certificates")
        authority = InternalAuthority("apps", "apps", [ready]).outputs
        wiring = Wiring(namespace="apps", resolve=image, checksums=dict(checksums), after=(Thing("policy", "policy"),))
        sized = pool("poolers.main", spec, 400, 2, 0)
        return Pooler("main-pooler", "main", spec, database, sized, "main-pooler-users", authority, wiring, Thing("ready", "monitoring"))

    return record(declare)


@pytest.fixture(scope="module")
def made() -> Recording[Any]:
    return pooled()


def deployment(made: Recording[Any]) -> dict[str, Any]:
    return made.one("kubernetes:apps/v1:Deployment").inputs


def pod(made: Recording[Any]) -> dict[str, Any]:
    return deployment(made)["spec"]["template"]["spec"]


@pytest.mark.requirement("SN-03")
def test_clients_meet_it_by_one_name_on_its_own_port_over_tls(made: Recording[Any]):
    service = made.one("kubernetes:core/v1:Service").inputs
    kubernetes_validate.validate(service, KUBERNETES, strict=True)
    assert service["spec"]["type"] == "ClusterIP"
    assert {item["name"]: item["port"] for item in service["spec"]["ports"]} == {"postgres": PORT, "metrics": METRICS_PORT}
    name = host("main", "apps")
    assert name == "main-pooler.apps.svc.cluster.local"
    certificate = made.one("kubernetes:cert-manager.io/v1:Certificate", "main-pooler-tls").inputs["spec"]
    assert name in certificate["dnsNames"]
    assert {volume["secret"]["secretName"] for volume in pod(made)["volumes"] if "secret" in volume} == {
        certificate["secretName"],
        "main-pooler-users",
    }


def test_a_request_to_cancel_reaches_the_pod_that_runs_the_query(made: Recording[Any]):
    assert made.one("kubernetes:core/v1:Service").inputs["spec"]["sessionAffinity"] == "ClientIP"


def test_its_objects_are_what_kubernetes_takes(made: Recording[Any]):
    for item in made:
        if item.type.startswith(("kubernetes:core", "kubernetes:apps", "kubernetes:policy")):
            kubernetes_validate.validate(item.inputs, KUBERNETES, strict=True)


@needs_crds
def test_its_custom_objects_are_what_their_definitions_take(made: Recording[Any]):
    custom = [item for item in made if item.type.startswith(("kubernetes:cert-manager.io", "kubernetes:monitoring"))]
    assert len(custom) == 5
    for item in custom:
        assert validate(item.inputs["apiVersion"], item.inputs["kind"], item.inputs) == [], item.name


def test_a_roll_out_never_holds_more_connections_than_the_pool_was_computed_for(made: Recording[Any]):
    """At most one pod is leaving, and its successor counts as there only when it has left."""
    spec = deployment(made)["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
    assert spec["minReadySeconds"] == DRAIN_SECONDS == pod(made)["terminationGracePeriodSeconds"]


def test_a_single_pod_is_replaced_before_it_goes_and_may_be_evicted():
    single = pooled(PoolerSpec(namespace="apps", replicas=1))
    assert deployment(single)["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert single.of("kubernetes:policy/v1:PodDisruptionBudget") == []
    assert "topologySpreadConstraints" not in pod(single)


def test_several_pods_are_spread_and_go_one_at_a_time(made: Recording[Any]):
    assert {item["topologyKey"] for item in pod(made)["topologySpreadConstraints"]} == {
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
    }
    assert made.one("kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]["maxUnavailable"] == 1


def test_its_containers_are_hardened_and_share_the_user_that_the_console_lets_in(made: Recording[Any]):
    assert pod(made)["securityContext"]["runAsUser"] == USER
    assert pod(made)["automountServiceAccountToken"] is False
    for container in pod(made)["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }
        assert set(container["resources"]) == {"requests", "limits"}
        assert "sockets" in {mount["name"] for mount in container["volumeMounts"]}


def test_a_container_that_hangs_is_started_again(made: Recording[Any]):
    """Each is asked by its own port. The exporter's says nothing of PgBouncer, so that late statistics take no pod out of the Service."""
    for container, port in zip(pod(made)["containers"], (PORT, METRICS_PORT), strict=True):
        assert {container[probe]["tcpSocket"]["port"] for probe in ("livenessProbe", "readinessProbe")} == {port}


def test_its_images_come_through_the_stacks_own_registry(made: Recording[Any]):
    assert [container["image"] for container in pod(made)["containers"]] == [image(IMAGE), image(EXPORTER)]


def test_another_user_list_or_configuration_rolls_it(made: Recording[Any]):
    def annotations(recording: Recording[Any]) -> dict[str, str]:
        return deployment(recording)["spec"]["template"]["metadata"]["annotations"]

    assert annotations(pooled(users="a")) != annotations(pooled(users="b"))
    assert annotations(made) != annotations(pooled(SPEC.model_copy(update={"max_clients": 50})))


def test_no_password_is_in_what_the_engine_writes(made: Recording[Any]):
    files = made.one("kubernetes:core/v1:ConfigMap").inputs["data"]
    assert set(files) == {"pgbouncer.ini", "start.sh"}
    assert "password" not in files["pgbouncer.ini"]
    assert made.of("kubernetes:core/v1:Secret") == []


def test_pods_start_behind_their_policies_with_certificate_and_configuration(made: Recording[Any]):
    assert set(made.one("kubernetes:apps/v1:Deployment").depends_on) >= {"policy", "main-pooler-tls", "main-pooler-config"}
