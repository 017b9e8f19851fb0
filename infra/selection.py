"""Which systems a stack file chooses, each as data."""

from __future__ import annotations

from infra.settings import Settings
from infra.system import Place, SystemSpec
from infra.systems import SYSTEMS


def specs(settings: Settings) -> tuple[SystemSpec, ...]:
    """In the order of `SYSTEMS`."""
    place = Place(cloud=settings.cloud, region=settings.region, domain=settings.domain, ops_email=settings.ops_email)
    return tuple(SYSTEMS[name].describe(settings.profile, options, place) for name, options in settings.systems.options().items())
