"""Decides a registry on Azure: its name, worldwide, and what may be cached. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from components.naming import worldwide
from components.registry.spec import RegistrySpec
from components.registry.upstreams import MIRRORED, PREFIXES, mistakes
from components.site import Site

CACHES: Mapping[str, str] = {**{host: PREFIXES[host] for host in MIRRORED}, "mcr.microsoft.com": "microsoft"}
"""Public registries that ACR pulls through, and the prefix of their images here."""

NEEDING = ("docker.io",)
"""GitHub's public images ACR pulls without an account too."""

UNTAGGED_DAYS = 7
LONGEST_NAME = 50

_REPOSITORY = re.compile(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*")


@dataclass(frozen=True)
class Plan:
    """`caches` maps a public registry's host to its prefix."""

    registry: str
    caches: dict[str, str]
    zone_redundant: bool


def plan(name: str, spec: RegistrySpec, site: Site) -> Plan:
    """Raises ValueError, one line per repository whose name is none and per registry that cannot be cached.

    `keep_images` is not held: Azure cleans up tagged images by a task alone, which runs outside the network and is not let in.
    """
    lines = [
        f"repositories[{index}]: {repository!r} is no name of a repository; allowed: lower-case letters, digits and single separators"
        for index, repository in enumerate(spec.repositories)
        if not _REPOSITORY.fullmatch(repository)
    ]
    # Whoever is let in by the registry is let in everywhere: an own repository under a cache's prefix would be taken for the upstream's.
    lines += [
        f"repositories[{index}]: {repository!r} is under the prefix of a cache; allowed: another than {', '.join(CACHES.values())}"
        for index, repository in enumerate(spec.repositories)
        if repository.partition("/")[0] in CACHES.values()
    ]
    lines += mistakes(spec.caches, spec.credentials, CACHES, NEEDING)
    if lines:
        raise ValueError("\n".join(lines))
    return Plan(
        registry=worldwide(name, site.account, LONGEST_NAME, hyphens=False),
        caches={host: CACHES[host] for host in spec.caches},
        zone_redundant=len(site.zones) > 1,
    )
