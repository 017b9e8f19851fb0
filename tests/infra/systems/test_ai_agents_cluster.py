"""AI Agents' pods as they are registered, and what their network policies let through."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest

from components.workloads.connections import (
    CacheServer,
    Connection,
    DatabaseServer,
    Dns,
    Gateway,
    Internet,
    Monitoring,
    Pods,
)
from components.workloads.deployment import Deployment
from components.workloads.job import OneOff
from components.workloads.reach import Ground, reach
from components.workloads.values import CachedImage, DatabaseHost, OwnImage, PlainValue, TraceEndpoint
from components.workloads.wiring import AccountOutputs, Wiring
from infra.system import SystemSpec
from tests.crds import needs_crds, validate
from tests.fake_outputs import out
from tests.fakes import Thing
from tests.infra.systems.ai_agents_world import system
from tests.recorder import Recording, Registered, record

API, WORKER, ROLES = "ai-agents-api", "ai-agents-worker", "ai-agents-db-roles"


def resolve(value: PlainValue) -> str:
    match value:
        case str():
            return value
        case OwnImage():
            return f"registry.fake/{value.repository}:{value.tag}"
        case CachedImage():
            return f"registry.fake/{value.registry}/{value.repository}:{value.tag}"
        case DatabaseHost():
            return f"{value.database}.db.fake"
        case TraceEndpoint():
            return "http://collector.monitoring:4318"
        case _:
            raise AssertionError(f"{value} is not expected in a pod")


def declared(spec: SystemSpec) -> Recording[None]:
    def program() -> None:
        wiring = Wiring(namespace="production", resolve=resolve, account=AccountOutputs(out("app-sa"), token=False, identity=None))
        for item in spec.deployments:
            Deployment(item.name, item, wiring, Thing("kinds", f"{item.name}-kinds"))
        for item in spec.jobs:
            OneOff(item.name, item, wiring)

    return record(program)


@pytest.fixture(scope="module")
def world() -> Recording[None]:
    return declared(system(database={"downgrade": {"revision": "-1", "version": "v1.1.0"}}))


def named(world: Recording[None], kind: str, name: str) -> Registered:
    (found,) = (item for item in objects(world) if item.type.endswith(f":{kind}") and item.inputs["metadata"]["name"] == name)
    return found


def objects(world: Recording[None]) -> list[Registered]:
    return [item for item in world if item.type.startswith("kubernetes:")]


def pod(world: Recording[None], name: str) -> dict[str, Any]:
    return named(world, "Deployment", name).inputs["spec"]["template"]["spec"]


@pytest.mark.requirement("AA-07")
def test_two_containers_of_an_api_pod_are_ready_and_a_third_has_migrated(world: Recording[None]):
    spec = pod(world, API)
    assert [(item["name"], item["image"]) for item in spec["initContainers"]] == [
        ("migration-runner", "registry.fake/ai-agents-migrations:v1.0.0")
    ]
    app, telemetry = spec["containers"]
    assert (app["name"], app["image"]) == (API, "registry.fake/ai-agents-api:v1.0.0")
    assert app["ports"] == [{"containerPort": 8000, "name": "http"}]
    assert app["livenessProbe"]["httpGet"] == app["readinessProbe"]["httpGet"] == {"path": "/health", "port": 8000}
    assert telemetry["name"] == "telemetry"
    assert named(world, "Deployment", API).inputs["spec"]["replicas"] == 2


@pytest.mark.requirement("AA-07")
def test_the_owners_password_is_in_the_migrations_container_alone(world: Recording[None]):
    spec = pod(world, API)
    assert secrets(spec["initContainers"][0]) == {"db-owner-credentials"}
    app, telemetry = spec["containers"]
    assert secrets(app) == {"db-credentials", "redis-credentials", "openai-credentials", "servicedesk-credentials"}
    assert secrets(telemetry) == set()


@pytest.mark.requirement("AA-06")
def test_every_container_is_hardened_and_runs_as_the_images_user(world: Recording[None]):
    for name in (API, WORKER):
        spec = pod(world, name)
        assert (spec["serviceAccountName"], spec["automountServiceAccountToken"]) == ("app-sa", False)
        assert spec["securityContext"]["runAsUser"] == 1000
        for item in (*spec.get("initContainers", []), *spec["containers"]):
            assert item["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert item["resources"]["requests"]
            assert item["resources"]["limits"]


@pytest.mark.requirement("AA-08")
def test_workers_are_scaled_by_an_autoscaler_and_have_no_service(world: Recording[None]):
    scaler = named(world, "HorizontalPodAutoscaler", WORKER).inputs["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (3, 10)
    assert {metric["resource"]["name"] for metric in scaler["metrics"]} == {"cpu", "memory"}
    assert named(world, "Deployment", WORKER).inputs["spec"].get("replicas") is None
    assert [item.inputs["metadata"]["name"] for item in objects(world) if item.type.endswith(":Service")] == [API]
    assert named(world, "PodDisruptionBudget", WORKER).inputs["spec"]["maxUnavailable"] == 1


@pytest.mark.requirement("AA-12")
def test_workers_are_scraped_as_pods_and_the_api_through_its_service(world: Recording[None]):
    workers = named(world, "PodMonitor", WORKER).inputs["spec"]
    assert workers["selector"] == {"matchLabels": {"app": WORKER}}
    (endpoint,) = workers["podMetricsEndpoints"]
    ports = pod(world, WORKER)["containers"][0]["ports"]
    assert [item["containerPort"] for item in ports if item["name"] == endpoint["port"]] == [9090]
    assert named(world, "ServiceMonitor", API).inputs["spec"]["endpoints"][0]["path"] == "/metrics"


@pytest.mark.requirement("AA-06")
def test_whatever_is_not_here_is_refused():
    spec = system()
    api, worker, roles = (Pods(name=name, namespace="production", labels={"app": name}) for name in (API, WORKER, ROLES))
    ground = Ground(databases=tuple(spec.databases), caches=tuple(spec.caches))
    found = reach(spec.deployments, spec.jobs, spec.accounts, spec.routes, ground)
    assert set(map(str, found)) == {
        str(connection)
        for connection in (
            Connection(source=Gateway(), target=api, ports=(8000,)),
            Connection(source=Monitoring(), target=api, ports=(8000,)),
            Connection(source=Monitoring(), target=worker, ports=(9090,)),
            *(Connection(source=source, target=Dns()) for source in (api, worker, roles)),
            *(Connection(source=source, target=DatabaseServer()) for source in (api, worker, roles)),
            *(Connection(source=source, target=CacheServer(cache="queue")) for source in (api, worker)),
            *(Connection(source=source, target=Monitoring(), ports=(4317, 4318)) for source in (api, worker)),
            Connection(source=worker, target=Internet(), ports=(443,)),
        )
    }


@pytest.mark.requirement("AA-16")
def test_the_downgrade_is_a_job_that_is_never_tried_twice(world: Recording[None]):
    (job,) = (item for item in objects(world) if item.type.endswith(":Job") and "downgrade" in item.name)
    assert job.inputs["spec"]["backoffLimit"] == 0
    (container,) = job.inputs["spec"]["template"]["spec"]["containers"]
    assert (container["command"], container["image"]) == (["alembic", "downgrade", "-1"], "registry.fake/ai-agents-migrations:v1.1.0")


def test_every_built_in_object_is_valid(world: Recording[None]):
    found = [item for item in objects(world) if "monitoring.coreos.com" not in item.type]
    assert len(found) >= 8
    for item in found:
        kubernetes_validate.validate(item.inputs, "1.34", strict=True)


@needs_crds
def test_every_custom_object_is_valid(world: Recording[None]):
    found = [item for item in objects(world) if "monitoring.coreos.com" in item.type]
    assert {item.inputs["kind"] for item in found} == {"ServiceMonitor", "PodMonitor"}
    for item in found:
        assert validate(item.inputs["apiVersion"], item.inputs["kind"], item.inputs) == [], item.name


def secrets(container: dict[str, Any]) -> set[str]:
    return {item["secretRef"]["name"] for item in container.get("envFrom", []) if "secretRef" in item}
