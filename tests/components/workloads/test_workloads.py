"""Workloads: what a spec turns into."""

from __future__ import annotations

import kubernetes_validate
import pytest

from components.workloads.config import checksum
from components.workloads.job import OneOff
from components.workloads.namespace import Namespace
from components.workloads.spec import Autoscale, JobSpec, NamespaceSpec, Quota, digest
from tests.components.workloads.samples import JOB, KUBERNETES, deployed, wiring
from tests.recorder import output, record


def test_one_pod_alone_is_neither_spread_nor_kept_from_eviction():
    single = deployed(replicas=1)
    spec = single.one("kubernetes:apps/v1:Deployment").inputs["spec"]["template"]["spec"]
    assert "topologySpreadConstraints" not in spec
    assert single.of("kubernetes:policy/v1:PodDisruptionBudget") == []


def test_an_autoscaler_alone_decides_on_replicas():
    scaled = deployed(autoscale=Autoscale(maximum=10, cpu=65, memory=70))
    assert "replicas" not in scaled.one("kubernetes:apps/v1:Deployment").inputs["spec"]
    autoscaler = scaled.one("kubernetes:autoscaling/v2:HorizontalPodAutoscaler").inputs
    kubernetes_validate.validate(autoscaler, KUBERNETES, strict=True)
    assert (autoscaler["spec"]["minReplicas"], autoscaler["spec"]["maxReplicas"]) == (2, 10)
    targets = {item["resource"]["name"]: item["resource"]["target"]["averageUtilization"] for item in autoscaler["spec"]["metrics"]}
    assert targets == {"cpu": 65, "memory": 70}


def test_without_a_metrics_path_nothing_is_scraped():
    assert not any("Monitor" in item.type for item in deployed())


def test_a_job_of_the_same_content_is_the_same_job_and_of_another_content_another():
    def name(spec: JobSpec) -> str:
        return record(lambda: OneOff("once", spec, wiring())).one("kubernetes:batch/v1:Job").inputs["metadata"]["name"]

    assert name(JOB) == name(JOB.model_copy())
    assert name(JOB) != name(JOB.model_copy(update={"files": {"run.sql": "SELECT 2"}}))
    assert name(JOB) != name(JOB.model_copy(update={"watches": {"database": "other"}}))


def test_what_a_job_reads_does_not_change_its_template():
    """The template cannot change: the engine would replace the Job, and run it again."""
    first, second = (record(lambda given=given: OneOff("once", JOB, wiring(**given))) for given in ({"config": "1"}, {"config": "2"}))
    assert first.one("kubernetes:batch/v1:Job").inputs == second.one("kubernetes:batch/v1:Job").inputs


def test_a_jobs_files_are_there_before_it():
    made = record(lambda: OneOff("once", JOB, wiring()))
    files = made.one("kubernetes:core/v1:ConfigMap")
    assert files.inputs["data"] == {"run.sql": "SELECT 1"}
    assert files.name in made.one("kubernetes:batch/v1:Job").depends_on


def test_a_checksum_changes_with_a_value_that_is_known_late():
    found: list[str] = []

    def program() -> None:
        for value in ("a", "b", "a"):
            checksum({"KEY": output(value)}).apply(found.append)

    record(program)
    assert found[0] == found[2] != found[1]


@pytest.mark.parametrize(("first", "second", "same"), [({"a": "1", "b": "2"}, {"b": "2", "a": "1"}, True), ({"a": "1"}, {"a": "2"}, False)])
def test_a_digest_is_of_the_content_and_not_of_its_order(first: dict[str, str], second: dict[str, str], same: bool):
    assert (digest(first) == digest(second)) is same


def test_a_namespace_counts_jobs_only_where_asked():
    def hard(jobs: int | None) -> dict[str, str]:
        quota = Quota(pods=5, requests_cpu="1", requests_memory="1Gi", limits_cpu="2", limits_memory="2Gi", jobs=jobs)
        spec = NamespaceSpec(name="apps", quota=quota)
        return record(lambda: Namespace("apps", spec)).one("kubernetes:core/v1:ResourceQuota").inputs["spec"]["hard"]

    assert "count/jobs.batch" not in hard(None)
    assert hard(50)["count/jobs.batch"] == "50"
