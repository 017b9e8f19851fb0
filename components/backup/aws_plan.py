"""When AWS Backup backs up, and for how long it keeps what."""

from __future__ import annotations

from dataclasses import dataclass

from components.backup.spec import BackupSpec

TAG = "backup"
"""What carries this tag with the site's name as its value is backed up."""

HOURLY_DAYS = 2
CHANGEABLE_DAYS = 3
"""Days after which a lock cannot be undone, the shortest that AWS takes."""


@dataclass(frozen=True)
class Rule:
    """`schedule` is AWS's six-field cron in UTC; windows are minutes: how late a backup may start, how late end."""

    name: str
    schedule: str
    keep_days: int
    start_window: int
    completion_window: int
    copied: bool = False


@dataclass(frozen=True)
class Lock:
    min_days: int
    max_days: int
    changeable_days: int = CHANGEABLE_DAYS


@dataclass(frozen=True)
class Plan:
    rules: tuple[Rule, ...]
    lock: Lock | None
    copy_lock: Lock | None


def plan(spec: BackupSpec) -> Plan:
    """No continuous backups: AWS Backup would then take the databases' own retention and windows away from them."""
    rules = [Rule("daily", f"cron(0 {spec.start_hour_utc} * * ? *)", spec.backup_days, 60, 360, copied=spec.copy_region is not None)]
    if spec.hourly:
        rules.append(Rule("hourly", "cron(30 * * * ? *)", HOURLY_DAYS, 60, 120))
    if not spec.locked:
        return Plan(tuple(rules), None, None)
    # A lock refuses backups that are kept shorter or longer than it says: it spans the rules of its vault.
    kept = [rule.keep_days for rule in rules]
    return Plan(tuple(rules), Lock(min(kept), max(kept)), Lock(spec.backup_days, spec.backup_days))
