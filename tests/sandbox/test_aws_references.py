"""Inputs that mean other things of the account."""

from typing import Any

import pytest

from sandbox.contract import Properties, Record
from tests.sandbox.accounts import OWNER, Account, trust

SUBNET = "aws:ec2/subnet:Subnet"


def role(account: Account, name: str = "role") -> Record:
    return account.make("aws:iam/role:Role", name, assumeRolePolicy=trust())


DANGLING: list[tuple[str, Properties, str]] = [
    (
        SUBNET,
        {"vpcId": "vpc-0123456789abcdef0", "cidrBlock": "10.0.0.0/24"},
        "InvalidVpcID.NotFound: The vpc ID 'vpc-0123456789abcdef0' does not exist",
    ),
    (SUBNET, {"vpcId": "", "cidrBlock": "10.0.0.0/24"}, "MissingParameter: vpcId is empty"),
    ("aws:ec2/natGateway:NatGateway", {"subnetId": "subnet-0123456789abcdef0"}, "InvalidSubnetID.NotFound"),
    ("aws:ec2/natGateway:NatGateway", {"allocationId": "eipalloc-0123456789abcdef0"}, "InvalidAllocationID.NotFound"),
    (
        "aws:ec2/route:Route",
        {"routeTableId": "rtb-0123456789abcdef0", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"},
        "InvalidRouteTableID",
    ),
    (
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"securityGroupId": "sg-0123456789abcdef0", "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"},
        "InvalidGroup.NotFound: The security group 'sg-0123456789abcdef0' does not exist",
    ),
    ("aws:eks/addon:Addon", {"clusterName": "none", "addonName": "coredns"}, "ResourceNotFoundException: No cluster found for name: none."),
    (
        "aws:eks/cluster:Cluster",
        {"roleArn": f"arn:aws:iam::{OWNER}:role/none", "vpcConfig": {"subnetIds": ["subnet-0123456789abcdef0"]}},
        "role/none does not exist",
    ),
    (
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": "none", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "NoSuchEntity",
    ),
    ("aws:s3/bucketVersioning:BucketVersioning", {"bucket": "none", "versioningConfiguration": {"status": "Enabled"}}, "NoSuchBucket"),
    ("aws:ecr/lifecyclePolicy:LifecyclePolicy", {"repository": "none", "policy": '{"rules": []}'}, "RepositoryNotFoundException"),
    ("aws:secretsmanager/secretVersion:SecretVersion", {"secretId": "none", "secretString": "x"}, "ResourceNotFoundException"),
    ("aws:route53/record:Record", {"zoneId": "Z1", "name": "a", "type": "A", "ttl": 1, "records": ["10.0.0.1"]}, "NoSuchHostedZone"),
    ("aws:backup/plan:Plan", {"name": "p", "rules": [{"ruleName": "r", "targetVaultName": "none"}]}, "Backup vault none does not exist"),
    ("aws:cloudwatch/eventTarget:EventTarget", {"rule": "none", "arn": f"arn:aws:sns:eu-central-1:{OWNER}:t"}, "does not exist"),
    ("aws:kms/alias:Alias", {"name": "alias/a", "targetKeyId": "12345678-1234-1234-1234-123456789012"}, "NotFoundException"),
    ("aws:secretsmanager/secret:Secret", {"name": "s", "kmsKeyId": "alias/none"}, "key 'alias/none' does not exist"),
    ("aws:organizations/policyAttachment:PolicyAttachment", {"policyId": "p-none", "targetId": OWNER}, "PolicyNotFoundException"),
]


@pytest.mark.parametrize(("type_", "inputs", "reason"), DANGLING)
def test_a_dangling_reference_is_refused_as_aws_would(type_: str, inputs: Properties, reason: str):
    assert reason in Account().refused(type_, **inputs)


@pytest.mark.parametrize(
    "policy",
    [
        *("AmazonEKSClusterPolicy", "AmazonEKS_CNI_Policy", "service-role/AmazonEBSCSIDriverPolicy", "AmazonEC2ContainerRegistryPullOnly"),
        *("service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AmazonRDSEnhancedMonitoringRole"),
    ],
)
def test_policies_that_aws_keeps_can_be_attached(policy: str):
    account = Account("eusc-de-east-1")
    account.make(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=role(account).id, policyArn=f"arn:aws-eusc:iam::aws:policy/{policy}"
    )


