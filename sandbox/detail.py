"""Turns a stand-in's verdict on changes into the property paths that the engine shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, cast

from sandbox.contract import Difference, Properties

Kind = Literal["ADD", "DELETE", "UPDATE"]
PLAIN = re.compile(r"[A-Za-z_$][\w$]*\Z")


def paths(difference: Difference, old: Properties, new: Properties) -> dict[str, tuple[Kind, bool, bool]]:
    """Path to (kind, replaces, is a change of inputs) for each top-level change, as deep as inputs tell."""
    found: dict[str, tuple[Kind, bool, bool]] = {}
    for name in dict.fromkeys((*difference.changes, *difference.replaces)):
        replaces = name in difference.replaces
        deep = list(_walk(_step("", name), old.get(name), new.get(name)))
        for path, kind in deep:
            found[path] = (kind, replaces, True)
        if not deep:
            # Equal inputs: the stand-in compared with what stands in the world.
            found[_step("", name)] = ("UPDATE", replaces, False)
    return found


def _walk(path: str, old: Any, new: Any) -> Iterator[tuple[str, Kind]]:
    if old is None and new is not None:
        yield path, "ADD"
    elif new is None and old is not None:
        yield path, "DELETE"
    elif isinstance(old, dict) and isinstance(new, dict):
        before, after = cast(Properties, old), cast(Properties, new)
        for key in dict.fromkeys((*before, *after)):
            yield from _walk(_step(path, key), before.get(key), after.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        left, right = cast(list[Any], old), cast(list[Any], new)
        for index in range(max(len(left), len(right))):
            yield from _walk(
                f"{path}[{index}]",
                left[index] if index < len(left) else None,
                right[index] if index < len(right) else None,
            )
    elif old != new:
        yield path, "UPDATE"


def _step(path: str, key: str) -> str:
    if not PLAIN.match(key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key
