"""Cuts a network's address range into the subnets of each zone."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from components.network.spec import NetworkSpec

LARGEST, SMALLEST = 16, 18
_PER_BLOCK = 16  # /24s in a /20


@dataclass(frozen=True)
class ZonePlan:
    """`name` is the full zone name. CIDRs: /24, /20, /24."""

    name: str
    public: str
    private: str
    data: str

    @property
    def letter(self) -> str:
        return self.name[-1]


@dataclass(frozen=True)
class Plan:
    cidr: str
    zones: tuple[ZonePlan, ...]
    nat: tuple[str, ...]
    """Zones that have a NAT gateway, in order; a zone without one uses the first."""

    def nat_of(self, zone: str) -> str:
        return zone if zone in self.nat else self.nat[0]


def plan(spec: NetworkSpec, zones: tuple[str, ...]) -> Plan:
    """The first /20 holds the small subnets (public from its start, data from its middle), the next ones are the zones' private subnets.

    A zone's subnets depend on its position alone, so that a third zone or a larger range moves nothing.
    Raises ValueError for a range of the wrong size or with host bits, and for a region with too few zones.
    """
    whole = private_range("cidr", spec.cidr)
    if len(zones) < spec.zones:
        raise ValueError(f"zones: {spec.zones} wanted, the region has {len(zones)} ({', '.join(zones)})")
    blocks = list(whole.subnets(new_prefix=20))
    small = list(blocks[0].subnets(new_prefix=24))
    chosen = tuple(
        ZonePlan(name, public=str(small[index]), private=str(blocks[index + 1]), data=str(small[_PER_BLOCK // 2 + index]))
        for index, name in enumerate(zones[: spec.zones])
    )
    return Plan(str(whole), chosen, tuple(zone.name for zone in (chosen if spec.nat_per_zone else chosen[:1])))


def private_range(path: str, cidr: str) -> IPv4Network:
    """Raises ValueError, naming the path, for a range that is not private, of the wrong size or with host bits."""
    try:
        whole = IPv4Network(cidr)
    except ValueError as error:
        raise ValueError(f"{path}: {cidr!r} is no IPv4 range ({error}); allowed: a private range from /{LARGEST} to /{SMALLEST}") from None
    if not (LARGEST <= whole.prefixlen <= SMALLEST and whole.is_private):
        raise ValueError(f"{path}: {cidr!r}; allowed: a private range from /{LARGEST} to /{SMALLEST}")
    return whole
