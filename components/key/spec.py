"""What an encryption key must be."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from components.vocabulary import Spec

KeyService = Literal[
    "logs", "audit", "notifications", "backup", "nodes", "clusters", "databases", "caches", "buckets", "registries", "secrets"
]


class KeySpec(Spec):
    """One customer-managed symmetric key for one purpose, in the site's region, never replicated.

    `services` names the cloud services that use the key by themselves. On AWS those that store for a caller (`clusters`, `databases`,
    `caches`, `buckets`, `registries`, `secrets`) need no rights of their own, the caller's decide; on GCP each has an agent that must be
    let in; on Azure each resource brings an identity that is let in where the resource is made.

    An `exclusive` key is used by the workload identities that it is granted to and by nobody else: administrators of the account manage
    it, but none of their policies lets them encrypt or decrypt.
    """

    purpose: str
    services: tuple[KeyService, ...] = ()
    exclusive: bool = False
    rotation_days: int = Field(default=90, ge=90, le=2560)
    deletion_days: int = Field(default=30, ge=7, le=30, description="Days between the request to delete and the loss.")
    deletion_protected: bool = True

    @model_validator(mode="after")
    def _exclusive_means_alone(self) -> Self:
        if self.exclusive and self.services:
            raise ValueError(f"services: {', '.join(self.services)} cannot use an exclusive key: allowed: none")
        return self
