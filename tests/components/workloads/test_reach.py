"""Connections follow from what pods use and call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.vocabulary import Cloud
from components.workloads.connections import (
    CachePeer,
    CacheServer,
    Connection,
    DatabaseServer,
    Dns,
    Gateway,
    Identity,
    Internet,
    KubernetesApi,
    Monitoring,
    Peer,
    Pods,
    Terrain,
    policies,
)
from components.workloads.reach import Ground, reach
from components.workloads.spec import AccountSpec, Calls, DeploymentSpec, JobSpec, PodSpec, RouteSpec, Uses
from tests.components.workloads.samples import SMALL

POOLER = Pods(name="main-pooler", namespace="apps", labels={"app": "main-pooler"})
VALKEY = Pods(name="sessions", namespace="apps", labels={"app": "sessions"})
GROUND = Ground(databases=("main", "audit"), caches=("queue",), poolers={"main": POOLER}, valkeys={"sessions": VALKEY})
BARE = Ground(databases=("main",))


def pod(name: str, *uses: str, calls: Sequence[Calls] = (), direct: bool = False, account: str | None = None) -> PodSpec:
    connected = tuple(Uses(resource=item, direct=direct) for item in uses)
    return PodSpec(image="app:1", labels={"app": name}, resources=SMALL, uses=connected, calls=tuple(calls), account=account)


def deployment(name: str, *uses: str, namespace: str = "apps", port: int | None = 8080, **more: Any) -> DeploymentSpec:
    metrics = {key: more.pop(key) for key in ("metrics_path", "metrics_port") if key in more}
    return DeploymentSpec(name=name, namespace=namespace, replicas=1, pod=pod(name, *uses, **more), port=port, **metrics)


def found(
    *deployments: DeploymentSpec,
    jobs: Sequence[JobSpec] = (),
    accounts: Sequence[AccountSpec] = (),
    routes: Sequence[RouteSpec] = (),
    ground: Ground = GROUND,
) -> tuple[Connection, ...]:
    return reach(deployments, jobs, accounts, routes, ground)


def opened(name: str, connections: Sequence[Connection]) -> list[tuple[Any, tuple[int, ...]]]:
    return [(item.target, item.ports) for item in connections if isinstance(item.source, Pods) and item.source.name == name]


def let_in(name: str, connections: Sequence[Connection]) -> list[tuple[Any, tuple[int, ...]]]:
    return [(item.source, item.ports) for item in connections if isinstance(item.target, Pods) and item.target.name == name]


def test_who_uses_nothing_opens_nothing_and_lets_nobody_in():
    assert found(deployment("quiet"), ground=BARE) == ()


def test_who_opens_anything_may_ask_for_names():
    assert opened("api", found(deployment("api", "cache:queue"))) == [(Dns(), ()), (CacheServer(cache="queue"), ())]


def test_a_database_is_reached_through_its_pooler_and_past_it_only_where_asked():
    connections = found(
        deployment("api", "database:main"), deployment("migrate", "database:main", direct=True), deployment("audit", "database:audit")
    )
    assert opened("api", connections)[1:] == [(POOLER, (6432,))]
    assert opened("migrate", connections)[1:] == [(DatabaseServer(), ())]
    assert opened("audit", connections)[1:] == [(DatabaseServer(), ())]
    assert [source.name for source, _ in let_in("main-pooler", connections)] == ["api"]


def test_without_a_pooler_a_database_is_reached_itself():
    assert opened("api", found(deployment("api", "database:main"), ground=BARE))[1:] == [(DatabaseServer(), ())]


def test_a_client_of_a_valkey_reaches_servers_and_sentinels():
    connections = found(deployment("api", "valkey:sessions"))
    assert opened("api", connections)[1:] == [(VALKEY, (6379, 26379))]
    assert [(source.name, ports) for source, ports in let_in("sessions", connections)] == [("api", (6379, 26379))]


def test_an_identity_is_asked_for_where_the_account_has_rights_in_the_cloud():
    accounts = (
        AccountSpec(name="trusted", namespace="apps", uses=(Uses(resource="key:master"),)),
        AccountSpec(name="plain", namespace="apps"),
        AccountSpec(name="trusted", namespace="other"),
    )
    connections = found(
        deployment("signs", account="trusted"),
        deployment("plain", account="plain"),
        deployment("elsewhere", account="trusted", namespace="other"),
        accounts=accounts,
    )
    assert opened("signs", connections) == [(Dns(), ()), (Identity(), ())]
    assert opened("plain", connections) == opened("elsewhere", connections) == []


def test_calls_reach_places_of_the_platform_and_other_workloads():
    calls = (
        Calls(target="internet"),
        Calls(target="internet", ports=(587,)),
        Calls(target="kubernetes-api"),
        Calls(target="traces"),
        Calls(target="worker"),
        Calls(target="worker", ports=(9000,)),
    )
    connections = found(deployment("api", calls=calls), deployment("worker", port=8000))
    assert opened("api", connections) == [
        (Dns(), ()),
        (KubernetesApi(), ()),
        (Internet(), ()),
        (Internet(), (587,)),
        (Monitoring(), (4317, 4318)),
        (worker := Pods(name="worker", namespace="apps", labels={"app": "worker"}), (8000,)),
        (worker, (9000,)),
    ]


def test_a_name_means_the_workload_of_the_callers_own_namespace():
    here, there = deployment("worker"), deployment("worker", namespace="other")
    connections = found(deployment("api", calls=(Calls(target="worker"),)), there, here)
    assert [target.namespace for target, _ in opened("api", connections)[1:]] == ["apps"]
    connections = found(deployment("api", calls=(Calls(target="worker"),)), there)
    assert [target.namespace for target, _ in opened("api", connections)[1:]] == ["other"]


@pytest.mark.requirement("AA-06")
def test_routes_and_metrics_let_the_gateway_and_prometheus_in_and_nobody_else():
    route = RouteSpec(name="public", namespace="apps", host="api.example.org", service="api", tls_secret="api-tls")
    api = deployment("api", metrics_path="/metrics", metrics_port=9090)
    worker = deployment("worker", port=None, metrics_path="/metrics", metrics_port=9540)
    connections = found(api, worker, deployment("inner"), routes=(route,))
    assert let_in("api", connections) == [(Gateway(), (8080,)), (Monitoring(), (9090,))]
    assert let_in("worker", connections) == [(Monitoring(), (9540,))]
    assert let_in("inner", connections) == []


def test_a_job_connects_as_a_deployment_does():
    job = JobSpec(name="migrate", namespace="apps", pod=pod("migrate", "database:main", direct=True))
    assert opened("migrate", found(jobs=(job,))) == [(Dns(), ()), (DatabaseServer(), ())]


@pytest.mark.parametrize(
    ("given", "mistake"),
    [
        (
            {"deployments": [deployment("api", "database:mian")]},
            r"api\.uses: 'database:mian' is nothing that is declared; allowed: database:audit, database:main",
        ),
        ({"deployments": [deployment("api", "cache:main")]}, r"api\.uses: 'cache:main' is nothing .* allowed: cache:queue"),
        ({"deployments": [deployment("api", "valkey:queue")]}, r"api\.uses: 'valkey:queue' is nothing .* allowed: valkey:sessions"),
        (
            {"deployments": [deployment("api", calls=(Calls(target="wroker"),))]},
            r"api\.calls: 'wroker' is nothing that is declared; allowed: internet, kubernetes-api, traces, api",
        ),
        (
            {"deployments": [deployment("api", calls=(Calls(target="worker"),)), deployment("worker", port=None)]},
            r"api\.calls: 'worker' serves no port",
        ),
        (
            {
                "deployments": [
                    deployment("api", calls=(Calls(target="worker"),)),
                    deployment("worker", namespace="one"),
                    deployment("worker", namespace="two"),
                ]
            },
            r"api\.calls: 'worker' is ambiguous",
        ),
        (
            {"routes": [RouteSpec(name="public", namespace="apps", host="a.example.org", service="api", tls_secret="tls")]},
            r"public\.service: 'api' is nothing that is declared; allowed: none",
        ),
        (
            {"deployments": [deployment("api").model_copy(update={"pod": pod("api").model_copy(update={"labels": {}})})]},
            r"api\.pod\.labels: none given",
        ),
    ],
)
def test_a_name_that_nothing_has_is_refused(given: dict[str, Any], mistake: str):
    with pytest.raises(ValueError, match=mistake):
        reach(given.get("deployments", ()), (), (), given.get("routes", ()), GROUND)


def test_labels_that_select_others_pods_too_are_refused():
    """The policy of the one, and its Service, would count for the other's pods."""
    wide = deployment("api")
    narrow = deployment("seed").model_copy(update={"pod": pod("api").model_copy(update={"labels": {"app": "api", "component": "seed"}})})
    with pytest.raises(ValueError, match=r"api\.labels .* also select the pods of seed; allowed: labels that tell them apart"):
        found(wide, narrow)
    assert found(wide, narrow.model_copy(update={"namespace": "other"}), ground=BARE) == ()


