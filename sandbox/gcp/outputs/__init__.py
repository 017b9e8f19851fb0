"""Outputs: what GCP would answer about a resource."""

from __future__ import annotations

from sandbox.contract import Properties
from sandbox.gcp.outputs import cache, cluster, data, network, security
from sandbox.gcp.outputs.context import Context
from sandbox.gcp.outputs.generic import by_name
from sandbox.outputs import merged
from sandbox.reflection.model import Schema

OUTPUTS = {**network.OUTPUTS, **cache.OUTPUTS, **cluster.OUTPUTS, **data.OUTPUTS, **security.OUTPUTS}
_RENEWED = {
    "gcp:container/cluster:Cluster": ("masterVersion",),
    "gcp:storage/bucket:Bucket": ("updated",),
}
"""Computed values that an update changes."""
_SHOWN_IN_FULL = {
    "gcp:compute/subnetwork:Subnetwork": ("network",),
    "gcp:compute/router:Router": ("network",),
    "gcp:compute/firewall:Firewall": ("network",),
    "gcp:compute/route:Route": ("network",),
    "gcp:compute/globalAddress:GlobalAddress": ("network",),
    "gcp:compute/address:Address": ("network", "subnetwork"),
}
"""Inputs that the API answers with as self links, however they were written."""


def shape(context: Context, schema: Schema) -> Properties:
    make = OUTPUTS.get(context.request.type)
    made = make(context) if make else {}
    renewed = {name: made[name] for name in _RENEWED.get(context.request.type, ()) if name in made}
    links = {name: network.link(context, context.text(name)) for name in _SHOWN_IN_FULL.get(context.request.type, ()) if context.text(name)}
    # A table may name what this version of the SDK lacks.
    special = {name: value for name, value in made.items() if name in schema.outputs}
    return merged({**by_name(context, schema), **special}, context.known) | renewed | links
