"""Decides a PostgreSQL database on GCP: machine, windows in UTC, flags, what it is restored from. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from components import geography
from components.database.spec import DatabaseSpec, Window
from components.naming import fit
from components.vocabulary import Cloud, Size

EDITION = "ENTERPRISE"
"""PostgreSQL 16 and later default to ENTERPRISE_PLUS, which has no machine of 4 GiB per vCPU, costs more than twice as much for the same
vCPUs, and is not sold in all EU regions (Stockholm). ENTERPRISE keeps the log of changes for seven days instead of 35."""

# vCPU and MiB of memory: exactly what a size means.
TIERS = {
    Size.SMALL: "db-custom-2-8192",
    Size.MEDIUM: "db-custom-4-16384",
    Size.LARGE: "db-custom-8-32768",
    Size.XLARGE: "db-custom-16-65536",
}
LONGEST_LOG_DAYS = 7
LARGEST_GIB = 65536
MOST_BACKUPS = 365
LONGEST_NAME = 98
"""Characters that project and instance may have together, with a colon between them."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR, _DAY = 60, 24 * 60
_WEEK = 7 * _DAY
_BACKUP_LASTS, _BACKUP_BEFORE = 4 * _HOUR, _HOUR
_SUFFIX = 5
"""A hyphen and four hexadecimal digits."""
_BACKUP = re.compile(r"^(?P<instance>[a-z][a-z0-9-]*)/(?P<backup>\d{1,19})$")
_MOMENT = re.compile(r"^(?P<instance>[a-z][a-z0-9-]*)@(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z)$")


@dataclass(frozen=True)
class Restore:
    """From one backup of `instance`, or from its log of changes as it was at `time`."""

    instance: str
    backup: int | None = None
    time: str | None = None


@dataclass(frozen=True)
class Plan:
    """`maintenance_day` counts from Monday, 1; hours are UTC. A backup begins within four hours from `backup_start`."""

    version: str
    tier: str
    maintenance_day: int
    maintenance_hour: int
    backup_start: str
    backup_location: str
    backups_kept: int
    log_days: int
    flags: tuple[tuple[str, str], ...]
    restore: Restore | None


def plan(spec: DatabaseSpec, region: geography.Region) -> Plan:
    """Raises ValueError with one line per mistake: path, value given, values allowed."""
    if mistakes := list(_mistakes(spec, region)):
        raise ValueError("\n".join(mistakes))
    start = _utc(spec.maintenance)
    backup = (start - _BACKUP_BEFORE - _BACKUP_LASTS) % _DAY
    return Plan(
        version=f"POSTGRES_{spec.major}",
        tier=TIERS[spec.size],
        maintenance_day=start // _DAY + 1,
        maintenance_hour=start % _DAY // _HOUR,
        backup_start=f"{backup // _HOUR:02}:00",
        backup_location=spec.backup_region or region.code,
        # Cloud SQL takes one backup a day and keeps so many of them: the weekly ones are among these. Its other way to longer retention,
        # Backup and DR, takes no customer's key.
        backups_kept=max(spec.backup_days, spec.weekly_backup_days or 0),
        log_days=min(spec.backup_days, LONGEST_LOG_DAYS),
        flags=_flags(spec),
        restore=_restore(spec.restore_from) if spec.restore_from else None,
    )


def instance_name(name: str, project: str) -> str:
    """Without the suffix that follows: room is left for it."""
    return fit(name, LONGEST_NAME - len(project) - 1 - _SUFFIX)


def _utc(window: Window) -> int:
    """Minutes from Monday 00:00 UTC."""
    return (_DAYS.index(window.day) * _DAY + _minutes(window.start) - window.utc_offset_hours * _HOUR) % _WEEK


def _length(window: Window) -> int:
    """A window that ends before it begins runs past midnight."""
    return (_minutes(window.end) - _minutes(window.start)) % _DAY


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * _HOUR + int(minutes)


def _flags(spec: DatabaseSpec) -> tuple[tuple[str, str], ...]:
    """`cloudsql.iam_authentication` stays off: workloads log in as roles with passwords, and nobody needs a second way in.
    `pg_stat_statements` is loaded without being asked for."""
    return (
        ("log_connections", "on"),
        ("log_disconnections", "on"),
        ("log_lock_waits", "on"),
        ("log_min_duration_statement", str(spec.slow_query_ms)),
        ("log_statement", "ddl"),
    )


def _restore(text: str) -> Restore | None:
    if found := _BACKUP.match(text):
        return Restore(found["instance"], backup=int(found["backup"]))
    if found := _MOMENT.match(text):
        return Restore(found["instance"], time=found["time"])
    return None


def _mistakes(spec: DatabaseSpec, region: geography.Region) -> Iterator[str]:
    window = spec.maintenance
    given = f"{window.start}-{window.end}"
    if not window.start.endswith(":00"):
        yield f"maintenance: {given} does not begin on the hour, as Cloud SQL asks; allowed: 00:00 to 23:00"
    if _length(window) < _HOUR:
        yield f"maintenance: {given} lasts {_length(window)} minutes; allowed: 60 minutes and more, of which Cloud SQL uses the first hour"
    if not spec.storage_gib <= spec.max_storage_gib <= LARGEST_GIB:
        yield f"max_storage_gib: {spec.max_storage_gib} is out of range; allowed: {spec.storage_gib} to {LARGEST_GIB}"
    if spec.weekly_backup_days is not None and spec.weekly_backup_days > MOST_BACKUPS:
        days = spec.weekly_backup_days
        yield f"weekly_backup_days: {days} is more than the daily backups that Cloud SQL keeps; allowed: up to {MOST_BACKUPS}"
    if spec.restore_from is not None and _restore(spec.restore_from) is None:
        yield (
            f"restore_from: {spec.restore_from!r} names no backup, and Cloud SQL knows them by number; "
            "allowed: <instance>/<backup id>, or <instance>@<time> such as pn-agent-db@2026-05-01T10:00:00Z"
        )
    if spec.backup_region is not None:
        yield from _backup_region_mistakes(spec.backup_region, region)


def _backup_region_mistakes(code: str, region: geography.Region) -> Iterator[str]:
    try:
        target = geography.eu_region(Cloud.GCP, code)
    except geography.UnknownRegion as error:
        yield f"backup_region: {error}"
        return
    if target.code == region.code:
        others = [item.code for item in geography.eu_regions(Cloud.GCP) if item.code != region.code]
        yield f"backup_region: {code!r} is no second region; allowed: {', '.join(others)}"
