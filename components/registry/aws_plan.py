"""Decides a registry on AWS: clean-up rules and what may be cached. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from components.registry.spec import RegistrySpec
from components.registry.upstreams import ACCOUNTS, MIRRORED, PREFIXES, mistakes

CACHES: Mapping[str, str] = {host: PREFIXES[host] for host in MIRRORED}
"""Public registries that ECR pulls through, and the prefix of their images here."""

ADDRESSES: Mapping[str, str] = {"docker.io": "registry-1.docker.io"}
"""Where ECR asks for a registry that answers under another name."""

SECRETS = "ecr-pullthroughcache/"
"""What the name of a secret with credentials must begin with: the service's own role reads these and no others."""

UNTAGGED_DAYS = 7


@dataclass(frozen=True)
class Plan:
    """`caches` maps a public registry's host to its prefix. A repository that is not protected may be deleted with its images."""

    lifecycle: str
    caches: dict[str, str]
    force_delete: bool


def plan(spec: RegistrySpec) -> Plan:
    """Raises ValueError, one line per registry that cannot be cached."""
    if lines := list(mistakes(spec.caches, spec.credentials, CACHES, ACCOUNTS)):
        raise ValueError("\n".join(lines))
    return Plan(
        lifecycle=lifecycle(spec.keep_images),
        caches={host: CACHES[host] for host in spec.caches},
        force_delete=not spec.deletion_protected,
    )


def lifecycle(keep: int) -> str:
    rules = [
        {
            "rulePriority": 1,
            "description": "Untagged images go after a week",
            "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": UNTAGGED_DAYS},
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "description": f"The newest {keep} tagged images stay",
            "selection": {"tagStatus": "tagged", "tagPatternList": ["*"], "countType": "imageCountMoreThan", "countNumber": keep},
            "action": {"type": "expire"},
        },
    ]
    return json.dumps({"rules": rules})
