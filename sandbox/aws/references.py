"""Which inputs mean other things of the account, and whether those exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sandbox.aws.named import NAMED
from sandbox.aws.regions import account, partition, region_of
from sandbox.aws.walk import ARN, where
from sandbox.contract import Properties, Record, Refused, Request, World
from sandbox.walk import Leaf, leaves

_ID = re.compile(
    r"(vpc|subnet|sg|rtb|igw|eigw|nat|eipalloc|eni|acl|fl|vpce|pl|lt|pcx|tgw|tgw-attach|vol|snap|i|dopt|sgr|fs|fsap|vgw|cgw|vpn|ami)"
    r"-([0-9a-f]{8}|[0-9a-f]{17})"
)
_NOT_FOUND = {
    "vpc": ("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"),
    "subnet": ("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"),
    "sg": ("InvalidGroup.NotFound", "The security group '{}' does not exist"),
    "rtb": ("InvalidRouteTableID.NotFound", "The routeTable ID '{}' does not exist"),
    "igw": ("InvalidInternetGatewayID.NotFound", "The internetGateway ID '{}' does not exist"),
    "nat": ("NatGatewayNotFound", "The Nat Gateway {} was not found"),
    "eipalloc": ("InvalidAllocationID.NotFound", "The allocation ID '{}' does not exist"),
    "eni": ("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist"),
    "acl": ("InvalidNetworkAclID.NotFound", "The networkAcl ID '{}' does not exist"),
    "vpce": ("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '{}' does not exist"),
    "lt": ("InvalidLaunchTemplateId.NotFoundException", "The specified launch template, with template ID {}, does not exist."),
    "pl": ("InvalidPrefixListID.NotFound", "The prefix list ID '{}' does not exist"),
    "fs": ("FileSystemNotFound", "File system '{}' does not exist."),
}
_EXTERNAL_IDS = {"ami", "snap", "tgw", "tgw-attach", "vgw", "cgw", "vpn", "pcx"}
"""Ids of things that other accounts and teams share with one's own."""

_INDEX = re.compile(r"\[\d+\]")
_KMS_NAME = re.compile(r"kms|^targetKeyId$|^keyArn$|^keyId$", re.IGNORECASE)
_KMS_VALUE = re.compile(r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|alias/\S+)")


_GIVEN_BY_AWS = re.compile(r"default[.:]|Default$|aws/|alias/aws/")
"""Parameter groups, vaults, keys that every account has."""


@lru_cache
def managed_policies() -> frozenset[str]:
    """Names, with their path, of the policies that AWS itself keeps (list as of July 2026)."""
    return frozenset((Path(__file__).parent / "data" / "managed_policies.txt").read_text(encoding="utf-8").split())


_ACCESS_POLICIES = frozenset(
    {
        *("AmazonEKSClusterAdminPolicy", "AmazonEKSAdminPolicy", "AmazonEKSAdminViewPolicy", "AmazonEKSEditPolicy", "AmazonEKSViewPolicy"),
        *("AmazonEKSAutoNodePolicy", "AmazonEKSBlockStoragePolicy", "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy"),
        *("AmazonEKSComputePolicy", "AmazonEKSBlockStorageClusterPolicy", "AmazonEKSComputeClusterPolicy", "AmazonEKSEventPolicy"),
        *("AmazonEKSLoadBalancingClusterPolicy", "AmazonEKSNetworkingClusterPolicy", "AmazonEKSSecretReaderPolicy"),
        "AmazonEKSHybridPolicy",
    }
)
_FOREIGN_SERVICES = {"automate", "swf", "ssm", "cloudfront"}
_PEOPLE = {"principalArn"}
"""Roles of people are made elsewhere: an access entry for one need not find it here."""


class Reference(NamedTuple):
    """`value` is an id, an ARN or a name. `target` is the type meant; empty where the value itself says it."""

    leaf: Leaf
    value: str
    target: str
    code: str
    message: str


def references(type_: str, inputs: Properties) -> Iterator[Reference]:
    """Every input that means another thing of the account. Policy documents and wildcards are no references."""
    named = [rule for rule in NAMED if re.match(rule.types, type_)]
    for leaf in leaves(inputs):
        value = leaf.value
        if not value or "*" in value or value.lstrip().startswith(("{", "[")):
            continue
        if match := _ID.fullmatch(value):
            if match.group(1) not in _EXTERNAL_IDS:
                code, message = _NOT_FOUND.get(match.group(1), ("NotFound", "'{}' does not exist"))
                yield Reference(leaf, value, "", code, message.format(value))
        elif value.startswith("arn:"):
            yield Reference(leaf, value.removesuffix(":*"), "", "NotFound", f"{leaf.path}: {value} does not exist")
        elif _KMS_NAME.search(leaf.name) and _KMS_VALUE.fullmatch(value):
            yield Reference(leaf, value, "aws:kms/key:Key", "NotFoundException", f"{leaf.path}: key '{value}' does not exist")
        else:
            path = _INDEX.sub("", leaf.path)
            yield from (Reference(leaf, value, r.target, r.code, r.message.format(value)) for r in named if r.property == path)


