"""Rules that hold for every type: places and tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from sandbox.azure.subscription import LOCATIONS, plain
from sandbox.contract import UNKNOWN, Failure, Properties, Request
from sandbox.reflection.check import show

_GLOBAL = frozenset(
    {
        *("azure-native:dns:Zone", "azure-native:privatedns:PrivateZone", "azure-native:privatedns:VirtualNetworkLink"),
        *("azure-native:monitor:ActionGroup", "azure-native:monitor:ActivityLogAlert"),
    }
)
"""Things that are in no place: of these only action groups may have one."""
_ANYWHERE = {"azure-native:monitor:ActionGroup", "azure-native:monitor:ActivityLogAlert"}
_FORBIDDEN = frozenset("<>%&\\?/")
_RESERVED = ("microsoft", "azure", "windows")
_SHORT_KEYS = {"azure-native:storage:StorageAccount": 128}


def location(request: Request, inputs: Properties) -> Iterator[Failure]:
    value = inputs.get("location")
    if value is None or value is UNKNOWN:
        return
    where = plain(str(value))
    if where == "global":
        if request.type not in _GLOBAL:
            yield Failure("location", f"{show(value)}: LocationNotAvailableForResourceType, this type needs a region")
    elif where not in LOCATIONS:
        yield Failure("location", f"{show(value)} is not an Azure location (allowed: {', '.join(sorted(LOCATIONS))})")
    elif request.type in _GLOBAL - _ANYWHERE:
        yield Failure("location", f"{show(value)}: LocationNotAvailableForResourceType (allowed: global)")


def tags(request: Request, inputs: Properties) -> Iterator[Failure]:
    found = inputs.get("tags")
    if not isinstance(found, Mapping):
        return
    pairs = cast("Mapping[str, Any]", found)
    if len(pairs) > 50:
        yield Failure("tags", f"has {len(pairs)} tags, at most 50 are allowed")
    longest = _SHORT_KEYS.get(request.type, 512)
    if len({key.lower() for key in pairs}) < len(pairs):
        yield Failure("tags", "DuplicateTagKeys: tag names do not differ by case alone")
    for key, value in pairs.items():
        if len(key) > longest or (isinstance(value, str) and len(value) > 256):
            yield Failure(f"tags.{key}", f"a tag has a name of at most {longest} and a value of at most 256 characters")
        if set(key) & _FORBIDDEN:
            yield Failure(f"tags.{key}", r"a tag's name may not contain <, >, %, &, \, ?, /")
        if key.lower().startswith(_RESERVED):
            yield Failure(f"tags.{key}", "the prefixes microsoft, azure and windows are reserved")
