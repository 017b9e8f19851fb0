"""Public registries, by the hosts that image references name. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

OPEN = ("public.ecr.aws", "registry.k8s.io", "quay.io")
"""Pulled by anybody, on every cloud."""

ACCOUNTS = ("docker.io", "ghcr.io")
"""Limit who has no account (Docker Hub: by address and hour) or hold private images (GitHub)."""

MIRRORED = (*OPEN, *ACCOUNTS)
"""All that the platform's charts and systems pull from."""

PREFIXES: Mapping[str, str] = {
    "public.ecr.aws": "ecr-public",
    "registry.k8s.io": "kubernetes",
    "quay.io": "quay",
    "docker.io": "docker-hub",
    "ghcr.io": "github",
}
"""What stands before a cached image's path here: the same on every cloud."""


def mistakes(caches: Sequence[str], credentials: Sequence[str], served: Collection[str], needing: Collection[str]) -> Iterator[str]:
    """One line per cache or credential that a cloud cannot serve. `needing` are those of `served` that it asks with an account alone."""
    free = ", ".join(host for host in served if host not in needing)
    for index, host in enumerate(caches):
        if host not in served:
            yield f"caches[{index}]: {host!r} is no registry that can be cached here; allowed: {', '.join(served)}"
        elif host in needing and host not in credentials:
            yield f"caches[{index}]: {host!r} is not pulled without credentials; allowed: {free}, or {host} in credentials too"
    for index, host in enumerate(credentials):
        if host not in ACCOUNTS:
            yield f"credentials[{index}]: {host!r} is pulled without; allowed: {', '.join(ACCOUNTS)}"
        elif host not in caches:
            yield f"credentials[{index}]: {host!r} is not cached; allowed: a host that is in caches"
