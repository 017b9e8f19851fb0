from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from components.identity.aws import AwsIdentity
from components.identity.aws_load_balancing import load_balancing
from components.identity.aws_statements import autoscaling, bucket, dns, secrets, snapshots
from components.identity.documents import Statement, Where, document, where
from components.identity.spec import (
    AutoscalingGrant,
    BucketGrant,
    DnsGrant,
    Grant,
    IdentitySpec,
    KeyGrant,
    LoadBalancingGrant,
    SecretsGrant,
    SnapshotGrant,
)
from components.vocabulary import Access
from tests.components import aws_wiring as wiring
from tests.recorder import Recording, record

ROLE, POLICY, BINDING = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy", "aws:eks/podIdentityAssociation:PodIdentityAssociation"
SPEC = IdentitySpec(namespace="pn-system", service_account="pn-host")
MILAN = where(wiring.SITE)
CLUSTER = "playnew-production-cluster"

# All that has no resource-level permission in AWS, and nothing else, may be allowed on every resource.
NO_RESOURCE_LEVEL = ("Describe", "List", "Get")


def identity(grants: Callable[[], list[Grant]]) -> Recording[AwsIdentity]:
    return record(lambda: AwsIdentity("playnew-production-host", SPEC, wiring.SITE, grants(), wiring.cluster()))


def master_key() -> list[Grant]:
    return [KeyGrant(wiring.key())]


def every_grant() -> list[Grant]:
    return [
        BucketGrant(wiring.bucket(), Access.READ_WRITE),
        KeyGrant(wiring.key()),
        SecretsGrant(("pn/production",), (wiring.key(),), database_admins=True),
        DnsGrant(wiring.zone()),
        AutoscalingGrant(wiring.cluster()),
        LoadBalancingGrant(wiring.cluster(), wiring.network()),
        SnapshotGrant(wiring.cluster()),
    ]


def all_statements(place: Where = MILAN) -> list[Statement]:
    return [
        *bucket(place, Access.READ_WRITE, wiring.BUCKET_ARN, wiring.KEY_ARN, place.region),
        *secrets(place, ["pn/production"], [wiring.KEY_ARN], "playnew-production-"),
        *dns("arn:aws:route53:::hostedzone/Z1"),
        *autoscaling(place, CLUSTER),
        *load_balancing(place, CLUSTER, "vpc-1"),
        *snapshots(place, CLUSTER, wiring.KEY_ARN),
    ]


def test_only_pods_of_the_service_account_in_this_cluster_obtain_the_role() -> None:
    registered = identity(master_key)
    trust = json.loads(registered.one(ROLE).inputs["assumeRolePolicy"])["Statement"][0]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert trust["Condition"]["StringEquals"] == {
        "aws:SourceAccount": wiring.ACCOUNT,
        "aws:RequestTag/eks-cluster-name": CLUSTER,
        "aws:RequestTag/kubernetes-namespace": "pn-system",
        "aws:RequestTag/kubernetes-service-account": "pn-host",
    }


def test_the_role_is_bound_to_the_service_account_in_the_cluster() -> None:
    registered = identity(master_key)
    binding = registered.one(BINDING)
    assert binding.inputs["clusterName"] == CLUSTER
    assert (binding.inputs["namespace"], binding.inputs["serviceAccount"]) == ("pn-system", "pn-host")
    assert binding.inputs["roleArn"] == registered.one(ROLE).state["arn"]
    assert registered.one("eucloud:aws:Identity").outputs["ref"] == registered.one(ROLE).state["arn"]


def test_who_waits_for_the_binding_has_its_rights() -> None:
    registered = identity(lambda: [KeyGrant(wiring.key(exclusive=True))])
    rights = (*registered.of(POLICY), *registered.of("aws:kms/grant:Grant"))
    assert {item.name for item in rights} <= set(registered.one(BINDING).depends_on)
    assert len(rights) == 2


def test_an_identity_without_grants_has_no_rights() -> None:
    assert identity(list).of(POLICY) == []


def test_all_grants_together_fit_the_size_of_an_inline_policy() -> None:
    policy = identity(every_grant).one(POLICY).inputs["policy"]
    assert len(policy) <= 10_240
    sids = [statement["Sid"] for statement in wiring.statements(policy)]
    assert len(sids) == len(set(sids))


def test_no_action_holds_a_wildcard() -> None:
    assert not [action for action in wiring.actions(document(all_statements())) if "*" in action]


def test_every_resource_is_named_unless_aws_knows_no_resource_level() -> None:
    for statement in all_statements():
        if statement["Resource"] == ["*"]:
            assert all(action.split(":")[1].startswith(NO_RESOURCE_LEVEL) for action in statement["Action"]), statement


@pytest.mark.requirement("PN-08")
def test_the_master_key_is_usable_for_encryption_and_nothing_else() -> None:
    statement = wiring.statements(identity(master_key).one(POLICY).inputs["policy"])
    assert [(item["Action"], item["Resource"]) for item in statement] == [
        (["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"], [wiring.KEY_ARN])
    ]


@pytest.mark.requirement("PN-08")
def test_an_exclusive_key_is_granted_to_the_role_on_the_key_itself() -> None:
    registered = identity(lambda: [KeyGrant(wiring.key(exclusive=True))])
    grant = registered.one("aws:kms/grant:Grant")
    assert grant.inputs["granteePrincipal"] == registered.one(ROLE).state["arn"]
    assert grant.inputs["operations"] == ["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"]
    assert identity(master_key).of("aws:kms/grant:Grant") == []


