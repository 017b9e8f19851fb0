"""Translates between the engine's property bags and sealed Python values."""

from __future__ import annotations

from typing import Any, cast

from google.protobuf import json_format, struct_pb2

from sandbox.contract import UNKNOWN, Properties
from sandbox.sealing import Secret

# Signatures of special values, from the engine's sdk/go/common/resource/sig and plugin/rpc.go.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"

UNKNOWNS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def unmarshal(bag: struct_pb2.Struct) -> Properties:
    """Sealed properties. Nulls in objects are dropped (absent and null mean the same to every provider); assets stay as the
    engine's signed objects; a reference to a resource becomes its id."""
    return cast(Properties, _decode(json_format.MessageToDict(bag)))


def marshal(sealed: Properties) -> struct_pb2.Struct:
    bag = struct_pb2.Struct()
    bag.update(cast(Properties, _encode(sealed)))
    return bag


def is_asset(value: Any) -> bool:
    return isinstance(value, dict) and cast(Properties, value).get(SIGNATURE) in (ASSET, ARCHIVE)


def _decode(value: Any) -> Any:
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWNS else value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, list):
        return [_decode(item) for item in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    bag = cast(Properties, value)
    match bag.get(SIGNATURE):
        case None:
            return {key: _decode(item) for key, item in bag.items() if item is not None}
        case signature if signature == SECRET:
            inner = _decode(bag.get("value"))
            return inner if isinstance(inner, Secret) else Secret(inner)
        case signature if signature == OUTPUT:
            inner = _decode(bag["value"]) if "value" in bag else UNKNOWN
            return Secret(inner) if bag.get("secret") and not isinstance(inner, Secret) else inner
        case signature if signature == RESOURCE:
            return _decode(bag.get("id") or bag.get("urn"))
        case _:
            return bag


def _encode(value: Any) -> Any:
    if value is UNKNOWN:
        return UNKNOWN_STRING
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET, "value": _encode(value.value)}
    if isinstance(value, dict):
        return {key: _encode(item) for key, item in cast(Properties, value).items() if item is not None}
    if isinstance(value, list | tuple):
        return [_encode(item) for item in cast(list[Any], value)]
    return value
