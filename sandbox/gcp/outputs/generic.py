"""Outputs that any type may have, told by their names."""

from __future__ import annotations

from sandbox.contract import Properties
from sandbox.gcp.outputs.context import Context
from sandbox.invent import digits, hexadecimal, identifier
from sandbox.outputs import now
from sandbox.reflection.model import Scalar, Schema

_TIMES = {"createTime", "creationTime", "creationTimestamp", "timeCreated", "updateTime", "updated"}
_HOSTS = {"compute": "https://www.googleapis.com/compute/v1/", "sql": "https://sqladmin.googleapis.com/sql/v1beta4/"}


def by_name(c: Context, schema: Schema) -> Properties:
    """Text outputs that GCP never leaves empty."""
    service = c.request.type.split(":")[1].split("/")[0]
    made: Properties = {}
    for name, property_ in schema.outputs.items():
        if name in c.known or property_.type != Scalar("string"):
            continue
        if name in _TIMES:
            made[name] = now()
        elif name == "selfLink":
            made[name] = _HOSTS.get(service, f"https://{service}.googleapis.com/v1/") + c.id
        elif name == "etag":
            made[name] = f"BwY{hexadecimal(8)}="
        elif name in {"fingerprint", "labelFingerprint"}:
            made[name] = f"{hexadecimal(10)}="
        elif name == "name":
            made[name] = c.id
        elif name == "uid":
            made[name] = identifier()
        elif name in {"numericId", "addressId", "diskId", "uniqueId"}:
            made[name] = digits(19)
        elif name == "state":
            made[name] = "READY" if service == "gkebackup" else "ACTIVE"
    return made
