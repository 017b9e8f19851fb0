"""Weekly windows in UTC, in the words that AWS takes for them. Pure."""

from __future__ import annotations

from components.vocabulary import Window

DAY = 24 * 60
WEEK = 7 * DAY
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def utc(window: Window) -> tuple[int, int]:
    """Minutes from Monday 00:00 UTC, and length. A window that ends before it begins runs past midnight."""
    begin, end = _minutes(window.start), _minutes(window.end)
    start = _DAYS.index(window.day) * DAY + begin - window.utc_offset_hours * 60
    return start % WEEK, (end - begin) % DAY


def weekly(start: int, length: int) -> str:
    """`sat:01:00-sat:03:00`."""
    return f"{_moment(start)}-{_moment(start + length)}"


def daily(start: int, length: int) -> str:
    """`23:00-00:00`."""
    return f"{_clock(start)}-{_clock(start + length)}"


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minute: int) -> str:
    return f"{minute % DAY // 60:02}:{minute % 60:02}"


def _moment(minute: int) -> str:
    return f"{_DAYS[minute % WEEK // DAY]}:{_clock(minute)}"
