"""What AWS refuses because of how things that exist fit together."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from sandbox.aws import caches, upstreams
from sandbox.aws.places import groups_in, networks_of, subnets_of, zones_of
from sandbox.aws.regions import account, region_of
from sandbox.aws.walk import ARN
from sandbox.contract import Properties, Record, Refused, Request, World
from sandbox.walk import text, texts

KEY, BUCKET = "aws:kms/key:Key", "aws:s3/bucket:Bucket"


def _cluster(request: Request, inputs: Properties, world: World) -> None:
    subnets = subnets_of(inputs, "vpcConfig.subnetIds[]", world)
    if subnets and len(zones_of(subnets)) < 2:
        raise Refused("InvalidParameterException", "Subnets specified must be in at least two different AZs")
    if len(networks_of(subnets)) > 1:
        raise Refused("InvalidParameterException", "Subnets specified must be in the same VPC")
    if subnets:
        groups_in(inputs, "vpcConfig.securityGroupIds[]", networks_of(subnets).pop(), world)


def _minor(version: Any) -> int:
    match = re.fullmatch(r"1\.(\d+)", str(version))
    return int(match.group(1)) if match else 0


def _node_group(request: Request, inputs: Properties, world: World) -> None:
    owner = next((r for r in world.all("aws:eks/cluster:Cluster") if r.id == inputs.get("clusterName")), None)
    subnets = subnets_of(inputs, "subnetIds[]", world)
    if owner is None:
        return
    network = text(owner.outputs, "vpcConfig.vpcId")
    if network and subnets and networks_of(subnets) != {network}:
        raise Refused("InvalidParameterException", f"Subnets are not in the cluster's VPC {network}")
    if _minor(inputs.get("version")) > _minor(owner.outputs.get("version")):
        raise Refused(
            "InvalidParameterException",
            f"Requested Nodegroup release version {inputs['version']} is newer than the cluster's {owner.outputs.get('version')}",
        )


def _access_policy(request: Request, inputs: Properties, world: World) -> None:
    cluster, principal = inputs.get("clusterName"), inputs.get("principalArn")
    entries = world.all("aws:eks/accessEntry:AccessEntry")
    if not any(r.inputs.get("clusterName") == cluster and r.inputs.get("principalArn") == principal for r in entries):
        raise Refused("ResourceNotFoundException", f"The specified principalArn could not be found: {principal} has no access entry")


def _subnet_group(request: Request, inputs: Properties, world: World) -> None:
    subnets = subnets_of(inputs, "subnetIds[]", world)
    if len(zones_of(subnets)) < 2:
        raise Refused(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            f"DB Subnet Group doesn't meet availability zone coverage requirement. Please add subnets to cover at least 2 availability"
            f" zones. Current coverage: {len(zones_of(subnets))}",
        )
    if len(networks_of(subnets)) > 1:
        raise Refused("InvalidSubnet", "The subnets of a group must be in one VPC")


def _instance(request: Request, inputs: Properties, world: World) -> None:
    engine, version = text(inputs, "engine"), text(inputs, "engineVersion")
    for group in world.all("aws:rds/parameterGroup:ParameterGroup"):
        if engine and version and group.id == inputs.get("parameterGroupName"):
            family = f"{engine}{version.split('.')[0]}" if engine == "postgres" else None
            if family and group.inputs.get("family") != family:
                raise Refused(
                    "InvalidParameterCombination",
                    f"The parameter group {group.id} with DBParameterGroupFamily {group.inputs.get('family')} can't be used for this"
                    f" instance. Please use a Parameter Group with DBParameterGroupFamily {family}",
                )
    for group in world.all("aws:rds/subnetGroup:SubnetGroup"):
        if group.id == inputs.get("dbSubnetGroupName"):
            groups_in(inputs, "vpcSecurityGroupIds[]", str(group.outputs.get("vpcId")), world)


def _log_policy(request: Request, inputs: Properties, world: World) -> None:
    same = (record for record in world.all(request.type) if record.inputs.get("policyName") != inputs.get("policyName"))
    others = [record for record in same if record.inputs.get("policyName") and record.region == region_of(request.instance, inputs)]
    if inputs.get("policyName") and len(others) >= 10:
        raise Refused(
            "LimitExceededException", "Resource limit exceeded: an account has 10 resource policies of CloudWatch Logs in a region"
        )


def _endpoint(request: Request, inputs: Properties, world: World) -> None:
    subnets = subnets_of(inputs, "subnetIds[]", world)
    if len(zones_of(subnets)) < len(subnets):
        raise Refused("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone")
    if subnets and networks_of(subnets) != {str(inputs.get("vpcId"))}:
        raise Refused("InvalidParameter", f"The subnets are not in VPC {inputs.get('vpcId')}")


def _statements(document: Any) -> Iterator[Mapping[str, Any]]:
    try:
        parsed: Any = json.loads(document) if isinstance(document, str) else {}
    except ValueError:
        return
    found = cast("Mapping[str, Any]", parsed).get("Statement") if isinstance(parsed, Mapping) else None
    for statement in cast("list[Any]", found if isinstance(found, list) else [found]):
        if isinstance(statement, Mapping):
            yield cast("Mapping[str, Any]", statement)


def _names(document: Any, service: str) -> bool:
    """Whether a policy allows something to a service (or to everybody)."""
    return any(
        statement.get("Effect") == "Allow" and (service in json.dumps(statement.get("Principal")) or statement.get("Principal") == "*")
        for statement in _statements(document)
    )


def _key_of(reference: str, world: World) -> Record | None:
    for alias in world.all("aws:kms/alias:Alias"):
        if reference in (alias.id, alias.outputs.get("arn")):
            reference = str(alias.outputs.get("targetKeyArn"))
    return next((key for key in world.all(KEY) if reference in (key.id, key.outputs.get("arn"))), None)


def _log_group(request: Request, inputs: Properties, world: World) -> None:
    """CloudWatch Logs tries the key at once: its policy must know the service."""
    reference = text(inputs, "kmsKeyId")
    key = _key_of(reference, world) if reference else None
    if key is None:
        return
    service = f"logs.{region_of(request.instance, inputs)}."
    separate = [
        r.inputs.get("policy")
        for r in world.all("aws:kms/keyPolicy:KeyPolicy")
        if r.inputs.get("keyId") in (key.id, key.outputs.get("arn"))
    ]
    if not any(_names(document, service) or _names(document, "logs.amazonaws") for document in [*separate, key.outputs.get("policy")]):
        raise Refused(
            "AccessDeniedException",
            f"The specified KMS key does not exist or is not allowed to be used with log group {inputs.get('name')}:"
            f" the policy of key {key.id} names no {service}… service",
        )


def _bucket_policies(bucket: str, world: World) -> list[Any]:
    own = [r.inputs.get("policy") for r in world.all("aws:s3/bucketPolicy:BucketPolicy") if r.inputs.get("bucket") == bucket]
    return own + [r.inputs.get("policy") for r in world.all(BUCKET) if r.id == bucket]


def _trail(request: Request, inputs: Properties, world: World) -> None:
    bucket = text(inputs, "s3BucketName")
    if bucket and not any(_names(document, "cloudtrail.") for document in _bucket_policies(bucket, world)):
        raise Refused("InsufficientS3BucketPolicyException", f"Incorrect S3 bucket policy is detected for bucket: {bucket}")


def _versioned(bucket: str, world: World) -> bool:
    for record in world.all("aws:s3/bucketVersioning:BucketVersioning"):
        if record.inputs.get("bucket") == bucket:
            return text(record.inputs, "versioningConfiguration.status") == "Enabled"
    return False


def _replication(request: Request, inputs: Properties, world: World) -> None:
    if not _versioned(str(inputs.get("bucket")), world):
        raise Refused("InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply a replication configuration")
    for arn in texts(inputs, "rules[].destination.bucket"):
        match = ARN.fullmatch(arn)
        if match and not _versioned(match["resource"], world):
            raise Refused("InvalidRequest", f"Destination bucket must have versioning enabled: {match['resource']}")


def _bucket_policy(request: Request, inputs: Properties, world: World) -> None:
    for block in world.all("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"):
        if block.inputs.get("bucket") != inputs.get("bucket") or block.inputs.get("blockPublicPolicy") is not True:
            continue
        for statement in _statements(inputs.get("policy")):
            everybody = statement.get("Principal") in ("*", {"AWS": "*"})
            if statement.get("Effect") == "Allow" and everybody and not statement.get("Condition"):
                raise Refused("AccessDenied", "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access")


def _backups_replication(request: Request, inputs: Properties, world: World) -> None:
    source = text(inputs, "sourceDbInstanceArn") or ""
    match = ARN.fullmatch(source)
    if match and match["region"] == region_of(request.instance, inputs):
        raise Refused("InvalidParameterValue", "Automated backups can only be replicated to a different region than the source's")
    for record in world.all("aws:rds/instance:Instance"):
        if record.outputs.get("arn") == source and not record.outputs.get("backupRetentionPeriod"):
            raise Refused("InvalidDBInstanceState", "Automated backups are not enabled for the source instance")


def _principals(request: Request, inputs: Properties, world: World) -> None:
    """IAM and the services look up the roles that a policy names; deleted ones cannot be named."""
    own = f":iam::{account(request.instance)}:role/"
    for name in ("assumeRolePolicy", "policy"):
        for statement in _statements(inputs.get(name)):
            principal = statement.get("Principal")
            named: Any = cast("Mapping[str, Any]", principal).get("AWS") if isinstance(principal, Mapping) else None
            for arn in cast("list[Any]", named if isinstance(named, list) else [named]):
                if isinstance(arn, str) and own in arn and "*" not in arn and not any(world.by_output(arn)):
                    raise Refused("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"')


_RULES: dict[str, Callable[[Request, Properties, World], None]] = {
    "aws:cloudtrail/trail:Trail": _trail,
    "aws:cloudwatch/logGroup:LogGroup": _log_group,
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": _log_policy,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": _access_policy,
    "aws:eks/cluster:Cluster": _cluster,
    "aws:eks/nodeGroup:NodeGroup": _node_group,
    caches.GROUP: caches.fits,
    "aws:elasticache/subnetGroup:SubnetGroup": caches.in_one_network,
    upstreams.RULE: upstreams.readable,
    "aws:rds/instance:Instance": _instance,
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": _backups_replication,
    "aws:rds/subnetGroup:SubnetGroup": _subnet_group,
    "aws:s3/bucketPolicy:BucketPolicy": _bucket_policy,
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _replication,
}


def admit(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    """Raises Refused where the pieces do not fit."""
    _principals(request, inputs, world)
    if prior is not None and request.type == caches.GROUP:
        caches.may_become(inputs, prior)
    if rule := _RULES.get(request.type):
        rule(request, inputs, world)
