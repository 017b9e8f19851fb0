"""The id and the ARN of a new resource."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.aws.forms import form
from sandbox.aws.naming import name_property
from sandbox.aws.regions import account, dns_suffix, partition, region_of
from sandbox.contract import Properties, Request, World
from sandbox.invent import capitals, digits, hexadecimal, identifier
from sandbox.reflection.model import Schema

_ALPHANUMERIC = string.ascii_letters + string.digits
_MAKERS: dict[str, Callable[[int], str]] = {
    "h": hexadecimal,
    "d": digits,
    "C": capitals,
    "a": lambda length: "".join(secrets.choice(_ALPHANUMERIC) for _ in range(length)),
}


class Fields(dict[str, Any]):
    """Makes `{h17}`, `{d10}` … on demand; the same field keeps its value within one resource."""

    def __missing__(self, key: str) -> str:
        value = identifier() if key == "uuid" else _MAKERS[key[0]](int(key[1:]))
        self[key] = value
        return value


class _Inputs(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def physical_name(token: str, schema: Schema, inputs: Mapping[str, Any]) -> str | None:
    """The name given or made; a `namePrefix` gets AWS's own 26-digit tail."""
    name = name_property(token, schema)
    if name is None:
        return None
    value = inputs.get(name)
    if isinstance(value, str):
        return value
    prefix = inputs.get(f"{name}Prefix")
    return f"{prefix}{digits(26)}" if isinstance(prefix, str) else None


def _adopted(inputs: Properties, world: World) -> str:
    """The default security group came with its VPC."""
    vpc = next((record for record in world.all("aws:ec2/vpc:Vpc") if record.id == inputs.get("vpcId")), None)
    return str(vpc.outputs["defaultSecurityGroupId"]) if vpc else f"sg-{hexadecimal(17)}"


def identify(request: Request, schema: Schema, inputs: Properties, world: World) -> tuple[str, Properties]:
    """The id, and `inputs` with `arn` and the physical name where the type has them. The id that a judge gave stands."""
    given = request.made.id if request.made else None
    region, owner = region_of(request.instance, inputs), account(request.instance)
    name = physical_name(request.type, schema, inputs)
    property_ = name_property(request.type, schema)
    pattern = form(request.type)
    fields = Fields(
        {"name": name or inputs.get("name") or "", "account": owner, "region": region, "dns": dns_suffix(region), "in": _Inputs(inputs)},
        path=inputs.get("path") or "/",
        set=f"_{inputs['setIdentifier']}" if inputs.get("setIdentifier") else "",
    )
    if "{adopted}" in pattern.id:
        fields["adopted"] = _adopted(inputs, world)
    fields["name_or_hex"] = name or hexadecimal(17)
    if "{arn}" in pattern.id:
        fields["arn"] = arn(pattern.arn.format_map(fields), region, owner)
        id_ = given or pattern.id.format_map(fields)
    else:
        id_ = fields["id"] = given or pattern.id.format_map(fields) or name or hexadecimal(17)
        fields["arn"] = arn(pattern.arn.format_map(fields), region, owner) if pattern.arn else ""
    known = dict(inputs)
    if property_ and name is not None:
        known[property_] = name
    if "arn" in schema.outputs and known.get("arn") is None and fields["arn"]:
        known["arn"] = fields["arn"]
    return id_, known


def arn(short: str, region: str, owner: str) -> str:
    """`ec2:vpc/x` regional, `iam::role/x` without region, `s3:::b` without region and account, `=…` as it stands."""
    if short.startswith("="):
        return short[1:]
    prefix = f"arn:{partition(region)}"
    service, rest = short.split(":", 1)
    if rest.startswith("::"):
        return f"{prefix}:{service}:::{rest[2:]}"
    if rest.startswith(":"):
        return f"{prefix}:{service}::{owner}:{rest[1:]}"
    return f"{prefix}:{service}:{region}:{owner}:{rest}"
