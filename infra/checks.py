"""What single values of a stack file must be. Each check gives the value back or raises ValueError with what is allowed."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from components import geography
from components.vocabulary import Cloud

EMAIL = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DOMAIN = re.compile(rf"^({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])$")
_ACCOUNT: Mapping[Cloud, tuple[str, str]] = {
    Cloud.AWS: (r"\d{12}", "an account id of 12 digits, in quotes"),
    Cloud.GCP: (r"[a-z][a-z0-9-]{4,28}[a-z0-9]", "a project id"),
    Cloud.AZURE: (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "a subscription id"),
}
_SHORTEST_NAME, _LONGEST_NAME = 2, 12
_PRIVATE = tuple(ipaddress.IPv4Network(item) for item in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def network(value: str, *, widest: int, narrowest: int) -> str:
    """A private IPv4 network without host bits, between two prefix lengths."""
    try:
        parsed = ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is no IPv4 network ({error}); allowed: such as 10.20.0.0/{widest}") from None
    if not any(parsed.subnet_of(block) for block in _PRIVATE):
        raise ValueError(f"{value!r} is not private; allowed: inside {', '.join(map(str, _PRIVATE))}")
    if not widest <= parsed.prefixlen <= narrowest:
        size = "small" if parsed.prefixlen > narrowest else "large"
        raise ValueError(f"{value!r} is too {size} (/{parsed.prefixlen}); allowed: /{widest} to /{narrowest}")
    return value


def apart(cidr: str, others: Mapping[str, str]) -> None:
    """Refuses networks that overlap: routes between them would be ambiguous."""
    own = ipaddress.IPv4Network(cidr)
    clashes = [f"{name} {other!r}" for name, other in others.items() if own.overlaps(ipaddress.IPv4Network(other))]
    if clashes:
        raise ValueError(f"cidr {cidr!r} overlaps {', '.join(clashes)}; allowed: a private network apart from them")


def admin_range(value: str) -> str:
    """A public or private range that is somebody's, not everybody's: /16 or narrower (IPv6: /32)."""
    try:
        parsed = ipaddress.ip_network(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is no network ({error}); allowed: such as 203.0.113.0/24") from None
    floor = 16 if parsed.version == 4 else 32
    if parsed.prefixlen < floor:
        raise ValueError(f"{value!r} opens the cluster's API to {parsed.num_addresses:,} addresses; allowed: /{floor} or narrower")
    return value


def name(value: str) -> str:
    """Short, since `<name>-<environment>` begins every name, and the clouds' names of roles and databases end at 63 or 64 characters.
    Databases begin with a letter and have no two hyphens in a row."""
    if not (_SHORTEST_NAME <= len(value) <= _LONGEST_NAME and _NAME.fullmatch(value)):
        raise ValueError(
            f"{value!r} cannot begin resource names; allowed: {_SHORTEST_NAME} to {_LONGEST_NAME} lower-case letters and digits, a letter "
            "first, single hyphens between"
        )
    return value


def domain(value: str, *, names: bool) -> str:
    """`names`: its first label begins the names of resources, because the stack has no name."""
    if len(value) > 200 or not _DOMAIN.fullmatch(value):
        raise ValueError(f"{value!r} is no domain name; allowed: lower-case labels with dots between, such as playnew.ai")
    if names:
        try:
            name(value.split(".")[0])
        except ValueError as error:
            raise ValueError(f"{value!r}: its first label {error}; or set `name`") from None
    return value


def account(cloud: Cloud | None, value: str) -> str:
    if cloud is None:
        return value
    pattern, wanted = _ACCOUNT[cloud]
    if not re.fullmatch(pattern, value):
        raise ValueError(f"{value!r} is no {cloud} account; allowed: {wanted}")
    return value


_PRINCIPAL: Mapping[Cloud, tuple[str, str]] = {
    Cloud.AWS: (r"arn:aws(-eusc)?:iam::\d{12}:(role|user)/[\w+=,.@/-]+", "the ARN of an IAM role or user"),
    Cloud.GCP: (r"(user|group|serviceAccount):[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+", "such as group:platform@example.eu"),
    Cloud.AZURE: (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "the object id of an Entra group"),
}
_DENY_TARGET: Mapping[Cloud, tuple[str, str]] = {
    Cloud.AWS: (r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|\d{12}|r-[0-9a-z]{4,32}", "an organisational unit, a root or an account id"),
    Cloud.GCP: (r"organizations/\d+|folders/\d+|projects/[a-z][a-z0-9-]{4,28}[a-z0-9]", "organizations/…, folders/… or projects/…"),
    Cloud.AZURE: (
        r"/providers/Microsoft\.Management/managementGroups/[\w.()-]{1,90}|/subscriptions/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "/providers/Microsoft.Management/managementGroups/… or /subscriptions/…",
    ),
}


def principal(cloud: Cloud, value: str) -> str:
    """Whoever administers a cluster, as the cloud names people."""
    pattern, wanted = _PRINCIPAL[cloud]
    if not re.fullmatch(pattern, value):
        raise ValueError(f"{value!r} is nobody on {cloud}; allowed: {wanted}")
    return value


def deny_target(cloud: Cloud, value: str) -> str:
    """What the cloud's own region deny is attached to."""
    pattern, wanted = _DENY_TARGET[cloud]
    if not re.fullmatch(pattern, value):
        raise ValueError(f"{value!r} is nothing that {cloud} attaches a region deny to; allowed: {wanted}")
    return value


def second(cloud: Cloud, first: str, code: str) -> str:
    """Another region than the first, and in its partition, which no copy leaves."""
    partition = geography.region(cloud, first).partition
    others = [item.code for item in geography.eu_regions(cloud) if item.partition == partition and item.code != first]
    if cloud is Cloud.AZURE:
        # Databases are copied to the pair alone, and a region without one copies them nowhere.
        pair = geography.geo_redundant_target(geography.region(cloud, first))
        others = [pair.code] if pair and pair.allowed() else []
    if code not in others:
        raise ValueError(f"{code!r} is no second region beside {first}; allowed: {', '.join(others) or 'none'}")
    return code


def zones(region: geography.Region, value: tuple[str, ...]) -> tuple[str, ...]:
    """Two or three different zones of this region, by their full names: no Local Zone, no zone of a neighbour."""
    for zone in value:
        if zone not in region.zones:
            raise ValueError(f"{zone!r} is no zone of {region.code}; allowed: {', '.join(region.zones)}")
    if not 2 <= len(set(value)) <= 3 or len(set(value)) != len(value):
        raise ValueError(f"{list(value)!r} given; allowed: two or three different zones of {', '.join(region.zones)}")
    return value
