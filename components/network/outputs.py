"""What others compose with a network."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class NetworkOutputs:
    """Subnet tuples are in zone order. CIDRs are plain values: they are planned, not assigned."""

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
