"""Rules about inputs that move, copy or expose data without naming a place."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from policies.model import UNKNOWN, Properties, Violation

Judge = Callable[..., list[Violation]]
INSTANCE, KEY, ACCOUNT = "aws:rds/instance:Instance", "aws:kms/key:Key", "azure-native:storage:StorageAccount"
GROUP, CLUSTER, POLICY = "aws:ec2/securityGroup:SecurityGroup", "aws:eks/cluster:Cluster", "aws:iam/policy:Policy"


def wide(action: str, resource: str = "*", **more: object) -> Properties:
    return {"policy": json.dumps({"Statement": [{"Effect": "Allow", "Action": [action], "Resource": resource, **more}]})}


def ingress(port: float, cidr: str, protocol: str = "tcp") -> Properties:
    return {"ingress": [{"protocol": protocol, "fromPort": port, "toPort": port, "cidrBlocks": [cidr]}]}


def trust(principal: object) -> Properties:
    return {"assumeRolePolicy": json.dumps({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]})}


REFUSED: list[tuple[str, str, Properties]] = [
    ("RES-07", "aws:rds/globalCluster:GlobalCluster", {"globalClusterIdentifier": "g"}),
    ("RES-09", ACCOUNT, {"location": "italynorth", "sku": {"name": "Standard_GRS"}}),
    ("RES-09", ACCOUNT, {"location": "Poland Central", "sku": {"name": "Standard_RAGZRS"}}),
    ("RES-09", ACCOUNT, {"sku": {"name": "Standard_GRS"}}),  # the provider's location is Milan, which has no pair
    ("RES-09", "azure-native:dbforpostgresql:Server", {"location": "italynorth", "backup": {"geoRedundantBackup": "Enabled"}}),
    ("RES-10", "gcp:secretmanager/secret:Secret", {"replication": {"auto": {}}}),
    ("RES-11", KEY, {"multiRegion": True, "enableKeyRotation": True}),
    ("RES-11", KEY, {"multiRegion": UNKNOWN, "enableKeyRotation": True}),
    (
        "RES-13",
        "aws:cfg/configurationAggregator:ConfigurationAggregator",
        {"accountAggregationSource": {"allRegions": True, "accountIds": ["1"]}},
    ),
    ("RES-15", "gcp:pubsub/topic:Topic", {"name": "events"}),
    ("RES-16", "aws:cloudfront/distribution:Distribution", {"enabled": True}),
    ("RES-16", "azure-native:cdn:Profile", {"location": "westeurope"}),
    ("RES-19", "azure-native:cognitiveservices:Deployment", {"sku": {"name": "GlobalStandard"}}),
    ("RES-20", "gcp:bigquery/dataset:Dataset", {"datasetId": "d"}),
    ("NET-01", GROUP, ingress(22.0, "0.0.0.0/0")),
    ("NET-01", GROUP, ingress(0.0, "0.0.0.0/0", "-1")),
    (
        "NET-01",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"cidrIpv6": "::/0", "ipProtocol": "tcp", "fromPort": 3389.0, "toPort": 3389.0},
    ),
    (
        "NET-01",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": UNKNOWN, "toPort": 443.0},
    ),
    ("NET-02", INSTANCE, {"publiclyAccessible": True, "storageEncrypted": True}),
    ("NET-02", INSTANCE, {"publiclyAccessible": UNKNOWN, "storageEncrypted": True}),
    ("NET-03", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"blockPublicPolicy": True, "restrictPublicBuckets": False}),
    ("NET-04", CLUSTER, {"vpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]}}),
    ("NET-04", CLUSTER, {"vpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": UNKNOWN}}),
    ("NET-04", CLUSTER, {"vpcConfig": {"subnetIds": [UNKNOWN]}}),  # EKS opens it to everyone by default
    ("ENC-02", INSTANCE, {"publiclyAccessible": False}),
    ("ENC-02", INSTANCE, {"storageEncrypted": False}),
    ("ENC-03", "aws:efs/fileSystem:FileSystem", {}),
    ("ENC-03", "aws:ec2/launchTemplate:LaunchTemplate", {"blockDeviceMappings": [{"ebs": {"encrypted": "false"}}]}),
    ("ENC-04", KEY, {"description": "k"}),
    ("IAM-01", POLICY, wide("*")),
    ("IAM-01", POLICY, wide("s3:*")),
    ("IAM-03", "aws:iam/role:Role", trust("*")),
    ("IAM-03", "aws:iam/role:Role", trust({"AWS": "*"})),
]

PASSES: list[tuple[str, Properties]] = [
    (ACCOUNT, {"location": "northeurope", "sku": {"name": "Standard_GRS"}}),  # to the Netherlands
    (ACCOUNT, {"location": "italynorth", "sku": {"name": "Standard_ZRS"}}),
    ("gcp:secretmanager/secret:Secret", {"replication": {"userManaged": {"replicas": [{"location": "europe-west8"}]}}}),
    ("gcp:pubsub/topic:Topic", {"messageStoragePolicy": {"allowedPersistenceRegions": ["europe-west8"]}}),
    ("gcp:bigquery/dataset:Dataset", {"location": "EU"}),
    (KEY, {"multiRegion": False, "enableKeyRotation": True}),
    (KEY, {"customerMasterKeySpec": "RSA_4096"}),  # cannot be rotated
    (INSTANCE, {"storageEncrypted": True, "publiclyAccessible": False, "kmsKeyId": UNKNOWN}),
    (INSTANCE, {"replicateSourceDb": UNKNOWN, "publiclyAccessible": False}),  # encrypted as its source is
    ("aws:cloudtrail/trail:Trail", {"isMultiRegionTrail": True}),  # all regions into one bucket in the EU
    (GROUP, ingress(443.0, "0.0.0.0/0")),
    (GROUP, ingress(22.0, "10.0.0.0/8")),
    (GROUP, {"ingress": [{"protocol": "tcp", "fromPort": 5432.0, "toPort": 5432.0, "securityGroups": [UNKNOWN]}]}),
    (CLUSTER, {"vpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": ["192.0.2.0/24"]}}),
    (CLUSTER, {"vpcConfig": {"endpointPublicAccess": False, "endpointPrivateAccess": True}}),
    (POLICY, wide("s3:GetObject")),
    (POLICY, wide("s3:*", "arn:aws:s3:::logs/*")),
    (POLICY, wide("ecr:*", Condition={"StringEquals": {"aws:ResourceTag/owner": "x"}})),
    (POLICY, {"policy": UNKNOWN}),
    ("aws:iam/role:Role", trust({"Service": "pods.eks.amazonaws.com"})),
]


@pytest.mark.parametrize(("rule", "type_", "properties"), REFUSED)
def test_what_moves_or_exposes_data_is_refused(judge: Judge, rule: str, type_: str, properties: Properties) -> None:
    assert {violation.rule for violation in judge(type_, properties)} == {rule}


@pytest.mark.parametrize(("type_", "properties"), PASSES)
def test_what_keeps_data_passes(judge: Judge, type_: str, properties: Properties) -> None:
    assert judge(type_, properties) == []
