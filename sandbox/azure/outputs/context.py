"""What an output function gets to work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sandbox.azure.lookup import find, part
from sandbox.azure.subscription import plain, subscription, tenant
from sandbox.contract import Instance, Properties, Record, Request, World
from sandbox.reflection.model import Schema


@dataclass(frozen=True)
class Context:
    """`inputs` as they were checked; `prior` is the record on update."""

    request: Request
    schema: Schema
    inputs: Properties
    id: str
    prior: Record | None
    world: World

    @property
    def instance(self) -> Instance:
        return self.request.instance

    @property
    def name(self) -> str:
        return self.id.rpartition("/")[2]

    @property
    def location(self) -> str:
        return plain(self.text("location") or self.instance.variables.get("location", ""))

    @property
    def subscription(self) -> str:
        return subscription(self.instance)

    @property
    def tenant(self) -> str:
        return tenant(self.instance)

    def at(self, path: str) -> Any:
        return part(self.inputs, path)

    def text(self, path: str) -> str:
        value = self.at(path)
        return value if isinstance(value, str) else ""

    def keep(self, path: str, make: Callable[[], Any]) -> Any:
        """A value that Azure makes once: as it was on update, made anew otherwise."""
        value = part(self.prior.outputs, path) if self.prior else None
        return make() if value in (None, "") else value

    def other(self, id_: Any) -> Record | None:
        return find(self.world, id_) if isinstance(id_, str) else None


Outputs = Callable[[Context], Properties]
"""Computed values and forms of the answer that differ from the input's; objects are merged into the inputs member by member."""


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def mapping(value: Any) -> dict[str, Any]:
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}


def over(below: Mapping[str, Any], above: Mapping[str, Any]) -> Properties:
    """`above` wins, objects are merged; None in it takes a member away."""
    result = dict(below)
    for name, value in above.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(below.get(name), Mapping):
            result[name] = over(below[name], cast("Mapping[str, Any]", value))
        else:
            result[name] = value
    return result
