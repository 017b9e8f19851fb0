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
_FIRST = "2026-01-01"
"""A schedule begins on a fixed day in the past: a clock's would change the policy with every update."""


@dataclass(frozen=True)
class Plan:
    """`interval` repeats for ever (ISO 8601); `policy` is a name that says what is in it, since Azure changes no policy that is there."""

    vault: str
    policy: str
    interval: str
    keep: str
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
    return Plan(
        vault=fit(name, LONGEST_VAULT),
        policy=f"postgres-daily-{spec.start_hour_utc:02}00-{spec.backup_days}d",
        interval=f"R/{_FIRST}T{spec.start_hour_utc:02}:00:00+00:00/P1D",
        keep=f"P{spec.backup_days}D",
        redundancy="geo" if spec.copy_region else "zones" if site.zones else "one",
        # What is deleted softly, or may not be deleted, keeps the vault from going: a stack that is free to go has neither.
        immutability="locked" if spec.locked else "unlocked" if spec.deletion_protected else "off",
        soft_delete=spec.deletion_protected or spec.locked,
    )
