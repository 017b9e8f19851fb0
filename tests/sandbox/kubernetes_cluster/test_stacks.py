"""Every recorded stack stands on the real API server, and leaves nothing behind."""

from __future__ import annotations

import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox.kubernetes.cluster.definitions import definitions
from sandbox.kubernetes.cluster.leftovers import leftovers
from sandbox.kubernetes.cluster.objects import Cluster
from sandbox.kubernetes.cluster.pods import TEMPLATES, complaints
from tests.crds import CRDS, needs_crds
from tests.inventory.cases import CASES, Case
from tests.inventory.pods import agent_job, is_builtin, objects
from tests.sandbox.kubernetes_cluster.samples import MANAGER

pytestmark = [pytest.mark.judge, pytest.mark.inventory]
Object = dict[str, Any]
FIRST = {"Namespace": 0, "ServiceAccount": 1}
"""What other objects name; the engine learns it from the program's own dependencies."""
HOST = "system:serviceaccount:pn-system:pn-host"


@dataclass
class Standing:
    """A stack whose objects were all made, but for custom ones without the CRD reference data."""

    case: Case
    before: set[str]
    made: list[Object] = field(default_factory=list[Object])
    warnings: list[str] = field(default_factory=list[str])

    def add(self, cluster: Cluster, obj: Object) -> None:
        answer = cluster.create(obj, MANAGER)
        self.made.append(obj)
        self.warnings += [f"{obj['kind']} {obj['metadata']['name']}: {text}" for text in answer.warnings]

    def destroy(self, cluster: Cluster) -> None:
        spaces = [obj for obj in self.made if obj["kind"] == "Namespace"]
        for obj in reversed(self.made):
            if obj["kind"] != "Namespace":
                cluster.delete(obj)
        with ThreadPoolExecutor(max(1, len(spaces))) as pool:
            list(pool.map(cluster.delete, spaces))
        self.made.clear()


@pytest.fixture(params=CASES, ids=str, scope="module")
def standing(request: pytest.FixtureRequest, cluster: Cluster) -> Generator[Standing]:
    case: Case = request.param
    standing = Standing(case, set(leftovers(cluster.api)))
    wanted = [obj for _, obj in objects(case.recorded()) if CRDS.is_dir() or is_builtin(obj)]
    custom = [obj for obj in wanted if not is_builtin(obj)]
    cluster.define(definitions(CRDS, {obj["apiVersion"].partition("/")[0] for obj in custom}, {obj["kind"] for obj in custom}))
    try:
        for obj in sorted(wanted, key=lambda obj: FIRST.get(obj["kind"], 2)):
            standing.add(cluster, obj)
        yield standing
    finally:
        standing.destroy(cluster)


def test_the_server_takes_everything_without_a_warning(standing: Standing) -> None:
    assert standing.warnings == []
    assert {obj["kind"] for obj in standing.made} >= {"Deployment", "NetworkPolicy", "ResourceQuota"}


@needs_crds
def test_custom_resources_are_among_it(standing: Standing) -> None:
    assert {obj["kind"] for obj in standing.made} >= {"Certificate", "ExternalSecret", "Gateway", "PrometheusRule"}


def test_controllers_make_the_pods_and_complain_of_nothing(standing: Standing, cluster: Cluster) -> None:
    workloads = [obj for obj in standing.made if (obj["apiVersion"].partition("/")[0], obj["kind"]) in TEMPLATES]
    assert [obj["metadata"]["name"] for obj in workloads if not pods_stand(cluster, obj)] == []
    assert complaints(cluster.api) == []


of_play_new = pytest.mark.parametrize(
    "standing", [one for one in CASES if one.system == "play-new"], ids=str, indirect=True, scope="module"
)


@of_play_new
def test_the_host_may_start_an_agent_and_read_no_secret(standing: Standing, cluster: Cluster) -> None:
    space = agent_job(standing.case.recorded())["metadata"]["namespace"]
    assert may(cluster, HOST, "create", space, "batch", "jobs")
    assert not may(cluster, HOST, "get", space, "", "secrets")


@of_play_new
def test_the_job_that_the_host_fills_in_gets_its_pod(standing: Standing, cluster: Cluster) -> None:
    job = agent_job(standing.case.recorded())
    standing.add(cluster, job)
    assert standing.warnings == []
    assert pods_stand(cluster, job)


def test_declaring_it_again_changes_nothing(standing: Standing, cluster: Cluster) -> None:
    """No default of the server's, and nothing that its controllers write, is at odds with what is declared."""
    assert [f"{obj['kind']} {obj['metadata']['name']}" for obj in standing.made if not same(cluster, obj)] == []


def test_a_destroyed_stack_leaves_nothing(standing: Standing, cluster: Cluster) -> None:
    standing.destroy(cluster)
    assert set(leftovers(cluster.api)) - standing.before == set()


def pods_stand(cluster: Cluster, workload: Object, seconds: float = 20) -> bool:
    """Whether its controller has made all of its pods."""
    spec = workload["spec"]
    wanted = spec.get("replicas", 1) if workload["kind"] == "Deployment" else 1
    labels = spec["selector"]["matchLabels"] if "selector" in spec else {"batch.kubernetes.io/job-name": workload["metadata"]["name"]}
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    pods = cluster.api.discovery.resource("v1", "Pod")
    end = time.monotonic() + seconds
    while len(list(cluster.api.list(pods, workload["metadata"]["namespace"], selector))) < wanted:
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def same(cluster: Cluster, obj: Object) -> bool:
    before, after = cluster.get(obj), cluster.update(obj, MANAGER).object
    return before is not None and all(before.get(part) == after.get(part) for part in ("spec", "data", "rules"))


def may(cluster: Cluster, user: str, verb: str, space: str, group: str, resource: str) -> bool:
    attributes = {"namespace": space, "verb": verb, "group": group, "resource": resource}
    groups = ["system:serviceaccounts", "system:authenticated"]
    spec = {"user": user, "groups": groups, "resourceAttributes": attributes}
    review = cluster.api.post({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "metadata": {}, "spec": spec})
    return bool(review.object["status"]["allowed"])