@pytest.mark.parametrize("resource", ["key:master", "secrets:all"])
def test_rights_are_the_accounts_and_connections_the_pods(resource: str):
    with pytest.raises(ValueError, match=f"uses {resource} given; allowed: database, cache, valkey"):
        pod("api", resource)


def test_an_account_has_no_rights_to_what_pods_connect_to():
    with pytest.raises(ValueError, match=r"app-sa\.uses database:main given; allowed: key, secrets"):
        AccountSpec(name="app-sa", namespace="apps", uses=(Uses(resource="database:main"),))


def test_only_databases_have_poolers_to_go_past():
    with pytest.raises(ValueError, match="'cache:queue' is given as direct; allowed: database:…"):
        Uses(resource="cache:queue", direct=True)


TERRAIN = Terrain(
    cloud=Cloud.AWS,
    gateway_namespace="gateway",
    monitoring_namespace="monitoring",
    data_cidrs=("10.0.1.0/24",),
    node_cidrs=("10.0.16.0/20",),
    api_address="172.20.0.1/32",
    caches={"queue": CachePeer(cidrs=("10.0.2.0/24",), ports=((6379, 6379), (11000, 13047)))},
)
NAMES = ("one", "two", "three")
WORKLOADS = st.fixed_dictionaries(
    {
        name: st.tuples(
            st.sets(st.sampled_from(("database:main", "database:audit", "cache:queue", "valkey:sessions"))),
            st.sets(st.sampled_from((*NAMES, "internet", "kubernetes-api", "traces"))),
            st.booleans(),
        )
        for name in NAMES
    }
)


@given(WORKLOADS)
def test_every_workload_opens_what_it_says_and_no_more_and_the_other_end_lets_it_in(
    chosen: dict[str, tuple[set[str], set[str], bool]],
):
    deployments = [
        deployment(name, *sorted(uses), calls=[Calls(target=item) for item in sorted(calls)], metrics_path="/metrics" if scraped else None)
        for name, (uses, calls, scraped) in chosen.items()
    ]
    made = {policy.subject.name: policy for policy in policies(found(*deployments), TERRAIN)}
    for name, (uses, calls, scraped) in chosen.items():
        wanted = len(uses) + len(calls)
        callers = {other for other, (_, called, _) in chosen.items() if name in called}
        if not (wanted or scraped or callers):
            assert name not in made
            continue
        assert len(made[name].egress) == (wanted + 1 if wanted else 0)
        assert len(made[name].ingress) == len(callers) + scraped
        own = Peer(namespace="apps", labels=(("app", name),))
        for allowed in made[name].egress:
            for peer in allowed.peers:
                if peer.namespace == "apps":
                    other = next(policy for policy in made.values() if tuple(policy.subject.labels.items()) == peer.labels)
                    assert any(own in entry.peers and entry.ports == allowed.ports for entry in other.ingress)