@pytest.mark.parametrize("policy", ["AmazonEBSCSIDriverPolicy", "service-role/AmazonEKSClusterPolicy", "NoSuchPolicy"])
def test_a_policy_that_aws_does_not_keep_is_refused(policy: str):
    account = Account()
    arn = f"arn:aws:iam::aws:policy/{policy}"
    assert arn in account.refused("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=role(account).id, policyArn=arn)


def test_an_arn_of_another_partition_is_refused():
    account = Account("eusc-de-east-1")
    arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    reason = account.refused("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=role(account).id, policyArn=arn)
    assert "is in partition aws, the resource in aws-eusc" in reason


def test_what_aws_made_together_with_a_thing_can_be_referred_to():
    account = Account()
    vpc = account.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    group = vpc.outputs["defaultSecurityGroupId"]
    rule: dict[str, Any] = {"securityGroupId": group, "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/16"}
    account.make("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", **rule)
    assert account.make("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", vpcId=vpc.id).id == group


def test_what_was_removed_behind_our_back_no_longer_counts():
    account = Account()
    vpc = account.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    account.make(SUBNET, vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    account.world.remove(vpc)
    assert "InvalidVpcID.NotFound" in account.refused(SUBNET, vpcId=vpc.id, cidrBlock="10.0.1.0/24")


def test_a_regional_id_counts_only_in_its_own_region():
    account = Account()
    vpc = account.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", region="eu-west-1")
    account.make(SUBNET, vpcId=vpc.id, cidrBlock="10.0.0.0/24", region="eu-west-1")
    assert "InvalidVpcID.NotFound" in account.refused(SUBNET, vpcId=vpc.id, cidrBlock="10.0.1.0/24")


def test_a_key_of_another_region_is_refused():
    account = Account()
    key = account.make("aws:kms/key:Key", region="eu-west-1")
    assert "is in eu-west-1, the resource in eu-central-1" in account.refused(
        "aws:secretsmanager/secret:Secret", kmsKeyId=key.outputs["arn"]
    )


@pytest.mark.parametrize("form", ["id", "arn", "alias", "alias arn"])
def test_a_key_may_be_named_in_four_ways(form: str):
    account = Account()
    key = account.make("aws:kms/key:Key")
    alias = account.make("aws:kms/alias:Alias", name="alias/data", targetKeyId=key.id)
    names = {"id": key.id, "arn": key.outputs["arn"], "alias": "alias/data", "alias arn": alias.outputs["arn"]}
    account.make("aws:secretsmanager/secret:Secret", kmsKeyId=names[form])


def test_a_role_of_people_need_not_be_made_here():
    account = Account()
    subnets = [
        account.make(SUBNET, zone, vpcId=vpc, cidrBlock=f"10.0.{index}.0/24", availabilityZone=f"eu-central-1{zone}").id
        for vpc in [account.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16").id]
        for index, zone in enumerate("ab")
    ]
    cluster = account.make("aws:eks/cluster:Cluster", roleArn=role(account).outputs["arn"], vpcConfig={"subnetIds": subnets})
    account.make("aws:eks/accessEntry:AccessEntry", clusterName=cluster.id, principalArn=f"arn:aws:iam::{OWNER}:role/Administrators")


def test_a_policy_may_not_name_a_role_that_does_not_exist():
    account = Account()
    reason = account.refused("aws:iam/role:Role", assumeRolePolicy=trust(Principal={"AWS": f"arn:aws:iam::{OWNER}:role/gone"}))
    assert reason.startswith("MalformedPolicyDocument: Invalid principal in policy")


def test_the_record_of_an_alias_may_name_the_zone_of_a_load_balancer():
    account = Account()
    zone = account.make("aws:route53/zone:Zone", name="playnew.eu")
    alias = {"name": "a.elb.eu-central-1.amazonaws.com", "zoneId": "Z215JYRZR1TBD5", "evaluateTargetHealth": True}
    account.make("aws:route53/record:Record", zoneId=zone.id, name="www", type="A", aliases=[alias])
