"""What every cloud asks of a cluster alike. Pure; mistakes are lines of path, value given, values allowed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence

from components.cluster.spec import NodePool

_WIDEST_ADMIN_PREFIX = 8


def admin_ranges(cidrs: Sequence[str], only_ipv4: str = "") -> Iterator[str]:
    """`only_ipv4` names who authorises no other networks."""
    for index, cidr in enumerate(cidrs):
        path = f"admin_cidrs[{index}]"
        try:
            network = ipaddress.ip_network(cidr)
        except ValueError:
            yield f"{path}: {cidr!r} is no network; allowed: a CIDR such as 203.0.113.0/24"
            continue
        if only_ipv4 and network.version != 4:
            yield f"{path}: {cidr!r} is IPv6, which {only_ipv4} does not authorise; allowed: IPv4 networks"
        elif network.prefixlen < _WIDEST_ADMIN_PREFIX:
            yield f"{path}: {cidr!r} opens the API to the Internet; allowed: networks of /{_WIDEST_ADMIN_PREFIX} and narrower"


def pools_alone(pools: Sequence[NodePool]) -> Iterator[str]:
    """Each pool for itself: its name is its own, and it begins between its limits."""
    names = [pool.name for pool in pools]
    for index, pool in enumerate(pools):
        if names.index(pool.name) != index:
            yield f"pools[{index}].name: {pool.name!r} is taken by pools[{names.index(pool.name)}]; allowed: each name once"
        if not pool.min_nodes <= pool.desired_nodes <= pool.max_nodes:
            yield (
                f"pools[{index}].desired_nodes: {pool.desired_nodes} is not between min_nodes and max_nodes; "
                f"allowed: {pool.min_nodes} to {pool.max_nodes}"
            )


def pools_together(pools: Sequence[NodePool], *, spot_tainted: str = "") -> Iterator[str]:
    """Somewhere DNS and the add-ons must find room. `spot_tainted` names who taints spot nodes by itself."""
    if all(pool.tainted or (spot_tainted and pool.capacity == "spot") for pool in pools):
        why = f" ({spot_tainted} taints spot nodes)" if spot_tainted else ""
        names = ", ".join(pool.name for pool in pools)
        yield f"pools: {names} are all tainted{why}, so that DNS and add-ons find no node; allowed: at least one without taint"
