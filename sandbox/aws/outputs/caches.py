"""ElastiCache."""

from __future__ import annotations

from typing import Any

from sandbox.aws.outputs.context import Context, Outputs
from sandbox.contract import Properties
from sandbox.invent import hexadecimal

_FULL_VERSIONS = {"7.0": "7.0.7", "7.1": "7.1.0", "7.2": "7.2.6", "8.0": "8.0.1", "8.1": "8.1.0", "8.2": "8.2.0", "9.0": "9.0.0"}
_NEWEST = {"redis": "7.1", "valkey": "8.2"}


def short_region(region: str) -> str:
    """`eu-south-1` is `eus1` in the names of hosts."""
    area, direction, number = region.rsplit("-", 2)
    return f"{area.replace('-', '')}{direction[0]}{number}"


def family(engine: str, version: str) -> str:
    """The parameter group family of a version: `valkey8`, `redis7`, `redis6.x`."""
    major = version.split(".")[0]
    return f"{engine}{major}.x" if (engine, major) == ("redis", "6") else f"{engine}{major}"


def clustered(inputs: Properties) -> bool:
    shards: Any = inputs.get("numNodeGroups")
    return inputs.get("clusterMode") in ("enabled", "compatible") or (isinstance(shards, int) and shards > 1)


def replication_group(c: Context) -> Properties:
    name, engine = c.text("replicationGroupId"), c.text("engine") or "redis"
    version = c.text("engineVersion") or _NEWEST.get(engine, "")
    shards, replicas = int(c.known.get("numNodeGroups") or 1), int(c.known.get("replicasPerNodeGroup") or 0)
    nodes = int(c.known.get("numCacheClusters") or replicas + 1)
    encrypted = c.known.get("transitEncryptionEnabled") is True
    mode = {
        "applyImmediately": False,
        "atRestEncryptionEnabled": engine == "valkey",
        "autoMinorVersionUpgrade": True,
        "clusterEnabled": clustered(c.known),
        "clusterMode": "disabled",
        "engine": engine,
        "engineVersion": version,
        "engineVersionActual": _FULL_VERSIONS.get(version, version),
        "ipDiscovery": "ipv4",
        "maintenanceWindow": "sun:05:00-sun:06:00",
        "networkType": "ipv4",
        "numCacheClusters": shards * nodes,
        "numNodeGroups": shards,
        "parameterGroupName": f"default.{family(engine, version)}" + (".cluster.on" if clustered(c.known) else ""),
        "port": 6379,
        "replicasPerNodeGroup": nodes - 1,
        "snapshotWindow": "02:00-03:00",
        "transitEncryptionEnabled": False,
    }
    if encrypted:
        mode["transitEncryptionMode"] = "required"
    tail = f"{hexadecimal(6)}.{{group}}{short_region(c.region)}.cache.{c.dns}"
    if clustered(c.known):
        address = f"clustercfg.{name}.{tail.format(group='')}"
        members = [f"{name}-{shard:04}-{node:03}" for shard in range(1, shards + 1) for node in range(1, nodes + 1)]
        return mode | {"configurationEndpointAddress": address, "memberClusters": members}
    # Unencrypted ones are named after the shard, encrypted ones after what answers.
    primary, reader = ("master.{}", "replica.{}") if encrypted else ("{}", "{}-ro")
    end = tail.format(group="" if encrypted else "ng.0001.")
    return mode | {
        "primaryEndpointAddress": f"{primary.format(name)}.{end}",
        "readerEndpointAddress": f"{reader.format(name)}.{end}",
        "memberClusters": [f"{name}-{node:03}" for node in range(1, nodes + 1)],
    }


def parameter_group(c: Context) -> Properties:
    return {"description": "Managed by Pulumi"}


def subnet_group(c: Context) -> Properties:
    return {"description": "Managed by Pulumi", "vpcId": c.vpc_of_subnets(c.items("subnetIds"))}


OUTPUTS: dict[str, Outputs] = {
    "aws:elasticache/parameterGroup:ParameterGroup": parameter_group,
    "aws:elasticache/replicationGroup:ReplicationGroup": replication_group,
    "aws:elasticache/subnetGroup:SubnetGroup": subnet_group,
}
