"""What others compose with a registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class RegistryOutputs:
    """`url` is the host (and path) before `/repository:tag`; `repositories` maps a repository to its full URL; `caches` maps a public
    registry's host to the prefix that replaces it (`public.ecr.aws/docker/library/postgres` is `<prefix>/docker/library/postgres`)."""

    url: pulumi.Output[str]
    repositories: Mapping[str, pulumi.Output[str]]
    caches: Mapping[str, pulumi.Output[str]]