def test_a_reader_of_a_bucket_cannot_write() -> None:
    read = wiring.actions(document(bucket(MILAN, Access.READ, wiring.BUCKET_ARN, wiring.KEY_ARN, "eu-south-1")))
    assert read == {"s3:GetObject", "s3:GetBucketLocation", "s3:ListBucket", "kms:Decrypt"}


def test_a_bucket_cannot_be_merely_used() -> None:
    with pytest.raises(ValueError, match=r"access: 'use' is not for buckets; allowed: read, read-write"):
        bucket(MILAN, Access.USE, wiring.BUCKET_ARN, wiring.KEY_ARN, "eu-south-1")


def test_the_buckets_key_is_used_through_the_object_store_alone() -> None:
    key = bucket(MILAN, Access.READ_WRITE, wiring.BUCKET_ARN, wiring.KEY_ARN, "eu-south-1")[-1]
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-south-1.amazonaws.com"}}


def test_secrets_are_read_under_their_prefix_and_never_listed_or_written() -> None:
    read, key = secrets(MILAN, ["pn/production"], [wiring.KEY_ARN], None)
    assert read["Action"] == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    assert read["Resource"] == [f"arn:aws:secretsmanager:eu-south-1:{wiring.ACCOUNT}:secret:pn/production/*"]
    assert key["Condition"]["StringEquals"]["kms:ViaService"] == "secretsmanager.eu-south-1.amazonaws.com"


def test_the_databases_administrators_are_read_for_this_stack_alone() -> None:
    named, admins, _ = secrets(MILAN, ["pn/production"], [wiring.KEY_ARN], "playnew-production-")
    assert named["Resource"][1:] == [f"arn:aws:secretsmanager:eu-south-1:{wiring.ACCOUNT}:secret:playnew-production-*/admin-*"]
    assert admins["Resource"] == [f"arn:aws:secretsmanager:eu-south-1:{wiring.ACCOUNT}:secret:rds!db-*"]
    tag = "secretsmanager:ResourceTag/aws:rds:primaryDBInstanceArn"
    assert admins["Condition"]["StringLike"][tag] == f"arn:aws:rds:eu-south-1:{wiring.ACCOUNT}:db:playnew-production-*"


@pytest.mark.requirement("PN-10")
def test_records_change_in_one_zone_and_never_its_delegation_or_authorities() -> None:
    change = dns("arn:aws:route53:::hostedzone/Z1")[0]
    assert change["Resource"] == ["arn:aws:route53:::hostedzone/Z1"]
    assert change["Condition"]["ForAllValues:StringEquals"]["route53:ChangeResourceRecordSetsRecordTypes"] == ["A", "AAAA", "CNAME", "TXT"]


@pytest.mark.requirement("PN-03")
def test_the_autoscaler_resizes_pools_of_its_own_cluster_alone() -> None:
    resize = autoscaling(MILAN, CLUSTER)[0]
    assert resize["Condition"]["StringEquals"][f"aws:ResourceTag/k8s.io/cluster-autoscaler/{CLUSTER}"] == "owned"


def test_load_balancers_of_other_clusters_are_out_of_reach() -> None:
    for statement in load_balancing(MILAN, CLUSTER, "vpc-1"):
        if statement["Resource"] == ["*"] or statement["Sid"] in {"ServiceLinkedRole", "GroupsInThisNetwork"}:
            continue
        own = {key: value for key, value in statement["Condition"]["StringEquals"].items() if key.startswith("aws:")}
        assert own in (
            {"aws:RequestTag/elbv2.k8s.aws/cluster": CLUSTER},
            {"aws:ResourceTag/elbv2.k8s.aws/cluster": CLUSTER},
            {f"aws:ResourceTag/kubernetes.io/cluster/{CLUSTER}": "owned"},
        )


@pytest.mark.requirement("PN-22")
def test_snapshots_are_taken_and_restored_of_this_clusters_volumes_alone() -> None:
    for statement in snapshots(MILAN, CLUSTER, None):
        if statement["Resource"] != ["*"]:
            assert CLUSTER in statement["Condition"]["StringEquals"].values()


@pytest.mark.requirement("PN-22")
def test_a_restored_volume_may_use_the_clusters_key() -> None:
    granted = [statement for statement in snapshots(MILAN, CLUSTER, wiring.KEY_ARN) if statement["Resource"] == [wiring.KEY_ARN]]
    assert {action for statement in granted for action in statement["Action"]} >= {"kms:CreateGrant", "kms:Decrypt"}


def test_every_arn_is_in_the_sovereign_partition_there() -> None:
    place = where(wiring.SOVEREIGN)
    ours = [*autoscaling(place, CLUSTER), *load_balancing(place, CLUSTER, "vpc-1"), *snapshots(place, CLUSTER, None)]
    arns = [resource for statement in ours for resource in statement["Resource"] if resource != "*"]
    assert arns
    assert all(arn.startswith("arn:aws-eusc:") for arn in arns)
    key = secrets(place, ["pn"], ["arn"], None)[-1]
    assert key["Condition"]["StringEquals"]["kms:ViaService"] == "secretsmanager.eusc-de-east-1.amazonaws.eu"
