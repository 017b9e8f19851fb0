"""What a network must be."""

from __future__ import annotations

from pydantic import Field

from components.vocabulary import Spec


class NetworkSpec(Spec):
    """Public subnets hold load balancers only, private subnets the nodes, data subnets have no route out.

    The CIDR must hold a /24 public and a /20 private subnet per zone, plus data subnets: /16 to /18 for three zones.
    """

    cidr: str
    zones: int = Field(default=3, ge=2, le=3)
    services_cidr: str = Field(default="172.20.0.0/16", description="Addresses of Kubernetes Services, apart from `cidr`.")
    nat_per_zone: bool = Field(default=True, description="One NAT gateway per zone (production) or one for all.")
    flow_log_days: int = Field(default=90, ge=1)
