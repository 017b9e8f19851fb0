from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.plan import plan
from components.network.spec import NetworkSpec

ZONES = ("eu-south-1a", "eu-south-1b", "eu-south-1c")


def test_a_zone_has_a_small_public_a_large_private_and_a_small_data_subnet() -> None:
    decided = plan(NetworkSpec(cidr="10.20.0.0/16"), ZONES)
    assert [(zone.letter, zone.public, zone.private, zone.data) for zone in decided.zones] == [
        ("a", "10.20.0.0/24", "10.20.16.0/20", "10.20.8.0/24"),
        ("b", "10.20.1.0/24", "10.20.32.0/20", "10.20.9.0/24"),
        ("c", "10.20.2.0/24", "10.20.48.0/20", "10.20.10.0/24"),
    ]


@pytest.mark.parametrize(("per_zone", "gateways"), [(True, ZONES), (False, ZONES[:1])])
def test_every_zone_finds_a_gateway(per_zone: bool, gateways: tuple[str, ...]) -> None:
    decided = plan(NetworkSpec(cidr="10.20.0.0/16", nat_per_zone=per_zone), ZONES)
    assert decided.nat == gateways
    assert [decided.nat_of(zone) for zone in ZONES] == (list(ZONES) if per_zone else ["eu-south-1a"] * 3)


@pytest.mark.parametrize(
    ("cidr", "message"),
    [
        ("10.0.0.0/19", r"'10.0.0.0/19'; allowed: a private range from /16 to /18"),
        ("10.0.0.0/8", r"'10.0.0.0/8'; allowed"),
        ("10.0.0.1/16", r"'10.0.0.1/16' is no IPv4 range \(.*host bits"),
        ("8.8.0.0/16", r"'8.8.0.0/16'; allowed: a private range"),
        ("fd00::/16", r"'fd00::/16' is no IPv4 range"),
    ],
)
def test_a_range_that_does_not_fit_is_refused_with_what_is_allowed(cidr: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(NetworkSpec(cidr=cidr), ZONES)


def test_a_region_with_too_few_zones_is_refused() -> None:
    with pytest.raises(ValueError, match=r"3 wanted, the region has 2 \(eu-south-1a, eu-south-1b\)"):
        plan(NetworkSpec(cidr="10.0.0.0/16"), ZONES[:2])


def _range(second: int, size: int, which: int) -> str:
    return str(IPv4Network((f"10.{second}.{which % 2 ** (size - 16) * 2 ** (24 - size)}.0", size)))


RANGES = st.builds(_range, st.integers(0, 255), st.sampled_from([16, 17, 18]), st.integers(0, 3))


@given(cidr=RANGES)
def test_subnets_lie_inside_the_network_and_never_overlap(cidr: str) -> None:
    decided = plan(NetworkSpec(cidr=cidr), ZONES)
    subnets = [IPv4Network(text) for zone in decided.zones for text in (zone.public, zone.private, zone.data)]
    assert all(subnet.subnet_of(IPv4Network(cidr)) for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


@given(cidr=RANGES)
def test_a_third_zone_moves_no_subnet_of_the_first_two(cidr: str) -> None:
    assert plan(NetworkSpec(cidr=cidr, zones=2), ZONES).zones == plan(NetworkSpec(cidr=cidr, zones=3), ZONES).zones[:2]
