"""Small workloads that the tests of this folder change."""

from __future__ import annotations

from typing import Any

from components.workloads.deployment import Deployment
from components.workloads.job import OneOff
from components.workloads.spec import DeploymentSpec, HttpProbe, JobSpec, PodSpec, Resources
from components.workloads.values import PlainValue
from components.workloads.wiring import Wiring
from tests.fakes import Thing
from tests.recorder import Recording, record

SMALL = Resources(requests_cpu="100m", requests_memory="64Mi", limits_cpu="1", limits_memory="128Mi")
POD = PodSpec(image="registry.example/app:1", labels={"app": "app"}, resources=SMALL)
DEPLOYMENT = DeploymentSpec(
    name="app",
    namespace="apps",
    replicas=2,
    pod=POD,
    port=8080,
    liveness=HttpProbe(path="/live"),
    readiness=HttpProbe(path="/ready"),
)
JOB = JobSpec(name="once", namespace="apps", pod=POD, files={"run.sql": "SELECT 1"})
KUBERNETES = "1.34"


def plainly(value: PlainValue) -> str:
    assert isinstance(value, str)
    return value


def wiring(**checksums: str) -> Wiring:
    return Wiring(namespace="apps", resolve=plainly, checksums=dict(checksums))


def changed_pod(**changes: Any) -> PodSpec:
    """Changes go through the spec's own checks."""
    return PodSpec.model_validate({**dict(POD), **changes})


def deployed(**changes: Any) -> Recording[Deployment]:
    spec = DeploymentSpec.model_validate({**dict(DEPLOYMENT), **changes})
    return record(lambda: Deployment("app", spec, wiring(), Thing("kinds", "definitions")))


def ran(**changes: Any) -> Recording[OneOff]:
    spec = JobSpec.model_validate({**dict(JOB), **changes})
    return record(lambda: OneOff("once", spec, wiring()))


def pod_of(recording: Recording[Any]) -> dict[str, Any]:
    """Of the only Deployment or Job."""
    (item,) = (item for item in recording if item.type in ("kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:Job"))
    return item.inputs["spec"]["template"]["spec"]
