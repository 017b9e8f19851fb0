"""Names and places that only one thing may have."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from sandbox.aws.identity import physical_name
from sandbox.aws.naming import name_property
from sandbox.aws.regions import account, region_of
from sandbox.aws.walk import where
from sandbox.contract import Properties, Record, Refused, Request, World
from sandbox.reflection.model import Schema

_CODES = {
    "aws:s3/bucket:Bucket": ("BucketAlreadyOwnedByYou", "the bucket {!r} exists already and you own it"),
    "aws:eks/cluster:Cluster": ("ResourceInUseException", "Cluster already exists with name: {}"),
    "aws:eks/nodeGroup:NodeGroup": ("ResourceInUseException", "NodeGroup already exists with name {}"),
    "aws:eks/addon:Addon": ("ResourceInUseException", "Addon already exists: {}"),
    "aws:rds/instance:Instance": ("DBInstanceAlreadyExists", "DB instance already exists: {}"),
    "aws:rds/subnetGroup:SubnetGroup": ("DBSubnetGroupAlreadyExists", "The DB subnet group '{}' already exists."),
    "aws:rds/parameterGroup:ParameterGroup": ("DBParameterGroupAlreadyExists", "Parameter group {} already exists"),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("ReplicationGroupAlreadyExists", "Replication group {} already exists."),
    "aws:elasticache/subnetGroup:SubnetGroup": ("CacheSubnetGroupAlreadyExists", "Cache subnet group {} already exists."),
    "aws:elasticache/parameterGroup:ParameterGroup": ("CacheParameterGroupAlreadyExists", "Cache parameter group {} already exists."),
    "aws:ecr/repository:Repository": ("RepositoryAlreadyExistsException", "The repository with name '{}' already exists in the registry"),
    "aws:kms/alias:Alias": ("AlreadyExistsException", "An alias with the name {} already exists"),
    "aws:secretsmanager/secret:Secret": ("ResourceExistsException", "The operation failed because the secret {} already exists."),
    "aws:cloudwatch/logGroup:LogGroup": ("ResourceAlreadyExistsException", "The specified log group already exists: {}"),
    "aws:cloudtrail/trail:Trail": ("TrailAlreadyExistsException", "Trail {} already exists"),
    "aws:backup/vault:Vault": ("AlreadyExistsException", "Backup vault with the same name already exists: {}"),
    "aws:budgets/budget:Budget": ("DuplicateRecordException", "the budget {} already exists"),
    "aws:organizations/policy:Policy": ("DuplicatePolicyException", "A policy with the name {} already exists"),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        "InvalidLaunchTemplateName.AlreadyExistsException",
        "Launch template name already in use: {}",
    ),
    "aws:ec2/securityGroup:SecurityGroup": ("InvalidGroup.Duplicate", "The security group '{}' already exists for the VPC"),
    "aws:ec2/keyPair:KeyPair": ("InvalidKeyPair.Duplicate", "The keypair '{}' already exists."),
}
_PARENT = {
    "aws:ec2/securityGroup:SecurityGroup": "vpcId",
    "aws:eks/addon:Addon": "clusterName",
    "aws:eks/nodeGroup:NodeGroup": "clusterName",
    "aws:iam/rolePolicy:RolePolicy": "role",
}
"""Names that are unique only inside another thing."""
_SHARED = {
    *("aws:route53/zone:Zone", "aws:backup/plan:Plan", "aws:backup/selection:Selection", "aws:cfg/recorderStatus:RecorderStatus"),
    *("aws:cloudwatch/logStream:LogStream", "aws:kms/grant:Grant"),
}
"""Types where two may carry one name."""
_WORLDWIDE = {"aws:s3/bucket:Bucket"}


def _others(request: Request, prior: Record | None, world: World) -> Iterable[Record]:
    return (record for record in world.all(request.type) if prior is None or record.urn != prior.urn or record.id != prior.id)


def _name_free(request: Request, schema: Schema, inputs: Properties, prior: Record | None, world: World) -> None:
    property_ = name_property(request.type, schema)
    name = physical_name(request.type, schema, inputs)
    if property_ is None or name is None or request.type in _SHARED:
        return
    region, owner, parent = region_of(request.instance, inputs), account(request.instance), _PARENT.get(request.type)
    for record in _others(request, prior, world):
        if record.outputs.get(property_) != name or (parent and record.inputs.get(parent) != inputs.get(parent)):
            continue
        worldwide = request.type in _WORLDWIDE
        here = record.account == owner and ("region" not in record.outputs or where(record) == region)
        if worldwide and record.account != owner:
            raise Refused("BucketAlreadyExists", f"The requested bucket name is not available: {name}")
        if worldwide or here:
            code, message = _CODES.get(request.type, ("EntityAlreadyExists", "{} already exists"))
            raise Refused(code, message.format(name))


def _network(value: Any) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _subnet(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    vpc = next((r for r in world.all("aws:ec2/vpc:Vpc") if r.id == inputs.get("vpcId")), None)
    wanted, whole = _network(inputs.get("cidrBlock")), _network(vpc.outputs.get("cidrBlock") if vpc else None)
    if wanted is None or whole is None:
        return
    extra = [_network(r.inputs.get("cidrBlock")) for r in world.all("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")]
    if not any(block is not None and wanted.subnet_of(block) for block in (whole, *extra)):
        raise Refused("InvalidSubnet.Range", f"The CIDR '{wanted}' is invalid: outside of the VPC's {whole}")
    for record in _others(request, prior, world):
        taken = _network(record.outputs.get("cidrBlock"))
        if record.inputs.get("vpcId") == inputs.get("vpcId") and taken and taken.overlaps(wanted):
            raise Refused("InvalidSubnet.Conflict", f"The CIDR '{wanted}' conflicts with another subnet ({record.id}: {taken})")


class Once(NamedTuple):
    """Inputs that together may occur once. All of them missing is no occurrence."""

    properties: tuple[str, ...]
    code: str
    message: str


_RULE = ("securityGroupId", "ipProtocol", "fromPort", "toPort", "cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
_DUPLICATE_RULE = Once(_RULE, "InvalidPermission.Duplicate", "the specified rule already exists in the security group {securityGroupId}")
_ONCE: dict[str, Once] = {
    "aws:ec2/internetGateway:InternetGateway": Once(
        ("vpcId",), "Resource.AlreadyAssociated", "VPC {vpcId} already has an internet gateway"
    ),
    "aws:ec2/natGateway:NatGateway": Once(("allocationId",), "Resource.AlreadyAssociated", "{allocationId} is already associated"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Once(
        ("subnetId", "gatewayId"), "Resource.AlreadyAssociated", "the subnet {subnetId} already has a route table"
    ),
    "aws:ec2/route:Route": Once(
        ("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
        "RouteAlreadyExists",
        "The route identified by {destinationCidrBlock} already exists.",
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _DUPLICATE_RULE,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _DUPLICATE_RULE,
    "aws:ec2/vpcEndpoint:VpcEndpoint": Once(
        ("vpcId", "serviceName"), "RouteAlreadyExists", "the VPC {vpcId} already has an endpoint for {serviceName}"
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Once(
        ("clusterName", "namespace", "serviceAccount"),
        "ResourceInUseException",
        "Association already exists for {namespace}/{serviceAccount} in {clusterName}",
    ),
    "aws:eks/accessEntry:AccessEntry": Once(
        ("clusterName", "principalArn"), "ResourceInUseException", "The specified access entry resource is already in use: {principalArn}"
    ),
    "aws:route53/record:Record": Once(
        ("zoneId", "name", "type", "setIdentifier"), "InvalidChangeBatch", "record set {name} of type {type} already exists"
    ),
}


def _once(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    rule = _ONCE.get(request.type)
    if rule is None or all(inputs.get(name) is None for name in rule.properties):
        return
    wanted = [inputs.get(name) for name in rule.properties]
    for record in _others(request, prior, world):
        if [record.inputs.get(name) for name in rule.properties] == wanted:
            raise Refused(rule.code, rule.message.format_map({name: inputs.get(name) for name in rule.properties}))


_SPECIAL: dict[str, Callable[[Request, Properties, Record | None, World], None]] = {"aws:ec2/subnet:Subnet": _subnet}


def admit(request: Request, schema: Schema, inputs: Properties, prior: Record | None, world: World) -> None:
    """Raises Refused for a name, a range or a place that is taken."""
    if prior is None:
        _name_free(request, schema, inputs, prior, world)
    _once(request, inputs, prior, world)
    if special := _SPECIAL.get(request.type):
        special(request, inputs, prior, world)
