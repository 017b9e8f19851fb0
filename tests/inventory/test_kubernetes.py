"""Every object of every stack is one that an API server takes, and every pod one that `restricted` admits."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest

from tests.crds import needs_crds, validate
from tests.inventory.cases import Case
from tests.inventory.pods import agent_job, is_builtin, objects, pod_specs
from tests.recorder import Recording

pytestmark = pytest.mark.inventory
VERSION = "1.36"


def test_every_builtin_object_is_valid(registered: Recording[None]) -> None:
    found = [obj for _, obj in objects(registered) if is_builtin(obj)]
    assert len(found) > 40
    for obj in found:
        kubernetes_validate.validate(obj, VERSION, strict=True)


@needs_crds
def test_every_custom_resource_is_one_that_its_definition_takes(registered: Recording[None]) -> None:
    found = [(name, obj) for name, obj in objects(registered) if not is_builtin(obj)]
    assert len(found) > 20
    assert [f"{name}: {mistake}" for name, obj in found for mistake in validate(obj["apiVersion"], obj["kind"], obj)] == []


@pytest.mark.requirement("PN-15")
def test_the_agents_job_template_makes_a_valid_job(play_new: Case) -> None:
    job = agent_job(play_new.recorded())
    kubernetes_validate.validate(job, VERSION, strict=True)
    assert job["spec"]["ttlSecondsAfterFinished"] == 60
    assert job["spec"]["activeDeadlineSeconds"] == 120
    assert job["spec"]["backoffLimit"] == 0


def test_every_pod_is_admitted_by_the_restricted_standard(registered: Recording[None]) -> None:
    for name, spec in pod_specs(registered):
        pod: dict[str, Any] = spec.get("securityContext") or {}
        assert pod.get("runAsNonRoot") is True, name
        assert pod.get("runAsUser") != 0, name
        assert pod.get("seccompProfile") == {"type": "RuntimeDefault"}, name
        assert not any(spec.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")), name
        assert not any("hostPath" in volume for volume in spec.get("volumes") or ()), name
        for container in [*spec["containers"], *(spec.get("initContainers") or ())]:
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False, name
            assert own["readOnlyRootFilesystem"] is True, name
            assert own["capabilities"] == {"drop": ["ALL"]}, name


def test_every_container_has_requests_limits_and_an_image_of_the_regions_registry(registered: Recording[None]) -> None:
    url = registered.exports["registry"]
    # Repositories and caches stand side by side in what GCP calls the project's host.
    # Mocks name a repository's URL after its resource.
    registries = (f"{url.rpartition('/')[0] or url}/", f"{registered.one('eucloud:platform:Region').name}-registry-")
    for name, spec in pod_specs(registered):
        for container in (*spec["containers"], *(spec.get("initContainers") or ())):
            assert container["image"].startswith(registries), name
            assert not container["image"].endswith(":latest"), name
            for kind in ("requests", "limits"):
                assert set(container["resources"][kind]) >= {"cpu", "memory"}, name


def test_every_deployment_is_probed_spread_and_guarded_against_drains(registered: Recording[None]) -> None:
    """The first container is the application; what stands beside it takes no requests, and would take it out of service."""
    budgets = [obj["spec"]["selector"]["matchLabels"] for _, obj in objects(registered) if obj["kind"] == "PodDisruptionBudget"]
    for name, obj in objects(registered):
        if obj["kind"] == "Deployment":
            spec = obj["spec"]["template"]["spec"]
            assert {"livenessProbe", "readinessProbe"} <= set(spec["containers"][0]), name
            # Without a number, an autoscaler says how many: never one.
            if obj["spec"].get("replicas") != 1:
                assert "topology.kubernetes.io/zone" in [rule["topologyKey"] for rule in spec["topologySpreadConstraints"]], name
                assert obj["spec"]["selector"]["matchLabels"] in budgets, name


def own_namespaces(registered: Recording[None]) -> set[str]:
    """Those of the systems, not of the platform's add-ons."""
    systems = {item.name for item in registered.of("eucloud:workloads:Namespace")}
    return {item.inputs["metadata"]["name"] for item in registered.of("kubernetes:core/v1:Namespace") if item.parent in systems}


def test_every_namespace_is_labelled_and_closed_by_default(registered: Recording[None]) -> None:
    names = {obj["metadata"]["name"]: obj for _, obj in objects(registered) if obj["kind"] == "Namespace"}
    closed = {
        obj["metadata"]["namespace"]
        for _, obj in objects(registered)
        if obj["kind"] == "NetworkPolicy" and not obj["spec"]["podSelector"] and set(obj["spec"]["policyTypes"]) == {"Ingress", "Egress"}
    }
    for name, obj in names.items():
        assert obj["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] in {"restricted", "baseline", "privileged"}, name
        assert name in closed, f"{name} lets everything in and out by default"
    for name in own_namespaces(registered):
        assert names[name]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
        bounds = [obj["kind"] for _, obj in objects(registered) if obj["metadata"].get("namespace") == name]
        assert {"ResourceQuota", "LimitRange"} <= set(bounds)


@pytest.mark.requirement("PN-17")
def test_play_new_has_two_namespaces_of_its_own(play_new: Case) -> None:
    assert own_namespaces(play_new.recorded()) == {"pn-system", "pn-agents"}
