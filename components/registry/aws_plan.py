"""Decides a registry on AWS: clean-up rules and what may be cached. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from components.registry.spec import RegistrySpec

CACHES: Mapping[str, str] = {"public.ecr.aws": "ecr-public", "registry.k8s.io": "kubernetes", "quay.io": "quay"}
"""Public registries that ECR pulls through without credentials, and the prefix of their images here."""

UNTAGGED_DAYS = 7


@dataclass(frozen=True)
class Plan:
    """`caches` maps a public registry's host to its prefix. A repository that is not protected may be deleted with its images."""

    lifecycle: str
    caches: dict[str, str]
    force_delete: bool


def plan(spec: RegistrySpec) -> Plan:
    """Raises ValueError, one line per registry that cannot be cached."""
    if unknown := [(index, host) for index, host in enumerate(spec.caches) if host not in CACHES]:
        allowed = ", ".join(CACHES)
        raise ValueError(
            "\n".join(f"caches[{index}]: {host!r} is not served by ECR without credentials; allowed: {allowed}" for index, host in unknown)
        )
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
