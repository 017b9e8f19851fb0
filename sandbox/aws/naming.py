"""Physical names: which property holds them, and how one is made from the logical name when none is given."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sandbox.contract import Properties, Request
from sandbox.invent import suffix
from sandbox.reflected import DEFAULTS
from sandbox.reflection.model import Scalar, Schema


class Automatic(NamedTuple):
    property: str = "name"
    limit: int = 255
    lower: bool = False
    prefix: str = ""


AUTOMATIC: dict[str, Automatic] = {
    "aws:s3/bucket:Bucket": Automatic("bucket", 63, lower=True),
    "aws:rds/instance:Instance": Automatic("identifier", 63, lower=True),
    "aws:rds/cluster:Cluster": Automatic("clusterIdentifier", 63, lower=True),
    "aws:rds/subnetGroup:SubnetGroup": Automatic(lower=True),
    "aws:rds/parameterGroup:ParameterGroup": Automatic(lower=True),
    "aws:ecr/repository:Repository": Automatic(limit=256, lower=True),
    "aws:eks/cluster:Cluster": Automatic(limit=100),
    "aws:eks/nodeGroup:NodeGroup": Automatic("nodeGroupName", 63),
    "aws:iam/role:Role": Automatic(limit=64),
    "aws:iam/policy:Policy": Automatic(limit=128),
    "aws:kms/alias:Alias": Automatic(limit=256, prefix="alias/"),
    "aws:cloudwatch/logGroup:LogGroup": Automatic(limit=512),
    "aws:cloudwatch/eventRule:EventRule": Automatic(limit=64),
    "aws:lb/loadBalancer:LoadBalancer": Automatic(limit=32),
    "aws:lb/targetGroup:TargetGroup": Automatic(limit=32),
    "aws:backup/vault:Vault": Automatic(limit=50),
    "aws:sqs/queue:Queue": Automatic(limit=80),
    "aws:ec2/launchTemplate:LaunchTemplate": Automatic(limit=128),
    "aws:ec2/keyPair:KeyPair": Automatic("keyName"),
}

_GIVEN: dict[str, str] = {
    "aws:secretsmanager/secret:Secret": "name",
    "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyName",
    "aws:accessanalyzer/analyzer:Analyzer": "analyzerName",
    "aws:elasticache/replicationGroup:ReplicationGroup": "replicationGroupId",
    "aws:eks/addon:Addon": "addonName",
}
"""Properties that hold the physical name where it is not `name`."""

_UNNAMED = {"aws:route53/record:Record", "aws:ec2/securityGroupRule:SecurityGroupRule"}
"""Types whose `name` is data, not a physical name."""


def name_property(token: str, schema: Schema) -> str | None:
    if token in AUTOMATIC:
        return AUTOMATIC[token].property
    if token in _GIVEN:
        return _GIVEN[token]
    return "name" if "name" in schema.inputs and token not in _UNNAMED else None


def _automatic(token: str, schema: Schema) -> Automatic | None:
    """As the bridge does: every optional text property `name` gets an automatic value."""
    if token in AUTOMATIC:
        return AUTOMATIC[token]
    name = schema.inputs.get("name")
    if name is None or name.required or name.type != Scalar("string") or token in _UNNAMED:
        return None
    return Automatic()


def _made(request: Request, rule: Automatic) -> str:
    tail = f"-{suffix(request.seed, request.urn, 7)}"
    base = request.name.lower() if rule.lower else request.name
    base = re.sub(r"[^a-z0-9.-]", "-", base) if rule.property in {"bucket", "identifier"} else base
    return f"{rule.prefix}{base[: rule.limit - len(tail) - len(rule.prefix)]}{tail}"


def named(request: Request, schema: Schema, olds: Properties, news: Properties) -> Properties:
    """`news` with the automatic name: the old one while the resource lives, a fresh one otherwise."""
    rule = _automatic(request.type, schema)
    if rule is None or news.get(rule.property) is not None or news.get(f"{rule.property}Prefix") is not None:
        return news
    kept: Any = olds.get(rule.property) if rule.property in (olds.get(DEFAULTS) or ()) else None
    return {**news, rule.property: kept or _made(request, rule), DEFAULTS: [rule.property]}
