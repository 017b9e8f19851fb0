"""What changed between two sets of inputs, and which of it lies in a place that forces a replacement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from sandbox.contract import UNKNOWN
from sandbox.reflection.model import ListOf, MapOf, ObjectOf, Schema, Type


def same(old: Any, new: Any) -> bool:
    """An absent value equals None, and 1 equals 1.0. A value that is not known yet may be anything: a change."""
    if new is UNKNOWN or old is UNKNOWN:
        return False
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        olds, news = cast("Mapping[str, Any]", old), cast("Mapping[str, Any]", new)
        return all(same(olds.get(key), news.get(key)) for key in {*olds, *news})
    if isinstance(old, list) and isinstance(new, list):
        before, after = cast("list[Any]", old), cast("list[Any]", new)
        return len(before) == len(after) and all(map(same, before, after))
    if isinstance(old, bool) is not isinstance(new, bool):
        return False
    return bool(old == new)


def changed(olds: Mapping[str, Any], news: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the top-level properties that differ."""
    names = sorted({*olds, *news})
    return tuple(name for name in names if not name.startswith("__") and not same(olds.get(name), news.get(name)))


def paths(olds: Mapping[str, Any], news: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Every object path that differs, without list indexes: `vpcConfig`, `vpcConfig.subnetIds`."""
    for name in changed(olds, news):
        path = f"{prefix}{name}"
        yield path
        yield from _below(olds.get(name), news.get(name), f"{path}.")


def _below(old: Any, new: Any, prefix: str) -> Iterator[str]:
    if isinstance(old, list) and isinstance(new, list):
        before, after = cast("list[Any]", old), cast("list[Any]", new)
        for index in range(min(len(before), len(after))):
            yield from _below(before[index], after[index], prefix)
    elif isinstance(old, Mapping) or isinstance(new, Mapping):
        empty: dict[str, Any] = {}
        before_map = cast("Mapping[str, Any]", old if isinstance(old, Mapping) else empty)
        after_map = cast("Mapping[str, Any]", new if isinstance(new, Mapping) else empty)
        yield from paths(before_map, after_map, prefix)


def documented(schema: Schema) -> frozenset[str]:
    """Object paths whose documentation says that a change forces a new resource."""
    return frozenset(_documented(schema, schema.inputs, "", ()))


def _documented(schema: Schema, properties: Mapping[str, Any], prefix: str, above: tuple[str, ...]) -> Iterator[str]:
    for name, property_ in properties.items():
        if property_.replaces:
            yield prefix + name
        if (object_ := _object(property_.type)) and object_ not in above:
            yield from _documented(schema, schema.objects[object_], f"{prefix}{name}.", (*above, object_))


def _object(type_: Type) -> str | None:
    match type_:
        case ObjectOf(name):
            return name
        case ListOf(item) | MapOf(item):
            return _object(item)
        case _:
            return None
