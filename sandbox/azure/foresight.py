"""What a preview tells of a resource that is not there yet: its inputs in the shape of its outputs, and at any depth unknown whatever only
the service fills in. So does the provider (its `PreviewOutputs`); an absent nested value would read as one that is not set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sandbox.contract import UNKNOWN, Properties
from sandbox.reflection.model import ListOf, MapOf, ObjectOf, Schema, Type
from sandbox.reflection.model import Properties as Shape


def outputs(schema: Schema, inputs: Properties) -> Properties:
    return _object(schema, schema.outputs, inputs)


def _object(schema: Schema, shape: Shape, given: Mapping[str, Any]) -> Properties:
    return {name: _value(schema, property_.type, given[name]) if name in given else UNKNOWN for name, property_ in shape.items()}


def _value(schema: Schema, type_: Type, given: Any) -> Any:
    """Identities go in as a list and come back as a mapping of what each is called: nobody knows that before."""
    match type_:
        case ObjectOf(name) if isinstance(given, dict):
            return _object(schema, schema.objects[name], cast("Properties", given))
        case ListOf(item) if isinstance(given, list):
            return [_value(schema, item, one) for one in cast("list[Any]", given)]
        case MapOf(item) if isinstance(given, dict):
            return {key: _value(schema, item, one) for key, one in cast("Properties", given).items()}
        case ObjectOf() | ListOf() | MapOf():
            return UNKNOWN
        case _:
            return given
