"""The series that dashboards and alerts ask for, and what is made of them: of one namespace, since a cluster may run other systems."""

from __future__ import annotations

from collections.abc import Iterable

SERVER = "supernova-server"

# Name to its labels. The first two are the document's own. It leaves the others open that it asks alerts or panels for: the server must
# export them under these names.
APPLICATION: dict[str, tuple[str, ...]] = {
    "http_requests_total": ("status",),
    "http_request_duration_seconds": (),
    "db_connection_errors_total": (),
    "db_query_duration_seconds": (),
    "cache_requests_total": ("result",),
}
# Of the pooler's exporter, of kube-state-metrics and of the kubelets.
PLATFORM: dict[str, tuple[str, ...]] = {
    "pgbouncer_databases_current_connections": (),
    "pgbouncer_databases_max_connections": (),
    "pgbouncer_stats_queries_duration_seconds_total": (),
    "pgbouncer_stats_queries_pooled_total": (),
    "kube_deployment_status_replicas_available": ("deployment",),
    "kube_horizontalpodautoscaler_spec_max_replicas": ("horizontalpodautoscaler",),
    "kube_horizontalpodautoscaler_status_current_replicas": ("horizontalpodautoscaler",),
    "kube_job_failed": ("job_name", "condition"),
    "kube_namespace_created": (),
    "kube_pod_container_resource_limits": ("container", "resource"),
    "kube_pod_container_status_restarts_total": (),
    "container_cpu_usage_seconds_total": ("container",),
    "container_memory_working_set_bytes": ("container",),
}


class Metrics:
    """PromQL over the series of one namespace. Labels are given by name: `status="429"`, `status="~5.."` for a pattern, `container="!"` for
    one that is not empty."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace

    def series(self, name: str, **labels: str) -> str:
        matchers = (_matcher(label, value) for label, value in {"namespace": self.namespace, **labels}.items())
        return f"{name}{{{', '.join(matchers)}}}"

    def rate(self, name: str, *, by: str = "", window: str = "5m", **labels: str) -> str:
        return f"sum {_by(by)}(rate({self.series(name, **labels)}[{window}]))"

    def quantile(self, q: float, histogram: str) -> str:
        return f"histogram_quantile({q}, {self.rate(f'{histogram}_bucket', by='le')})"

    def share(self, name: str, **labels: str) -> str:
        """0 to 1. What has never happened has no series: that is 0, not "no data"."""
        everything = self.rate(name)
        return f"({self.rate(name, **labels)} or 0 * {everything}) / {everything}"

    def most(self, name: str, *, by: str = "", **labels: str) -> str:
        """The largest value: of a gauge that several exporters may tell."""
        return f"max {_by(by)}({self.series(name, **labels)})"

    def memory(self) -> str:
        """Share of its limit that each pod of the server uses."""
        used = self.most("container_memory_working_set_bytes", by="pod", container=SERVER)
        limit = self.most("kube_pod_container_resource_limits", by="pod", container=SERVER, resource="memory")
        return f"{used} / {limit}"

    def mean_query_seconds(self) -> str:
        """By the pooler, which knows sums alone."""
        return f"{self.rate('pgbouncer_stats_queries_duration_seconds_total')} / {self.rate('pgbouncer_stats_queries_pooled_total')}"


def _by(labels: str) -> str:
    return f"by ({labels}) " if labels else ""


def _matcher(label: str, value: str) -> str:
    if value[:1] in ("~", "!"):
        return f'{label}{"=~" if value[0] == "~" else "!="}"{value[1:]}"'
    return f'{label}="{value}"'


def named(names: Iterable[str]) -> str:
    """As one label's value."""
    return ", ".join(sorted(names))
