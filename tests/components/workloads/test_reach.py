"""Connections follow from what pods use and call."""

from __future__ import annotations

from typing import Any

import pytest

from components.workloads.connections import CacheServer, DatabaseServer, Dns, Gateway, Identity, Internet, KubernetesApi, Monitoring, Pods
from components.workloads.reach import reach
from components.workloads.spec import AccountSpec, Calls, JobSpec, RouteSpec, Uses
from tests.components.workloads.connected import BARE, GROUND, POOLER, VALKEY, deployment, found, let_in, opened, pod


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
