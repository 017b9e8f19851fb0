"""What others compose with a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi


@dataclass(frozen=True)
class NetworkOutputs:
    """Subnet tuples are in zone order; a cloud whose subnets span zones gives one each. CIDRs are plain values: they are planned, not
    assigned. `private_cidrs` hold the nodes and the API server's private address."""

    id: pulumi.Output[str]
    cidr: str
    public_subnet_ids: tuple[pulumi.Output[str], ...]
    private_subnet_ids: tuple[pulumi.Output[str], ...]
    data_subnet_ids: tuple[pulumi.Output[str], ...]
    private_cidrs: tuple[str, ...]
    data_cidrs: tuple[str, ...]
    egress_ips: tuple[pulumi.Output[str], ...]
    ways_out: tuple[pulumi.Resource, ...] = ()
    """By which machines in the private subnets reach the cloud and the Internet: for `depends_on` of what makes them, so that on destroy
    they do not outlive their ways out."""
    pod_cidr: str = ""
    """Addresses of pods where they are not the nodes' own (GCP, Azure)."""
    ranges: Mapping[str, pulumi.Output[str]] = field(default_factory=dict[str, "pulumi.Output[str]"])
    """Names of the address ranges of `pods` and `services`, where the cloud assigns addresses by name (GCP)."""
    api_subnet_id: pulumi.Output[str] | None = None
    """Where the API server has its private address, when that takes a subnet of its own (Azure)."""
    endpoint_subnet_id: pulumi.Output[str] | None = None
    """Where managed services get private addresses (Azure)."""
    endpoint_cidr: str = ""
    """The range of those addresses (GCP, Azure)."""
    endpoints_ready: tuple[pulumi.Resource, ...] = ()
    """What must exist before a managed service can get one by itself: for `depends_on` (GCP's service connection policy)."""
    private_zones: Mapping[str, pulumi.Output[str]] = field(default_factory=dict[str, "pulumi.Output[str]"])
    """Zones in which the private addresses of managed services have their names, by kind: `vault`, `blob`, `registry`, `redis`, `postgres`
    (Azure). An Output of one is known once the zone is linked to the network."""
    data_ready: tuple[pulumi.Resource, ...] = ()
    """What must exist before a database can get an address in the network: for `depends_on` (GCP's service connection)."""
