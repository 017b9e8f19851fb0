"""Judges wire values against a schema: unknown, missing, wrong type, wrong value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, cast

from sandbox.contract import UNKNOWN, Failure
from sandbox.reflection.model import EnumOf, ListOf, MapOf, ObjectOf, OneOf, Properties, Property, Scalar, Schema, Type

_NAMES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "asset": "an asset or archive",
}
_SHOWN = 60


def show(value: Any) -> str:
    """A value for a message; long ones are cut."""
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _suggest(name: str, known: Properties) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"unknown property{hint} (allowed: {', '.join(sorted(known)) or 'none'})"


def _fits(kind: str, value: Any) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            # Numbers cross the wire as doubles.
            return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))
        case "number":
            return not isinstance(value, bool) and isinstance(value, int | float)
        case _:
            return True


class Checker:
    """`open_enums` says whether values outside an open enum are refused too (some SDKs mark every enum as open)."""

    def __init__(self, schema: Schema, closed: bool = False) -> None:
        self._schema = schema
        self._closed = closed

    def resource(self, inputs: Mapping[str, Any]) -> Iterator[Failure]:
        yield from self._properties("", self._schema.inputs, inputs)

    def _properties(self, path: str, known: Properties, values: Mapping[str, Any]) -> Iterator[Failure]:
        for name, value in values.items():
            if value is None or name.startswith("__"):
                continue
            here = f"{path}.{name}" if path else name
            if (property_ := known.get(name)) is None:
                yield Failure(here, _suggest(name, known))
            else:
                yield from self._property(here, property_, value)
        for name, property_ in known.items():
            if property_.required and values.get(name) is None:
                yield Failure(f"{path}.{name}" if path else name, "missing required property")

    def _property(self, path: str, property_: Property, value: Any) -> Iterator[Failure]:
        failures = list(self._value(path, property_.type, value))
        yield from failures
        if not failures and property_.allowed and isinstance(value, str) and value not in property_.allowed:
            yield Failure(path, _one_of(value, property_.allowed))

    def _value(self, path: str, type_: Type, value: Any) -> Iterator[Failure]:
        if value is UNKNOWN or value is None:
            return
        match type_:
            case Scalar(kind):
                if not _fits(kind, value):
                    yield Failure(path, f"expected {_NAMES[kind]}, got {show(value)}")
            case EnumOf():
                yield from self._enum(path, type_, value)
            case ListOf(item):
                yield from self._list(path, item, value)
            case MapOf(item):
                yield from self._map(path, item, value)
            case ObjectOf(name):
                yield from self._object(path, name, value)
            case OneOf(options):
                tried = [list(self._value(path, option, value)) for option in options]
                if all(tried):
                    yield from min(tried, key=len)

    def _enum(self, path: str, enum: EnumOf, value: Any) -> Iterator[Failure]:
        if enum.open and not self._closed:
            yield from self._value(path, Scalar("string"), value)
        elif value not in enum.values:
            yield Failure(path, _one_of(value, enum.values))

    def _object(self, path: str, name: str, value: Any) -> Iterator[Failure]:
        if isinstance(value, Mapping):
            yield from self._properties(path, self._schema.objects[name], cast("Mapping[str, Any]", value))
        else:
            yield Failure(path, f"expected an object, got {show(value)}")

    def _list(self, path: str, item: Type, value: Any) -> Iterator[Failure]:
        if not isinstance(value, list):
            yield Failure(path, f"expected a list, got {show(value)}")
            return
        for index, element in enumerate(cast("list[Any]", value)):
            yield from self._value(f"{path}[{index}]", item, element)

    def _map(self, path: str, item: Type, value: Any) -> Iterator[Failure]:
        if not isinstance(value, Mapping):
            yield Failure(path, f"expected a map, got {show(value)}")
            return
        for key, element in cast("Mapping[str, Any]", value).items():
            yield from self._value(f"{path}.{key}", item, element)


def _one_of(value: Any, allowed: tuple[Any, ...]) -> str:
    return f"{show(value)} is not a valid value (allowed: {', '.join(map(str, allowed))})"


def check(schema: Schema, inputs: Mapping[str, Any], closed: bool = False) -> tuple[Failure, ...]:
    return tuple(Checker(schema, closed).resource(inputs))
