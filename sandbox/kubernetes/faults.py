"""Faults on the way to an API server, told in its own terms."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import httpx

from sandbox.kubernetes.cluster.faulty import Busy, Decide, Fault, Lost

_WRITES = frozenset({"PATCH", "POST", "PUT"})


def decide(inject: Callable[[str, str], str | None]) -> Decide:
    """`inject` is asked with `kubernetes` and the resource in the plural (`deployments`); only real writes lose their answers."""
    busy = itertools.cycle((Busy(429), Busy(503)))

    def met(request: httpx.Request) -> Fault | None:
        writes = request.method in _WRITES and "dryRun" not in request.url.params
        resource = resource_of(request.url.path)
        match inject("kubernetes", resource if writes else f"{request.method} {resource}"):
            case "throttle":
                return next(busy)
            case "drop":
                return Lost()
            case _:
                return None

    return met


def resource_of(path: str) -> str:
    """`/apis/apps/v1/namespaces/x/deployments/y` → `deployments`; `/api/v1/namespaces/x` → `namespaces`."""
    parts = path.strip("/").split("/")[2 if path.startswith("/api/") else 3 :]
    if parts[:1] == ["namespaces"] and len(parts) > 2:
        parts = parts[2:]
    return parts[0] if parts else ""
