"""ISO 8601 durations."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_FORM = re.compile(r"P(?=.)(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?(?:T(?=.)(?:(?P<h>\d+)H)?(?:\d+M)?(?:\d+S)?)?")
_DAYS = {"Y": 365, "M": 30, "W": 7, "D": 1, "h": 1 / 24}


def days(value: Any) -> float | None:
    """None where it is no duration."""
    match = _FORM.fullmatch(value) if isinstance(value, str) else None
    return sum(int(match[unit] or 0) * length for unit, length in _DAYS.items()) if match else None


def duration(low: float, high: float) -> Callable[[Any], str | None]:
    """A rule for `each`, its bounds in days."""

    def judge(value: Any) -> str | None:
        found = days(value)
        if found is None:
            return "is not an ISO 8601 duration like P90D"
        return None if low <= found <= high else f"is not between P{low:g}D and P{high:g}D"

    return judge
