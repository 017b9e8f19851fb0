"""Walking through nested inputs, whatever the cloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from sandbox.contract import UNKNOWN


class Leaf(NamedTuple):
    """A text somewhere in the inputs: its wire path, the name of the property that holds it (also inside a list), and itself."""

    path: str
    name: str
    value: str


FREE_TEXT = frozenset({"tags", "tagsAll", "description", "comment", "values", "environment", "userData", "message"})
"""Properties whose texts mean nothing to a cloud."""


def leaves(value: Any, free: frozenset[str] = FREE_TEXT, path: str = "", name: str = "") -> Iterator[Leaf]:
    """Every text that may name something, at any depth: none of a property in `free`, nor of the bookkeeping."""
    if isinstance(value, str):
        yield Leaf(path, name, value)
    elif isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, Any]", value).items():
            if key not in free and not key.startswith("__"):
                yield from leaves(inner, free, f"{path}.{key}" if path else key, key)
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from leaves(inner, free, f"{path}[{index}]", name)


def find(value: Any, pattern: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every known value at a path like `rules[].expiration.days`, with its wire path. None and UNKNOWN are passed over."""
    head, _, rest = pattern.partition(".")
    listed = head.endswith("[]")
    name = head.removesuffix("[]")
    if not isinstance(value, Mapping):
        return
    inner = cast("Mapping[str, Any]", value).get(name)
    here = f"{path}.{name}" if path else name
    found: list[tuple[str, Any]] = [(here, inner)]
    if listed:
        found = [(f"{here}[{i}]", element) for i, element in enumerate(cast("list[Any]", inner))] if isinstance(inner, list) else []
    for where, element in found:
        if rest:
            yield from find(element, rest, where)
        elif element is not None and element is not UNKNOWN:
            yield where, element


def values(inputs: Mapping[str, Any], pattern: str) -> list[Any]:
    return [value for _, value in find(inputs, pattern)]


def texts(inputs: Mapping[str, Any], pattern: str) -> list[str]:
    return [value for value in values(inputs, pattern) if isinstance(value, str)]


def text(inputs: Mapping[str, Any], pattern: str) -> str | None:
    return next(iter(texts(inputs, pattern)), None)


def number(inputs: Mapping[str, Any], pattern: str) -> float | None:
    return next((value for value in values(inputs, pattern) if isinstance(value, int | float) and not isinstance(value, bool)), None)
