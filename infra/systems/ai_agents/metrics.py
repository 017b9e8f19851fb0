"""The metrics that AI Agents' alerts and dashboard ask for: whose they are, and what is made of them."""

from __future__ import annotations

# Name to labels. The deployment runbook tells what is watched and leaves the names open: these are what the application is to export
# on `/metrics` of its API and its workers. docs/runbooks/ai-agents.md lists them for those who write it.
APPLICATION: dict[str, tuple[str, ...]] = {
    "http_requests_total": ("status",),
    "http_request_duration_seconds": (),
    "queue_depth": (),
    "db_connection_errors_total": (),
    "db_pool_connections_in_use": (),
    "db_pool_connections_max": (),
    "webhooks_received_total": (),
    "enhancement_requests_total": ("tenant_id", "status"),
    "context_gathering_duration_seconds": (),
    "ticket_update_duration_seconds": (),
}
# kube-state-metrics', the kubelet's, the nodes' and cert-manager's.
PLATFORM: dict[str, tuple[str, ...]] = {
    "kube_deployment_status_replicas_available": ("deployment",),
    "kube_pod_container_status_restarts_total": ("container",),
    "prober_probe_total": ("probe_type", "result", "container"),
    "container_cpu_usage_seconds_total": ("container",),
    "container_memory_working_set_bytes": ("container",),
    "node_cpu_seconds_total": ("mode",),
    "node_memory_MemAvailable_bytes": (),
    "node_memory_MemTotal_bytes": (),
    "certmanager_certificate_expiration_timestamp_seconds": ("name",),
}
SERVER_ERROR = 'status=~"5.."'
"""Matches 503 as well as 5xx, as which some exporters count them."""
SUCCESS = "success"
"""Value of `status` of an enhancement that was written to its ticket; everything else counts as a failure."""


class Series:
    """Series of one namespace: another system in the cluster may export the same names."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace

    def select(self, metric: str, *matchers: str) -> str:
        wanted = ", ".join((f'namespace="{self.namespace}"', *matchers))
        return f"{metric}{{{wanted}}}"

    def rate(self, counter: str, *matchers: str, by: str = "", window: str = "5m") -> str:
        grouped = f"sum by ({by})" if by else "sum"
        return f"{grouped} (rate({self.select(counter, *matchers)}[{window}]))"

    def share(self, counter: str, *matchers: str, window: str = "5m") -> str:
        """Of all events, those with the labels: 0 to 1. What never happened has no series, and that is 0, not "no data"."""
        everything = self.rate(counter, window=window)
        return f"({self.rate(counter, *matchers, window=window)} or 0 * {everything}) / {everything}"

    def quantile(self, q: float, histogram: str, window: str = "5m") -> str:
        return f"histogram_quantile({q}, {self.rate(f'{histogram}_bucket', by='le', window=window)})"

    def average(self, histogram: str, window: str = "5m") -> str:
        return f"{self.rate(f'{histogram}_sum', window=window)} / {self.rate(f'{histogram}_count', window=window)}"
