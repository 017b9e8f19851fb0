"""Environments as values, never as branches."""

from __future__ import annotations

from typing import Literal

from components.vocabulary import Spec

Environment = Literal["production", "staging", "development"]


class Profile(Spec):
    """What differs between environments. `path` is the segment of secret paths (`pn/production/…`)."""

    environment: Environment
    path: str
    highly_available: bool
    nat_per_zone: bool
    backup_days: int
    log_days: int
    deletion_protected: bool
    acme_production: bool
    """Staging certificates come from the authority's staging endpoint: no rate limits, not trusted by browsers."""
    pod_replicas: int
    mirror: bool
    """Every image is pulled through the stack's own registry."""


PROFILES: dict[Environment, Profile] = {
    "production": Profile(
        environment="production",
        path="production",
        highly_available=True,
        nat_per_zone=True,
        backup_days=30,
        log_days=90,
        deletion_protected=True,
        acme_production=True,
        pod_replicas=2,
        mirror=True,
    ),
    "staging": Profile(
        environment="staging",
        path="staging",
        highly_available=True,
        nat_per_zone=False,
        backup_days=7,
        log_days=30,
        deletion_protected=False,
        acme_production=False,
        pod_replicas=2,
        mirror=False,
    ),
    "development": Profile(
        environment="development",
        path="development",
        highly_available=False,
        nat_per_zone=False,
        backup_days=7,  # the least that Azure keeps
        log_days=14,
        deletion_protected=False,
        acme_production=False,
        pod_replicas=1,
        mirror=False,
    ),
}
