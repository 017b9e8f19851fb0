"""Subnets by what refers to them: their zones, their networks, and whether security groups are of the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.contract import Record, Refused, World
from sandbox.walk import texts

SUBNET = "aws:ec2/subnet:Subnet"


def subnets_of(inputs: Mapping[str, Any], pattern: str, world: World) -> list[Record]:
    wanted = texts(inputs, pattern)
    return [record for record in world.all(SUBNET) if record.id in wanted]


def zones_of(subnets: Iterable[Record]) -> set[str]:
    return {str(subnet.outputs.get("availabilityZone")) for subnet in subnets}


def networks_of(subnets: Iterable[Record]) -> set[str]:
    return {str(subnet.inputs.get("vpcId")) for subnet in subnets}


def groups_in(inputs: Mapping[str, Any], pattern: str, network: str, world: World) -> None:
    wanted = texts(inputs, pattern)
    for group in world.all("aws:ec2/securityGroup:SecurityGroup"):
        if group.id in wanted and group.inputs.get("vpcId") != network:
            raise Refused("InvalidParameter", f"Security group {group.id} and subnets belong to different networks ({network})")
