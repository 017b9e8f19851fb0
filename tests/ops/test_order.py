from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from components.vocabulary import Cloud
from ops.stack.order import Deletion, Rule, before, broken, but, deletions, either, texts, types
from tests.destroy_rules import RULES

CLUSTER, NODES, SUBNET = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:ec2/subnet:Subnet"
KEY, BUCKET = "aws:kms/key:Key", "aws:s3/bucket:Bucket"
NODES_FIRST = Rule("EKS refuses to delete a cluster with node groups", before(types(NODES), types(CLUSTER)))


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:prod::eu-cloud::eucloud:aws:Cluster${type_}::{name}"


def event(kind: str, sequence: int, type_: str, name: str, op: str = "delete", **old: Any) -> dict[str, Any]:
    metadata = {"op": op, "urn": urn(type_, name), "type": type_, "old": {"id": f"{name}-id", **old}}
    return {"sequence": sequence, "timestamp": 1795262542, kind: {"metadata": metadata}}


def began(sequence: int, type_: str, name: str, **more: Any) -> dict[str, Any]:
    return event("resourcePreEvent", sequence, type_, name, **more)


def ended(sequence: int, type_: str, name: str, **more: Any) -> dict[str, Any]:
    return event("resOutputsEvent", sequence, type_, name, **more)


def log(*steps: tuple[str, str]) -> tuple[Deletion, ...]:
    """One after the other: type and name."""
    events: list[dict[str, Any]] = []
    for type_, name in steps:
        events += [began(len(events), type_, name), ended(len(events) + 1, type_, name)]
    return deletions(events)


def test_a_deletion_lasts_from_its_first_event_to_its_last() -> None:
    events: list[dict[str, Any]] = [
        {"sequence": 0, "timestamp": 1, "preludeEvent": {}},
        began(1, CLUSTER, "cluster", inputs={"name": "c"}, outputs={"arn": "arn:c"}),
        began(2, KEY, "key", op="same"),
        ended(3, CLUSTER, "cluster"),
        began(4, NODES, "nodes"),
    ]

    cluster, nodes = deletions(events)

    assert cluster == Deletion(urn(CLUSTER, "cluster"), CLUSTER, "cluster-id", {"name": "c"}, {"arn": "arn:c"}, 1, 3)
    assert (nodes.name, nodes.began, nodes.ended) == ("nodes", 4, None)


def test_a_log_in_order_breaks_no_rule() -> None:
    assert broken(NODES_FIRST, log((NODES, "host"), (NODES, "agents"), (CLUSTER, "cluster"))) == []


@pytest.mark.parametrize(
    ("events", "gone"),
    [
        pytest.param(
            [began(1, CLUSTER, "c"), ended(2, CLUSTER, "c"), began(3, NODES, "n"), ended(4, NODES, "n")],
            "event 4",
            id="the wrong way round",
        ),
        pytest.param([began(1, NODES, "n"), began(2, CLUSTER, "c"), ended(3, NODES, "n"), ended(4, CLUSTER, "c")], "event 3", id="at once"),
        pytest.param([began(1, NODES, "n"), began(2, CLUSTER, "c"), ended(3, CLUSTER, "c")], "never", id="never gone"),
    ],
)
def test_another_order_is_told_with_both_ends(events: Iterable[dict[str, Any]], gone: str) -> None:
    (line,) = broken(NODES_FIRST, deletions(events))

    assert line.startswith(f"{CLUSTER} c began to go (event ")
    assert line.endswith(f"before {NODES} n was gone ({gone}): EKS refuses to delete a cluster with node groups")


def test_a_rule_without_a_pair_proves_nothing() -> None:
    assert broken(NODES_FIRST, log((CLUSTER, "cluster"))) == ["nothing to compare: EKS refuses to delete a cluster with node groups"]


def test_pairs_may_be_related() -> None:
    def same_name(one: Deletion, other: Deletion) -> bool:
        return one.name == other.name

    rule = Rule("a bucket's key goes after it", before(types("aws:s3/*"), types(KEY), same_name))
    all_ = log((KEY, "logs"), (BUCKET, "data"), (KEY, "data"), (BUCKET, "logs"))

    assert [(str(first), str(second)) for first, second in rule.pairs(all_)] == [
        (f"{BUCKET} data", f"{KEY} data"),
        (f"{BUCKET} logs", f"{KEY} logs"),
    ]
    assert len(broken(rule, all_)) == 1


