"""The location table: which inputs of which types hold a place."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import cast

from policies.model import Properties, Resource, objects

PLACE_NAME = re.compile(r"(?:^|[a-z])(?:[Rr]egion|[Ll]ocation|[Zz]one)s?(?:Name|Id)?s?$")


@cache
def locations() -> dict[str, list[str]]:
    """Every type of the three SDKs, with its paths; types without a place have an empty list. Written by `data/generate.py`."""
    return cast("dict[str, list[str]]", json.loads((Path(__file__).parent / "data" / "locations.json").read_text()))


def paths(resource: Resource) -> list[str]:
    """Paths of a known type; for a cloud's type that the table lacks (a newer SDK, another provider), whatever is named like a place."""
    known = locations().get(resource.type)
    return guessed(resource.properties) if known is None and resource.cloud else known or []


def guessed(properties: Properties) -> list[str]:
    found = {
        re.sub(r"\[\d+\]", "[]", f"{path}.{key}".lstrip("."))
        for path, around in objects(properties)
        for key in around
        if PLACE_NAME.search(key) and not key.lower().endswith(("hostedzoneid", "hostedzone", "timezone"))
    }
    return sorted(found)
