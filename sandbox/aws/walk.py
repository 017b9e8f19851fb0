"""Texts in nested inputs that may name things of AWS, and where a thing is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from sandbox.contract import Record
from sandbox.walk import Leaf, find, number, text, texts, values

__all__ = ["ARN", "Leaf", "find", "leaves", "number", "text", "texts", "values", "where"]


_FREE_TEXT = frozenset({"tags", "tagsAll", "description", "comment", "values", "environment", "userData", "message"})
"""Properties whose texts mean nothing to AWS."""


def leaves(value: Any, path: str = "", name: str = "") -> Iterator[Leaf]:
    if isinstance(value, str):
        yield Leaf(path, name, value)
    elif isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, Any]", value).items():
            if key not in _FREE_TEXT and not key.startswith("__"):
                yield from leaves(inner, f"{path}.{key}" if path else key, key)
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from leaves(inner, f"{path}[{index}]", name)


def where(record: Record) -> str:
    """The region a thing is in: a resource may have its own."""
    region = record.outputs.get("region")
    return region if isinstance(region, str) and region else record.region


ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>[0-9]{12}|aws|):(?P<resource>.+)"
)
