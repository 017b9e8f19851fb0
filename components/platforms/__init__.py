"""Chooses the cloud once: nothing above this line knows which cloud it runs on."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from components.platforms.base import Platform
from components.site import Site
from components.vocabulary import Cloud

__all__ = ["Platform", "load"]


class _PlatformModule(Protocol):
    def platform(self, site: Site) -> Platform: ...


def load(cloud: Cloud, site: Site) -> Platform:
    """Imports that cloud's SDK and no other's, and declares the region's explicit provider.

    Raises ValueError for a cloud that has no platform module yet.
    """
    try:
        module = import_module(f"{__name__}.{cloud}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{cloud}":
            raise
        raise ValueError(f"cloud: {cloud.value!r} has no platform yet") from None
    return cast("_PlatformModule", module).platform(site)
