"""Which kinds a cluster serves, and under which paths."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from sandbox.kubernetes.cluster.errors import Rejected
from sandbox.kubernetes.objects import mapping

Fetch = Callable[[str], Any]
"""GET of a path; raises Rejected."""


@dataclass(frozen=True)
class Resource:
    api_version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: frozenset[str] = frozenset()

    def path(self, namespace: str | None = None, name: str | None = None) -> str:
        """Of one object, or of the list. Without a namespace: of all of them."""
        root = f"/api/{self.api_version}" if "/" not in self.api_version else f"/apis/{self.api_version}"
        within = f"/namespaces/{quote(namespace, safe='')}" if self.namespaced and namespace else ""
        # Names of RBAC objects may hold colons, and nothing else that is special in a path.
        return f"{root}{within}/{self.plural}" + (f"/{quote(name, safe=':')}" if name else "")


class Discovery:
    """Asked once for each group and version; again when a kind is missing from the answer, since definitions come and go."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[str, dict[str, Resource]] = {}
        self._lock = threading.Lock()

    def resource(self, api_version: str, kind: str) -> Resource:
        """Raises Rejected (NoKindMatch) for what the cluster does not serve."""
        found = self._known.get(api_version, {}).get(kind)
        if found is None:
            kinds = self._read(api_version)
            with self._lock:
                self._known[api_version] = kinds
            found = kinds.get(kind)
        if found is None:
            served = ", ".join(sorted(self._known[api_version])) or "none of that version"
            raise Rejected("NoKindMatch", f'no matches for kind "{kind}" in version "{api_version}" (served: {served})', 404)
        return found

    def everything(self) -> Iterator[Resource]:
        """Every kind once, in its group's preferred version, read afresh."""
        versions = ["v1"]
        for group in cast("list[Any]", mapping(self._fetch("/apis")).get("groups") or []):
            versions.append(str(mapping(mapping(group).get("preferredVersion")).get("groupVersion")))
        for version in versions:
            yield from self._read(version).values()

    def _read(self, api_version: str) -> dict[str, Resource]:
        root = "/api" if "/" not in api_version else "/apis"
        try:
            answer = mapping(self._fetch(f"{root}/{api_version}"))
        except Rejected as error:
            if error.status == 404:
                return {}
            raise
        listed = [mapping(entry) for entry in cast("list[Any]", answer.get("resources") or [])]
        # Subresources (deployments/status) repeat the kind.
        return {str(entry["kind"]): _resource(api_version, entry) for entry in listed if "/" not in str(entry["name"])}


def _resource(api_version: str, entry: dict[str, Any]) -> Resource:
    verbs = frozenset(cast("list[str]", entry.get("verbs") or []))
    return Resource(api_version, str(entry["kind"]), str(entry["name"]), entry.get("namespaced") is True, verbs)
