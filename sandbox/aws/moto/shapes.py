"""Pulumi's properties as members of AWS's API, and back: by name, as botocore's service models spell and type them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

from sandbox.reflection.model import ListOf, MapOf, ObjectOf, OneOf, Scalar, Schema, Type

_OTHER = re.compile(r"[^a-z0-9]")
_TAGS = frozenset(
    {"tags", "taglist", "tagslist", "tagspecifications", "backupvaulttags", "backupplantags", "resourcetags", "tagspecification"}
)


def plain(name: str) -> str:
    return _OTHER.sub("", name.lower())


def _forms(name: str) -> tuple[str, ...]:
    """`SubnetIds` may be `subnetIds` or `subnetId` on the other side."""
    own = plain(name)
    return (
        own,
        own[:-3] + "y" if own.endswith("ies") else own.removesuffix("s"),
        own + "s",
        own[:-1] + "ies" if own.endswith("y") else own,
    )


def match(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that means the same as `name`."""
    known = {plain(one): one for one in reversed(list(names))}
    return next((known[form] for form in _forms(name) if form in known), None)


def is_tags(member: str) -> bool:
    return plain(member) in _TAGS


def to_member(value: Any, shape: Any) -> Any:
    """`value` as the shape takes it. What the shape does not know is left out: moto would not take it."""
    match shape.type_name:
        case "structure":
            inner = _single(value)
            return {
                member: to_member(inner[name], of)
                for member, of in shape.members.items()
                if (name := match(member, inner)) is not None and inner[name] is not None
            }
        case "list" if _pairs(shape.member) and (pairs := _single(value)) is value:
            return tags_as({key: text(one) for key, one in pairs.items()}, shape)
        case "list":
            items = cast("list[Any]", value) if isinstance(value, list) else [value]
            return [to_member(item, shape.member) for item in items]
        case "map":
            return {str(key): to_member(item, shape.value) for key, item in _single(value).items()}
        case kind:
            return _scalar(value, kind)


def _pairs(shape: Any) -> bool:
    """Whether it is a key with its value: Pulumi writes a list of those as a map."""
    return shape.type_name == "structure" and {name.lower() for name in shape.members} in ({"key", "value"}, {"tagkey", "tagvalue"})


def _single(value: Any) -> Mapping[str, Any]:
    """A block that may occur once is a list of one in some types."""
    first = cast("list[Any]", value)[0] if isinstance(value, list) and value else cast("object", value)
    return cast("Mapping[str, Any]", first) if isinstance(first, Mapping) else {}


def _scalar(value: Any, kind: str) -> Any:
    match kind:
        case "integer" | "long":
            return int(value)
        case "float" | "double":
            return float(value)
        case "boolean":
            return value in (True, "true", "True", "enabled", "ENABLED")
        case "string" if isinstance(value, bool):
            return str(value).lower()
        case "string" if isinstance(value, int | float):
            return str(int(value)) if float(value).is_integer() else str(value)
        case "string" if isinstance(value, Mapping | list):
            return json.dumps(value)
        case _:
            return value


def tags_as(tags: Mapping[str, str], shape: Any) -> Any:
    """Tags as a list of structures (Key or TagKey, Value or TagValue) or as a map, whichever the shape is."""
    if shape.type_name == "map":
        return dict(tags)
    key, value = (next(name for name in shape.member.members if name.lower().endswith(end)) for end in ("key", "value"))
    return [{key: name, value: text} for name, text in sorted(tags.items())]


def tags_from(found: Any) -> dict[str, str]:
    """The reverse, from either form."""
    if isinstance(found, Mapping):
        return {str(key): str(value) for key, value in cast("Mapping[str, Any]", found).items()}
    result: dict[str, str] = {}
    for one in cast("list[dict[str, Any]]", found or []):
        key = one.get("Key") or one.get("TagKey") or one.get("key")
        result[str(key)] = str(one.get("Value") or one.get("TagValue") or one.get("value") or "")
    return result


def to_property(value: Any, type_: Type, schema: Schema) -> Any:
    """`value` of an answer as Pulumi writes the property; what the SDK does not know is left out."""
    match type_:
        case ObjectOf(name):
            inner = _single(value)
            members = schema.objects[name]
            return {
                member: to_property(inner[key], of.type, schema)
                for member, of in members.items()
                if (key := match(member, inner)) is not None and inner[key] is not None
            }
        case ListOf(item):
            items = cast("list[Any]", value) if isinstance(value, list) else [value]
            return [to_property(one, item, schema) for one in items]
        case MapOf(_) if isinstance(value, list):
            return tags_from(value)
        case MapOf(item):
            return {str(key): to_property(one, item, schema) for key, one in _single(value).items()}
        case OneOf(options):
            return to_property(value, options[0], schema)
        case Scalar("string"):
            return json.dumps(value) if isinstance(value, Mapping | list) else text(value)
        case _:
            return value if isinstance(value, str | int | float | bool) else text(value)


def text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)


def digest(value: Any) -> str:
    """Equal for values that mean the same (order of lists and spacing of JSON do not count). No secret can be read from it."""
    return hashlib.sha256(json.dumps(_canonical(value), sort_keys=True, default=text).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return sorted(
            (_canonical(item) for item in cast("list[Any]", value)), key=lambda item: json.dumps(item, sort_keys=True, default=text)
        )
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return _canonical(json.loads(value))
        except ValueError:
            return value
    return value
