"""Which systems a stack file chooses, each as data."""

from __future__ import annotations

from infra.settings import Settings
from infra.system import Place, SystemSpec
from infra.systems import SYSTEMS, Systems


def specs(settings: Settings) -> tuple[SystemSpec, ...]:
    """In the order of `Systems`."""
    place = Place(cloud=settings.cloud, region=settings.region, domain=settings.domain, ops_email=settings.ops_email)
    options = {field.alias or name: getattr(settings.systems, name) for name, field in Systems.model_fields.items()}
    return tuple(SYSTEMS[name].describe(settings.profile, chosen, place) for name, chosen in options.items() if chosen is not None)
