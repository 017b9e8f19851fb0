"""What systems compose with: the add-ons' handles, cloud-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi


@dataclass(frozen=True)
class AddonsOutputs:
    """Names of what a system refers to, and the resources that must exist before it may.

    `secret_store` is a ClusterSecretStore, `issuer` a ClusterIssuer, `gateway`/`gateway_namespace` the shared Gateway.
    `secrets_ready`, `certificates_ready`, `gateway_ready`, `monitoring_ready` serve `depends_on` of custom resources that those add-ons
    define and reconcile (ExternalSecret; Issuer and Certificate; HTTPRoute and policies; PrometheusRule and ServiceMonitor). `exposed` are
    the addresses of Prometheus, Alertmanager and Jaeger by part, where they are public. `sealing` is the PEM certificate that seals
    secrets for this cluster, and `sealing_ready` serves `depends_on` of SealedSecrets; both are None without the controller.
    """

    secret_store: str
    issuer: str
    gateway: str
    gateway_namespace: str
    gateway_address: pulumi.Output[str]
    monitoring_namespace: str
    rule_labels: dict[str, str]
    dashboard_labels: dict[str, str]
    trace_endpoint: str | None
    secrets_ready: pulumi.Resource
    certificates_ready: pulumi.Resource
    gateway_ready: pulumi.Resource
    monitoring_ready: pulumi.Resource
    grafana_url: str
    exposed: Mapping[str, str] = field(default_factory=dict[str, str])
    sealing: pulumi.Output[str] | None = None
    sealing_ready: pulumi.Resource | None = None
