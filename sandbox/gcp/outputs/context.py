"""What an output function gets to work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from sandbox.contract import Properties, Record, Request, World
from sandbox.gcp.paths import canonical, identities, physical
from sandbox.gcp.projects import number, project, region_of
from sandbox.outputs import mapping


@dataclass(frozen=True)
class Context:
    """`known` are the inputs with name, project, place and labels filled in, on update also what was computed before."""

    request: Request
    known: Properties
    id: str
    prior: Record | None
    world: World

    @property
    def region(self) -> str:
        return region_of(self.request.instance, self.known)

    @property
    def location(self) -> str:
        return self.text("location") or self.region

    @property
    def project(self) -> str:
        return project(self.request.instance, self.known)

    @property
    def number(self) -> str:
        return number(self.project)

    def text(self, name: str) -> str:
        value = self.known.get(name)
        return value if isinstance(value, str) else ""

    def part(self, name: str) -> dict[str, Any]:
        return mapping(self.known.get(name))

    def items(self, name: str) -> list[Any]:
        value = self.known.get(name)
        return cast("list[Any]", value) if isinstance(value, list) else []

    def keep(self, path: str, make: Callable[[], Any]) -> Any:
        """A value that GCP makes once: as it was on update, made anew otherwise."""
        value: Any = self.prior.outputs if self.prior else {}
        for part in path.split("."):
            value = mapping(value).get(part)
        return make() if value in (None, "") else value

    def other(self, type_: str, value: Any) -> Record | None:
        """The thing of that type with this path, id or short name."""
        if not isinstance(value, str) or not value:
            return None
        path = canonical(value, self.project)
        return next((r for r in self.world.all(type_) if path in identities(r) or value in (r.id, physical(r))), None)


Outputs = Callable[[Context], Properties]
"""Computed values; what is known already wins over them, objects are merged member by member."""
