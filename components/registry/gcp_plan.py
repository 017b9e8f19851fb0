"""Decides a registry on GCP: names and what may be cached. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.naming import fit
from components.registry.spec import RegistrySpec
from components.registry.upstreams import ACCOUNTS, MIRRORED, PREFIXES, mistakes

LONGEST_ID = 63

CACHES: Mapping[str, str] = {host: PREFIXES[host] for host in MIRRORED}
"""Public registries that are pulled through, and the end of the name of their cache here."""

ADDRESSES: Mapping[str, str] = {"docker.io": "registry-1.docker.io"}
"""Where a registry is asked that answers under another name."""

UNTAGGED_SECONDS = 7 * 86_400


@dataclass(frozen=True)
class Plan:
    """`caches` maps a public registry's host to the id of the repository that stands in for it."""

    repository: str
    caches: dict[str, str]


def plan(spec: RegistrySpec, name: str) -> Plan:
    """Raises ValueError, one line per registry that cannot be cached."""
    if lines := list(mistakes(spec.caches, spec.credentials, CACHES, ACCOUNTS)):
        raise ValueError("\n".join(lines))
    return Plan(
        repository=fit(name, LONGEST_ID),
        caches={host: fit(f"{name}-{CACHES[host]}", LONGEST_ID) for host in spec.caches},
    )


def address(region: str, project: str, repository: str) -> str:
    return f"{region}-docker.pkg.dev/{project}/{repository}"
