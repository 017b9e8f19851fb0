"""What a container registry must be."""

from __future__ import annotations

from pydantic import Field

from components.registry.upstreams import OPEN
from components.vocabulary import Spec


class RegistrySpec(Spec):
    """Repositories with immutable tags, scanned on push, encrypted with the customer key."""

    repositories: tuple[str, ...] = Field(default=(), description="Of the stack's own images; none where all come from elsewhere.")
    caches: tuple[str, ...] = Field(
        default=OPEN,
        description="Public registries whose images are pulled through this one, so that nodes pull inside the region.",
    )
    credentials: tuple[str, ...] = Field(
        default=(), description="Those of `caches` that are asked in the name of an account; its name and token come beside the spec."
    )
    keep_images: int = Field(default=50, ge=1, description="Newest tagged images kept; untagged ones go after a week.")
    deletion_protected: bool = True
