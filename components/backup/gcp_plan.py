"""When Backup for GKE backs up, where, and for how long it keeps what."""

from __future__ import annotations

from dataclasses import dataclass

from components import geography
from components.backup.spec import BackupSpec
from components.vocabulary import Cloud

HOURLY_DAYS = 2


@dataclass(frozen=True)
class Line:
    """One backup plan. `schedule` is five-field cron in UTC. A locked backup can be deleted by nobody for `lock_days`."""

    name: str
    region: str
    schedule: str
    keep_days: int
    lock_days: int


@dataclass(frozen=True)
class Plan:
    lines: tuple[Line, ...]
    locked: bool


def plan(spec: BackupSpec, region: geography.Region) -> Plan:
    """Raises ValueError for a second region that is outside the EU or the first one again.

    Each plan begins at another minute or hour, so that backups of the one cluster do not meet.
    """
    lines = [_line(spec, "daily", region.code, f"0 {spec.start_hour_utc} * * *", spec.backup_days)]
    if spec.hourly:
        lines.append(_line(spec, "hourly", region.code, "30 * * * *", HOURLY_DAYS))
    if spec.copy_region:
        later = (spec.start_hour_utc + 1) % 24
        lines.append(_line(spec, "copy", _second(spec.copy_region, region), f"0 {later} * * *", spec.backup_days))
    return Plan(tuple(lines), spec.locked)


def _line(spec: BackupSpec, name: str, region: str, schedule: str, days: int) -> Line:
    return Line(name, region, schedule, days, days if spec.locked else 0)


def _second(code: str, region: geography.Region) -> str:
    try:
        target = geography.eu_region(Cloud.GCP, code)
    except geography.UnknownRegion as error:
        raise ValueError(f"copy_region: {error}") from None
    if target.code == region.code:
        others = [item.code for item in geography.eu_regions(Cloud.GCP) if item.code != region.code]
        raise ValueError(f"copy_region: {code!r} is no second region; allowed: {', '.join(others)}")
    return target.code
