"""Cuts a network's range into Azure's subnets, which span zones, and says who may talk to whom."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from components.network.plan import private_range
from components.network.spec import NetworkSpec

POD_RANGES = ("10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/16")
"""Pods have addresses of their own, outside the network: a /24 for each of 256 nodes. The first one that is free."""
NOT_FOR_KUBERNETES = ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24")
"""AKS keeps these to itself."""
LARGEST_SERVICES, SMALLEST_SERVICES = 12, 24
LONGEST_FLOW_LOG_DAYS = 365

CACHE_PORTS = ("10000", "8500-8599")
INTERNET, VIRTUAL_NETWORK, LOAD_BALANCER = "Internet", "VirtualNetwork", "AzureLoadBalancer"
ANY = "*"


@dataclass(frozen=True)
class Rule:
    """Who may reach what. Addresses are ranges or one of Azure's tags."""

    name: str
    why: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    ports: tuple[str, ...]
    protocol: str = "Tcp"


@dataclass(frozen=True)
class SubnetPlan:
    """What is not in `inbound` is denied; `outbound` of None leaves Azure's own rules: the network and the Internet."""

    name: str
    cidr: str
    inbound: tuple[Rule, ...]
    outbound: tuple[Rule, ...] | None = None
    delegated_to: str | None = None
    service_endpoints: tuple[str, ...] = ()
    way_out: bool = False


@dataclass(frozen=True)
class Plan:
    """`addresses` are public ones for the way out, of 64,512 connections each to any one destination."""

    cidr: str
    pod_cidr: str
    nodes: SubnetPlan
    api: SubnetPlan
    data: SubnetPlan
    endpoints: SubnetPlan
    addresses: int
    gateway_zone: str
    flow_log_days: int

    @property
    def subnets(self) -> tuple[SubnetPlan, ...]:
        return self.nodes, self.api, self.data, self.endpoints


def plan(spec: NetworkSpec, zones: tuple[str, ...]) -> Plan:
    """The first /20 holds the small subnets: the API server's /28 at its start, private endpoints in its second /24, data in its ninth.
    The second /20 holds the nodes. A larger range moves nothing.

    Raises ValueError for a range of the wrong size or that overlaps another, for a region with too few zones, and for flow logs that are
    to be kept for longer than a year.
    """
    whole = private_range("cidr", spec.cidr)
    if len(zones) < spec.zones:
        raise ValueError(f"zones: {spec.zones} wanted, the region has {len(zones)} ({', '.join(zones)})")
    if spec.flow_log_days > LONGEST_FLOW_LOG_DAYS:
        raise ValueError(f"flow_log_days: {spec.flow_log_days} given; allowed: 1 to {LONGEST_FLOW_LOG_DAYS}")
    pods = _pods(whole, _services(spec.services_cidr, whole))
    blocks = list(whole.subnets(new_prefix=20))
    small = list(blocks[0].subnets(new_prefix=24))
    nodes, api, endpoints, data = str(blocks[1]), str(next(small[0].subnets(new_prefix=28))), str(small[1]), str(small[8])
    return Plan(
        cidr=str(whole),
        pod_cidr=pods,
        nodes=SubnetPlan("nodes", nodes, _to_nodes(nodes, pods, api), way_out=True),
        api=SubnetPlan("api", api, _to_api(nodes, pods, api), delegated_to="Microsoft.ContainerService/managedClusters"),
        data=SubnetPlan(
            "data",
            data,
            _to_data(nodes, pods, data),
            _from_data(data),
            delegated_to="Microsoft.DBforPostgreSQL/flexibleServers",
            service_endpoints=("Microsoft.Storage",),
        ),
        endpoints=SubnetPlan("endpoints", endpoints, _to_endpoints(nodes, pods, api, endpoints), ()),
        addresses=spec.zones if spec.nat_per_zone else 1,
        gateway_zone=zones[0],
        flow_log_days=spec.flow_log_days,
    )


def _services(cidr: str, whole: IPv4Network) -> IPv4Network:
    try:
        services = IPv4Network(cidr)
    except ValueError as error:
        raise ValueError(
            f"services_cidr: {cidr!r} is no IPv4 range ({error}); allowed: a private range from /{LARGEST_SERVICES} to /{SMALLEST_SERVICES}"
        ) from None
    if not (LARGEST_SERVICES <= services.prefixlen <= SMALLEST_SERVICES and services.is_private):
        raise ValueError(f"services_cidr: {cidr!r}; allowed: a private range from /{LARGEST_SERVICES} to /{SMALLEST_SERVICES}")
    taken = (str(whole), *NOT_FOR_KUBERNETES)
    if overlapped := [other for other in taken if services.overlaps(IPv4Network(other))]:
        raise ValueError(f"services_cidr: {cidr!r} overlaps {overlapped[0]}; allowed: a range apart from {', '.join(taken)}")
    return services


def _pods(*taken: IPv4Network) -> str:
    """One of the three is always free of two ranges that are no larger than a /16; larger ranges of Services may leave none."""
    free = [cidr for cidr in POD_RANGES if not any(IPv4Network(cidr).overlaps(other) for other in taken)]
    if not free:
        given = " and ".join(str(other) for other in taken)
        raise ValueError(f"cidr, services_cidr: {given} leave no range for pods; allowed: ranges that leave one of {', '.join(POD_RANGES)}")
    return free[0]


def _to_nodes(nodes: str, pods: str, api: str) -> tuple[Rule, ...]:
    inside = (nodes, pods)
    return (
        Rule("cluster", "Nodes and pods among themselves", inside, inside, (ANY,), ANY),
        Rule("api-server", "The API server to kubelets and webhooks", (api,), inside, (ANY,)),
        # The packet still carries the load balancer's public address here, so the target cannot be the subnet.
        Rule("web", "The world to the shared gateway's load balancer", (INTERNET,), (ANY,), ("80", "443")),
        Rule("probes", "Probes of the load balancers", (LOAD_BALANCER,), (ANY,), (ANY,), ANY),
    )


def _to_api(nodes: str, pods: str, api: str) -> tuple[Rule, ...]:
    return (
        Rule("nodes", "Nodes and pods to the API server", (nodes, pods, api), (api,), ("443", "4443")),
        Rule("probes", "Probes of the API server's load balancer", (LOAD_BALANCER,), (api,), ("9988",)),
    )


def _to_data(nodes: str, pods: str, data: str) -> tuple[Rule, ...]:
    return (
        Rule("databases", "Pods to PostgreSQL", (nodes, pods), (data,), ("5432",)),
        Rule("replicas", "Primaries and standbys among themselves", (data,), (data,), ("5432", "6432")),
    )


def _from_data(data: str) -> tuple[Rule, ...]:
    return (
        Rule("replicas", "Primaries and standbys among themselves", (data,), (data,), ("5432", "6432")),
        Rule("archive", "Write-ahead log and backups to the service's storage", (data,), ("Storage",), ("443",)),
        Rule("keys", "The server's key", (data,), ("AzureKeyVault",), ("443",)),
        Rule("identities", "The server's identity", (data,), ("AzureActiveDirectory",), ("443",)),
    )


def _to_endpoints(nodes: str, pods: str, api: str, endpoints: str) -> tuple[Rule, ...]:
    return (
        Rule("services", "Nodes, pods and the API server to managed services", (nodes, pods, api), (endpoints,), ("443",)),
        # The shards of a cluster answer on ports of their own.
        Rule("caches", "Pods to Redis", (nodes, pods), (endpoints,), CACHE_PORTS),
    )
