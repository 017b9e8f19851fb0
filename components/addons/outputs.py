"""What systems compose with: the add-ons' handles, cloud-free."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class AddonsOutputs:
    """Names of what a system refers to, and the resources that must exist before it may.

    `secret_store` is a ClusterSecretStore, `issuer` a ClusterIssuer, `gateway`/`gateway_namespace` the shared Gateway.
    `secrets_ready`, `gateway_ready`, `monitoring_ready` serve `depends_on` of custom resources that those add-ons define and reconcile
    (ExternalSecret; HTTPRoute and policies; PrometheusRule and ServiceMonitor).
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
    gateway_ready: pulumi.Resource
    monitoring_ready: pulumi.Resource
    grafana_url: str
