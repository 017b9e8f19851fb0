"""What AWS refuses in single values, by type."""

import json
from typing import Any

import pytest

from tests.sandbox.accounts import DATABASE, Account, policy, trust

VPC, SUBNET, ENDPOINT = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/vpcEndpoint:VpcEndpoint"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
INSTANCE, CLUSTER, NODES = "aws:rds/instance:Instance", "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"
BUCKET, ROLE, KEY, ALIAS = "aws:s3/bucket:Bucket", "aws:iam/role:Role", "aws:kms/key:Key", "aws:kms/alias:Alias"
RECORD, PLAN, TRAIL, LOGS = (
    "aws:route53/record:Record",
    "aws:backup/plan:Plan",
    "aws:cloudtrail/trail:Trail",
    "aws:cloudwatch/logGroup:LogGroup",
)

NODE_GROUP: dict[str, Any] = {
    "clusterName": "c",
    "nodeRoleArn": "r",
    "subnetIds": ["s"],
    "scalingConfig": {"minSize": 1, "desiredSize": 2, "maxSize": 3},
}
CONTROL: dict[str, Any] = {"roleArn": "r", "vpcConfig": {"subnetIds": ["a", "b"]}}


def plan(**rule: Any) -> dict[str, Any]:
    return {"name": "p", "rules": [{"ruleName": "daily", "targetVaultName": "v", **rule}]}


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    (VPC, {"cidrBlock": "10.0.0.0/8"}, "cidrBlock", "between /16 and /28"),
    (VPC, {"cidrBlock": "10.0.0.1/16"}, "cidrBlock", "host bits"),
    (VPC, {"cidrBlock": "10.0.0/16"}, "cidrBlock", "CIDR"),
    (VPC, {}, "cidrBlock", "exactly one of"),
    (VPC, {"cidrBlock": "10.0.0.0/16", "instanceTenancy": "shared"}, "instanceTenancy", "dedicated"),
    (VPC, {"cidrBlock": "10.0.0.0/16", "region": "eu-west-9"}, "region", "eu-west-3"),
    (VPC, {"cidrBlock": "10.0.0.0/16", "tags": {"aws:x": "y"}}, "tags.aws:x", "aws: prefixed"),
    (SUBNET, {"vpcId": "v", "cidrBlock": "10.0.0.0/29"}, "cidrBlock", "between /16 and /28"),
    (
        SUBNET,
        {"vpcId": "v", "cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-west-1a"},
        "availabilityZone",
        "eu-central-1a, eu-central-1b",
    ),
    (ENDPOINT, {"vpcId": "v", "serviceName": "com.amazonaws.eu-west-1.s3"}, "serviceName", "does not exist in eu-central-1"),
    (ENDPOINT, {"vpcId": "v", "serviceName": "ecr"}, "serviceName", "InvalidServiceName"),
    (ENDPOINT, {"vpcId": "v", "serviceName": "com.amazonaws.eu-central-1.sts"}, "vpcEndpointType", "use Interface"),
    (ENDPOINT, {"vpcId": "v", "serviceName": "com.amazonaws.eu-central-1.s3", "subnetIds": ["s"]}, "subnetIds", "route tables only"),
    ("aws:ec2/route:Route", {"routeTableId": "r", "destinationCidrBlock": "0.0.0.0/0"}, "gatewayId", "exactly one of"),
    ("aws:ec2/flowLog:FlowLog", {"vpcId": "v", "trafficType": "ALL", "logDestination": "d"}, "iamRoleArn", "DeliverLogsPermissionArn"),
    ("aws:ec2/securityGroup:SecurityGroup", {"name": "sg-mine"}, "name", "may not begin with sg-"),
    (INGRESS, {"securityGroupId": "g", "ipProtocol": "tcp", "cidrIpv4": "10.0.0.0/8"}, "fromPort", "fromPort and toPort"),
    (INGRESS, {"securityGroupId": "g", "ipProtocol": "tcp", "fromPort": 90, "toPort": 80, "cidrIpv4": "10.0.0.0/8"}, "fromPort", "90:80"),
    (
        INGRESS,
        {"securityGroupId": "g", "ipProtocol": "tcp", "fromPort": 1, "toPort": 70000, "cidrIpv4": "10.0.0.0/8"},
        "fromPort",
        "0-65535",
    ),
    (
        INGRESS,
        {"securityGroupId": "g", "ipProtocol": "-1", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/8"},
        "fromPort",
        "covers all",
    ),
    (INGRESS, {"securityGroupId": "g", "ipProtocol": "-1"}, "cidrIpv4", "exactly one of"),
    ("aws:ec2/launchTemplate:LaunchTemplate", {"metadataOptions": {"httpTokens": "must"}}, "metadataOptions.httpTokens", "required"),
    (CLUSTER, {**CONTROL, "version": "1.22"}, "version", "1.35"),
    (CLUSTER, {**CONTROL, "name": "play new"}, "name", "1-100 letters"),
    (CLUSTER, {**CONTROL, "enabledClusterLogTypes": ["apis"]}, "enabledClusterLogTypes[0]", "authenticator"),
    (CLUSTER, {**CONTROL, "accessConfig": {"authenticationMode": "IAM"}}, "accessConfig.authenticationMode", "API_AND_CONFIG_MAP"),
    (NODES, {**NODE_GROUP, "scalingConfig": {"minSize": 4, "desiredSize": 2, "maxSize": 3}}, "scalingConfig.minSize", "can't be greater"),
    (
        NODES,
        {**NODE_GROUP, "scalingConfig": {"minSize": 1, "desiredSize": 9, "maxSize": 3}},
        "scalingConfig.desiredSize",
        "between 1 and 3",
    ),
    (NODES, {**NODE_GROUP, "instanceTypes": ["m7g.huge"]}, "instanceTypes[0]", "instance type"),
    (NODES, {**NODE_GROUP, "launchTemplate": {"version": "1"}, "diskSize": 50}, "diskSize", "launch template"),
    ("aws:eks/addon:Addon", {"clusterName": "c", "addonName": "ebs-csi"}, "addonName", "aws-ebs-csi-driver"),
    ("aws:eks/addon:Addon", {"clusterName": "c", "addonName": "coredns", "addonVersion": "1.11"}, "addonVersion", "eksbuild"),
    ("aws:eks/accessEntry:AccessEntry", {"clusterName": "c", "principalArn": "admin"}, "principalArn", "ARN of a role or user"),
    (INSTANCE, {**DATABASE, "instanceClass": "db.huge"}, "instanceClass", "db.m7g.large"),
    (INSTANCE, {**DATABASE, "engineVersion": "9.6"}, "engineVersion", "Cannot find version 9.6"),
    (INSTANCE, {**DATABASE, "backupRetentionPeriod": 36}, "backupRetentionPeriod", "between 0 and 35"),
    (INSTANCE, {**DATABASE, "backupWindow": "1:00-2:00"}, "backupWindow", "hh:mm-hh:mm"),
    (INSTANCE, {**DATABASE, "backupWindow": "01:00-01:10"}, "backupWindow", "30 minutes"),
    (INSTANCE, {**DATABASE, "maintenanceWindow": "03:00-04:00"}, "maintenanceWindow", "ddd:hh:mm"),
    (INSTANCE, {**DATABASE, "backupWindow": "23:30-00:30", "maintenanceWindow": "sun:00:00-sun:01:00"}, "backupWindow", "must not overlap"),
    (INSTANCE, {**DATABASE, "maxAllocatedStorage": 100}, "maxAllocatedStorage", "10% above"),
    (INSTANCE, {**DATABASE, "storageType": "gp3", "iops": 4000}, "iops", "less than 400"),
    (INSTANCE, {**DATABASE, "password": "x"}, "password", "ManageMasterUserPassword"),
    (INSTANCE, {**DATABASE, "manageMasterUserPassword": None}, "password", "needs password"),
    (INSTANCE, {**DATABASE, "username": "rdsadmin"}, "username", "reserved word"),
    (INSTANCE, {**DATABASE, "identifier": "Play_New"}, "identifier", "lower-case"),
    (INSTANCE, {**DATABASE, "monitoringInterval": 60}, "monitoringRoleArn", "required"),
    (INSTANCE, {**DATABASE, "performanceInsightsRetentionPeriod": 30}, "performanceInsightsRetentionPeriod", "731"),
    (INSTANCE, {**DATABASE, "enabledCloudwatchLogsExports": ["slowquery"]}, "enabledCloudwatchLogsExports", "postgresql"),
    ("aws:rds/parameterGroup:ParameterGroup", {"family": "postgresql17"}, "family", "family"),
    (BUCKET, {"bucket": "Play-New"}, "bucket", "3-63 lower-case"),
    (BUCKET, {"bucket": "ab"}, "bucket", "3-63"),
    (BUCKET, {"bucket": "10.0.0.1"}, "bucket", "no address"),
    (BUCKET, {"bucket": "a..b"}, "bucket", "3-63"),
    (
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        {"bucket": "b", "rules": [{"id": "a", "status": "Enabled"}]},
        "rules[0]",
        "at least one action",
    ),
    ("aws:ecr/repository:Repository", {"name": "Play/New"}, "name", "repository name"),
    ("aws:ecr/repository:Repository", {"imageTagMutability": "FROZEN"}, "imageTagMutability", "IMMUTABLE"),
    ("aws:ecr/lifecyclePolicy:LifecyclePolicy", {"repository": "r", "policy": "{}"}, "policy", "validation failure"),
    (
        "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
        {"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "docker.io"},
        "upstreamRegistryUrl",
        "cache",
    ),
    (PLAN, plan(schedule="0 3 * * *"), "rules[0].schedule", "cron("),
    (PLAN, plan(schedule="cron(0 3 * * * *)"), "rules[0].schedule", "exactly one"),
    (PLAN, plan(lifecycle={"coldStorageAfter": 30, "deleteAfter": 60}), "rules[0]", "90 days after"),
    (ROLE, {"assumeRolePolicy": "{"}, "assumeRolePolicy", "not valid JSON"),
    (ROLE, {"assumeRolePolicy": trust(Principal=None)}, "assumeRolePolicy", "needs a Principal"),
    (ROLE, {"assumeRolePolicy": trust(Resource="*")}, "assumeRolePolicy", "takes no Resource"),
    (ROLE, {"assumeRolePolicy": trust(Principal={"Service": "ec2"})}, "assumeRolePolicy", "invalid principal"),
    (ROLE, {"assumeRolePolicy": trust(), "name": "r" * 65}, "name", "1-64"),
    (ROLE, {"assumeRolePolicy": trust(), "maxSessionDuration": 60}, "maxSessionDuration", "3600"),
    ("aws:iam/policy:Policy", {"policy": policy(Action="S3:GetObject")}, "policy", "lower-case service"),
    ("aws:iam/policy:Policy", {"policy": policy(Action=None)}, "policy", "Action or NotAction"),
    ("aws:iam/policy:Policy", {"policy": policy(Resource="my-bucket")}, "policy", "ARN format"),
    ("aws:iam/policy:Policy", {"policy": policy(Resource="arn:aws-eusc:s3:::b")}, "policy", "partition"),
    ("aws:iam/policy:Policy", {"policy": policy(Principal="*")}, "policy", "takes no Principal"),
    ("aws:iam/policy:Policy", {"policy": policy(Effect="allow")}, "policy", "Allow or Deny"),
    ("aws:iam/policy:Policy", {"policy": policy(Sid="not allowed!")}, "policy", "letters and digits"),
    ("aws:iam/policy:Policy", {"policy": policy(Conditions={})}, "policy", "unknown member Conditions"),
    ("aws:iam/policy:Policy", {"policy": policy(Condition={"StringEqual": {"a": "b"}})}, "policy", "unknown condition operator"),
    (
        "aws:iam/policy:Policy",
        {"policy": json.dumps({"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})},
        "policy",
        "Version",
    ),
    ("aws:iam/policy:Policy", {"policy": json.dumps({"Version": "2012-10-17", "Statement": []})}, "policy", "missing or empty"),
    ("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": policy()}, "policy", "needs a Principal"),
    ("aws:ecr/repositoryPolicy:RepositoryPolicy", {"repository": "r", "policy": policy(Principal="*")}, "policy", "takes no Resource"),
    (
        KEY,
        {"policy": policy(Action="kms:Encrypt", Principal={"AWS": "arn:aws:iam::123456789012:root"})},
        "policy",
        "will not allow you to update",
    ),
    (KEY, {"deletionWindowInDays": 3}, "deletionWindowInDays", "between 7 and 30"),
    (KEY, {"enableKeyRotation": True, "customerMasterKeySpec": "RSA_2048"}, "enableKeyRotation", "symmetric"),
    (ALIAS, {"name": "playnew", "targetKeyId": "k"}, "name", "alias/"),
    (ALIAS, {"name": "alias/aws/mine", "targetKeyId": "k"}, "name", "alias/aws/"),
    ("aws:secretsmanager/secret:Secret", {"name": "a b"}, "name", "secret name"),
    ("aws:secretsmanager/secret:Secret", {"name": "a", "recoveryWindowInDays": 3}, "recoveryWindowInDays", "between 7 and 30"),
    ("aws:secretsmanager/secretVersion:SecretVersion", {"secretId": "s"}, "secretString", "exactly one of"),
    ("aws:route53/zone:Zone", {"name": "playnew"}, "name", "top-level"),
    ("aws:route53/zone:Zone", {"name": "play new.eu"}, "name", "domain name"),
    (RECORD, {"zoneId": "z", "name": "a", "type": "A", "ttl": 60, "records": ["10.0.0"]}, "records[0]", "InvalidChangeBatch"),
    (RECORD, {"zoneId": "z", "name": "a", "type": "A", "records": ["10.0.0.1"]}, "ttl", "needed"),
    (RECORD, {"zoneId": "z", "name": "a", "type": "B", "ttl": 60, "records": ["x"]}, "type", "CNAME"),
    (LOGS, {"retentionInDays": 31}, "retentionInDays", "30, 60"),
    (TRAIL, {"name": "a", "s3BucketName": "b"}, "name", "trail name"),
    ("aws:sns/topicSubscription:TopicSubscription", {"topic": "t", "protocol": "email", "endpoint": "ops"}, "endpoint", "email"),
    ("aws:budgets/budget:Budget", {"budgetType": "COST", "timeUnit": "WEEKLY"}, "timeUnit", "MONTHLY"),
    ("aws:organizations/policyAttachment:PolicyAttachment", {"policyId": "p", "targetId": "root"}, "targetId", "organisational unit"),
    ("aws:organizations/policy:Policy", {"content": policy(Sid="x" * 10300)}, "content", "10,240"),
]


@pytest.mark.parametrize(
    ("type_", "inputs", "path", "reason"), REFUSED, ids=lambda value: value if isinstance(value, str) and ":" in value else ""
)
def test_aws_refuses(type_: str, inputs: dict[str, Any], path: str, reason: str):
    found = Account().failures(type_, inputs)
    assert reason in found.get(path, ""), found


ADMITTED: list[tuple[str, dict[str, Any]]] = [
    (VPC, {"cidrBlock": "10.0.0.0/16"}),
    (SUBNET, {"vpcId": "v", "cidrBlock": "10.0.0.0/28", "availabilityZone": "eu-central-1c"}),
    (INGRESS, {"securityGroupId": "g", "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"}),
    (INGRESS, {"securityGroupId": "g", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "referencedSecurityGroupId": "h"}),
    (INSTANCE, {**DATABASE, "backupWindow": "01:00-02:00", "maintenanceWindow": "sun:03:00-sun:04:00", "maxAllocatedStorage": 200}),
    (INSTANCE, {"replicateSourceDb": "db", "instanceClass": "db.t4g.micro"}),
    (BUCKET, {"bucket": "play-new.logs"}),
    (ROLE, {"assumeRolePolicy": trust(Principal={"Service": "pods.eks.amazonaws.com"}, Action=["sts:AssumeRole", "sts:TagSession"])}),
    (
        "aws:iam/policy:Policy",
        {"policy": policy(Resource="arn:aws:s3:::b/${aws:username}/*", Condition={"ForAnyValue:StringLike": {"a": ["b"]}})},
    ),
    (PLAN, plan(schedule="cron(0 3 * * ? *)", lifecycle={"deleteAfter": 30})),
    (RECORD, {"zoneId": "z", "name": "*.apps", "type": "CNAME", "ttl": 60, "records": ["a.example.eu."]}),
    ("aws:route53/zone:Zone", {"name": "playnew.eu"}),
]


@pytest.mark.parametrize(("type_", "inputs"), ADMITTED)
def test_aws_admits(type_: str, inputs: dict[str, Any]):
    assert Account().failures(type_, inputs) == {}


@pytest.mark.parametrize(("region", "reason"), [(None, "missing"), ("eu-west-9", "not an AWS region"), ("", "missing")])
def test_a_provider_needs_a_real_region(region: str | None, reason: str):
    account = Account()
    from sandbox.contract import Instance

    (failure,) = account.stand_in.configure(Instance("aws", "urn", {"region": region} if region is not None else {}))
    assert (failure.path, reason in failure.reason) == ("region", True)


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", "eusc-de-east-1"])
def test_every_real_region_is_good_enough_for_a_provider(region: str):
    account = Account(region, skipCredentialsValidation="true", skipMetadataApiCheck="true")
    assert account.stand_in.configure(account.instance) == ()
