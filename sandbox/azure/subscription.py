"""Where a provider instance works: its subscription, tenant and location, and who it is there."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

from components.geography import Cloud, regions
from sandbox.contract import Failure, Instance

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
LOCATIONS = frozenset(region.code for region in regions(Cloud.AZURE))
CALLER = "00000000-0000-4000-8000-00000000ca11"
"""Object id of whoever runs the program: an identity of people, made elsewhere."""
_ENVIRONMENTS = ("public", "usgovernment", "china")


def plain(location: str) -> str:
    """The API takes "Italy North" and shows italynorth."""
    return location.replace(" ", "").lower()


def subscription(instance: Instance) -> str:
    return instance.variables.get("subscriptionId", "")


def tenant(instance: Instance) -> str:
    """The provider's, or one that stays the same for a subscription."""
    return instance.variables.get("tenantId") or str(uuid.uuid5(uuid.NAMESPACE_URL, f"tenant of {subscription(instance).lower()}"))


def client(instance: Instance) -> str:
    return instance.variables.get("clientId") or str(uuid.uuid5(uuid.NAMESPACE_URL, f"client of {subscription(instance).lower()}"))


def default_location(instance: Instance) -> str:
    return instance.variables.get("location", "")


def judge(instance: Instance) -> Iterator[Failure]:
    """The provider takes all of these from its environment when they are not given; the sandbox reads no ambient ones."""
    own, where = subscription(instance), default_location(instance)
    if not own:
        yield Failure("subscriptionId", "missing: the provider needs a subscription and the sandbox reads no ambient one")
    elif not GUID.fullmatch(own):
        yield Failure("subscriptionId", f"{own!r} is not a subscription id (a GUID)")
    if not where:
        yield Failure("location", "missing: the provider needs a location and the sandbox reads no ambient one")
    elif plain(where) not in LOCATIONS:
        yield Failure("location", f"{where!r} is not an Azure location (allowed: {', '.join(sorted(LOCATIONS))})")
    for name in ("tenantId", "clientId"):
        if (value := instance.variables.get(name)) and not GUID.fullmatch(value):
            yield Failure(name, f"{value!r} is not a GUID")
    if (environment := instance.variables.get("environment", "public")) not in _ENVIRONMENTS:
        yield Failure("environment", f"{environment!r} is not a valid value (allowed: {', '.join(_ENVIRONMENTS)})")
