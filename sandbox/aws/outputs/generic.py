"""Outputs that any type may have, told by their names."""

from __future__ import annotations

from sandbox.aws.outputs.context import Context
from sandbox.aws.regions import elb_zone, zones
from sandbox.contract import Properties
from sandbox.invent import hexadecimal
from sandbox.outputs import now
from sandbox.reflection.model import Scalar, Schema

_TIMES = {
    "createdAt",
    "createDate",
    "createdDate",
    "createdTime",
    "creationDate",
    "creationTime",
    "modifiedAt",
    "lastModified",
    "lastUpdatedDate",
}
_OWNERS = {"ownerId", "accountId", "awsAccountId", "registryId"}


def by_name(c: Context, schema: Schema) -> Properties:
    """Text outputs that AWS never leaves empty."""
    service = c.request.type.split(":")[1].split("/")[0]
    made: Properties = {}
    for name, property_ in schema.outputs.items():
        if name in c.known or not property_.required or property_.type != Scalar("string"):
            continue
        if name in _OWNERS:
            made[name] = c.account
        elif name in _TIMES:
            made[name] = now()
        elif name == "availabilityZone":
            made[name] = zones(c.region)[0]
        elif name in {"dnsName", "fqdn", "domainName", "endpoint"}:
            made[name] = f"{c.text('name') or hexadecimal(12)}.{service}.{c.region}.{c.dns}".lower()
        elif name == "hostedZoneId":
            made[name] = elb_zone(c.region)
        elif name in {"status", "state"}:
            made[name] = "ACTIVE"
    return made
