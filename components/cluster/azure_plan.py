"""Decides a cluster on Azure: machine sizes, API server, administrators, addresses. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.cluster.plan import admin_ranges, pools_alone, pools_together
from components.cluster.spec import ClusterSpec, NodePool
from components.naming import fit
from components.vocabulary import Size

# 4 GiB of memory per vCPU, without a local disk: what a node keeps is on its encrypted system disk. In every EU region, Milan included.
SIZES = {
    Size.SMALL: "Standard_D2s_v5",
    Size.MEDIUM: "Standard_D4s_v5",
    Size.LARGE: "Standard_D8s_v5",
    Size.XLARGE: "Standard_D16s_v5",
}

# Two nodes are what AKS asks of a system pool in production; more come when its pods need them.
SYSTEM_POOL = "system"
SYSTEM_MINIMUM, SYSTEM_MAXIMUM = 2, 5
SYSTEM_DISK_GIB = 128
SYSTEM_TAINT = "CriticalAddonsOnly=true:NoSchedule"

SPOT_TAINT = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
"""AKS puts it on every spot node; declared, it is no change that keeps coming back."""

MAX_PODS = 110
LONGEST_POOL_NAME = 12
SHORTEST_RETENTION, LONGEST_RETENTION = 30, 730

_NODE_PREFIX = 24  # AKS gives each node a /24 of the overlay's addresses, whatever its number of pods
_RESERVED = ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24")  # AKS keeps these for itself
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Pool:
    """`name` is the spec's, `node_pool` Azure's: letters and digits, twelve at most."""

    name: str
    node_pool: str
    vm_size: str
    spot: bool
    minimum: int
    desired: int
    maximum: int
    disk_gib: int
    labels: dict[str, str]
    taints: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """`administrators` are object ids of people and groups. Without a public endpoint the API has a private name alone."""

    public_endpoint: bool
    log_days: int
    administrators: tuple[str, ...]
    dns_service_ip: str
    pools: tuple[Pool, ...]


def plan(spec: ClusterSpec, network_cidr: str, pod_cidr: str) -> Plan:
    """Raises ValueError with one line per mistake: path, value given, values allowed."""
    pools = tuple(_pool(pool) for pool in spec.pools)
    if mistakes := [*_mistakes(spec, network_cidr, pod_cidr), *_pool_mistakes(spec.pools, pools)]:
        raise ValueError("\n".join(mistakes))
    return Plan(
        public_endpoint=bool(spec.admin_cidrs),
        log_days=max(spec.log_days, SHORTEST_RETENTION),
        administrators=tuple(principal.lower() for principal in spec.admin_principals),
        # Where Azure's own templates have it; the first address is the API server's.
        dns_service_ip=str(ipaddress.ip_network(spec.services_cidr)[10]),
        pools=pools,
    )


def node_pool_name(name: str, minimum: int) -> str:
    """The minimum is part of it, since another minimum is another pool (see `azure_nodes`)."""
    suffix = f"x{minimum}"
    return fit(name, LONGEST_POOL_NAME - len(suffix), hyphens=False) + suffix


def _pool(pool: NodePool) -> Pool:
    spot = pool.capacity == "spot"
    own = (f"pool={pool.name}:NoSchedule",) if pool.tainted else ()
    return Pool(
        name=pool.name,
        node_pool=node_pool_name(pool.name, pool.min_nodes),
        vm_size=SIZES[pool.size],
        spot=spot,
        minimum=pool.min_nodes,
        desired=pool.desired_nodes,
        maximum=pool.max_nodes,
        disk_gib=pool.disk_gib,
        labels={"pool": pool.name, **pool.labels},
        taints=(*own, SPOT_TAINT) if spot else own,
    )


def _mistakes(spec: ClusterSpec, network_cidr: str, pod_cidr: str) -> Iterator[str]:
    yield from admin_ranges(spec.admin_cidrs, only_ipv4="AKS")
    if not spec.admin_principals:
        yield "admin_principals: () leaves nobody who may reach the API, this program included; allowed: ids of Entra users or groups"
    for index, principal in enumerate(spec.admin_principals):
        if not _GUID.fullmatch(principal.lower()):
            yield f"admin_principals[{index}]: {principal!r} is no object id of an Entra user or group; allowed: a GUID"
    if spec.log_days > LONGEST_RETENTION:
        yield f"log_days: {spec.log_days} is more than a workspace keeps; allowed: 1 to {LONGEST_RETENTION}"
    yield from _address_mistakes(spec, network_cidr, pod_cidr)


def _address_mistakes(spec: ClusterSpec, network_cidr: str, pod_cidr: str) -> Iterator[str]:
    services, pods = ipaddress.ip_network(spec.services_cidr), ipaddress.ip_network(pod_cidr)
    others = {"the network": ipaddress.ip_network(network_cidr), "the pods'": pods}
    for whose, other in others.items():
        if services.overlaps(other):
            yield f"services_cidr: {spec.services_cidr!r} overlaps {whose} addresses {other}; allowed: private addresses outside them"
    for path, network in (("services_cidr", services), ("pod_cidr", pods), ("cidr", others["the network"])):
        for taken in _RESERVED:
            if network.overlaps(ipaddress.ip_network(taken)):
                yield f"{path}: {str(network)!r} overlaps {taken}, which AKS keeps for itself; allowed: other private addresses"
    if services.prefixlen < 12:  # AKS' own limit
        yield f"services_cidr: {spec.services_cidr!r} is wider than AKS takes; allowed: networks of /12 and narrower"
    room = 2 ** max(_NODE_PREFIX - pods.prefixlen, 0)
    # One more per pool stands while it is upgraded.
    wanted = SYSTEM_MAXIMUM + 1 + sum(pool.max_nodes + 1 for pool in spec.pools)
    if wanted > room:
        yield f"pools: {wanted} nodes at most, but {pod_cidr} has room for the pods of {room}; allowed: fewer nodes, a wider pod_cidr"


def _pool_mistakes(pools: Sequence[NodePool], planned: Sequence[Pool]) -> Iterator[str]:
    yield from pools_alone(pools)
    taken = [SYSTEM_POOL, *(pool.node_pool for pool in planned)]
    for index, pool in enumerate(pools):
        path = f"pools[{index}]"
        first = taken.index(planned[index].node_pool)
        # Two of the very same name are told above.
        if first != index + 1 and (first == 0 or pools[first - 1].name != pool.name):
            yield f"{path}.name: {pool.name!r} is {planned[index].node_pool!r} without hyphens, which is taken; allowed: another name"
        if pool.max_nodes > 1000:
            yield f"{path}.max_nodes: {pool.max_nodes} is more than AKS takes; allowed: 1 to 1000"
        if not 30 <= pool.disk_gib <= 2048:
            yield f"{path}.disk_gib: {pool.disk_gib} is no size of a node's disk on AKS; allowed: 30 to 2048"
    yield from pools_together(pools, spot_tainted="AKS")
