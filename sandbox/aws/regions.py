"""AWS's regions and partitions, and which account a provider instance works in."""

from __future__ import annotations

import json
from typing import Any, cast

from sandbox.contract import Instance, Properties

DEFAULT_ACCOUNT = "123456789012"
"""Used where the provider names no allowed account; the same as `sandbox.instances.ACCOUNT`."""

_COMMERCIAL = (
    "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2"
    " ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2"
    " eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1"
    " us-east-1 us-east-2 us-west-1 us-west-2"
)
PARTITIONS: dict[str, tuple[str, ...]] = {
    "aws": tuple(_COMMERCIAL.split()),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-eusc": ("eusc-de-east-1",),
    "aws-us-gov": ("us-gov-east-1", "us-gov-west-1"),
}
REGIONS = frozenset(region for regions in PARTITIONS.values() for region in regions)
_SUFFIXES = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu", "aws-us-gov": "amazonaws.com"}
_GLOBAL_REGION = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-eusc": "eusc-de-east-1", "aws-us-gov": "us-gov-west-1"}

_LETTERS = {
    "us-east-1": "abcdef",
    "us-west-1": "ac",
    "us-west-2": "abcd",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
}
"""Zone letters of regions that do not simply have a, b and c."""

_ELB_ZONES = {
    "eu-central-1": "Z215JYRZR1TBD5",
    "eu-west-1": "Z32O12XQLNTSW2",
    "eu-west-3": "Z3Q77PNBQS71R4",
    "eu-north-1": "Z23TAZ6LKFMNIO",
    "eu-south-1": "Z3ULH7SSC9OV64",
    "eu-south-2": "Z0956581394HF5D5LXGAP",
    "us-east-1": "Z35SXDOTRQ7X7K",
}
_S3_ZONES = {
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-3": "Z3R1K369G5AVDG",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "us-east-1": "Z3AQBSTGFYJSTF",
}


def partition(region: str) -> str:
    return next((name for name, regions in PARTITIONS.items() if region in regions), "aws")


def dns_suffix(region: str) -> str:
    return _SUFFIXES[partition(region)]


def global_region(region: str) -> str:
    """Where the partition keeps its global services (IAM, Route 53, Organizations)."""
    return _GLOBAL_REGION[partition(region)]


def zones(region: str) -> tuple[str, ...]:
    return tuple(f"{region}{letter}" for letter in _LETTERS.get(region, "abc"))


def zone_id(zone: str) -> str:
    """`eu-central-1a` → `euc1-az1`: the real mapping differs by account, the form does not."""
    area, direction, number = zone[:-1].rsplit("-", 2)
    return f"{area.replace('-', '')}{direction[0]}{number}-az{ord(zone[-1]) - ord('a') + 1}"


def elb_zone(region: str) -> str:
    return _ELB_ZONES.get(region, "Z32O12XQLNTSW2")


def s3_zone(region: str) -> str:
    return _S3_ZONES.get(region, "Z1BKCTXD74EZPE")


def structured(instance: Instance, name: str) -> Any:
    """A provider variable that is a list or an object travels as JSON text."""
    text = instance.variables.get(name)
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def account(instance: Instance) -> str:
    allowed = structured(instance, "allowedAccountIds")
    return str(cast("list[Any]", allowed)[0]) if isinstance(allowed, list) and allowed else DEFAULT_ACCOUNT


def region_of(instance: Instance, inputs: Properties) -> str:
    """A resource's own `region` wins over its provider's."""
    own = inputs.get("region")
    return own if isinstance(own, str) else instance.region() or "eu-central-1"


def default_tags(instance: Instance) -> dict[str, str]:
    block = structured(instance, "defaultTags")
    tags: Any = cast("dict[str, Any]", block).get("tags") if isinstance(block, dict) else None
    return {str(key): str(value) for key, value in cast("dict[str, Any]", tags).items()} if isinstance(tags, dict) else {}
