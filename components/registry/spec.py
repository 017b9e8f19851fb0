"""What a container registry must be."""

from __future__ import annotations

from pydantic import Field

from components.vocabulary import Spec


class RegistrySpec(Spec):
    """Repositories with immutable tags, scanned on push, encrypted with the customer key."""

    repositories: tuple[str, ...] = Field(min_length=1)
    caches: tuple[str, ...] = Field(
        default=("public.ecr.aws", "registry.k8s.io", "quay.io"),
        description="Public registries whose images are pulled through this one, so that nodes pull inside the region.",
    )
    keep_images: int = Field(default=50, ge=1, description="Newest tagged images kept; untagged ones go after a week.")
    deletion_protected: bool = True
