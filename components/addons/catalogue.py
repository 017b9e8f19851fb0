"""Every chart the platform installs: version, source, what it supports and when it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Chart:
    """`source` is a whole OCI reference, or the URL of a Helm repository that serves the chart by `name`.

    `kubernetes` is the range that the chart declares (or, where the project publishes one, tests); empty where neither is published.
    `end_of_life` is None where the project publishes no date: such a chart is raised with every release of its project.
    """

    name: str
    version: str
    app_version: str
    source: str
    kubernetes: str = ""
    end_of_life: date | None = None
    note: str = ""

    @property
    def oci(self) -> bool:
        return self.source.startswith("oci://")


_PROMETHEUS = "oci://ghcr.io/prometheus-community/charts"

ENVOY_GATEWAY = Chart(
    "gateway-helm",
    "v1.9.0",
    "v1.9.0",
    "oci://docker.io/envoyproxy/gateway-helm",
    kubernetes="1.33-1.36",
    # By the project's compatibility matrix.
    end_of_life=date(2027, 2, 14),
    note="The one source of the Gateway API's definitions (1.6.1); every other chart's copy is off. Raised with a step by hand: README.",
)
CERT_MANAGER = Chart("cert-manager", "v1.21.1", "v1.21.1", "oci://quay.io/jetstack/charts/cert-manager", kubernetes=">= 1.22.0-0")
EXTERNAL_SECRETS = Chart(
    "external-secrets",
    "2.9.0",
    "v2.9.0",
    "https://charts.external-secrets.io",
    kubernetes=">= 1.19.0-0",
    note="Upstream supports the newest minor alone, and makes one about every three weeks.",
)
SEALED_SECRETS = Chart(
    "sealed-secrets",
    "2.18.5",
    "0.36.6",
    "https://bitnami.github.io/sealed-secrets",
    kubernetes=">=1.16.0-0",
    note="The project's own repository, none of Bitnami's catalogue; the image is on docker.io/bitnami, which keeps its versions.",
)
EXTERNAL_DNS = Chart("external-dns", "1.21.1", "0.21.0", "https://kubernetes-sigs.github.io/external-dns/")
LOAD_BALANCER_CONTROLLER = Chart("aws-load-balancer-controller", "3.5.0", "v3.5.0", "https://aws.github.io/eks-charts")
METRICS_SERVER = Chart("metrics-server", "3.13.1", "0.8.1", "https://kubernetes-sigs.github.io/metrics-server/")
CLUSTER_AUTOSCALER = Chart(
    "cluster-autoscaler",
    "9.59.0",
    "1.35.0",
    "https://kubernetes.github.io/autoscaler",
    note="The image's tag follows the cluster's minor.",
)
PROMETHEUS_CRDS = Chart("prometheus-operator-crds", "31.0.1", "v0.93.1", f"{_PROMETHEUS}/prometheus-operator-crds", kubernetes=">=1.16.0-0")
KUBE_PROMETHEUS_STACK = Chart("kube-prometheus-stack", "88.5.3", "v0.93.1", f"{_PROMETHEUS}/kube-prometheus-stack", kubernetes=">=1.25.0-0")
LOKI = Chart(
    "loki",
    "18.11.0",
    "3.7.6",
    "oci://ghcr.io/grafana-community/helm-charts/loki",
    kubernetes=">=1.25.0-0",
    note="The community's chart: grafana/loki serves the enterprise product since March 2026.",
)
ALLOY = Chart("alloy", "1.11.1", "v1.18.1", "https://grafana.github.io/helm-charts", note="Promtail's successor.")
OPENTELEMETRY_COLLECTOR = Chart(
    "opentelemetry-collector", "0.170.0", "0.158.0", "https://open-telemetry.github.io/opentelemetry-helm-charts"
)
JAEGER = Chart(
    "jaeger",
    "4.11.1",
    "2.19.0",
    "https://jaegertracing.github.io/helm-charts",
    kubernetes=">= 1.21-0",
    note="Jaeger 2 alone; the chart's README calls it experimental: read its changes before raising the pin.",
)
VELERO = Chart("velero", "12.1.0", "1.18.1", "https://vmware-tanzu.github.io/helm-charts", kubernetes=">=1.16.0-0")

CATALOGUE: dict[str, Chart] = {
    chart.name: chart
    for chart in (
        ENVOY_GATEWAY,
        CERT_MANAGER,
        EXTERNAL_SECRETS,
        SEALED_SECRETS,
        EXTERNAL_DNS,
        LOAD_BALANCER_CONTROLLER,
        METRICS_SERVER,
        CLUSTER_AUTOSCALER,
        PROMETHEUS_CRDS,
        KUBE_PROMETHEUS_STACK,
        LOKI,
        ALLOY,
        OPENTELEMETRY_COLLECTOR,
        JAEGER,
        VELERO,
    )
}


def ending(on: date, days: int) -> tuple[Chart, ...]:
    """Pins that reach (or passed) their end of life within `days` of `on`, the first to end first."""
    horizon = on + timedelta(days=days)
    dated = ((chart.end_of_life, chart) for chart in CATALOGUE.values() if chart.end_of_life is not None)
    return tuple(chart for end, chart in sorted(dated, key=lambda pair: (pair[0], pair[1].name)) if end <= horizon)
