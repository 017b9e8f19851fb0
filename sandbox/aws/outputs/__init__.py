"""Outputs: what AWS would answer about a resource, in the right partition, region and account."""

from __future__ import annotations

from sandbox.aws.outputs import caches, cluster, data, network, security
from sandbox.aws.outputs.context import Context
from sandbox.aws.outputs.generic import by_name
from sandbox.contract import Properties
from sandbox.outputs import merged
from sandbox.reflection.model import Schema

OUTPUTS = {**network.OUTPUTS, **cluster.OUTPUTS, **data.OUTPUTS, **caches.OUTPUTS, **security.OUTPUTS}
_RENEWED = {
    "aws:ec2/launchTemplate:LaunchTemplate": ("latestVersion", "defaultVersion"),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("engineVersionActual", "memberClusters"),
    "aws:rds/instance:Instance": ("engineVersionActual", "endpoint", "port"),
}
"""Computed values that an update changes."""


def shape(context: Context, schema: Schema) -> Properties:
    make = OUTPUTS.get(context.request.type)
    made = make(context) if make else {}
    judged = context.request.made.outputs if context.request.made else {}
    renewed = {name: made[name] for name in _RENEWED.get(context.request.type, ()) if name in made and name not in judged}
    # A table may name what this version of the SDK lacks.
    special = {name: value for name, value in made.items() if name in schema.outputs}
    return merged({**by_name(context, schema), **special}, context.known) | renewed
