"""Where each cloud has what the requirement rows ask for."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from components.vocabulary import Cloud
from tests.inventory.clouds.facts import View


def view(cloud: Cloud) -> View:
    module = import_module(f"{__name__}.{cloud}")
    return cast("View", getattr(module, f"{cloud.value.capitalize()}View")())
