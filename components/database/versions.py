"""PostgreSQL's majors: when the project ends each, and which settings came and went between them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Major:
    """`ends` is the project's own date: no fix comes after it. Clouds ask a price for keeping one that has ended (AWS, GCP) or stop its
    support (Azure). `added` and `removed` are settings, against the major before."""

    ends: date
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


MAJORS: dict[str, Major] = {
    "15": Major(date(2027, 11, 11)),
    "16": Major(
        date(2028, 11, 9),
        added=frozenset({"createrole_self_grant", "reserved_connections", "scram_iterations", "vacuum_buffer_usage_limit"}),
        removed=frozenset({"force_parallel_mode", "promote_trigger_file", "vacuum_defer_cleanup_age"}),
    ),
    "17": Major(
        date(2029, 11, 8),
        added=frozenset({"allow_alter_system", "event_triggers", "io_combine_limit", "summarize_wal", "transaction_timeout"}),
        removed=frozenset({"db_user_namespace", "old_snapshot_threshold", "trace_recovery_messages"}),
    ),
}
"""By name, oldest first. Minors come by themselves, in the maintenance window."""


def ending(on: date, days: int) -> tuple[str, ...]:
    """Majors that end (or have ended) within `days` of `on`."""
    return tuple(name for name, major in MAJORS.items() if major.ends <= on + timedelta(days=days))


def unknown(major: str, settings: Iterable[str]) -> Iterator[str]:
    """Those of `settings` that the major does not have: come later, or gone before."""
    names = list(MAJORS)
    later = {setting for name in names[names.index(major) + 1 :] for setting in MAJORS[name].added}
    gone = {setting for name in names[: names.index(major) + 1] for setting in MAJORS[name].removed}
    return (setting for setting in settings if setting in later | gone)
