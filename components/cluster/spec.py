"""What a managed Kubernetes cluster must be."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.vocabulary import Size, Spec


class NodePool(Spec):
    """One autoscaled group of like nodes spread over all zones. `taint` keeps other workloads off (`pool=<name>:NoSchedule`)."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,11}$")
    size: Size = Size.MEDIUM
    min_nodes: int = Field(ge=0)
    desired_nodes: int = Field(ge=0)
    max_nodes: int = Field(ge=1)
    disk_gib: int = Field(default=80, ge=20)
    capacity: Literal["on-demand", "spot"] = "on-demand"
    labels: dict[str, str] = Field(default_factory=dict)
    tainted: bool = False


class ClusterSpec(Spec):
    """The API server's private endpoint is always on; the public one only for `admin_cidrs`, and off where there is none."""

    version: str
    pools: tuple[NodePool, ...] = Field(min_length=1)
    admin_cidrs: tuple[str, ...] = ()
    admin_principals: tuple[str, ...] = Field(default=(), description="IAM roles, groups or users that administer the cluster.")
    services_cidr: str = Field(default="172.20.0.0/16", description="Addresses of Kubernetes Services, apart from the network's.")
    log_days: int = Field(default=90, ge=1)
    deletion_protected: bool = True
