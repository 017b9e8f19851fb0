"""AI Agents' rows on what whole stacks register on each cloud: namespace, rights, pods, autoscaling, order, rollback."""

from __future__ import annotations

from typing import Any

import pytest

from components.vocabulary import Cloud
from tests.inventory.ai_agents import (
    ACCOUNT,
    API,
    BEFORE,
    CONFIG,
    DOWNGRADE,
    NAMESPACE,
    ROLES,
    ROUTE,
    TODAY,
    WORKER,
    declared,
    exported,
    inside,
    pod,
    ports_out,
)
from tests.inventory.cases import Case, case
from tests.inventory.graph import Graph
from tests.inventory.pods import found, of_kind, pod_specs
from tests.recorder import Recording

pytestmark = pytest.mark.inventory


@pytest.mark.requirement("AA-06")
def test_the_namespace_is_restricted_bounded_and_closed_by_default(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    labels = found(registered, "Namespace", NAMESPACE)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert inside(registered, "ResourceQuota", "quota")
    assert inside(registered, "LimitRange", "defaults")
    closed = inside(registered, "NetworkPolicy", "default-deny")["spec"]
    assert (closed["podSelector"], closed["policyTypes"]) == ({}, ["Ingress", "Egress"])
    assert "ingress" not in closed
    assert "egress" not in closed


@pytest.mark.requirement("AA-06")
def test_the_account_has_no_right_in_the_cluster_or_in_the_cloud(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    account = inside(registered, "ServiceAccount", ACCOUNT)
    assert account["automountServiceAccountToken"] is False
    assert "annotations" not in account["metadata"], "none that a cloud would take for an identity"
    for name in (API, WORKER):
        assert (pod(registered, name)["serviceAccountName"], pod(registered, name)["automountServiceAccountToken"]) == (ACCOUNT, False)
    bound = [one for kind in ("RoleBinding", "ClusterRoleBinding") for obj in of_kind(registered, kind) for one in obj["subjects"]]
    assert [one for one in bound if one["name"] == ACCOUNT] == []
    identities = [item.name for item in registered if item.type.startswith("eucloud:") and item.type.endswith(":Identity")]
    assert [name for name in identities if ACCOUNT in name] == []


@pytest.mark.requirement("AA-06")
def test_pods_reach_the_database_the_queue_and_traces_and_the_workers_alone_the_internet(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    queue = {int(endpoint.rpartition(":")[2]) for endpoint in exported(registered)["caches"]["queue"]}
    assert ports_out(registered, API) == {5432} | queue
    assert ports_out(registered, WORKER) == {5432, 443} | queue
    assert ports_out(registered, ROLES) == {5432}
    for name in (API, WORKER, ROLES):
        for rule in inside(registered, "NetworkPolicy", name)["spec"]["egress"]:
            wide = [peer for peer in rule["to"] if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"]
            assert not wide or name == WORKER
            for peer in wide:
                assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(peer["ipBlock"]["except"])


@pytest.mark.requirement("AA-06")
def test_the_gateway_and_prometheus_alone_reach_the_pods(ai_agents: Case) -> None:
    registered = ai_agents.recorded()

    def let_in(name: str) -> dict[str, set[int]]:
        rules: list[dict[str, Any]] = inside(registered, "NetworkPolicy", name)["spec"].get("ingress", [])
        return {
            peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]: {int(port["port"]) for port in rule["ports"]}
            for rule in rules
            for peer in rule["from"]
        }

    assert let_in(API) == {"gateway-system": {8000}, "monitoring": {8000}}
    assert let_in(WORKER) == {"monitoring": {9090}}
    assert let_in(ROLES) == {}


@pytest.mark.requirement("AA-07")
def test_the_api_is_two_pods_of_two_containers_that_migrate_first(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    spec = pod(registered, API)
    assert inside(registered, "Deployment", API)["spec"]["replicas"] == 2
    app, telemetry = spec["containers"]
    (migration,) = spec["initContainers"]
    assert (app["name"], telemetry["name"], migration["name"]) == (API, "telemetry", "migration-runner")
    assert migration["command"] == ["alembic", "upgrade", "head"]
    assert migration["image"].rpartition(":")[2] == TODAY
    # Migrations alone work as the owner of the tables.
    assert migration["envFrom"] == [{"secretRef": {"name": "db-owner-credentials"}}]
    assert {"secretRef": {"name": "db-owner-credentials"}} not in app["envFrom"]


@pytest.mark.requirement("AA-07")
def test_the_api_is_probed_at_health_and_found_behind_its_service(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    app = pod(registered, API)["containers"][0]
    assert {"name": "http", "containerPort": 8000} in app["ports"]
    for probe in ("livenessProbe", "readinessProbe"):
        assert app[probe]["httpGet"] == {"path": "/health", "port": 8000}
    service = inside(registered, "Service", API)["spec"]
    assert (service["type"], service["selector"]) == ("ClusterIP", {"app": API})
    assert [port["targetPort"] for port in service["ports"]] == [8000]
    assert inside(registered, "PodDisruptionBudget", API)["spec"]["maxUnavailable"] == 1


@pytest.mark.requirement("AA-07")
def test_traces_go_through_the_container_beside_the_app(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    app, telemetry = pod(registered, API)["containers"]
    assert {"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://127.0.0.1:4318"} in app["env"]
    settings = inside(registered, "ConfigMap", "ai-agents-telemetry")["data"]["config.yaml"]
    (direct,) = [one["value"] for one in pod(registered, WORKER)["containers"][0]["env"] if one["name"] == "OTEL_EXPORTER_OTLP_ENDPOINT"]
    assert f'endpoint: "{direct}"' in settings
    assert {one["name"] for one in telemetry["volumeMounts"]} >= {"ai-agents-telemetry"}


@pytest.mark.requirement("AA-08")
def test_three_to_ten_workers_run_as_load_asks(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    scaler = inside(registered, "HorizontalPodAutoscaler", WORKER)["spec"]
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": WORKER}
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (3, 10)
    assert {one["resource"]["name"] for one in scaler["metrics"]} == {"cpu", "memory"}
    # Two writers of one number would fight.
    assert "replicas" not in inside(registered, "Deployment", WORKER)["spec"]
    assert {one["metadata"]["name"] for one in of_kind(registered, "Service") if one["metadata"]["namespace"] == NAMESPACE} == {API}


@pytest.mark.requirement("AA-08")
def test_ten_workers_and_a_roll_out_fit_into_the_quota(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    quota = inside(registered, "ResourceQuota", "quota")["spec"]["hard"]
    most = inside(registered, "HorizontalPodAutoscaler", WORKER)["spec"]["maxReplicas"] + 1
    pods = inside(registered, "Deployment", API)["spec"]["replicas"] + 1
    millis = sum(
        _millis(one["resources"]["requests"]["cpu"]) * number
        for name, number in ((API, pods), (WORKER, most))
        for one in pod(registered, name)["containers"]
    )
    assert millis < _millis(quota["requests.cpu"])
    assert pods + most < int(quota["pods"])


def _millis(cpu: str) -> int:
    return int(cpu.removesuffix("m")) if cpu.endswith("m") else int(cpu) * 1000


@pytest.mark.requirement("AA-10")
def test_each_step_of_the_documented_order_is_an_edge_of_the_graph(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    graph = Graph(registered)
    config, api, service = (
        declared(registered, "ConfigMap", CONFIG),
        declared(registered, "Deployment", API),
        declared(registered, "Service", API),
    )
    worker, scaler = declared(registered, "Deployment", WORKER), declared(registered, "HorizontalPodAutoscaler", WORKER)
    route = declared(registered, "HTTPRoute", ROUTE)
    steps = [(config, api), (config, worker), (api, service), (worker, scaler), (service, route), (config, route)]
    assert [f"{later.name} after {earlier.name}" for earlier, later in steps if earlier.urn not in graph.below(later.urn)] == []


@pytest.mark.requirement("AA-10")
def test_pods_start_when_secrets_policies_and_roles_of_the_database_are_there(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    graph = Graph(registered)
    needed = [
        *(declared(registered, "ExternalSecret", name) for name in ("db-credentials", "redis-credentials", "servicedesk-credentials")),
        *(declared(registered, "NetworkPolicy", name) for name in ("default-deny", API, WORKER)),
        declared(registered, "Job", ROLES),
    ]
    for name in (API, WORKER):
        below = graph.below(declared(registered, "Deployment", name).urn)
        assert [one.name for one in needed if one.urn not in below] == []


def images(registered: Recording[Any]) -> set[str]:
    """The system's own, as `repository:tag`."""
    every = {one["image"] for _, spec in pod_specs(registered) for one in (*spec["containers"], *spec.get("initContainers", ()))}
    return {
        name
        for image in every
        if (name := image.rpartition("/")[2].replace("-repositoryUrl", "").rpartition("registry-")[2]).startswith("ai-agents-")
    }


@pytest.mark.requirement("AA-16")
def test_one_value_takes_all_pods_back_to_the_version_before_and_changes_nothing_else() -> None:
    today = case(Cloud.AWS, "production", "ai-agents")
    before = today.recorded({"systems/ai-agents/version": BEFORE})
    assert images(today.recorded()) == {f"ai-agents-{one}:{TODAY}" for one in ("api", "worker", "migrations")}
    assert images(before) == {f"ai-agents-{one}:{BEFORE}" for one in ("api", "worker", "migrations")}
    then, now = ({(item.type, item.name): item.inputs for item in one if item.custom} for one in (before, today.recorded()))
    assert then.keys() == now.keys()
    assert {kind for (kind, name), inputs in then.items() if now[kind, name] != inputs} == {"kubernetes:apps/v1:Deployment"}


@pytest.mark.requirement("AA-16")
def test_a_downgrade_of_the_schema_runs_once_before_the_older_pods(ai_agents: Case) -> None:
    downgrade = {"revision": "-1", "version": TODAY}
    registered = ai_agents.recorded({"systems/ai-agents/version": BEFORE, "systems/ai-agents/database": {"downgrade": downgrade}})
    job = declared(registered, "Job", DOWNGRADE)
    (only,) = job.inputs["spec"]["template"]["spec"]["containers"]
    assert only["command"][:2] == ["alembic", "downgrade"]
    assert only["command"][-1] == "-1"
    # The newer image knows the way back; what the pods bring does not.
    assert only["image"].endswith(f":{TODAY}")
    assert pod(registered, API)["initContainers"][0]["image"].endswith(f":{BEFORE}")
    assert job.inputs["spec"]["backoffLimit"] == 0
    graph = Graph(registered)
    for name in (API, WORKER):
        assert job.urn in graph.below(declared(registered, "Deployment", name).urn)
