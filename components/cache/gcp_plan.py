"""Decides a cache on GCP: product, size, window in UTC. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from components import windows
from components.cache.spec import CacheSpec
from components.naming import fit
from components.site import Site

LONGEST_INSTANCE, LONGEST_CLUSTER = 40, 63
LEAST_WITH_REPLICAS = 5
"""GiB from which Memorystore for Redis keeps more than one replica."""
NODES = {5: "STANDARD_SMALL", 10: "HIGHMEM_MEDIUM", 46: "HIGHMEM_XLARGE", 92: "HIGHMEM_2XLARGE"}
"""By what they hold (GB of keys and values with the default reserve; a fifth of the node is kept free). SHARED_CORE_NANO has no SLA, and
the CUSTOM_ ones make no clusters."""

_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_HOUR, _DAY = 60, 24 * 60
_BACKUP_BEFORE = 4
"""Hours from the daily backup to the maintenance window."""


@dataclass(frozen=True)
class Moment:
    """UTC. Maintenance takes the hour that begins here."""

    day: str
    hour: int
    minute: int


@dataclass(frozen=True)
class InstancePlan:
    """Memorystore for Redis. `zone` holds the primary at first, `other_zone` the replica."""

    name: str
    tier: str
    memory_gib: int
    replicas: int
    read_replicas: str
    zone: str
    other_zone: str | None
    snapshots: bool
    maintenance: Moment


@dataclass(frozen=True)
class ClusterPlan:
    """Memorystore for Valkey. `backup_hour` is UTC; without `backup_days` there are no backups."""

    name: str
    node: str
    backup_hour: int
    backup_days: int
    maintenance: Moment


def plan(name: str, spec: CacheSpec, site: Site) -> InstancePlan | ClusterPlan:
    """Raises ValueError with one line per mistake: path, value given, values allowed."""
    if mistakes := list(_mistakes(spec, site)):
        raise ValueError("\n".join(mistakes))
    maintenance = _moment(windows.utc(spec.maintenance)[0])
    if spec.mode == "cluster":
        return ClusterPlan(
            name=fit(name, LONGEST_CLUSTER),
            node=next(node for holds, node in NODES.items() if holds >= spec.memory_gib),
            backup_hour=(maintenance.hour - _BACKUP_BEFORE) % 24,
            backup_days=spec.snapshot_days,
            maintenance=maintenance,
        )
    many = spec.replicas > 1
    return InstancePlan(
        name=fit(name, LONGEST_INSTANCE),
        tier="STANDARD_HA" if spec.replicas else "BASIC",
        memory_gib=max(spec.memory_gib, LEAST_WITH_REPLICAS) if many else spec.memory_gib,
        replicas=spec.replicas,
        # With one replica, which only waits for a fail-over, there is no endpoint for reading, and no second range of addresses.
        read_replicas="READ_REPLICAS_ENABLED" if many else "READ_REPLICAS_DISABLED",
        zone=site.zones[0],
        other_zone=site.zones[1] if spec.replicas else None,
        snapshots=spec.snapshot_days > 0,
        maintenance=maintenance,
    )


def _moment(start: int) -> Moment:
    return Moment(_DAYS[start // _DAY], start % _DAY // _HOUR, start % _HOUR)


def _mistakes(spec: CacheSpec, site: Site) -> Iterator[str]:
    length = windows.utc(spec.maintenance)[1]
    if length < _HOUR:
        yield (
            f"maintenance: {spec.maintenance.start}-{spec.maintenance.end} lasts {length} minutes; "
            f"allowed: {_HOUR} and more, of which Memorystore takes the first hour"
        )
    if spec.replicas and len(site.zones) < 2:
        zones = ", ".join(site.zones) or "none"
        yield f"replicas: {spec.replicas} take a second zone, and {site.region} is used with {zones}; allowed: 0, or two zones and more"
