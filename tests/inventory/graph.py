"""What waits for what in a recorded stack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.recorder import Recording, Registered


class Graph:
    """Edges run from a resource to what it waits for, by URN. Its provider is part of that, and what the provider's inputs come from."""

    def __init__(self, registered: Recording[Any]) -> None:
        self._items = {item.urn: item for item in registered}
        self._providers = {item.name: item.urn for item in registered if item.type.startswith("pulumi:providers:")}
        self._below: dict[str, frozenset[str]] = {}

    def below(self, urn: str) -> frozenset[str]:
        """Everything that comes before, however far."""
        if urn not in self._below:
            item = self._items.get(urn)  # providers' and outputs' URNs may lie outside the recording
            through = {self._providers[item.provider]} if item and item.provider in self._providers else frozenset[str]()
            direct = item.through | item.after | through if item else frozenset[str]()
            self._below[urn] = direct.union(*(self.below(other) for other in direct))
        return self._below[urn]

    def repeated(self) -> Iterator[tuple[Registered, Registered]]:
        """Edges of `depends_on` that the inputs bring about anyway: the resource, and what it need not name."""
        for item in self._items.values():
            implied = frozenset[str]().union(*(self.below(urn) for urn in item.through))
            yield from ((item, self._items[urn]) for urn in sorted(item.after & implied))
