"""The critical path of a recorded stack: the shortest time in which its resources can be created, given how long each takes alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, cast

Recorded = Mapping[str, Any]
"""One entry of `deployment.resources` in the engine's exported state."""


@dataclass(frozen=True)
class Path:
    """`seconds` of the longest chain, and its URNs from first to last (those that take time)."""

    seconds: float
    urns: tuple[str, ...]


def waits_for(resource: Recorded) -> Iterator[str]:
    """URNs that must exist before `resource` can be created: what it depends on, its parent and its provider."""
    yield from resource.get("dependencies") or ()
    by_property = cast("Mapping[str, Iterable[str] | None]", resource.get("propertyDependencies") or {})
    for urns in by_property.values():
        yield from urns or ()
    if parent := resource.get("parent"):
        yield parent
    if provider := resource.get("provider"):
        yield provider.rsplit("::", 1)[0]  # a provider reference is its URN and its id


def critical_path(resources: Iterable[Recorded], seconds: Callable[[Recorded], float]) -> Path:
    """The longest chain through `waits_for`. A URN that is not among `resources` takes no time; a cycle raises `CycleError`."""
    by_urn = {resource["urn"]: resource for resource in resources}
    graph = {urn: {before for before in waits_for(resource) if before in by_urn} for urn, resource in by_urn.items()}
    ends: dict[str, Path] = {}
    for urn in TopologicalSorter(graph).static_order():
        longest = max((ends[before] for before in graph[urn]), key=lambda path: path.seconds, default=Path(0.0, ()))
        own = seconds(by_urn[urn])
        ends[urn] = Path(longest.seconds + own, (*longest.urns, urn)) if own > 0 else longest
    return max(ends.values(), key=lambda path: path.seconds, default=Path(0.0, ()))
