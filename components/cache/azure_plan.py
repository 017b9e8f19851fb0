"""Decides a cache on Azure: names, SKU, clustering. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pulumi_azure_native import redisenterprise

from components.cache.spec import CacheSpec
from components.naming import worldwide
from components.site import Site

LONGEST_NAME = 60
RESERVED_PERCENT = 20
"""Of a size's memory, which Azure keeps for replication."""
LARGEST_UNSHARDED_GB = 25

_Sku = redisenterprise.SkuName
SIZES = (
    (3, _Sku.BALANCED_B3),
    (6, _Sku.BALANCED_B5),
    (12, _Sku.BALANCED_B10),
    (24, _Sku.BALANCED_B20),
    (60, _Sku.BALANCED_B50),
    (120, _Sku.BALANCED_B100),
    (180, _Sku.BALANCED_B150),
    (240, _Sku.BALANCED_B250),
    (360, _Sku.BALANCED_B350),
)
"""By their memory in GB, 4 to each vCPU. B0 and B1 hold less than the least that can be asked for; those above 360 are in preview."""

EVICTION = {
    "noeviction": redisenterprise.EvictionPolicy.NO_EVICTION,
    "allkeys-lru": redisenterprise.EvictionPolicy.ALL_KEYS_LRU,
    "volatile-lru": redisenterprise.EvictionPolicy.VOLATILE_LRU,
}


@dataclass(frozen=True)
class Plan:
    """`names` are those of the instances, one for each keyspace."""

    names: tuple[str, ...]
    sku: redisenterprise.SkuName
    clustering: redisenterprise.ClusteringPolicy
    eviction: redisenterprise.EvictionPolicy
    highly_available: bool
    snapshots: bool


def plan(name: str, spec: CacheSpec, site: Site) -> Plan:
    """Raises ValueError with one line per mistake: path, value given, values allowed."""
    if mistakes := list(_mistakes(spec)):
        raise ValueError("\n".join(mistakes))
    clustered = spec.mode == "cluster"
    labels = labels_of(name, spec)
    return Plan(
        # Names are hosts' names, and taken worldwide.
        names=tuple(worldwide(label, site.account, LONGEST_NAME) for label in labels),
        sku=next(sku for size, sku in SIZES if _holds(size) >= spec.memory_gib * spec.shards),
        clustering=redisenterprise.ClusteringPolicy.OSS_CLUSTER if clustered else redisenterprise.ClusteringPolicy.NO_CLUSTER,
        eviction=EVICTION[spec.eviction],
        highly_available=spec.replicas > 0,
        snapshots=spec.snapshot_days > 0,
    )


def labels_of(name: str, spec: CacheSpec) -> tuple[str, ...]:
    """What each instance is called in the program: the cache's own name, or that and a number where there are several."""
    return (name,) if spec.databases == 1 else tuple(f"{name}-{number}" for number in range(1, spec.databases + 1))


def _holds(size: int) -> float:
    return size * (100 - RESERVED_PERCENT) / 100


def _mistakes(spec: CacheSpec) -> Iterator[str]:
    clustered = spec.mode == "cluster"
    if spec.replicas > 1:
        yield f"replicas: {spec.replicas} are not what Azure keeps; allowed: 0 or 1 of each shard, in another zone"
    largest = _holds(max(size for size, _ in SIZES if clustered or size <= LARGEST_UNSHARDED_GB))
    if (wanted := spec.memory_gib * spec.shards) > largest:
        if clustered:
            yield f"memory_gib: {spec.memory_gib} for each of {spec.shards} shards are {wanted}; allowed: up to {int(largest)} together"
        else:
            yield f"memory_gib: {spec.memory_gib} is more than Azure keeps in one shard; allowed: up to {int(largest)}, or mode cluster"
