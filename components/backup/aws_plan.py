"""When AWS Backup backs up, and for how long it keeps what."""

from __future__ import annotations

from dataclasses import dataclass

from components.backup.spec import BackupSpec

TAG = "backup"
"""What carries this tag with the site's name as its value is backed up."""

WEEKLY_TAG = "backup-weekly"
"""What carries this tag with `weekly()` as its value is backed up once a week too."""

HOURLY_DAYS = 2
AFTER_DAILY = 2
"""Hours from the daily backup to the weekly one of the same day: started together, one of the two would be left out."""

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
    """`weekly` are by the days that they keep."""

    rules: tuple[Rule, ...]
    weekly: dict[int, Rule]
    lock: Lock | None
    copy_lock: Lock | None


def plan(spec: BackupSpec) -> Plan:
    """No continuous backups: AWS Backup would then take the databases' own retention and windows away from them."""
    copied = spec.copy_region is not None
    rules = [Rule("daily", f"cron(0 {spec.start_hour_utc} * * ? *)", spec.backup_days, 60, 360, copied=copied)]
    if spec.hourly:
        rules.append(Rule("hourly", "cron(30 * * * ? *)", HOURLY_DAYS, 60, 120))
    hour = (spec.start_hour_utc + AFTER_DAILY) % 24
    every_week = {days: Rule("weekly", f"cron(0 {hour} ? * SUN *)", days, 60, 360, copied=copied) for days in sorted(set(spec.weekly_days))}
    if not spec.locked:
        return Plan(tuple(rules), every_week, None, None)
    # A lock refuses backups that are kept shorter or longer than it says: it spans the rules of its vault.
    kept = [rule.keep_days for rule in (*rules, *every_week.values())]
    copies = [rule.keep_days for rule in (rules[0], *every_week.values())]
    return Plan(tuple(rules), every_week, Lock(min(kept), max(kept)), Lock(min(copies), max(copies)))


def weekly(site: str, days: int) -> str:
    """Another one for each stack of an account and for each number of days."""
    return f"{site}-{days}"
