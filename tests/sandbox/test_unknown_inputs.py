"""Values that are not known yet: whatever is missing at preview, valid inputs stay valid."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from sandbox.contract import UNKNOWN, Properties
from tests.sandbox.accounts import DATABASE, Account, policy, trust
from tests.sandbox.clusters import Cluster, deployment


def holes(value: Any) -> Iterator[Any]:
    """Copies of a value with one part of it, at any depth, not known."""
    yield UNKNOWN
    if isinstance(value, dict):
        bag = cast("Properties", value)
        for key, inner in bag.items():
            yield from ({**bag, key: hole} for hole in holes(inner))
    elif isinstance(value, list):
        elements = cast("list[Any]", value)
        for index, inner in enumerate(elements):
            yield from ([*elements[:index], hole, *elements[index + 1 :]] for hole in holes(inner))


AWS: list[tuple[str, Properties]] = [
    ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}}),
    ("aws:ec2/subnet:Subnet", {"vpcId": "v", "cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-central-1a"}),
    (
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {"vpcId": "v", "serviceName": "com.amazonaws.eu-central-1.sts", "vpcEndpointType": "Interface", "subnetIds": ["s"]},
    ),
    (
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"securityGroupId": "g", "ipProtocol": "tcp", "fromPort": 1, "toPort": 2, "cidrIpv4": "10.0.0.0/8", "description": "d"},
    ),
    (
        "aws:ec2/flowLog:FlowLog",
        {"vpcId": "v", "trafficType": "ALL", "logDestination": "d", "iamRoleArn": "r", "maxAggregationInterval": 60},
    ),
    (
        "aws:ec2/launchTemplate:LaunchTemplate",
        {"blockDeviceMappings": [{"deviceName": "d", "ebs": {"volumeSize": 20, "volumeType": "gp3"}}]},
    ),
    (
        "aws:eks/cluster:Cluster",
        {
            "name": "c",
            "version": "1.35",
            "roleArn": "r",
            "vpcConfig": {
                "subnetIds": ["a", "b"],
                "endpointPublicAccess": False,
                "endpointPrivateAccess": True,
                "publicAccessCidrs": ["10.0.0.0/8"],
            },
            "encryptionConfig": {"provider": {"keyArn": "k"}, "resources": ["secrets"]},
            "enabledClusterLogTypes": ["audit"],
        },
    ),
    (
        "aws:eks/nodeGroup:NodeGroup",
        {
            "clusterName": "c",
            "nodeRoleArn": "r",
            "subnetIds": ["s"],
            "scalingConfig": {"minSize": 1, "desiredSize": 2, "maxSize": 3},
            "launchTemplate": {"id": "lt", "version": "1"},
            "instanceTypes": ["m7g.large"],
            "taints": [{"key": "a", "effect": "NO_SCHEDULE"}],
        },
    ),
    ("aws:eks/addon:Addon", {"clusterName": "c", "addonName": "coredns", "configurationValues": "{}"}),
    (
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        {
            "clusterName": "c",
            "principalArn": "p",
            "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
            "accessScope": {"type": "namespace", "namespaces": ["a"]},
        },
    ),
    (
        "aws:rds/instance:Instance",
        {
            **DATABASE,
            "backupWindow": "01:00-02:00",
            "maintenanceWindow": "sun:03:00-sun:04:00",
            "monitoringInterval": 60,
            "monitoringRoleArn": "r",
        },
    ),
    (
        "aws:rds/instance:Instance",
        {**DATABASE, "enabledCloudwatchLogsExports": ["postgresql"], "maxAllocatedStorage": 200, "kmsKeyId": "k"},
    ),
    (
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        {
            "bucket": "b",
            "rules": [
                {"id": "a", "status": "Enabled", "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}], "expiration": {"days": 90}}
            ],
        },
    ),
    (
        "aws:backup/plan:Plan",
        {
            "name": "p",
            "rules": [
                {
                    "ruleName": "daily",
                    "targetVaultName": "v",
                    "schedule": "cron(0 3 * * ? *)",
                    "lifecycle": {"deleteAfter": 120, "coldStorageAfter": 30},
                    "copyActions": [{"destinationVaultArn": "arn", "lifecycle": {"deleteAfter": 35}}],
                }
            ],
        },
    ),
    (
        "aws:budgets/budget:Budget",
        {
            "budgetType": "COST",
            "timeUnit": "MONTHLY",
            "limitAmount": "100",
            "limitUnit": "USD",
            "notifications": [
                {
                    "comparisonOperator": "GREATER_THAN",
                    "notificationType": "ACTUAL",
                    "threshold": 80,
                    "thresholdType": "PERCENTAGE",
                    "subscriberEmailAddresses": ["ops@playnew.eu"],
                }
            ],
        },
    ),
    ("aws:iam/role:Role", {"assumeRolePolicy": trust(), "name": "r", "path": "/"}),
    ("aws:kms/key:Key", {"enableKeyRotation": True, "policy": policy(Action="kms:*", Principal={"AWS": "arn:aws:iam::123456789012:root"})}),
    ("aws:route53/record:Record", {"zoneId": "z", "name": "a", "type": "A", "ttl": 60, "records": ["10.0.0.1"]}),
    ("aws:sns/topicSubscription:TopicSubscription", {"topic": "t", "protocol": "email", "endpoint": "ops@playnew.eu"}),
    ("random:index/randomPassword:RandomPassword", {"length": 20, "minLower": 2, "special": False}),
    ("tls:index/selfSignedCert:SelfSignedCert", {"allowedUses": ["server_auth"], "validityPeriodHours": 24, "privateKeyPem": "k"}),
]


@pytest.mark.parametrize(("type_", "inputs"), AWS, ids=[type_ for type_, _ in AWS])
def test_what_is_not_known_yet_is_never_a_mistake(type_: str, inputs: Properties):
    account = Account(package=type_.split(":")[0])
    assert account.failures(type_, inputs) == {}
    for name in inputs:
        for hole in holes(inputs[name]):
            changed = {**inputs, name: hole}
            assert account.failures(type_, changed) == {}, changed
            assert account.stand_in.preview(account.request(type_), account.check(type_, changed).inputs)
            account.diff(type_, inputs, changed)


POD = {
    "ports": [{"name": "http", "containerPort": 8080}],
    "env": [{"name": "A", "value": "b"}],
    "resources": {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
    "livenessProbe": {"httpGet": {"path": "/", "port": "http"}},
}
OBJECTS: list[tuple[str, Properties]] = [
    ("kubernetes:apps/v1:Deployment", deployment(**POD)),
    (
        "kubernetes:core/v1:Service",
        {"metadata": {"name": "a", "labels": {"a": "b"}}, "spec": {"type": "LoadBalancer", "ports": [{"port": 80, "targetPort": "http"}]}},
    ),
    ("kubernetes:core/v1:Secret", {"metadata": {"name": "a"}, "stringData": {"a": "b"}}),
    (
        "kubernetes:storage.k8s.io/v1:StorageClass",
        {"metadata": {"name": "a"}, "provisioner": "ebs.csi.aws.com", "parameters": {"kmsKeyId": "k"}},
    ),
    ("kubernetes:helm.sh/v3:Release", {"chart": "oci://x/y", "version": "1.2.3", "values": {"a": {"b": ["c"]}}}),
]


@pytest.mark.parametrize(("type_", "inputs"), OBJECTS, ids=[type_ for type_, _ in OBJECTS])
def test_what_is_not_known_yet_is_never_a_mistake_in_an_object(type_: str, inputs: Properties):
    cluster = Cluster()
    assert cluster.failures(type_, inputs) == {}
    for name in inputs:
        for hole in holes(inputs[name]):
            changed = {**inputs, name: hole}
            assert cluster.failures(type_, changed) == {}, changed
            cluster.diff(type_, inputs, changed)
