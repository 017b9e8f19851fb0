"""Where AWS has what the rows ask of caches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.inventory.clouds.facts import Cache
from tests.recorder import Recording, Registered

GROUP, PARAMETERS = "aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/parameterGroup:ParameterGroup"
SUBNETS, RULE = "aws:elasticache/subnetGroup:SubnetGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
MEMORY = {"cache.t4g.small": 1.37, "cache.t4g.medium": 3.09, "cache.m7g.large": 6.38, "cache.r7g.large": 13.07}
"""GiB of a node, as ElastiCache states them."""


def caches(registered: Recording[Any], keys: Mapping[str, str]) -> list[Cache]:
    return [_cache(registered, item, keys) for item in registered.of(GROUP)]


def _cache(registered: Recording[Any], item: Registered, keys: Mapping[str, str]) -> Cache:
    inputs = item.inputs
    clustered = inputs["clusterMode"] == "enabled"
    shards = int(inputs["numNodeGroups"]) if clustered else 1
    replicas = int(inputs["replicasPerNodeGroup"]) if clustered else int(inputs["numCacheClusters"]) - 1
    group = next(one for one in registered.of(PARAMETERS) if one.inputs.get("name", one.name) == inputs["parameterGroupName"])
    settings = {one["name"]: one["value"] for one in group.inputs["parameters"]}
    day, (start, end) = inputs["maintenanceWindow"][:3], (part[4:] for part in inputs["maintenanceWindow"].split("-"))
    return Cache(
        name=inputs["replicationGroupId"],
        engine=f"{inputs['engine']} {inputs['engineVersion']}",
        mode="cluster" if clustered else "replicated" if replicas else "single",
        memory_gib=shards * MEMORY[inputs["nodeType"]] * (1 - int(settings["reserved-memory-percent"]) / 100),
        replicas=replicas,
        fails_over=inputs["automaticFailoverEnabled"] and inputs["multiAzEnabled"],
        eviction=settings["maxmemory-policy"],
        tls_only=inputs["transitEncryptionEnabled"] and inputs["transitEncryptionMode"] == "required",
        password=bool(inputs.get("authToken")) and "authToken" in item.secrets,
        key=keys[inputs["kmsKeyId"]] if inputs["atRestEncryptionEnabled"] else "",
        public=_reached(registered, item),
        maintenance=(day, start, end),
        snapshots=inputs["snapshotRetentionLimit"] > 0,
        protected=item.protect and bool(inputs.get("finalSnapshotIdentifier")),
    )


def _reached(registered: Recording[Any], item: Registered) -> bool:
    """From a subnet with a way out, or by a rule for addresses rather than for the cluster's own group."""
    leading_out = {one.inputs["routeTableId"] for one in registered.of("aws:ec2/route:Route")}
    routes = {
        one.inputs["subnetId"]: one.inputs["routeTableId"] for one in registered.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
    }
    (subnets,) = [one for one in registered.of(SUBNETS) if one.state["name"] == item.inputs["subnetGroupName"]]
    rules = [one.inputs for one in registered.of(RULE) if one.inputs["securityGroupId"] in item.inputs["securityGroupIds"]]
    assert rules, f"{item.name} lets nobody in"
    return any(routes[one] in leading_out for one in subnets.inputs["subnetIds"]) or any("cidrIpv4" in one for one in rules)
