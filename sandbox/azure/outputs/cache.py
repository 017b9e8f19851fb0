"""Managed Redis."""

from __future__ import annotations

import base64
import hashlib

from sandbox.azure.fitting.cache import DATABASE, INSTANCE
from sandbox.azure.outputs.context import Context, Outputs
from sandbox.azure.outputs.generic import steady
from sandbox.contract import Properties, Record

_VERSION = "7.4"


def instance(c: Context) -> Properties:
    available = c.text("highAvailability") != "Disabled"
    return {
        "hostName": f"{c.name.lower()}.{c.location}.redis.azure.net",
        "kind": "v2",
        "privateEndpointConnections": [],
        "redisVersion": _VERSION,
        "redundancyMode": "ZR" if available else "None",
        "resourceState": "Running",
    }


def database(c: Context) -> Properties:
    return {"redisVersion": _VERSION, "resourceState": "Running", "port": 10000, "databaseName": c.name}


def keys(record: Record) -> Properties:
    """Two, which nobody but a caller of the list sees."""

    def key(which: str) -> str:
        return base64.b64encode(hashlib.sha256(steady(record.id, record.urn, which).encode()).digest()).decode()

    return {"primaryKey": key("primary"), "secondaryKey": key("secondary")}


OUTPUTS: dict[str, Outputs] = {DATABASE: database, INSTANCE: instance}
