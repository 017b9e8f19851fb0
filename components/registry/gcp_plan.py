"""Decides a registry on GCP: names and what may be cached. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.naming import fit
from components.registry.spec import RegistrySpec

LONGEST_ID = 63

CACHES: Mapping[str, str] = {"public.ecr.aws": "ecr-public", "registry.k8s.io": "kubernetes", "quay.io": "quay"}
"""Public registries that are pulled without credentials, and the end of the name of their cache here. The others limit who has no account
(docker.io) or want a token (ghcr.io)."""

UNTAGGED_SECONDS = 7 * 86_400


@dataclass(frozen=True)
class Plan:
    """`caches` maps a public registry's host to the id of the repository that stands in for it."""

    repository: str
    caches: dict[str, str]


def plan(spec: RegistrySpec, name: str) -> Plan:
    """Raises ValueError, one line per registry that cannot be cached."""
    if unknown := [(index, host) for index, host in enumerate(spec.caches) if host not in CACHES]:
        allowed = ", ".join(CACHES)
        raise ValueError(
            "\n".join(f"caches[{index}]: {host!r} is not pulled without credentials; allowed: {allowed}" for index, host in unknown)
        )
    return Plan(
        repository=fit(name, LONGEST_ID),
        caches={host: fit(f"{name}-{CACHES[host]}", LONGEST_ID) for host in spec.caches},
    )


def address(region: str, project: str, repository: str) -> str:
    return f"{region}-docker.pkg.dev/{project}/{repository}"
