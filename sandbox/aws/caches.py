"""What ElastiCache refuses because of how things that exist fit together."""

from __future__ import annotations

import re
from typing import Any, cast

from sandbox.aws.outputs.caches import clustered, family
from sandbox.aws.places import groups_in, networks_of, subnets_of, zones_of
from sandbox.contract import Properties, Record, Refused, Request, World
from sandbox.walk import text

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"


def _parameters(inputs: Properties, world: World) -> None:
    engine, version = text(inputs, "engine") or "redis", text(inputs, "engineVersion")
    for group in world.all("aws:elasticache/parameterGroup:ParameterGroup"):
        if group.id != inputs.get("parameterGroupName"):
            continue
        if version and group.inputs.get("family") != family(engine, version):
            raise Refused(
                "InvalidParameterCombination",
                f"Expected a parameter group of family {family(engine, version)} but found one of family {group.inputs.get('family')}",
            )
        given = {text(one, "name"): text(one, "value") for one in cast("list[Any]", group.inputs.get("parameters") or [])}
        if (given.get("cluster-enabled") == "yes") != clustered(inputs):
            raise Refused(
                "InvalidParameterCombination",
                f"Parameter group {group.id} has cluster-enabled={given.get('cluster-enabled', 'no')}, which does not fit the cluster mode",
            )


def fits(request: Request, inputs: Properties, world: World) -> None:
    _parameters(inputs, world)
    for group in world.all("aws:elasticache/subnetGroup:SubnetGroup"):
        if group.id != inputs.get("subnetGroupName"):
            continue
        groups_in(inputs, "securityGroupIds[]", str(group.outputs.get("vpcId")), world)
        if inputs.get("multiAzEnabled") is True and len(zones_of(subnets_of(group.inputs, "subnetIds[]", world))) < 2:
            raise Refused("InvalidParameterCombination", f"Multi-AZ needs a subnet group over two availability zones; {group.id} has one")
    groups = {record.id for record in world.all("aws:cloudwatch/logGroup:LogGroup")}
    for delivery in cast("list[Any]", inputs.get("logDeliveryConfigurations") or []):
        name = text(delivery, "destination")
        if name and text(delivery, "destinationType") == "cloudwatch-logs" and name not in groups:
            raise Refused("InvalidParameterValue", f"CloudWatch Logs log group {name} does not exist")


def may_become(inputs: Properties, prior: Record) -> None:
    """The way to cluster mode leads over `compatible`, and none leads back; versions go up."""
    steps = (prior.outputs.get("clusterMode"), inputs.get("clusterMode"))
    if steps in {("disabled", "enabled"), ("enabled", "compatible"), ("enabled", "disabled")}:
        raise Refused("InvalidParameterValue", f"Cluster mode cannot be changed from {steps[0]} to {steps[1]}")
    old, new = (re.findall(r"\d+", str(where.get("engineVersion"))) for where in (prior.outputs, inputs))
    if prior.inputs.get("engine") == inputs.get("engine") and [int(part) for part in new] < [int(part) for part in old[: len(new)]]:
        raise Refused(
            "InvalidParameterValue",
            f"Cannot downgrade from {prior.outputs.get('engineVersion')} to {inputs.get('engineVersion')}; delete the replication group",
        )


def in_one_network(request: Request, inputs: Properties, world: World) -> None:
    if len(networks_of(subnets_of(inputs, "subnetIds[]", world))) > 1:
        raise Refused("InvalidSubnet", "The subnets of a group must be in one VPC")
