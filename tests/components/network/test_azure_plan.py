from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.azure_plan import NOT_FOR_KUBERNETES, POD_RANGES, plan
from components.network.spec import NetworkSpec

ZONES = ("1", "2", "3")


def test_subnets_span_zones_and_have_one_purpose_each() -> None:
    decided = plan(NetworkSpec(cidr="10.20.0.0/16"), ZONES)
    assert {part.name: (part.cidr, part.delegated_to) for part in decided.subnets} == {
        "nodes": ("10.20.16.0/20", None),
        "api": ("10.20.0.0/28", "Microsoft.ContainerService/managedClusters"),
        "data": ("10.20.8.0/24", "Microsoft.DBforPostgreSQL/flexibleServers"),
        "endpoints": ("10.20.1.0/24", None),
    }
    assert [part.name for part in decided.subnets if part.way_out] == ["nodes"]


@pytest.mark.parametrize(("per_zone", "addresses"), [(True, 3), (False, 1)])
def test_the_one_gateway_stands_in_a_known_zone_with_an_address_per_zone_where_asked_for(per_zone: bool, addresses: int) -> None:
    decided = plan(NetworkSpec(cidr="10.20.0.0/16", nat_per_zone=per_zone), ("2", "3", "1"))
    assert (decided.gateway_zone, decided.addresses) == ("2", addresses)


@pytest.mark.parametrize(
    ("cidr", "services", "pods"),
    [
        ("10.20.0.0/16", "172.20.0.0/16", "10.244.0.0/16"),
        ("10.244.0.0/16", "172.20.0.0/16", "10.245.0.0/16"),
        ("10.244.64.0/18", "10.245.0.0/20", "10.246.0.0/16"),
    ],
)
def test_pods_have_addresses_apart_from_the_network_and_from_services(cidr: str, services: str, pods: str) -> None:
    assert plan(NetworkSpec(cidr=cidr, services_cidr=services), ZONES).pod_cidr == pods


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (NetworkSpec(cidr="10.0.0.0/19"), r"cidr: '10.0.0.0/19'; allowed: a private range from /16 to /18"),
        (NetworkSpec(cidr="10.0.0.1/16"), r"cidr: '10.0.0.1/16' is no IPv4 range"),
        (NetworkSpec(cidr="10.0.0.0/16", services_cidr="10.0.128.0/20"), r"services_cidr: '10.0.128.0/20' overlaps 10.0.0.0/16; allowed"),
        (NetworkSpec(cidr="10.0.0.0/16", services_cidr="172.30.4.0/22"), r"overlaps 172.30.0.0/16; allowed: a range apart from"),
        (NetworkSpec(cidr="10.0.0.0/16", services_cidr="11.0.0.0/16"), r"services_cidr: '11.0.0.0/16'; allowed: a private range"),
        (NetworkSpec(cidr="10.0.0.0/16", services_cidr="services"), r"services_cidr: 'services' is no IPv4 range"),
        (NetworkSpec(cidr="192.168.0.0/16", services_cidr="10.240.0.0/12"), r"leave no range for pods; allowed: ranges that leave one of"),
        (NetworkSpec(cidr="10.0.0.0/16", flow_log_days=366), r"flow_log_days: 366 given; allowed: 1 to 365"),
    ],
)
def test_what_azure_cannot_serve_is_refused_with_what_is_allowed(spec: NetworkSpec, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(spec, ZONES)


def test_a_region_with_too_few_zones_is_refused() -> None:
    with pytest.raises(ValueError, match=r"3 wanted, the region has 0 \(\)"):
        plan(NetworkSpec(cidr="10.0.0.0/16"), ())


def _range(second: int, size: int, which: int) -> str:
    return str(IPv4Network((f"10.{second}.{which % 2 ** (size - 16) * 2 ** (24 - size)}.0", size)))


RANGES = st.builds(_range, st.integers(0, 255), st.sampled_from([16, 17, 18]), st.integers(0, 3))


@given(cidr=RANGES)
def test_no_two_ranges_overlap_and_subnets_lie_inside_the_network(cidr: str) -> None:
    spec = NetworkSpec(cidr=cidr)
    decided = plan(spec, ZONES)
    subnets = [IPv4Network(part.cidr) for part in decided.subnets]
    assert all(subnet.subnet_of(IPv4Network(cidr)) for subnet in subnets)
    apart = [*subnets, IPv4Network(decided.pod_cidr), IPv4Network(spec.services_cidr)]
    assert not any(one.overlaps(other) for one, other in combinations(apart, 2))


def test_pods_never_get_addresses_that_kubernetes_on_azure_may_not_have() -> None:
    assert not [(one, other) for one in POD_RANGES for other in NOT_FOR_KUBERNETES if IPv4Network(one).overlaps(IPv4Network(other))]
