"""Cuts a network's address range for GCP, whose subnets span the zones of a region."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from components.network.plan import private_range
from components.network.spec import NetworkSpec


@dataclass(frozen=True)
class Plan:
    """`nodes` is a /20, `data` a /21 for what Google's services take inside the network, `endpoints` a /24 for private endpoints, `pods`
    the upper half. `egress` counts the public addresses of the way out."""

    cidr: str
    nodes: str
    data: str
    endpoints: str
    pods: str
    services: str
    egress: int


def plan(spec: NetworkSpec, zones: tuple[str, ...]) -> Plan:
    """The first /20 holds private endpoints in its second /24 and the databases' range in its upper half, the second the nodes, the upper
    half of the whole the pods.

    With GKE's 110 pods to a node each takes a /24 of the pods': 128 nodes in a /16, 64 in a /17, 32 in a /18.
    Raises ValueError for ranges of the wrong size, with host bits or over each other, and for a region with too few zones.
    """
    whole = private_range("cidr", spec.cidr)
    if len(zones) < spec.zones:
        raise ValueError(f"zones: {spec.zones} wanted, the region has {len(zones)} ({', '.join(zones)})")
    services = _services(spec.services_cidr)
    if services.overlaps(whole):
        raise ValueError(
            f"services_cidr: {spec.services_cidr!r} lies over the network's {spec.cidr}; allowed: a private range apart from it"
        )
    first, nodes, *_ = whole.subnets(new_prefix=20)
    _, data = first.subnets()
    _, endpoints, *_ = first.subnets(new_prefix=24)
    _, pods = whole.subnets()
    # Cloud NAT has no zone that could fail: more addresses mean more connections at once, and that one may be lost to a block list.
    return Plan(str(whole), str(nodes), str(data), str(endpoints), str(pods), str(services), spec.zones if spec.nat_per_zone else 1)


def written(name: str) -> str:
    """The filter on what the network of that name writes to the project's log: flows and firewall hits of its subnet, errors of its NAT."""
    return (
        f'((log_id("compute.googleapis.com/vpc_flows") OR log_id("compute.googleapis.com/firewall"))'
        f' AND resource.labels.subnetwork_name="{name}-private")'
        f' OR (log_id("compute.googleapis.com/nat_flows") AND resource.labels.gateway_name="{name}-nat")'
    )


def _services(cidr: str) -> IPv4Network:
    try:
        services = IPv4Network(cidr)
    except ValueError as error:
        raise ValueError(f"services_cidr: {cidr!r} is no IPv4 range ({error}); allowed: a private range from /16 to /24") from None
    if not (16 <= services.prefixlen <= 24 and services.is_private):
        raise ValueError(f"services_cidr: {cidr!r}; allowed: a private range from /16 to /24")
    return services
