"""What the SDKs tell about a type: a small algebra of types that survives a trip through JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ScalarKind = Literal["string", "integer", "number", "boolean", "any", "asset"]


@dataclass(frozen=True)
class Scalar:
    kind: ScalarKind


@dataclass(frozen=True)
class ListOf:
    item: Type


@dataclass(frozen=True)
class MapOf:
    item: Type


@dataclass(frozen=True)
class ObjectOf:
    """`name` is a key of `Schema.objects`."""

    name: str


@dataclass(frozen=True)
class EnumOf:
    """`open` enums are written `Union[str, Enum]` in the SDK: the service may know more values than the SDK does."""

    values: tuple[Any, ...]
    open: bool = False


@dataclass(frozen=True)
class OneOf:
    options: tuple[Type, ...]


Type = Scalar | ListOf | MapOf | ObjectOf | EnumOf | OneOf
ANY = Scalar("any")


@dataclass(frozen=True)
class Property:
    """From the documentation: `allowed` are the only valid values (empty: it lists none), `default` is the default as text."""

    type: Type
    required: bool = False
    replaces: bool = False
    allowed: tuple[str, ...] = ()
    default: str = ""


Properties = dict[str, Property]
"""By wire (camelCase) name."""


@dataclass(frozen=True)
class Schema:
    token: str
    inputs: Properties
    outputs: Properties
    objects: Mapping[str, Properties] = field(default_factory=dict[str, Properties])


def encode(type_: Type) -> list[Any]:
    match type_:
        case Scalar(kind):
            return [kind]
        case ListOf(item):
            return ["list", encode(item)]
        case MapOf(item):
            return ["map", encode(item)]
        case ObjectOf(name):
            return ["object", name]
        case EnumOf(values, open_):
            return ["enum", list(values), open_]
        case OneOf(options):
            return ["one", [encode(option) for option in options]]


def decode(data: list[Any]) -> Type:
    match data:
        case ["list", item]:
            return ListOf(decode(item))
        case ["map", item]:
            return MapOf(decode(item))
        case ["object", name]:
            return ObjectOf(name)
        case ["enum", values, open_]:
            return EnumOf(tuple(values), open_)
        case ["one", options]:
            return OneOf(tuple(decode(option) for option in options))
        case [kind]:
            return Scalar(kind)
        case _:
            raise ValueError(f"not an encoded type: {data!r}")


def _dump_properties(properties: Properties) -> dict[str, Any]:
    return {name: [encode(p.type), p.required, p.replaces, list(p.allowed), p.default] for name, p in properties.items()}


def _load_properties(data: Mapping[str, Any]) -> Properties:
    return {
        name: Property(decode(t), required, replaces, tuple(allowed), default)
        for name, (t, required, replaces, allowed, default) in data.items()
    }


def dump(schema: Schema) -> dict[str, Any]:
    return {
        "token": schema.token,
        "inputs": _dump_properties(schema.inputs),
        "outputs": _dump_properties(schema.outputs),
        "objects": {name: _dump_properties(properties) for name, properties in schema.objects.items()},
    }


def load(data: Mapping[str, Any]) -> Schema:
    return Schema(
        token=data["token"],
        inputs=_load_properties(data["inputs"]),
        outputs=_load_properties(data["outputs"]),
        objects={name: _load_properties(properties) for name, properties in data["objects"].items()},
    )
