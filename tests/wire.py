"""What the engine is sent, as it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from google.protobuf import json_format, struct_pb2

from sandbox.marshal import SECRET, SIGNATURE


def secrets(bag: struct_pb2.Struct) -> Iterator[str]:
    """Paths of what the engine keeps secret: `passwords[0]`. The SDK's own reader calls all of an object secret that holds one."""
    return _paths(json_format.MessageToDict(bag), "")


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        inner = cast("dict[str, Any]", value)
        if inner.get(SIGNATURE) == SECRET:
            yield path
            return
        for key, item in inner.items():
            yield from _paths(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _paths(item, f"{path}[{index}]")
