"""What AWS answers: typed, in the right partition, region and account."""

import re
from typing import Any

import pytest

from sandbox.aws.forms import FORMS
from sandbox.contract import UNKNOWN, Properties, Record
from sandbox.reflection.check import Checker
from sandbox.reflection.model import Schema
from sandbox.reflection.schema import Schemas
from sandbox.walk import leaves
from tests.sandbox.accounts import DATABASE, OWNER, Account, Site, policy, trust

SCHEMAS = Schemas()
WHERE = [("eu-central-1", "aws", "amazonaws.com"), ("eusc-de-east-1", "aws-eusc", "amazonaws.eu")]
ARNS: dict[str, tuple[Properties, str]] = {
    "aws:ec2/vpc:Vpc": ({"cidrBlock": "10.0.0.0/16"}, r"ec2:{r}:{a}:vpc/vpc-[0-9a-f]{17}"),
    "aws:ec2/eip:Eip": ({}, r"ec2:{r}:{a}:elastic-ip/eipalloc-[0-9a-f]{17}"),
    "aws:ec2/launchTemplate:LaunchTemplate": ({}, r"ec2:{r}:{a}:launch-template/lt-[0-9a-f]{17}"),
    "aws:iam/role:Role": ({"name": "r", "path": "/eu/", "assumeRolePolicy": trust()}, r"iam::{a}:role/eu/r"),
    "aws:iam/policy:Policy": ({"name": "p", "policy": policy()}, r"iam::{a}:policy/p"),
    "aws:kms/key:Key": ({}, r"kms:{r}:{a}:key/[0-9a-f-]{36}"),
    "aws:s3/bucket:Bucket": ({"bucket": "playnew"}, r"s3:::playnew"),
    "aws:ecr/repository:Repository": ({"name": "play/new"}, r"ecr:{r}:{a}:repository/play/new"),
    "aws:secretsmanager/secret:Secret": ({"name": "s"}, r"secretsmanager:{r}:{a}:secret:s-[A-Za-z0-9]{6}"),
    "aws:route53/zone:Zone": ({"name": "playnew.eu"}, r"route53:::hostedzone/Z[A-Z0-9]{20}"),
    "aws:backup/vault:Vault": ({"name": "v"}, r"backup:{r}:{a}:backup-vault:v"),
    "aws:cloudwatch/logGroup:LogGroup": ({"name": "/x"}, r"logs:{r}:{a}:log-group:/x"),
    "aws:sns/topic:Topic": ({"name": "t"}, r"sns:{r}:{a}:t"),
    "aws:sqs/queue:Queue": ({"name": "q"}, r"sqs:{r}:{a}:q"),
    "aws:rds/instance:Instance": ({**DATABASE, "identifier": "db"}, r"rds:{r}:{a}:db:db"),
    "aws:budgets/budget:Budget": ({"name": "b", "budgetType": "COST", "timeUnit": "MONTHLY"}, r"budgets::{a}:budget/b"),
    "aws:accessanalyzer/analyzer:Analyzer": ({"analyzerName": "a"}, r"access-analyzer:{r}:{a}:analyzer/a"),
    "aws:dynamodb/table:Table": ({"name": "t"}, r"dynamodb:{r}:{a}:table/t"),
    "aws:memorydb/acl:Acl": ({"name": "m"}, r"memorydb:{r}:{a}:acl/m"),
}


@pytest.mark.parametrize(("region", "partition", "_suffix"), WHERE)
@pytest.mark.parametrize("type_", ARNS)
def test_an_arn_is_in_the_right_partition_region_and_account(type_: str, region: str, partition: str, _suffix: str):
    inputs, form = ARNS[type_]
    expected = f"arn:{partition}:" + form.replace("{r}", region).replace("{a}", OWNER)
    assert re.fullmatch(expected, Account(region).make(type_, **inputs).outputs["arn"])


