"""Names and addresses that only one thing may have."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from sandbox.contract import Properties, Record, Refused, Request, World
from sandbox.gcp.identity import foreseen_id
from sandbox.gcp.paths import canonical, short
from sandbox.gcp.projects import project
from sandbox.reflection.model import Schema
from sandbox.walk import find, text

NETWORK, SUBNETWORK = "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork"
BUCKET, ADDRESS, CLUSTER = "gcp:storage/bucket:Bucket", "gcp:compute/globalAddress:GlobalAddress", "gcp:container/cluster:Cluster"
_ADOPTS = frozenset(
    {"gcp:projects/service:Service", "gcp:projects/serviceIdentity:ServiceIdentity", "gcp:projects/iAMAuditConfig:IAMAuditConfig"}
)
"""Making one that is there already changes nothing."""

Range = ipaddress.IPv4Network


def admit(request: Request, schema: Schema, inputs: Properties, prior: Record | None, world: World) -> None:
    """Raises Refused for a name or a range that is taken."""
    if prior is None:
        _name_free(request, schema, inputs, world)
    if request.type in (SUBNETWORK, ADDRESS, CLUSTER):
        _ranges_free(request, inputs, prior, world)


def _name_free(request: Request, schema: Schema, inputs: Properties, world: World) -> None:
    id_, owner = foreseen_id(request, schema, inputs), project(request.instance, inputs)
    if id_ is None:
        return
    for record in world.all(request.type):
        if record.id != id_ or (record.account != owner and request.type != BUCKET):
            continue
        if request.type == BUCKET:
            whose = "you own it" if record.account == owner else "it belongs to somebody else"
            raise Refused("conflict", f"The requested bucket name is not available: {id_} ({whose})")
        raise Refused("ALREADY_EXISTS", f"Error 409: the resource '{id_}' already exists")
    if request.type not in _ADOPTS and (why := world.kept(request.type, id_)):
        raise Refused("ALREADY_EXISTS", f"Error 409: the resource '{id_}' already exists ({why})")


def network_of(value: Any) -> Range | None:
    try:
        return ipaddress.IPv4Network(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _taken(type_: str, outputs: Properties) -> Iterator[tuple[str, Range]]:
    """What a thing takes of its network's addresses, with the property that says so."""
    if type_ == SUBNETWORK:
        for pattern in ("ipCidrRange", "secondaryIpRanges[].ipCidrRange"):
            for where, value in find(outputs, pattern):
                if range_ := network_of(value):
                    yield where, range_
    elif type_ == CLUSTER:
        if range_ := network_of(text(outputs, "privateClusterConfig.masterIpv4CidrBlock")):
            yield "privateClusterConfig.masterIpv4CidrBlock", range_
    elif outputs.get("purpose") == "VPC_PEERING" and (
        range_ := network_of(f"{outputs.get('address')}/{int(outputs.get('prefixLength') or 32)}")
    ):
        yield "address", range_


def _ranges_free(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    owner = project(request.instance, inputs)
    network = short(canonical(str(inputs.get("network", "")), owner))
    wanted = list(_taken(request.type, inputs))
    for index, (where, one) in enumerate(wanted):
        for _, other in wanted[index + 1 :]:
            if one.overlaps(other):
                raise Refused("invalid", f"{where}: {one} overlaps with {other} of the same resource")
        for record in (*world.all(SUBNETWORK), *world.all(ADDRESS), *world.all(CLUSTER)):
            itself = prior is not None and record.type == prior.type and record.id == prior.id
            if itself or record.account != owner or short(str(record.inputs.get("network", ""))) != network:
                continue
            for _, range_ in _taken(record.type, record.outputs):
                if one.overlaps(range_):
                    raise Refused("invalid", f"Invalid IPCidrRange: {where} {one} conflicts with {range_} of '{record.id}'")
