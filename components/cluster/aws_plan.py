"""Decides a cluster on AWS: node types, endpoint, administrators, retention. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from components.aws_names import retention
from components.cluster.plan import admin_ranges, pools_alone, pools_together
from components.cluster.spec import ClusterSpec, NodePool
from components.vocabulary import Size

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")

AMI_TYPE = "AL2023_x86_64_STANDARD"
"""Amazon Linux 2023, built by AWS for the cluster's minor in every region and partition. Bottlerocket's SELinux labels would need
an exception for each add-on that reads the host: log collector, storage driver, node exporter."""

# 4 GiB of memory per vCPU. The sixth and fifth generation stand in all EU regions of `aws`, Milan and Aragon included; the
# Sovereign Cloud opened with the seventh.
FAMILIES = {"aws": ("m6i", "m5"), "aws-eusc": ("m7i", "m6i")}
SIZES = {Size.SMALL: "large", Size.MEDIUM: "xlarge", Size.LARGE: "2xlarge", Size.XLARGE: "4xlarge"}


@dataclass(frozen=True)
class Pool:
    name: str
    instance_types: tuple[str, ...]
    capacity_type: str
    minimum: int
    desired: int
    maximum: int
    disk_gib: int
    labels: dict[str, str]
    tainted: bool


@dataclass(frozen=True)
class Plan:
    """`administrators` maps a stable short name, part of resource names, to the principal's ARN."""

    public_endpoint: bool
    log_days: int
    administrators: dict[str, str]
    pools: tuple[Pool, ...]


def plan(spec: ClusterSpec, partition: str, network_cidr: str) -> Plan:
    """Raises ValueError with one line per mistake: path, value given, values allowed."""
    if mistakes := list(_mistakes(spec, partition, network_cidr)):
        raise ValueError("\n".join(mistakes))
    return Plan(
        public_endpoint=bool(spec.admin_cidrs),
        log_days=retention(spec.log_days),
        administrators={_short(arn): arn for arn in spec.admin_principals},
        pools=tuple(_pool(pool, partition) for pool in spec.pools),
    )


def instance_types(size: Size, capacity: str, partition: str) -> tuple[str, ...]:
    """One type on demand, so that nodes are alike; several of the same shape for spot, where variety is what keeps capacity."""
    families = FAMILIES[partition]
    return tuple(f"{family}.{SIZES[size]}" for family in (families if capacity == "spot" else families[:1]))


def _pool(pool: NodePool, partition: str) -> Pool:
    return Pool(
        name=pool.name,
        instance_types=instance_types(pool.size, pool.capacity, partition),
        capacity_type=pool.capacity.replace("-", "_").upper(),
        minimum=pool.min_nodes,
        desired=pool.desired_nodes,
        maximum=pool.max_nodes,
        disk_gib=pool.disk_gib,
        labels={"pool": pool.name, **pool.labels},
        tainted=pool.tainted,
    )


def _short(arn: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", arn.rpartition(":")[2])


def _mistakes(spec: ClusterSpec, partition: str, network_cidr: str) -> Iterator[str]:
    yield from admin_ranges(spec.admin_cidrs)
    if not spec.admin_principals:
        yield "admin_principals: () leaves nobody who may reach the API, this program included; allowed: ARNs of IAM roles or users"
    for index, arn in enumerate(spec.admin_principals):
        if not re.fullmatch(rf"arn:{partition}:iam::\d{{12}}:(role|user)/.+", arn):
            allowed = f"arn:{partition}:iam::<account>:role/<name>"
            yield f"admin_principals[{index}]: {arn!r} is no role or user of this partition; allowed: {allowed}"
    if ipaddress.ip_network(spec.services_cidr).overlaps(ipaddress.ip_network(network_cidr)):
        yield f"services_cidr: {spec.services_cidr!r} overlaps the network {network_cidr}; allowed: private addresses outside it"
    yield from pools_alone(spec.pools)
    yield from pools_together(spec.pools)