def _strings(value: Any) -> set[str]:
    return {leaf.value for leaf in leaves(value)}


def derived(value: str, world: World) -> Record | None:
    """The thing that AWS made `value` together with (a VPC's default security group, a cluster's own one, a managed secret)."""
    for record in world.all(package="aws"):
        if any(leaf.value == value for leaf in leaves(record.outputs)) and value not in _strings(record.inputs):
            return record
    return None


def resolve(reference: Reference, region: str, world: World) -> Record | None:
    """Regional ids and names count only in their own region."""
    found = list(world.by_output(reference.value))
    if reference.target == "aws:kms/key:Key":
        found += [r for r in world.all("aws:kms/alias:Alias") if r.id == reference.value]
    elif reference.target:
        found = [record for record in found if record.type == reference.target] or [
            record for record in world.all(reference.target) if reference.value in (record.id, record.outputs.get("zoneId"))
        ]
    if not reference.value.startswith("arn:"):
        found = [record for record in found if "region" not in record.outputs or where(record) == region]
    return found[0] if found else None if reference.target else derived(reference.value, world)


def _by_aws(reference: Reference, request: Request, inputs: Properties) -> bool:
    """Whether AWS or someone else than this account keeps the thing."""
    value = reference.value
    if not value.startswith("arn:"):
        return value in prefix_lists(region_of(request.instance, inputs)).values() or bool(_GIVEN_BY_AWS.match(value))
    match = ARN.fullmatch(value)
    if match is None:
        raise Refused("ValidationException", f"{reference.leaf.path}: {value!r} is not a valid ARN")
    home = partition(region_of(request.instance, inputs))
    if match["partition"] != home:
        raise Refused(
            "ValidationException", f"{reference.leaf.path}: {value!r} is in partition {match['partition']}, the resource in {home}"
        )
    resource = match["resource"]
    if match["account"] == "aws":
        return _kept_by_aws(match["service"], resource)
    if match["service"] in _FOREIGN_SERVICES or match["account"] not in {"", account(request.instance)}:
        return True
    if match["service"] == "iam":
        principal = reference.leaf.name in _PEOPLE and resource.startswith(("role/", "user/"))
        return principal or resource == "root" or resource.startswith("role/aws-service-role/")
    return match["service"] == "kms" and resource.startswith("alias/aws/")


def _kept_by_aws(service: str, resource: str) -> bool:
    kind, _, name = resource.partition("/")
    if (service, kind) == ("iam", "policy"):
        return name in managed_policies()
    if (service, kind) == ("eks", "cluster-access-policy"):
        return name in _ACCESS_POLICIES
    return True


def prefix_lists(region: str) -> dict[str, str]:
    """AWS's own prefix lists by name. The ids are made up but stay the same."""
    services = ("s3", "dynamodb")
    return {f"com.amazonaws.{region}.{service}": f"pl-{sum(region.encode()) * 7919 + index:08x}" for index, service in enumerate(services)}


def admit(request: Request, inputs: Properties, world: World) -> None:
    """Raises Refused for the first reference to something that does not exist."""
    region = region_of(request.instance, inputs)
    for leaf in leaves(inputs):
        if not leaf.value and _REFERRING.search(leaf.name):
            raise Refused("MissingParameter", f"{leaf.path} is empty")
    for reference in references(request.type, inputs):
        if resolve(reference, region, world) is None and not _by_aws(reference, request, inputs):
            raise Refused(reference.code, reference.message)
        _same_region(reference, request, region)


_REFERRING = re.compile(r"(Id|Arn)s?$")
_ABROAD = re.compile(r"replica|destination|source|copyAction", re.IGNORECASE)


def _same_region(reference: Reference, request: Request, region: str) -> None:
    """A service takes keys of its own region only."""
    match = ARN.fullmatch(reference.value)
    if match is None or match["service"] != "kms" or _ABROAD.search(reference.leaf.path):
        return
    if match["region"] != region and request.type.split("/")[0] not in {"aws:iam", "aws:kms"}:
        raise Refused(
            "InvalidParameterValue", f"{reference.leaf.path}: key {reference.value} is in {match['region']}, the resource in {region}"
        )
