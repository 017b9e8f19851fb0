import json

import pytest

from sandbox.contract import Refused
from tests.sandbox.accounts import OWNER, Account


def test_the_caller_and_the_place_are_the_instance_s_own():
    account = Account("eusc-de-east-1")
    assert account.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == OWNER
    assert account.invoke("aws:index/getRegion:getRegion")["region"] == "eusc-de-east-1"
    partition = account.invoke("aws:index/getPartition:getPartition")
    assert (partition["partition"], partition["dnsSuffix"], partition["reverseDnsPrefix"]) == ("aws-eusc", "amazonaws.eu", "eu.amazonaws")


def test_zones_can_be_left_out():
    zones = Account().invoke("aws:index/getAvailabilityZones:getAvailabilityZones", state="available", excludeNames=["eu-central-1b"])
    assert (zones["names"], zones["zoneIds"]) == (["eu-central-1a", "eu-central-1c"], ["euc1-az1", "euc1-az3"])


def test_a_policy_document_is_rendered():
    statement = {
        "sid": "Read",
        "actions": ["s3:GetObject", "s3:ListBucket"],
        "resources": ["arn:aws:s3:::b"],
        "principals": [{"type": "AWS", "identifiers": ["111122223333"]}],
        "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
    }
    document = Account().invoke(
        "aws:iam/getPolicyDocument:getPolicyDocument", statements=[statement, {"effect": "Deny", "notActions": ["s3:*"]}]
    )
    assert (
        json.loads(document["json"])
        == json.loads(document["minifiedJson"])
        == {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Read",
                    "Effect": "Allow",
                    "Action": ["s3:ListBucket", "s3:GetObject"],
                    "Resource": "arn:aws:s3:::b",
                    "Principal": {"AWS": "111122223333"},
                    "Condition": {"Bool": {"aws:SecureTransport": "true"}},
                },
                {"Effect": "Deny", "NotAction": "s3:*"},
            ],
        }
    )


def test_documents_are_merged_by_statement():
    first = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": "a:B", "Resource": "*"}]})
    other = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Deny", "Action": "a:B", "Resource": "*"}]})
    token = "aws:iam/getPolicyDocument:getPolicyDocument"
    document = Account().invoke(token, sourcePolicyDocuments=[first], overridePolicyDocuments=[other])
    assert [statement["Effect"] for statement in json.loads(document["json"])["Statement"]] == ["Deny"]


def test_the_prefix_list_of_s3_can_be_found_and_used():
    account = Account()
    found = account.invoke("aws:ec2/getManagedPrefixList:getManagedPrefixList", name="com.amazonaws.eu-central-1.s3")
    vpc = account.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    rule = {"securityGroupId": vpc.outputs["defaultSecurityGroupId"], "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    account.make("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", **rule, prefixListId=found["id"])
    assert "InvalidPrefixListID.NotFound" in account.refused(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", **rule, prefixListId="pl-00000000"
    )


def test_versions_are_answered():
    account = Account()
    assert account.invoke("aws:eks/getAddonVersion:getAddonVersion", addonName="coredns", kubernetesVersion="1.35")["version"].startswith(
        "v1."
    )
    assert (
        account.invoke("aws:rds/getEngineVersion:getEngineVersion", engine="postgres", version="17")["parameterGroupFamily"] == "postgres17"
    )
    assert "1.35" in {v["clusterVersion"] for v in account.invoke("aws:eks/getClusterVersions:getClusterVersions")["clusterVersions"]}


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("aws:ec2/getAmi:getAmi", "no answer for the data source aws:ec2/getAmi:getAmi"),
        ("aws:eks/getAddonVersion:getAddonVersion", "Addon none is not supported"),
        ("aws:eks/getCluster:getCluster", "ResourceNotFoundException"),
    ],
)
def test_what_is_not_known_is_refused(token: str, reason: str):
    with pytest.raises(Refused, match=reason):
        Account().invoke(token, addonName="none", kubernetesVersion="1.35", name="none")
