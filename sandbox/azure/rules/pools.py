"""Agent pools, inside a cluster and beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from components.geography import Cloud, regions
from sandbox.azure.lookup import items, part
from sandbox.azure.rules.names import pool_name
from sandbox.azure.subscription import plain
from sandbox.contract import UNKNOWN, Failure
from sandbox.reflection.check import show
from sandbox.rules import Rule, matches

POOL: tuple[Rule, ...] = (matches("orchestratorVersion", r"1\.\d{1,2}(\.\d{1,2})?", "is not a Kubernetes version like 1.35 or 1.35.1"),)
_SIZE = re.compile(r"Standard_[A-Z]{1,3}\d+(-\d+)?[a-z]*(_[A-Z0-9]+)*(_v\d+)?")
_TAINT = re.compile(r"[A-Za-z0-9./_-]+(=[A-Za-z0-9._-]*)?:(NoSchedule|PreferNoSchedule|NoExecute)")
_SURGE = re.compile(r"([1-9]\d*|([1-9]\d?|100)%)")
_ZONES = {region.code: region.zones for region in regions(Cloud.AZURE)}


def judge_pool(pool: Any, here: str, location: str) -> Iterator[Failure]:
    """`here` is the path in front of the pool's properties, with a dot."""
    name = part(pool, "name") if here else None
    if isinstance(name, str) and (reason := pool_name(name, str(part(pool, "osType") or "Linux"))):
        yield Failure(f"{here}name", f"{show(name)} {reason}")
    size = part(pool, "vmSize")
    if isinstance(size, str) and not _SIZE.fullmatch(size):
        yield Failure(f"{here}vmSize", f"{show(size)} is not a size of virtual machines like Standard_D4s_v5")
    if size is None:
        yield Failure(f"{here}vmSize", "missing required property")
    yield from _counts(pool, here)
    yield from _ranges(pool, here)
    yield from _spot(pool, here)
    yield from _marks(pool, here)
    for index, zone in enumerate(items(part(pool, "availabilityZones"))):
        allowed = _ZONES.get(plain(location), ("1", "2", "3"))
        if zone is not UNKNOWN and zone not in allowed:
            yield Failure(
                f"{here}availabilityZones[{index}]", f"{show(zone)} is not a zone of {location} (allowed: {', '.join(allowed) or 'none'})"
            )


def _number(pool: Any, name: str) -> int | None:
    value = part(pool, name)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _counts(pool: Any, here: str) -> Iterator[Failure]:
    count, low, high = (_number(pool, name) for name in ("count", "minCount", "maxCount"))
    system = part(pool, "mode") == "System"
    if part(pool, "enableAutoScaling") is True:
        if low is None or high is None:
            if UNKNOWN not in (part(pool, "minCount"), part(pool, "maxCount")):
                yield Failure(f"{here}minCount", "minCount and maxCount must be given with autoscaling")
            return
        if low > high:
            yield Failure(f"{here}minCount", f"{low} is more than maxCount {high}")
        if count is not None and not low <= count <= high:
            yield Failure(f"{here}count", f"{count} is not between minCount {low} and maxCount {high}")
    elif low is not None or high is not None:
        yield Failure(f"{here}minCount", "minCount and maxCount are for autoscaling alone")
    least = min(value for value in (count, low, 1000) if value is not None)
    if system and least < 1:
        yield Failure(f"{here}count", "a pool of mode System has at least one node")
    for name, value in (("count", count), ("minCount", low), ("maxCount", high)):
        if value is not None and not 0 <= value <= 1000:
            yield Failure(f"{here}{name}", f"{value} is not between 0 and 1000")


def _ranges(pool: Any, here: str) -> Iterator[Failure]:
    disk, pods, ephemeral = _number(pool, "osDiskSizeGB"), _number(pool, "maxPods"), part(pool, "osDiskType") == "Ephemeral"
    if disk is not None and not 0 <= disk <= 2048:
        yield Failure(f"{here}osDiskSizeGB", f"{disk} is not between 0 and 2048")
    if pods is not None and not 10 <= pods <= 250:
        yield Failure(f"{here}maxPods", f"{pods} is not between 10 and 250")
    size = str(part(pool, "vmSize") or "")
    if ephemeral and re.fullmatch(r"Standard_[BDE]\d+a?[ls]?s?_v[56]", size):
        yield Failure(f"{here}osDiskType", f"'Ephemeral' takes a size with a local disk, which {size} has not")
    if (surge := part(pool, "upgradeSettings.maxSurge")) and surge is not UNKNOWN and not _SURGE.fullmatch(str(surge)):
        yield Failure(f"{here}upgradeSettings.maxSurge", f"{show(surge)} is neither a number nor a percentage like 33%")
    for name, high in (("drainTimeoutInMinutes", 1440), ("nodeSoakDurationInMinutes", 30)):
        value = _number(pool, f"upgradeSettings.{name}")
        if value is not None and not 0 <= value <= high:
            yield Failure(f"{here}upgradeSettings.{name}", f"{value} is not between 0 and {high}")


def _spot(pool: Any, here: str) -> Iterator[Failure]:
    if part(pool, "scaleSetPriority") != "Spot":
        for name in ("scaleSetEvictionPolicy", "spotMaxPrice"):
            if part(pool, name) is not None:
                yield Failure(f"{here}{name}", "is for pools of priority Spot alone")
        return
    if part(pool, "mode") == "System":
        yield Failure(f"{here}scaleSetPriority", "a pool of mode System cannot be of priority Spot")
    if part(pool, "upgradeSettings.maxSurge") is not None:
        yield Failure(f"{here}upgradeSettings.maxSurge", "Spot pools can't set max surge")
    price = part(pool, "spotMaxPrice")
    if isinstance(price, int | float) and price != -1 and price <= 0:
        yield Failure(f"{here}spotMaxPrice", f"{price} is neither -1 nor a price")


def _marks(pool: Any, here: str) -> Iterator[Failure]:
    for index, taint in enumerate(items(part(pool, "nodeTaints"))):
        if taint is not UNKNOWN and not _TAINT.fullmatch(str(taint)):
            yield Failure(f"{here}nodeTaints[{index}]", f"{show(taint)} is not a taint like key=value:NoSchedule")
    labels = part(pool, "nodeLabels")
    for key in cast("Mapping[str, Any]", labels) if isinstance(labels, Mapping) else ():
        if key.startswith(("kubernetes.azure.com/", "kubernetes.io/", "k8s.io/", "node.kubernetes.io/")):
            yield Failure(f"{here}nodeLabels.{key}", "labels of this prefix are reserved for the system")
