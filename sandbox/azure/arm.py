"""Resource ids of the Azure Resource Manager: taken apart and compared without regard to case, as Azure does."""

from __future__ import annotations

import re
from typing import NamedTuple

_GROUP = re.compile(r"/subscriptions/(?P<subscription>[^/]+)(?:/resourceGroups/(?P<group>[^/]+))?(?P<rest>/.*)?", re.IGNORECASE)
_PROVIDERS = "/providers/"


class Id(NamedTuple):
    """`kind` is `Microsoft.Network/virtualNetworks/subnets`, `names` those of each part of the path. Of an extension resource (a role
    assignment, a lock) `scope` is what it hangs on."""

    subscription: str
    group: str
    kind: str
    names: tuple[str, ...]
    scope: str

    @property
    def name(self) -> str:
        return self.names[-1] if self.names else self.group or self.subscription


def is_id(value: str) -> bool:
    return value.lower().startswith(("/subscriptions/", "/providers/"))


def parse(value: str) -> Id | None:
    """None where the text is no well-formed id."""
    if value.endswith("/") or "//" in value or " " in value:
        return None
    match = _GROUP.fullmatch(value)
    if match is None and not value.lower().startswith(_PROVIDERS):
        return None
    subscription, group = (match["subscription"], match["group"] or "") if match else ("", "")
    at = value.lower().rfind(_PROVIDERS)
    if at < 0:
        return None if match is None or match["rest"] else Id(subscription, group, "", (), "")
    scope, parts = value[:at], value[at + len(_PROVIDERS) :].split("/")
    if len(parts) < 3 or len(parts) % 2 == 0:
        return None
    return Id(subscription, group, "/".join((parts[0], *parts[1::2])), tuple(parts[2::2]), scope)


def same(one: object, other: object) -> bool:
    return isinstance(one, str) and isinstance(other, str) and one.lower() == other.lower()


def under(value: str, scope: str) -> bool:
    """Whether a thing is the scope or lies below it."""
    lowered, above = value.lower(), scope.lower().rstrip("/")
    return lowered == above or lowered.startswith(f"{above}/")


def scopes(value: str) -> tuple[str, ...]:
    """The thing itself and everything above it up to the subscription."""
    parts = value.split("/")
    return tuple("/".join(parts[:count]) for count in range(len(parts), 2, -1))


def parent(value: str) -> str:
    """What a child resource is part of: the vault of a key, the network of a subnet. Empty for a resource of its own."""
    found = parse(value)
    return "/".join(value.split("/")[:-2]) if found and len(found.names) > 1 else ""
