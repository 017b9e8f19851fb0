"""What the calls about one thing take their values from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sandbox.aws.moto.row import FIELD
from sandbox.contract import Properties

_OWN = ("id", "account", "region", "partition", "inputs")


@dataclass
class Thing:
    """See `row.Scope`."""

    inputs: Properties
    account: str
    region: str
    partition: str
    tags: dict[str, str]
    id: str = ""
    outputs: Properties = field(default_factory=dict[str, Any])

    def get(self, path: str) -> Any:
        if path in _OWN:
            return getattr(self, path)
        found = _at(self.inputs, path)
        return _at(self.outputs, path) if found is None else found

    def value(self, source: Any) -> Any:
        """What a table's source stands for here."""
        if callable(source):
            return source(self)
        if isinstance(source, str):
            if source.startswith("$"):
                return self.get(source[1:])
            return FIELD.sub(lambda found: str(self.get(found.group(1))), source)
        if isinstance(source, Mapping):
            return {key: self.value(inner) for key, inner in cast("Mapping[str, Any]", source).items()}
        if isinstance(source, list | tuple):
            return [self.value(inner) for inner in cast("list[Any]", source)]
        return source


def _at(properties: Mapping[str, Any], path: str) -> Any:
    value: Any = properties
    for part in path.split("."):
        if isinstance(value, list) and value:
            value = cast("list[Any]", value)[int(part)] if part.isdecimal() else cast("list[Any]", value)[0]
            if part.isdecimal():
                continue
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, Any]", value).get(part)
    return value
