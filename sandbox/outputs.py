"""What every cloud's stand-in needs to make outputs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from sandbox.contract import Properties


def mapping(value: Any) -> dict[str, Any]:
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def merged(made: Mapping[str, Any], known: Mapping[str, Any]) -> Properties:
    """What is known wins, member by member; a known None does not."""
    result = dict(made)
    for name, value in known.items():
        if isinstance(value, Mapping) and isinstance(made.get(name), Mapping):
            result[name] = merged(made[name], cast("Mapping[str, Any]", value))
        elif value is not None:
            result[name] = value
    return result


def remembered(given: Any, before: Any, given_before: Any) -> Any:
    """A new value with what the cloud added to the old one: members that stood there although nobody had given them."""
    if not isinstance(given, Mapping) or not isinstance(before, Mapping):
        return cast("Any", given)
    new, old, asked = mapping(cast("Any", given)), mapping(cast("Any", before)), mapping(given_before)
    added = {name: value for name, value in old.items() if name not in new and name not in asked}
    return {**{name: remembered(value, old.get(name), asked.get(name)) for name, value in new.items()}, **added}
