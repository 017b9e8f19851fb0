"""Outputs: what Azure would answer about a resource."""

from __future__ import annotations

from sandbox.azure.outputs import cache, cluster, data, network
from sandbox.azure.outputs.context import Context, over
from sandbox.azure.outputs.generic import by_name
from sandbox.azure.subscription import plain
from sandbox.contract import Properties
from sandbox.invent import complete

OUTPUTS = {**network.OUTPUTS, **cache.OUTPUTS, **cluster.OUTPUTS, **data.OUTPUTS}


def shown(c: Context) -> Properties:
    """Of the inputs those that the answer has as well: not the path's parts, not passwords."""
    known = {name: value for name, value in c.inputs.items() if value is not None and name in c.schema.outputs}
    if isinstance(known.get("location"), str):
        known["location"] = plain(known["location"])
    return known


def shape(c: Context) -> Properties:
    make = OUTPUTS.get(c.request.type)
    made = over(shown(c), by_name(c))
    special = make(c) if make else {}
    # A table may name what this version of the SDK lacks.
    made = over(made, {name: value for name, value in special.items() if name in c.schema.outputs})
    return complete(c.schema, made)
