"""Typed values for outputs that the cloud would compute."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from sandbox.contract import UNKNOWN, Properties
from sandbox.reflection.model import EnumOf, ListOf, MapOf, ObjectOf, OneOf, Scalar, Schema, Type

_NEUTRAL: dict[str, Any] = {"string": "", "asset": "", "any": "", "integer": 0, "number": 0.0, "boolean": False}


def hexadecimal(length: int) -> str:
    return secrets.token_hex((length + 1) // 2)[:length]


def digits(length: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(length))


def capitals(length: int) -> str:
    return "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") for _ in range(length))


def identifier() -> str:
    return str(uuid.uuid4())


def suffix(seed: bytes, urn: str, length: int) -> str:
    """The automatic part of a name: the engine's seed makes preview and update agree."""
    return hashlib.sha256(seed + urn.encode()).hexdigest()[:length] if seed else hexadecimal(length)


def typed(schema: Schema, type_: Type) -> Any:
    """A neutral value of the type: empty text, zero, no elements; None for what the cloud leaves out."""
    match type_:
        case Scalar(kind):
            return _NEUTRAL[kind]
        case ListOf():
            return []
        case MapOf():
            return {}
        case EnumOf(values):
            return values[0]
        case OneOf(options):
            return typed(schema, options[0])
        case ObjectOf(object_):
            # With members that must be there, the cloud leaves it out as a whole.
            return None if any(member.required for member in schema.objects[object_].values()) else {}


def _default(schema: Schema, name: str) -> Any:
    """The value that the documentation gives as the input's default."""
    property_ = schema.inputs.get(name)
    if property_ is None or not property_.default:
        return None
    text = property_.default
    match property_.type:
        case Scalar("boolean") if text in {"true", "false"}:
            return text == "true"
        case Scalar("integer") if text.isdecimal():
            return int(text)
        case Scalar("string"):
            return text
        case _:
            return None


def complete(schema: Schema, known: Mapping[str, Any]) -> Properties:
    """`known` and a neutral value for every output that the SDK promises and `known` lacks."""
    outputs = {name: value for name, value in known.items() if value is not None and not name.startswith("__")}
    for name, property_ in schema.outputs.items():
        if name in outputs:
            continue
        value = _default(schema, name)
        if value is None and property_.required:
            value = typed(schema, property_.type)
        if value is not None:
            outputs[name] = value
    return outputs


def foreseen(schema: Schema, known: Mapping[str, Any]) -> Properties:
    """Outputs as preview shows them: what is known, UNKNOWN for what only the cloud can tell."""
    outputs = {name: value for name, value in known.items() if value is not None and not name.startswith("__")}
    return outputs | {name: UNKNOWN for name, property_ in schema.outputs.items() if property_.required and name not in outputs}
