"""Objects as the provider makes, changes and removes them, on the real API server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox.contract import UNKNOWN
from sandbox.kubernetes.cluster.errors import Rejected
from sandbox.kubernetes.cluster.leftovers import leftovers
from sandbox.kubernetes.cluster.objects import Cluster
from tests.sandbox.kubernetes_cluster.samples import MANAGER, config_map, definition, namespace, quota, workload

pytestmark = pytest.mark.judge


def refused(call: Any, *args: Any, **kwargs: Any) -> Rejected:
    with pytest.raises(Rejected) as caught:
        call(*args, **kwargs)
    return caught.value


def test_an_object_that_stands_already_is_not_taken_over(cluster: Cluster, space: str) -> None:
    cluster.create(config_map(space), "somebody")
    error = refused(cluster.create, config_map(space, colour="red"), MANAGER)
    assert (error.code, error.status) == ("AlreadyExists", 409)
    assert (cluster.get(config_map(space)) or {})["data"] == {"colour": "blue"}


def test_a_repeated_create_gets_what_the_first_one_made(cluster: Cluster, space: str) -> None:
    first = cluster.create(config_map(space), MANAGER).object
    again = cluster.create(config_map(space), MANAGER).object
    assert again["metadata"]["uid"] == first["metadata"]["uid"]


def test_an_object_without_a_field_of_its_own_has_a_maker_too(cluster: Cluster, space: str) -> None:
    bare = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "bare", "namespace": space}}
    uid = cluster.create(bare, MANAGER).object["metadata"]["uid"]
    assert refused(cluster.create, bare, "somebody").code == "AlreadyExists"
    assert cluster.create(bare, MANAGER).object["metadata"]["uid"] == uid


def test_of_two_that_create_the_same_name_at_once_one_is_refused(cluster: Cluster, space: str) -> None:
    def attempt(manager: str) -> str:
        try:
            cluster.create(config_map(space, owner=manager), manager)
        except Rejected as error:
            return error.code
        return "made"

    with ThreadPoolExecutor(8) as pool:
        results = sorted(pool.map(attempt, [f"manager-{number}" for number in range(8)]))
    assert results == ["AlreadyExists"] * 7 + ["made"]


def test_a_field_that_is_not_given_any_more_goes(cluster: Cluster, space: str) -> None:
    cluster.create(config_map(space, colour="blue", size="9"), MANAGER)
    assert cluster.update(config_map(space, colour="red"), MANAGER).object["data"] == {"colour": "red"}


def test_what_somebody_else_changed_is_a_conflict_unless_forced(cluster: Cluster, space: str) -> None:
    cluster.create(config_map(space), MANAGER)
    cluster.update(config_map(space, colour="green"), "somebody", force=True)
    error = refused(cluster.update, config_map(space, colour="red"), MANAGER)
    assert error.code == "Conflict"
    assert error.conflict_of_managers
    assert 'conflict with "somebody": .data.colour' in str(error)
    assert cluster.update(config_map(space, colour="red"), MANAGER, force=True).object["data"] == {"colour": "red"}


def test_the_providers_own_annotation_forces_too(cluster: Cluster, space: str) -> None:
    cluster.create(config_map(space), "somebody")
    forcing = config_map(space, colour="red")
    forcing["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    assert cluster.update(forcing, MANAGER).object["data"] == {"colour": "red"}


def test_an_update_of_what_is_gone_is_refused(cluster: Cluster, space: str) -> None:
    assert refused(cluster.update, config_map(space), MANAGER).code == "NotFound"


def test_a_patch_changes_its_fields_and_gives_them_up_again(cluster: Cluster, space: str) -> None:
    assert refused(cluster.patch, config_map(space), MANAGER).code == "NotFound"
    cluster.create(config_map(space, colour="blue", shape="round"), "somebody")
    cluster.patch(config_map(space, colour="red", size="9"), MANAGER)
    cluster.unpatch(config_map(space), MANAGER)
    live = cluster.get(config_map(space)) or {}
    assert live["data"] == {"shape": "round"}  # the colour had been taken over
    assert [entry["manager"] for entry in live["metadata"]["managedFields"]] == ["somebody"]


def test_only_its_maker_retracts_an_object(cluster: Cluster, space: str) -> None:
    cluster.create(config_map(space), MANAGER)
    assert not cluster.retract(config_map(space), "somebody")
    assert cluster.retract(config_map(space), MANAGER)
    assert cluster.get(config_map(space)) is None


def test_unknown_fields_and_wrong_values_are_refused_by_name(cluster: Cluster, space: str) -> None:
    strange = {**config_map(space), "colour": "blue"}
    assert "colour" in str(refused(cluster.create, strange, MANAGER))
    wrong = workload(space)
    wrong["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "many"
    assert "quantities must match" in str(refused(cluster.create, wrong, MANAGER))
    error = refused(cluster.create, config_map(space, name="Upper_Case"), MANAGER)
    assert error.code == "Invalid"
    assert error.causes == (("FieldValueInvalid", "metadata.name"),)


def test_the_engines_numbers_and_nulls_are_no_obstacle(cluster: Cluster, space: str) -> None:
    given = workload(space)
    given["spec"] |= {"replicas": 2.0, "paused": None, "__defaults": []}
    assert cluster.create(given, MANAGER).object["spec"]["replicas"] == 2


def test_a_kind_that_nobody_serves_is_named_with_those_that_are(cluster: Cluster, space: str) -> None:
    strange = {"apiVersion": "apps/v1", "kind": "Deploymint", "metadata": {"name": "app", "namespace": space}}
    error = refused(cluster.create, strange, MANAGER)
    assert error.code == "NoKindMatch"
    assert "Deployment" in str(error)


def test_a_preview_changes_nothing_and_says_what_the_server_would(cluster: Cluster, space: str) -> None:
    answer = cluster.preview(config_map(space), MANAGER)
    assert answer is not None
    assert answer.object["data"] == {"colour": "blue"}
    assert cluster.get(config_map(space)) is None
    assert refused(cluster.preview, config_map("nowhere"), MANAGER).code == "NotFound"
    root = workload(space, securityContext={"runAsUser": 0})
    assert "violate PodSecurity" in str(refused(cluster.preview, root, MANAGER))


def test_a_preview_with_unknown_values_says_nothing(cluster: Cluster, space: str) -> None:
    assert cluster.preview({**config_map(space), "data": {"colour": UNKNOWN}}, MANAGER) is None


def test_a_preview_waits_for_nothing_that_may_still_come(cluster: Cluster, space: str) -> None:
    assert cluster.preview(workload(space, serviceAccountName="later"), MANAGER) is not None


def test_deleting_takes_pods_with_it_and_returns_when_all_is_gone(cluster: Cluster, space: str) -> None:
    cluster.create(workload(space), MANAGER)
    pods = cluster.api.discovery.resource("v1", "Pod")
    end = 100
    while not list(cluster.api.list(pods, space)) and end:
        end -= 1
        cluster.api.get(config_map(space))
    assert cluster.delete(workload(space))
    assert list(cluster.api.list(pods, space)) == []
    assert not cluster.delete(workload(space))


def test_a_namespace_is_gone_only_with_everything_in_it(cluster: Cluster) -> None:
    cluster.create(namespace("short-lived"), MANAGER)
    held = config_map("short-lived")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    cluster.create(held, MANAGER)
    error = refused(cluster.delete, namespace("short-lived"), deadline=7)
    assert error.code == "Timeout"
    assert "example.com/hold" in str(error)
    assert refused(cluster.create, config_map("short-lived", name="more"), MANAGER).code == "Forbidden"
    cluster.update(config_map("short-lived"), MANAGER)
    assert cluster.delete(namespace("short-lived"), deadline=60)
    assert not [one for one in leftovers(cluster.api) if "short-lived" in one]


def test_a_definition_makes_its_kind_known_at_once(cluster: Cluster, space: str) -> None:
    box = {"apiVersion": "boxes.example/v1", "kind": "Box", "metadata": {"name": "box", "namespace": space}, "spec": {"size": 3}}
    assert refused(cluster.create, box, MANAGER).code == "NoKindMatch"
    assert cluster.define([definition("boxes.example", "Box")]) == 1
    assert cluster.define([definition("boxes.example", "Box")]) == 0
    assert cluster.create(box, MANAGER).object["spec"] == {"size": 3}
    assert "should be less than or equal to 9" in str(refused(cluster.update, {**box, "spec": {"size": 10}}, MANAGER))
    assert refused(cluster.update, {**box, "spec": {"size": 3, "colour": "red"}}, MANAGER).status in (400, 422, 500)
    found = leftovers(cluster.api)
    assert f"Box {space}/box" in found
    assert not [one for one in found if one.startswith("CustomResourceDefinition")]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"])
def test_workloads_within_the_rules_are_made_without_warnings(cluster: Cluster, space: str, kind: str) -> None:
    assert cluster.create(workload(space, kind), MANAGER).warnings == ()


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"])
def test_a_workload_whose_pods_violate_pod_security_is_refused_itself(cluster: Cluster, space: str, kind: str) -> None:
    error = refused(cluster.create, workload(space, kind, hostNetwork=True), MANAGER)
    assert error.code == "Forbidden"
    assert "host namespaces (hostNetwork=true)" in str(error)
    assert cluster.get(workload(space, kind)) is None


def test_a_mere_warning_of_pod_security_is_a_refusal_too(cluster: Cluster) -> None:
    lax = namespace("warning-only")
    del lax["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
    cluster.create(lax, MANAGER)
    error = refused(cluster.create, workload("warning-only", hostPID=True), MANAGER)
    cluster.api.delete(lax)
    assert error.code == "PodSecurity"
    assert "hostPID" in str(error)


def test_pods_above_the_quota_are_their_workloads_refusal(cluster: Cluster, space: str) -> None:
    cluster.create(quota(space, **{"requests.cpu": "50m"}), MANAGER)
    error = refused(cluster.create, workload(space), MANAGER)
    assert "exceeded quota: quota, requested: requests.cpu=100m" in str(error)


def test_a_running_workload_in_a_full_quota_may_change(cluster: Cluster, space: str) -> None:
    cluster.create(quota(space, pods="1"), MANAGER)
    cluster.create(workload(space), MANAGER)
    pods = cluster.api.discovery.resource("v1", "Pod")
    while not list(cluster.api.list(pods, space)):
        pass
    changed = workload(space)
    changed["spec"]["minReadySeconds"] = 5
    assert cluster.update(changed, MANAGER).object["spec"]["minReadySeconds"] == 5


def test_pods_above_a_limit_range_are_their_workloads_refusal(cluster: Cluster, space: str) -> None:
    limits = [{"type": "Container", "max": {"memory": "32Mi"}}]
    cluster.create(
        {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "limits", "namespace": space}, "spec": {"limits": limits}}, MANAGER
    )
    assert "maximum memory usage per Container is 32Mi" in str(refused(cluster.create, workload(space), MANAGER))


def test_a_workload_waits_for_the_service_account_of_its_pods(cluster: Cluster, space: str) -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "late", "namespace": space}}
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(cluster.create, workload(space, serviceAccountName="late"), MANAGER)
        while made.running() and cluster.get(account) is None:
            cluster.create(account, MANAGER)
        assert made.result().warnings == ()
