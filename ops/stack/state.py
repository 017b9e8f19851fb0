"""What a stack's exported state says: how much there is, what it publishes, what is protected and what that stands on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ops.bench.path import waits_for
from ops.stack.events import STACK_TYPE

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key by which the engine marks secrets and assets in what it exports."""

Resource = Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """`resources` as exported; the stack itself and providers among them."""

    resources: tuple[Resource, ...]

    @classmethod
    def parse(cls, exported: str) -> State:
        deployment: Mapping[str, Any] = json.loads(exported).get("deployment") or {}
        resources: Sequence[Resource] = deployment.get("resources") or ()
        return cls(tuple(resources))

    @property
    def declared(self) -> tuple[Resource, ...]:
        """Without the stack itself, which the engine adds."""
        return tuple(resource for resource in self.resources if resource["type"] != STACK_TYPE)

    def by_package(self) -> dict[str, int]:
        """Custom resources by provider package; provider instances; components, the stack itself among them. Most first."""
        return dict(Counter(_package(resource) for resource in self.resources).most_common())

    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs; secrets are still sealed."""
        stack: Resource = next((resource for resource in self.resources if resource["type"] == STACK_TYPE), None) or {}
        return stack.get("outputs") or {}

    def protected(self) -> tuple[Resource, ...]:
        return tuple(resource for resource in self.declared if resource.get("protect"))

    def bearing(self) -> Mapping[str, frozenset[str]]:
        """URNs of what something protected needs, protected itself or not, and the names of what needs it."""
        by_urn = {resource["urn"]: resource for resource in self.declared}
        upon: dict[str, set[str]] = {}
        for resource in self.protected():
            open_, seen = [resource["urn"]], set[str]()
            while open_:
                fresh = {urn for urn in waits_for(by_urn[open_.pop()]) if urn in by_urn} - seen
                seen |= fresh
                open_ += fresh
            for urn in seen:
                upon.setdefault(urn, set()).add(name_of(resource))
        return {urn: frozenset(names) for urn, names in upon.items()}

    def standing_on(self) -> tuple[Resource, ...]:
        """What is not protected itself but must stay because something protected needs it."""
        needed = self.bearing()
        return tuple(resource for resource in self.declared if resource["urn"] in needed and not resource.get("protect"))


def name_of(resource: Resource) -> str:
    return resource["urn"].rsplit("::", 1)[1]


def _package(resource: Resource) -> str:
    if resource["type"].startswith("pulumi:providers:"):
        return "providers"
    return resource["type"].partition(":")[0] if resource.get("custom") else "components"


def flat(outputs: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted names and printable values, in order; a secret shows as `[secret]`."""
    for key, value in outputs.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            inner = cast("Mapping[str, Any]", value)
            if SIGNATURE in inner:
                yield name, "[secret]"
            else:
                yield from flat(inner, f"{name}.")
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield name, ", ".join(_one(item) for item in cast("Sequence[Any]", value)) or "none"
        else:
            yield name, _one(value)


def _one(value: Any) -> str:
    if isinstance(value, Mapping) and SIGNATURE in value:
        return "[secret]"
    return value if isinstance(value, str) else json.dumps(value)


def grouped(resources: Iterable[Resource]) -> dict[str, list[str]]:
    """Names by type, both in order of the alphabet."""
    groups: dict[str, list[str]] = {}
    for resource in sorted(resources, key=lambda one: (one["type"], name_of(one))):
        groups.setdefault(resource["type"], []).append(name_of(resource))
    return groups
