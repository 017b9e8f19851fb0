"""Decides a PostgreSQL database on AWS: class, windows in UTC, parameters. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from components import geography, windows
from components.database.spec import DatabaseSpec
from components.vocabulary import Cloud, Size

# 4 GiB of memory per vCPU, Graviton. The second generation stands in all EU regions of `aws`; the Sovereign Cloud opened with the third.
FAMILIES = {"aws": "db.m6g", "aws-eusc": "db.m7g"}
SIZES = {Size.SMALL: "large", Size.MEDIUM: "xlarge", Size.LARGE: "2xlarge", Size.XLARGE: "4xlarge"}

LOG_EXPORTS = ("postgresql", "upgrade")
LOG_DAYS = 30
"""Slow statements may hold personal data: kept as long as operations need them and no longer."""

_SHORTEST, _LONGEST = 30, 12 * 60
_BACKUP_BEFORE, _BACKUP_LASTS = 120, 60


@dataclass(frozen=True)
class Parameter:
    """`reboot` marks what PostgreSQL reads at its start alone."""

    name: str
    value: str
    reboot: bool = False


@dataclass(frozen=True)
class Plan:
    """Windows are UTC, in the form that RDS takes."""

    instance_class: str
    family: str
    maintenance_window: str
    backup_window: str
    parameters: tuple[Parameter, ...]


def plan(spec: DatabaseSpec, region: geography.Region) -> Plan:
    """Raises ValueError with one line per mistake: path, value given, values allowed."""
    if mistakes := list(_mistakes(spec, region)):
        raise ValueError("\n".join(mistakes))
    start, length = windows.utc(spec.maintenance)
    return Plan(
        instance_class=f"{FAMILIES[region.partition]}.{SIZES[spec.size]}",
        family=f"postgres{spec.major}",
        maintenance_window=windows.weekly(start, length),
        backup_window=_backup_window(start),
        parameters=_parameters(spec),
    )


def _backup_window(maintenance_start: int) -> str:
    """Daily, an hour that ends an hour before the maintenance begins: the two may not meet, and a fresh backup stands before a change."""
    return windows.daily(maintenance_start - _BACKUP_BEFORE, _BACKUP_LASTS)


def _parameters(spec: DatabaseSpec) -> tuple[Parameter, ...]:
    return (
        Parameter("rds.force_ssl", "1"),
        Parameter("log_connections", "1"),
        Parameter("log_disconnections", "1"),
        Parameter("log_lock_waits", "1"),
        Parameter("log_statement", "ddl"),
        Parameter("log_min_duration_statement", str(spec.slow_query_ms)),
        Parameter("shared_preload_libraries", "pg_stat_statements", reboot=True),
    )


def _mistakes(spec: DatabaseSpec, region: geography.Region) -> Iterator[str]:
    length = windows.utc(spec.maintenance)[1]
    if not _SHORTEST <= length <= _LONGEST:
        given = f"{spec.maintenance.start}-{spec.maintenance.end}"
        yield f"maintenance: {given} lasts {length} minutes; allowed: {_SHORTEST} to {_LONGEST} minutes"
    if spec.max_storage_gib < (least := -(-spec.storage_gib * 11 // 10)):
        yield f"max_storage_gib: {spec.max_storage_gib} is not a tenth above storage_gib, as RDS asks; allowed: {least} and more"
    if spec.backup_region is not None:
        yield from _backup_region_mistakes(spec.backup_region, region)


def _backup_region_mistakes(code: str, region: geography.Region) -> Iterator[str]:
    try:
        target = geography.eu_region(Cloud.AWS, code)
    except geography.UnknownRegion as error:
        yield f"backup_region: {error}"
        return
    if target.code == region.code or target.partition != region.partition:
        others = [item.code for item in geography.eu_regions(Cloud.AWS) if item.partition == region.partition and item.code != region.code]
        yield f"backup_region: {code!r} is no second region of {region.partition}; allowed: {', '.join(others) or 'none'}"
