"""What cannot be deleted, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sandbox.aws.references import references
from sandbox.contract import Record, Refused, World


class Held(NamedTuple):
    """`by` is a regular expression over the types that hold a thing back; `unless` an input of the thing that lets it go all the same."""

    by: str
    code: str
    message: str
    unless: str = ""


_DEPENDENCY = "DependencyViolation"
_INTERFACES = (
    r"ec2/(natGateway|vpcEndpoint|networkInterface|instance):|eks/(cluster|nodeGroup):|rds/(instance|subnetGroup|cluster):|efs/mountTarget:"
    r"|lb/loadBalancer:|elasticache/(subnetGroup|replicationGroup):|lambda/function:"
)

HELD: dict[str, Held] = {
    "aws:ec2/vpc:Vpc": Held(
        r"ec2/(subnet|internetGateway|egressOnlyInternetGateway|routeTable|securityGroup|vpcEndpoint|networkAcl|vpcPeeringConnection):",
        _DEPENDENCY,
        "The vpc '{id}' has dependencies and cannot be deleted.",
    ),
    "aws:ec2/subnet:Subnet": Held(_INTERFACES, _DEPENDENCY, "The subnet '{id}' has dependencies and cannot be deleted."),
    "aws:ec2/securityGroup:SecurityGroup": Held(
        _INTERFACES + r"|vpc/securityGroup(In|E)gressRule:|ec2/securityGroup(Rule)?:", _DEPENDENCY, "resource {id} has a dependent object"
    ),
    "aws:ec2/routeTable:RouteTable": Held(
        r"ec2/(mainR|r)outeTableAssociation:", _DEPENDENCY, "The routeTable '{id}' has dependencies and cannot be deleted."
    ),
    "aws:ec2/eip:Eip": Held(r"ec2/natGateway:", "InvalidIPAddress.InUse", "Address {id} is in use."),
    "aws:iam/role:Role": Held(
        r"iam/(rolePolicyAttachment|rolePolicy|instanceProfile):",
        "DeleteConflict",
        "Cannot delete entity, must detach all policies first.",
        unless="forceDetachPolicies",
    ),
    "aws:iam/policy:Policy": Held(
        r"iam/(role|user|group)?[pP]olicyAttachment:", "DeleteConflict", "Cannot delete a policy attached to entities."
    ),
    "aws:eks/cluster:Cluster": Held(r"eks/(nodeGroup|fargateProfile):", "ResourceInUseException", "Cluster has nodegroups attached"),
    "aws:rds/subnetGroup:SubnetGroup": Held(
        r"rds/(instance|cluster):",
        "InvalidDBSubnetGroupStateFault",
        "Cannot delete the subnet group '{id}' because at least one database instance is still using it.",
    ),
    "aws:rds/parameterGroup:ParameterGroup": Held(
        r"rds/instance:", "InvalidDBParameterGroupState", "One or more database instances are still members of this parameter group {id}"
    ),
    "aws:route53/zone:Zone": Held(
        r"route53/record:",
        "HostedZoneNotEmpty",
        "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
        unless="forceDestroy",
    ),
    "aws:backup/plan:Plan": Held(
        r"backup/selection:", "InvalidRequestException", "Related backup plan selections must be deleted prior to backup plan deletion"
    ),
    "aws:cloudwatch/eventRule:EventRule": Held(
        r"cloudwatch/eventTarget:", "ValidationException", "Rule can't be deleted since it has targets."
    ),
    "aws:organizations/policy:Policy": Held(
        r"organizations/policyAttachment:", "PolicyInUseException", "The policy is attached to one or more entities."
    ),
    "aws:efs/fileSystem:FileSystem": Held(
        r"efs/mountTarget:", "FileSystemInUse", "The file system '{id}' has mount targets and cannot be deleted."
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": Held(
        r"elasticache/(replicationGroup|cluster):",
        "CacheSubnetGroupInUse",
        "Cache subnet group {id} is currently in use by a cache cluster.",
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": Held(
        r"elasticache/(replicationGroup|cluster):",
        "InvalidCacheParameterGroupState",
        "One or more cache clusters are still members of this parameter group {id}, so the group cannot be deleted.",
    ),
}

_OWN_RULES = re.compile(r"aws:(vpc/securityGroup(In|E)gressRule|ec2/securityGroupRule):")


def _holders(record: Record, held: Held, world: World) -> Iterator[Record]:
    identities = {record.id, *(value for name in ("arn", "name") if isinstance(value := record.outputs.get(name), str))}
    for other in world.all(package="aws"):
        if (other.urn == record.urn and other.id == record.id) or not re.match(f"aws:({held.by})", other.type):
            continue
        for reference in references(other.type, other.inputs):
            if reference.value not in identities or (reference.target and reference.target != record.type):
                continue
            # A security group takes its own rules along.
            if not (_OWN_RULES.match(other.type) and reference.leaf.name == "securityGroupId"):
                yield other
                break


_PROTECTED: dict[str, tuple[str, str, str]] = {
    "aws:rds/instance:Instance": (
        "deletionProtection",
        "InvalidParameterCombination",
        "Cannot delete protected DB Instance, please disable deletion protection and try again.",
    ),
    "aws:rds/cluster:Cluster": (
        "deletionProtection",
        "InvalidParameterCombination",
        "Cannot delete protected Cluster, please disable deletion protection and try again.",
    ),
    "aws:eks/cluster:Cluster": (
        "deletionProtection",
        "InvalidRequestException",
        "Can't delete cluster: deletion protection is enabled. Disable it and try again.",
    ),
    "aws:lb/loadBalancer:LoadBalancer": (
        "enableDeletionProtection",
        "OperationNotPermitted",
        "Load balancer cannot be deleted because deletion protection is enabled",
    ),
    "aws:dynamodb/table:Table": (
        "deletionProtectionEnabled",
        "ValidationException",
        "Resource cannot be deleted as it is currently protected against deletion.",
    ),
}


def release(record: Record, world: World) -> None:
    """Raises Refused while the thing protects itself or others depend on it."""
    if (protected := _PROTECTED.get(record.type)) and record.inputs.get(protected[0]) is True:
        raise Refused(protected[1], protected[2])
    if record.type == "aws:rds/instance:Instance":
        _final_snapshot(record)
    held = HELD.get(record.type)
    if held is None or (held.unless and record.inputs.get(held.unless) is True):
        return
    for holder in _holders(record, held, world):
        raise Refused(held.code, f"{held.message.format(id=record.id)} (held by {holder.type} {holder.id})")


def _final_snapshot(record: Record) -> None:
    last = record.inputs.get("skipFinalSnapshot") is True or record.inputs.get("finalSnapshotIdentifier")
    if not last and not record.inputs.get("replicateSourceDb"):
        raise Refused("InvalidParameterCombination", "finalSnapshotIdentifier is required when skipFinalSnapshot is false")