def test_kinds_add_up() -> None:
    nodes, cluster, subnet = log((NODES, "n"), (CLUSTER, "c"), (SUBNET, "s"))
    eks, no_nodes = types("aws:eks/*"), but(types("aws:*"), types(NODES))

    assert [eks(one) for one in (nodes, cluster, subnet)] == [True, True, False]
    assert [no_nodes(one) for one in (nodes, cluster, subnet)] == [False, True, True]
    assert either(types(SUBNET), types(NODES))(subnet)
    assert not types("aws:EKS/*")(cluster)


def test_every_text_of_a_value_is_found() -> None:
    assert texts({"a": "1", "b": ["2", {"c": "3", "d": 4, "e": None, "f": True}]}) == {"1", "2", "3"}
    assert texts(None) == frozenset()


def test_every_rule_is_broken_by_the_order_in_which_a_stack_was_made_and_kept_by_its_reverse() -> None:
    role, subnet, vpc, key = ({"id": name, "outputs": {"arn": f"arn:{name}", "name": name}} for name in ("role", "subnet", "vpc", "key"))
    made: list[tuple[str, str, dict[str, Any]]] = [
        (KEY, "key", key),
        ("aws:iam/role:Role", "role", role),
        ("aws:iam/rolePolicy:RolePolicy", "right", {"inputs": {"role": "role"}}),
        ("aws:ec2/vpc:Vpc", "vpc", vpc),
        (SUBNET, "subnet", {**subnet, "inputs": {"vpcId": "vpc"}}),
        ("aws:ec2/natGateway:NatGateway", "nat", {"inputs": {"subnetId": "subnet"}}),
        ("aws:rds/parameterGroup:ParameterGroup", "settings", {"id": "settings", "outputs": {"name": "settings"}}),
        ("aws:rds/instance:Instance", "database", {"inputs": {"parameterGroupName": "settings"}}),
        (CLUSTER, "cluster", {"inputs": {"roleArn": "arn:role", "key": "arn:key", "subnetIds": ["subnet"]}}),
        (NODES, "nodes", {"inputs": {"subnetIds": ["subnet"]}}),
        *(
            ("aws:eks/addon:Addon", name, {"inputs": {"addonName": name}})
            for name in ("coredns", "aws-ebs-csi-driver", "snapshot-controller")
        ),
        (
            "aws:eks/podIdentityAssociation:PodIdentityAssociation",
            "bind",
            {"inputs": {"namespace": "n", "serviceAccount": "sa", "roleArn": "arn:role"}},
        ),
        ("kubernetes:core/v1:Namespace", "space", {"inputs": {"metadata": {"name": "n"}}}),
        *(
            (
                "kubernetes:helm.sh/v3:Release",
                name,
                {"inputs": {"name": name, "namespace": "n", "values": {"storageClass": "x", "serviceAccount": "sa"}}},
            )
            for name in (
                *("aws-load-balancer-controller", "external-dns", "envoy-gateway", "cert-manager", "external-secrets"),
                *("prometheus-operator-crds", "velero"),
            )
        ),
        *((f"kubernetes:{group}/v1:Thing", group, {}) for group in ("gateway.networking.k8s.io", "cert-manager.io", "external-secrets.io")),
        ("kubernetes:monitoring.coreos.com/v1:ServiceMonitor", "monitor", {}),
        (
            "kubernetes:core/v1:Service",
            "public",
            {"inputs": {"metadata": {"annotations": {"external-dns.alpha.kubernetes.io/hostname": "x"}}, "spec": {"type": "LoadBalancer"}}},
        ),
    ]
    forwards = [
        step for at, (type_, name, old) in enumerate(made) for step in (began(2 * at, type_, name, **old), ended(2 * at + 1, type_, name))
    ]
    last = 2 * len(made)
    backwards = [
        step
        for at, (type_, name, old) in enumerate(reversed(made))
        for step in (began(last + 2 * at, type_, name, **old), ended(last + 2 * at + 1, type_, name))
    ]

    assert [rule.why for rule in RULES[Cloud.AWS] if not _wrong(rule, forwards)] == []
    assert [line for rule in RULES[Cloud.AWS] for line in broken(rule, deletions(backwards))] == []


def _wrong(rule: Rule, events: list[dict[str, Any]]) -> list[str]:
    """Without what is only too little to compare."""
    return [line for line in broken(rule, deletions(events)) if not line.startswith("nothing")]