def fabric(account: Account) -> dict[str, Record]:
    region = account.region
    made: dict[str, Record] = {}

    def make(key: str, type_: str, **inputs: Any) -> Record:
        made[key] = account.make(type_, key, **inputs)
        return made[key]

    vpc = make("vpc", "aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    subnets = [
        make(f"subnet-{z}", "aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock=f"10.0.{i}.0/24", availabilityZone=region + z).id
        for i, z in enumerate("ab")
    ]
    role = make("role", "aws:iam/role:Role", assumeRolePolicy=trust()).outputs["arn"]
    cluster = make("cluster", "aws:eks/cluster:Cluster", name="c", roleArn=role, vpcConfig={"subnetIds": subnets}, version="1.35").id
    scaling = {"minSize": 1, "desiredSize": 1, "maxSize": 2}
    make("nodes", "aws:eks/nodeGroup:NodeGroup", clusterName=cluster, nodeRoleArn=role, subnetIds=subnets, scalingConfig=scaling)
    make("addon", "aws:eks/addon:Addon", clusterName=cluster, addonName="kube-proxy")
    make("entry", "aws:eks/accessEntry:AccessEntry", clusterName=cluster, principalArn=role)
    make(
        "identity",
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        clusterName=cluster,
        namespace="n",
        serviceAccount="s",
        roleArn=role,
    )
    group = make("subnets", "aws:rds/subnetGroup:SubnetGroup", subnetIds=subnets).id
    make("database", "aws:rds/instance:Instance", **DATABASE, identifier="db", dbSubnetGroupName=group)
    address = make("address", "aws:ec2/eip:Eip", domain="vpc").id
    make("nat", "aws:ec2/natGateway:NatGateway", allocationId=address, subnetId=subnets[0])
    services = {"serviceName": f"com.amazonaws.{region}.sts", "vpcEndpointType": "Interface", "subnetIds": subnets}
    make("endpoint", "aws:ec2/vpcEndpoint:VpcEndpoint", vpcId=vpc.id, **services)
    make("bucket", "aws:s3/bucket:Bucket", bucket="playnew")
    make("repository", "aws:ecr/repository:Repository", name="play/new")
    make("secret", "aws:secretsmanager/secret:Secret", name="s")
    make("zone", "aws:route53/zone:Zone", name="playnew.eu")
    make("key", "aws:kms/key:Key", enableKeyRotation=True)
    return made


@pytest.mark.parametrize(("region", "partition", "suffix"), WHERE)
def test_hosts_and_endpoints_are_in_the_right_domain(region: str, partition: str, suffix: str):
    made = {name: record.outputs for name, record in fabric(Account(region)).items()}
    expected = {
        ("cluster", "endpoint"): rf"https://[0-9A-F]{{32}}\.gr7\.{region}\.eks\.{suffix}",
        ("database", "address"): rf"db\.c[0-9a-f]+\.{region}\.rds\.{suffix}",
        ("database", "endpoint"): rf"db\.\S+\.{suffix}:5432",
        ("repository", "repositoryUrl"): rf"{OWNER}\.dkr\.ecr\.{region}\.{suffix}/play/new",
        ("bucket", "bucketRegionalDomainName"): rf"playnew\.s3\.{region}\.{suffix}",
        ("address", "publicDns"): rf"ec2-[0-9-]+\.{region}\.compute\.{suffix}",
        ("identity", "associationArn"): rf"arn:{partition}:eks:{region}:{OWNER}:podidentityassociation/c/a-\w+",
        ("entry", "accessEntryArn"): rf"arn:{partition}:eks:{region}:{OWNER}:access-entry/c/role/{OWNER}/\S+",
    }
    for (name, output), form in expected.items():
        assert re.fullmatch(form, made[name][output]), (name, output, made[name][output])
    issuer = made["cluster"]["identities"][0]["oidcs"][0]["issuer"]
    assert issuer.startswith(f"https://oidc.eks.{region}.{suffix}/id/")
    assert made["endpoint"]["dnsEntries"][0]["dnsName"].endswith(f".sts.{region}.vpce.{suffix}")


def test_things_that_aws_makes_along_are_there():
    made = {name: record.outputs for name, record in fabric(Account()).items()}
    assert made["cluster"]["vpcConfig"]["clusterSecurityGroupId"].startswith("sg-")
    assert made["cluster"]["vpcConfig"]["vpcId"] == made["subnet-a"]["vpcId"]
    assert len(made["cluster"]["certificateAuthority"]["data"]) > 1000
    (secret,) = made["database"]["masterUserSecrets"]
    assert secret["secretArn"].startswith(f"arn:aws:secretsmanager:eu-central-1:{OWNER}:secret:rds!db-")
    assert made["nat"]["publicIp"] == made["address"]["publicIp"]
    assert len(made["zone"]["nameServers"]) == 4
    assert len(made["endpoint"]["networkInterfaceIds"]) == 2
    assert made["subnet-b"]["availabilityZoneId"] == "euc1-az2"
    assert made["addon"]["addonVersion"].startswith("v1.35")
    assert made["key"]["rotationPeriodInDays"] == 365


@pytest.mark.parametrize("region", ["eu-central-1", "eusc-de-east-1"])
def test_every_output_has_the_type_that_the_sdk_promises(region: str):
    for record in fabric(Account(region)).values():
        schema = SCHEMAS.of(record.type)
        judged = Schema(record.type, schema.outputs, {}, schema.objects)
        # The SDK also promises objects that AWS leaves out.
        wrong = [failure for failure in Checker(judged).resource(record.outputs) if failure.reason != "missing required property"]
        assert wrong == [], record.type


def test_no_arn_leaves_its_partition():
    for record in fabric(Account("eusc-de-east-1")).values():
        for leaf in leaves(record.outputs):
            assert not re.search(r"arn:aws:|amazonaws\.com(?!\")", leaf.value) or "Policy" in leaf.path, (record.type, leaf)


def test_tags_are_the_provider_s_and_the_resource_s_own():
    account = Account(defaultTags='{"tags": {"stack": "prod", "owner": "platform"}}')
    vpc = account.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", tags={"owner": "network"})
    assert vpc.outputs["tagsAll"] == {"stack": "prod", "owner": "network"}


def test_a_resource_may_name_its_own_region():
    vault = Account("eu-central-1").make("aws:backup/vault:Vault", name="v", region="eu-west-1")
    assert (vault.outputs["region"], vault.outputs["arn"]) == ("eu-west-1", f"arn:aws:backup:eu-west-1:{OWNER}:backup-vault:v")


def test_an_update_keeps_what_was_computed_once():
    site = Site()
    before = site.cluster.outputs
    after = site.change(site.cluster, enabledClusterLogTypes=["audit"]).outputs
    for name in ("arn", "endpoint", "certificateAuthority", "identities", "createdAt"):
        assert after[name] == before[name]
    assert after["vpcConfig"]["clusterSecurityGroupId"] == before["vpcConfig"]["clusterSecurityGroupId"]
    assert after["enabledClusterLogTypes"] == ["audit"]


def test_what_is_taken_out_of_the_inputs_leaves_the_outputs():
    account = Account()
    key = account.make("aws:kms/key:Key", description="old", tags={"a": "b"})
    assert "tags" not in account.change(key, tags=None).outputs


def test_each_change_of_a_launch_template_makes_a_version():
    account = Account()
    template = account.make("aws:ec2/launchTemplate:LaunchTemplate")
    template = account.change(template, description="new")
    assert (template.outputs["latestVersion"], template.outputs["defaultVersion"]) == (2, 1)


def test_preview_knows_names_tags_and_region_and_leaves_the_rest_open():
    account = Account(defaultTags='{"tags": {"stack": "prod"}}')
    request = account.request("aws:s3/bucket:Bucket")
    inputs = account.check("aws:s3/bucket:Bucket", {}).inputs
    outputs = account.stand_in.preview(request, inputs)
    assert re.fullmatch(r"thing-[0-9a-f]{7}", outputs["bucket"])
    assert (outputs["region"], outputs["tagsAll"]) == ("eu-central-1", {"stack": "prod"})
    assert outputs["arn"] is UNKNOWN


@pytest.mark.parametrize(
    ("type_", "inputs", "property_", "form"),
    [
        (
            "aws:s3/bucket:Bucket",
            {},
            "bucket",
            r"the-long-logical-name-of-a-thing-that-nobody-would-ever--[0-9a-f]{7}|the-long.*-[0-9a-f]{7}",
        ),
        ("aws:iam/role:Role", {"assumeRolePolicy": trust()}, "name", r"the-long.*-[0-9a-f]{7}"),
        ("aws:kms/alias:Alias", {"targetKeyId": "k"}, "name", r"alias/the-long.*-[0-9a-f]{7}"),
        ("aws:lb/targetGroup:TargetGroup", {}, "name", r"the-long-logical-name-of--?[0-9a-f]{7}"),
    ],
)
def test_automatic_names_fit_the_service(type_: str, inputs: Properties, property_: str, form: str):
    name = "the-long-logical-name-of-a-thing-that-nobody-would-ever-want-to-write-down"
    account = Account()
    checked = account.check(type_, inputs, name)
    assert re.fullmatch(form, checked.inputs[property_])
    assert not checked.failures
    again = account.check(type_, inputs, name, olds={**checked.inputs})
    assert again.inputs[property_] == checked.inputs[property_]


def test_every_form_belongs_to_a_type_that_the_sdk_has():
    for token in FORMS:
        assert SCHEMAS.of(token).outputs, token
