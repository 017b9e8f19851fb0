"""Decides a cluster on GCP: machine types, zones, endpoint, administrators, what fits the pods' range. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.cluster.plan import admin_ranges, pools_alone, pools_together
from components.cluster.spec import ClusterSpec, NodePool
from components.naming import fit
from components.vocabulary import Size

LONGEST_NAME = 40
"""Of a cluster."""

LONGEST_ACCOUNT = 30
"""Of the part before the @ of a service account."""

LONGEST_TAG = 63

LOG_COMPONENTS = ("SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER")
"""Not WORKLOADS: pods' logs are collected in the cluster, and Cloud Logging would hold a second copy."""

MONITORING_COMPONENTS = ("SYSTEM_COMPONENTS",)
"""The least that GKE's support asks for. Pods are measured in the cluster."""

# 4 GiB of memory per vCPU, not shared with others as E2's are; stands in Milan, where newer families do not all.
FAMILY = "n2-standard"
SIZES = {Size.SMALL: 2, Size.MEDIUM: 4, Size.LARGE: 8, Size.XLARGE: 16}

PODS_PER_NODE = 110
_PODS_PREFIX = 24
"""GKE gives each node twice the addresses that its pods need: 110 pods take 256."""

_PRINCIPAL = r"(user|group|serviceAccount):[^@\s:]+@[^@\s:]+"


@dataclass(frozen=True)
class Pool:
    """`initial` counts per zone, as GKE does; `minimum` and `maximum` count all zones together."""

    name: str
    machine_type: str
    spot: bool
    zones: tuple[str, ...]
    initial: int
    minimum: int
    maximum: int
    disk_gib: int
    labels: dict[str, str]
    tainted: bool

    @property
    def location_policy(self) -> str:
        """Zones alike on demand; for spot, wherever there is capacity."""
        return "ANY" if self.spot else "BALANCED"


@dataclass(frozen=True)
class Plan:
    """`administrators` maps a stable short name, part of resource names, to the principal as IAM takes it."""

    name: str
    public_endpoint: bool
    authorized: dict[str, str]
    administrators: dict[str, str]
    pools: tuple[Pool, ...]


def plan(spec: ClusterSpec, name: str, zones: Sequence[str], network_cidr: str, pod_cidr: str) -> Plan:
    """Raises ValueError with one line per mistake: path, value given, values allowed."""
    if mistakes := list(_mistakes(spec, network_cidr, pod_cidr)):
        raise ValueError("\n".join(mistakes))
    return Plan(
        name=fit(name, LONGEST_NAME),
        public_endpoint=bool(spec.admin_cidrs),
        authorized={"network": network_cidr} | {f"admin-{index}": cidr for index, cidr in enumerate(spec.admin_cidrs)},
        administrators={_short(principal): principal for principal in spec.admin_principals},
        pools=tuple(_pool(pool, zones) for pool in spec.pools),
    )


def machine_type(size: Size) -> str:
    return f"{FAMILY}-{SIZES[size]}"


def per_zone(desired: int, maximum: int, zones: int) -> int:
    """Nodes to begin with in each zone: all that are desired, unless rounding up would pass the maximum."""
    up = -(-desired // zones)
    return up if up * zones <= maximum else desired // zones


def _pool(pool: NodePool, zones: Sequence[str]) -> Pool:
    # Fewer nodes than zones: GKE begins with the same number in each.
    reached = tuple(zones[: pool.max_nodes])
    return Pool(
        name=pool.name,
        machine_type=machine_type(pool.size),
        spot=pool.capacity == "spot",
        zones=reached,
        initial=per_zone(pool.desired_nodes, pool.max_nodes, len(reached)),
        minimum=pool.min_nodes,
        maximum=pool.max_nodes,
        disk_gib=pool.disk_gib,
        labels={"pool": pool.name, **pool.labels},
        tainted=pool.tainted,
    )


def _short(principal: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", principal)


def _mistakes(spec: ClusterSpec, network_cidr: str, pod_cidr: str) -> Iterator[str]:
    yield from admin_ranges(spec.admin_cidrs, only_ipv4="GKE")
    if not spec.admin_principals:
        allowed = "user:…, group:… or serviceAccount:… with an e-mail address"
        yield f"admin_principals: () leaves nobody who may reach the API, this program included; allowed: {allowed}"
    for index, principal in enumerate(spec.admin_principals):
        if not re.fullmatch(_PRINCIPAL, principal):
            allowed = "user:<e-mail>, group:<e-mail> or serviceAccount:<e-mail>"
            yield f"admin_principals[{index}]: {principal!r} is no principal of Google's; allowed: {allowed}"
    if ipaddress.ip_network(spec.services_cidr).overlaps(ipaddress.ip_network(network_cidr)):
        yield f"services_cidr: {spec.services_cidr!r} overlaps the network {network_cidr}; allowed: private addresses outside it"
    yield from pools_alone(spec.pools)
    yield from pools_together(spec.pools)
    yield from _room_mistakes(spec.pools, pod_cidr)


def _room_mistakes(pools: Sequence[NodePool], pod_cidr: str) -> Iterator[str]:
    """Each node takes a block of the pods' range, and an upgrade one node more in each pool."""
    room = 2 ** max(0, _PODS_PREFIX - ipaddress.ip_network(pod_cidr).prefixlen)
    asked = sum(pool.max_nodes + 1 for pool in pools)
    if asked > room:
        yield f"pools: up to {asked} nodes with their upgrades do not fit the pods' addresses {pod_cidr}; allowed: {room}"
