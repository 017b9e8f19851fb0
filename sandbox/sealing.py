"""Marks what is secret inside property values, and carries the marks from inputs to whatever echoes them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from sandbox.contract import UNKNOWN, Properties

SHORTEST_ALONE = 8
"""Shorter secret strings are followed by place only: `true` or `admin` would turn half of the outputs secret."""
SHORTEST_NESTED = 16
"""The same for strings inside a secret object, where most leaves are ordinary words."""


@dataclass(frozen=True)
class Secret:
    """A value that the engine marked as secret. Properties that hold them are called sealed."""

    value: Any

    def __repr__(self) -> str:
        return "[secret]"


def reveal(sealed: Any) -> Any:
    """The same value without marks."""
    if isinstance(sealed, Secret):
        return reveal(sealed.value)
    if isinstance(sealed, dict):
        return {key: reveal(value) for key, value in cast(Properties, sealed).items()}
    if isinstance(sealed, list):
        return [reveal(value) for value in cast(list[Any], sealed)]
    return sealed


def unsealed(sealed: Any) -> Any:
    """The same value without what is secret in it."""
    if isinstance(sealed, dict):
        return {key: unsealed(value) for key, value in cast(Properties, sealed).items() if not isinstance(value, Secret)}
    if isinstance(sealed, list):
        return [unsealed(value) for value in cast(list[Any], sealed) if not isinstance(value, Secret)]
    return sealed


def has_secret(sealed: Any) -> bool:
    if isinstance(sealed, Secret):
        return True
    if isinstance(sealed, dict):
        return any(has_secret(value) for value in cast(Properties, sealed).values())
    if isinstance(sealed, list):
        return any(has_secret(value) for value in cast(list[Any], sealed))
    return False


def has_unknown(value: Any) -> bool:
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, dict):
        return any(has_unknown(item) for item in cast(Properties, value).values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in cast(list[Any], value))
    return value is UNKNOWN


def seal(plain: Properties, *sources: Properties, names: Iterable[str] = ()) -> Properties:
    """Marks in `plain` what is secret at the same place in a sealed source, what echoes a secret string, and top-level `names`.

    A string that a source gives in the open at the same place stays open, although it may equal a part of some secret.
    """
    marked: Any = plain
    for source in sources:
        marked = _by_place(marked, source)
    needles = {needle for source in sources for needle in _needles(source)}
    if needles:
        marked = _by_value(marked, needles, list(sources))
    for name in names:
        if name in marked and not isinstance(marked[name], Secret):
            marked = {**marked, name: Secret(reveal(marked[name]))}
    return marked


def scrub(text: str, *sources: Properties) -> str:
    """A message without the secret strings that it may quote."""
    for needle in sorted({needle for source in sources for needle in _needles(source)}, key=len, reverse=True):
        text = text.replace(needle, "[secret]")
    return text


def _by_place(value: Any, source: Any) -> Any:
    if isinstance(value, Secret):
        return value
    if isinstance(source, Secret):
        return Secret(reveal(value))
    if isinstance(value, dict) and isinstance(source, dict):
        given = cast(Properties, source)
        return {key: _by_place(item, given[key]) if key in given else item for key, item in cast(Properties, value).items()}
    if isinstance(value, list) and isinstance(source, list):
        items, others = cast(list[Any], value), cast(list[Any], source)
        if len(items) == len(others):
            return [_by_place(item, other) for item, other in zip(items, others, strict=True)]
        # Clouds treat many lists as sets: once elements moved, the place says nothing, so the whole list is guarded.
        return Secret(reveal(items)) if has_secret(others) else items
    return cast(Any, value)


def _by_value(value: Any, needles: set[str], sources: list[Any]) -> Any:
    if isinstance(value, str):
        if value in sources:
            return value
        return Secret(value) if any(needle in value for needle in needles) else value
    if isinstance(value, dict):
        return {key: _by_value(item, needles, _inside(sources, key)) for key, item in cast(Properties, value).items()}
    if isinstance(value, list):
        return [_by_value(item, needles, _inside(sources, index)) for index, item in enumerate(cast(list[Any], value))]
    return value


def _inside(sources: list[Any], step: str | int) -> list[Any]:
    found: list[Any] = []
    for source in sources:
        if isinstance(source, dict) and step in source:
            found.append(cast(Properties, source)[cast(str, step)])
        elif isinstance(source, list) and isinstance(step, int) and step < len(cast(list[Any], source)):
            found.append(cast(list[Any], source)[step])
    return found


def _needles(sealed: Any) -> Iterator[str]:
    if isinstance(sealed, Secret):
        if isinstance(sealed.value, str):
            yield from _spellings(sealed.value, SHORTEST_ALONE)
        else:
            for text in _strings(sealed.value):
                yield from _spellings(text, SHORTEST_NESTED)
    elif isinstance(sealed, dict):
        for value in cast(Properties, sealed).values():
            yield from _needles(value)
    elif isinstance(sealed, list):
        for value in cast(list[Any], sealed):
            yield from _needles(value)


def _spellings(text: str, shortest: int) -> Iterator[str]:
    """As it is, in base64 (Kubernetes secrets) and inside JSON."""
    if len(text) >= shortest:
        yield text
        yield base64.b64encode(text.encode()).decode()
        yield json.dumps(text)[1:-1]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in cast(Properties, value).values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in cast(list[Any], value):
            yield from _strings(item)
