"""GCP's regions, and the project that a provider instance and a resource work in."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, cast

from components.geography import Cloud, regions
from sandbox.contract import UNKNOWN, Instance, Properties

REGIONS = {region.code: region.zones for region in regions(Cloud.GCP)}
"""Zones by region."""
PROJECT_ID = re.compile(r"(?:[a-z][a-z0-9.-]*:)?[a-z](?:[a-z0-9-]{4,28})[a-z0-9]")
_ZONE = re.compile(r"([a-z]+-[a-z]+\d+)-[a-z]")


def project(instance: Instance, inputs: Properties) -> str:
    """A resource's own `project` wins over its provider's."""
    own = inputs.get("project")
    return bare(own) if isinstance(own, str) and own else instance.variables.get("project", "")


def bare(value: str) -> str:
    return value.removeprefix("projects/")


def number(project_id: str) -> str:
    """GCP numbers its projects; the same project always gets the same number here."""
    return (
        project_id if project_id.isdecimal() else str(10**11 + int(hashlib.sha256(project_id.encode()).hexdigest()[:10], 16) % (9 * 10**11))
    )


def region_of(instance: Instance, inputs: Properties) -> str:
    """Where a resource lies: its own region or location, or the region of its zone; else the provider's."""
    for name in ("region", "location", "zone"):
        value = inputs.get(name)
        if isinstance(value, str) and value:
            code = value.rpartition("/")[2].lower()
            match = _ZONE.fullmatch(code)
            return match.group(1) if match else code
    return instance.region() or ""


def zones(region: str) -> tuple[str, ...]:
    return REGIONS.get(region, ())


def structured(instance: Instance, name: str) -> Any:
    """A provider variable that is a map or an object travels as JSON text."""
    text = instance.variables.get(name)
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def default_labels(instance: Instance) -> dict[str, str]:
    labels = structured(instance, "defaultLabels")
    return {str(k): str(v) for k, v in cast("dict[str, Any]", labels).items()} if isinstance(labels, dict) else {}


def all_labels(instance: Instance, inputs: Properties) -> Any:
    """A resource's own labels over the provider's; UNKNOWN while the own ones are not known."""
    own: Any = inputs.get("labels")
    if own is UNKNOWN:
        return UNKNOWN
    return {**default_labels(instance), **(cast("dict[str, Any]", own) if isinstance(own, dict) else {})}
