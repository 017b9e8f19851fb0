"""Decides a cache on AWS: node type, windows in UTC, parameters. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from components import windows
from components.cache.spec import CacheSpec

ENGINE = "valkey"
VERSION = "8.1"
FAMILY = "valkey8"

RESERVED_PERCENT = 25
"""Kept free for fail-over and snapshots, as AWS advises: what it takes is not there for data."""
NODES = (
    ("cache.t4g.small", 1.37),
    ("cache.t4g.medium", 3.09),
    ("cache.m7g.large", 6.38),
    ("cache.r7g.large", 13.07),
    ("cache.r7g.xlarge", 26.32),
    ("cache.r7g.2xlarge", 52.82),
    ("cache.r7g.4xlarge", 105.81),
)
"""Graviton, with their memory in GiB. All are sold in every EU region of `aws`."""

LOG_TYPES = ("slow-log", "engine-log")
LOG_DAYS = 30

_SHORTEST, _LONGEST = 60, 22 * 60
_SNAPSHOT_BEFORE, _SNAPSHOT_LASTS = 120, 60


@dataclass(frozen=True)
class Plan:
    """Windows are UTC, in the form that ElastiCache takes. `snapshot_window` is None where no snapshots are taken.

    In cluster mode ElastiCache asks for automatic fail-over also where no replica is; `zones` puts replicas into other zones.
    """

    node_type: str
    clustered: bool
    fails_over: bool
    zones: bool
    parameters: tuple[tuple[str, str], ...]
    maintenance_window: str
    snapshot_window: str | None


def plan(spec: CacheSpec) -> Plan:
    """Raises ValueError for a mistake: path, value given, values allowed."""
    start, length = windows.utc(spec.maintenance)
    if not _SHORTEST <= length <= _LONGEST:
        given = f"{spec.maintenance.start}-{spec.maintenance.end}"
        raise ValueError(f"maintenance: {given} lasts {length} minutes; allowed: {_SHORTEST} to {_LONGEST} minutes")
    clustered = spec.mode == "cluster"
    return Plan(
        node_type=next(node for node, memory in NODES if memory * (100 - RESERVED_PERCENT) / 100 >= spec.memory_gib),
        clustered=clustered,
        fails_over=clustered or spec.replicas > 0,
        zones=spec.replicas > 0,
        parameters=_parameters(spec, clustered=clustered),
        maintenance_window=windows.weekly(start, length),
        # Daily, an hour that ends an hour before the maintenance begins: the two may not meet, and a snapshot stands before a change.
        snapshot_window=windows.daily(start - _SNAPSHOT_BEFORE, _SNAPSHOT_LASTS) if spec.snapshot_days else None,
    )


def _parameters(spec: CacheSpec, *, clustered: bool) -> tuple[tuple[str, str], ...]:
    return (
        ("cluster-enabled", "yes" if clustered else "no"),
        ("maxmemory-policy", spec.eviction),
        ("reserved-memory-percent", str(RESERVED_PERCENT)),
    )
