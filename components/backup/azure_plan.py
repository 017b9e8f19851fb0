"""When Azure Backup backs databases up, for how long it keeps what, and in how many places. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from components.backup.spec import BackupSpec
from components.database.azure_plan import backup_region_mistakes
from components.naming import fit
from components.site import Site

LONGEST_VAULT = 50
SOFT_DELETE_DAYS = 14
"""The shortest that Azure takes, and free of charge."""
_WEEK = tuple(f"2026-01-{day:02}" for day in range(4, 11))
"""A schedule begins on a fixed day in the past (a Sunday): a clock's would change the policy with every update. Seven of them, since the
service takes nothing but weeks for these servers: a daily interval is refused."""


@dataclass(frozen=True)
class Policy:
    """`name` says what is in it, since Azure changes no policy that is there. `keep_weekly` is for the first backup of each week."""

    name: str
    keep: str
    keep_weekly: str | None = None


@dataclass(frozen=True)
class Plan:
    """Each of `intervals` repeats for ever (ISO 8601). `weekly` are policies by the days that they keep weekly backups."""

    vault: str
    policy: Policy
    weekly: dict[int, Policy]
    intervals: tuple[str, ...]
    redundancy: Literal["geo", "zones", "one"]
    immutability: Literal["locked", "unlocked", "off"]
    soft_delete: bool


def plan(name: str, spec: BackupSpec, site: Site) -> Plan:
    """Raises ValueError with path, value given, values allowed.

    No hourly rule: the service takes one backup a day at most, and each server writes its changes away by itself, from which it comes back
    to any moment of the last days. That serves a recovery point under an hour.
    """
    if spec.copy_region and (mistakes := list(backup_region_mistakes("copy_region", spec.copy_region, site.region))):
        raise ValueError("\n".join(mistakes))
    daily, keep = f"postgres-daily-{spec.start_hour_utc:02}00-{spec.backup_days}d", f"P{spec.backup_days}D"
    return Plan(
        vault=fit(name, LONGEST_VAULT),
        policy=Policy(daily, keep),
        weekly={days: Policy(f"{daily}-weekly-{days}d", keep, f"P{days}D") for days in sorted(set(spec.weekly_days))},
        intervals=tuple(f"R/{day}T{spec.start_hour_utc:02}:00:00+00:00/P1W" for day in _WEEK),
        redundancy="geo" if spec.copy_region else "zones" if site.zones else "one",
        # What is deleted softly, or may not be deleted, keeps the vault from going: a stack that is free to go has neither.
        immutability="locked" if spec.locked else "unlocked" if spec.deletion_protected else "off",
        soft_delete=spec.deletion_protected or spec.locked,
    )
