from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.gcp_plan import Plan, plan
from components.network.spec import NetworkSpec

ZONES = ("europe-west8-a", "europe-west8-b", "europe-west8-c")
SERVICES = "172.20.0.0/16"


@pytest.mark.parametrize(
    ("cidr", "expected"),
    [
        ("10.20.0.0/16", Plan("10.20.0.0/16", "10.20.16.0/20", "10.20.8.0/21", "10.20.1.0/24", "10.20.128.0/17", SERVICES, 3)),
        ("10.20.0.0/17", Plan("10.20.0.0/17", "10.20.16.0/20", "10.20.8.0/21", "10.20.1.0/24", "10.20.64.0/18", SERVICES, 3)),
        ("10.20.64.0/18", Plan("10.20.64.0/18", "10.20.80.0/20", "10.20.72.0/21", "10.20.65.0/24", "10.20.96.0/19", SERVICES, 3)),
    ],
)
def test_nodes_data_and_pods_have_a_range_each(cidr: str, expected: Plan) -> None:
    assert plan(NetworkSpec(cidr=cidr), ZONES) == expected


@pytest.mark.parametrize(("per_zone", "zones", "addresses"), [(True, 3, 3), (True, 2, 2), (False, 3, 1)])
def test_the_way_out_has_an_address_per_zone_or_one(per_zone: bool, zones: int, addresses: int) -> None:
    assert plan(NetworkSpec(cidr="10.20.0.0/16", zones=zones, nat_per_zone=per_zone), ZONES).egress == addresses


@pytest.mark.parametrize(
    ("cidr", "message"),
    [
        ("10.0.0.0/19", r"cidr: '10.0.0.0/19'; allowed: a private range from /16 to /18"),
        ("10.0.0.1/16", r"cidr: '10.0.0.1/16' is no IPv4 range \(.*host bits"),
        ("8.8.0.0/16", r"cidr: '8.8.0.0/16'; allowed: a private range"),
    ],
)
def test_a_range_that_does_not_fit_is_refused_with_what_is_allowed(cidr: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(NetworkSpec(cidr=cidr), ZONES)


@pytest.mark.parametrize(
    ("services", "message"),
    [
        ("10.20.192.0/20", r"'10.20.192.0/20' lies over the network's 10.20.0.0/16; allowed: a private range apart from it"),
        ("172.20.0.0/12", r"'172.20.0.0/12' is no IPv4 range"),
        ("172.16.0.0/12", r"'172.16.0.0/12'; allowed: a private range from /16 to /24"),
        ("34.118.224.0/20", r"'34.118.224.0/20'; allowed: a private range"),
        ("nowhere", r"'nowhere' is no IPv4 range"),
    ],
)
def test_services_lie_in_a_private_range_of_their_own(services: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"services_cidr: {message}"):
        plan(NetworkSpec(cidr="10.20.0.0/16", services_cidr=services), ZONES)


def test_a_region_with_too_few_zones_is_refused() -> None:
    with pytest.raises(ValueError, match=r"3 wanted, the region has 2 \(europe-west8-a, europe-west8-b\)"):
        plan(NetworkSpec(cidr="10.0.0.0/16"), ZONES[:2])


def _range(second: int, size: int, which: int) -> str:
    return str(IPv4Network((f"10.{second}.{which % 2 ** (size - 16) * 2 ** (24 - size)}.0", size)))


@given(cidr=st.builds(_range, st.integers(0, 255), st.sampled_from([16, 17, 18]), st.integers(0, 3)))
def test_ranges_lie_inside_the_network_and_never_overlap(cidr: str) -> None:
    decided = plan(NetworkSpec(cidr=cidr), ZONES)
    ranges = [IPv4Network(text) for text in (decided.nodes, decided.data, decided.pods)]
    assert all(item.subnet_of(IPv4Network(cidr)) for item in ranges)
    assert not any(one.overlaps(other) for one, other in combinations(ranges, 2))


@given(second=st.integers(0, 255))
def test_a_larger_range_moves_neither_nodes_nor_data(second: int) -> None:
    plans = [plan(NetworkSpec(cidr=f"10.{second}.0.0/{size}"), ZONES) for size in (16, 17, 18)]
    assert len({(item.nodes, item.data) for item in plans}) == 1
