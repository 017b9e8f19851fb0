"""The documented dashboard, and the service level objectives."""

from __future__ import annotations

from components.observability.spec import Dashboard, Panel, Query, Slo, Unit
from infra.systems.supernova.alerts import RUNBOOK
from infra.systems.supernova.metrics import SERVER, Metrics


def dashboards(metrics: Metrics) -> tuple[Dashboard, ...]:
    """The four documented queries first, then the other metrics that the document wants tracked."""
    # The documented query names the pods so. A series without a container's name is the sum of its pod, and would count twice.
    cpu = metrics.rate("container_cpu_usage_seconds_total", by="pod", pod="~supernova.*", container="!")
    requests, duration = "http_requests_total", "http_request_duration_seconds"
    times = tuple(Query(expr=metrics.quantile(q, duration), legend=f"p{round(q * 100)}") for q in (0.5, 0.95, 0.99))
    used, most = (f"sum ({metrics.series(f'pgbouncer_databases_{part}_connections')})" for part in ("current", "max"))
    return (
        Dashboard(
            uid="supernova",
            title="Supernova",
            tags=("supernova",),
            panels=(
                _panel("Request rate", metrics.rate(requests, by="status"), "{{status}}", "reqps"),
                _panel("Error rate", metrics.share(requests, status="~5.."), "5xx", "percentunit"),
                Panel(title="Response time", queries=times, unit="s"),
                _panel("Pod CPU usage", cpu, "{{pod}}"),
                _panel("Client errors", metrics.share(requests, status="~4.."), "4xx", "percentunit"),
                _panel("Rate limited", metrics.share(requests, status="429"), "429", "percentunit"),
                _panel(
                    "Database connection pool", f"{used} / {most}", "in use", "percentunit", "Of the connections that the poolers may open."
                ),
                _panel("Query time", metrics.mean_query_seconds(), "mean", "s", "By the pooler."),
                _panel("Redis hit ratio", metrics.share("cache_requests_total", result="hit"), "hits", "percentunit"),
                _panel("Pod memory usage", metrics.memory(), "{{pod}}", "percentunit", "Of the limit."),
            ),
        ),
    )


def objectives(metrics: Metrics) -> tuple[Slo, ...]:
    """Availability counts time: a moment without any pod that answers its probe is down. The other two count requests."""
    up = metrics.series("kube_deployment_status_replicas_available", deployment=SERVER)
    requests = metrics.rate("http_requests_total", window="{window}")
    answered = metrics.rate("http_request_duration_seconds_count", window="{window}")
    fast = metrics.rate("http_request_duration_seconds_bucket", window="{window}", le="0.5")
    return (
        Slo(
            name="availability",
            title="Availability",
            objective=0.999,
            bad=f"sum (count_over_time(({up} == 0)[{{window}}:30s]))",
            total=f"sum (count_over_time({up}[{{window}}:30s]))",
            runbook=f"{RUNBOOK}#scale",
        ),
        Slo(
            name="success",
            title="Requests that succeed",
            objective=0.995,
            bad=metrics.rate("http_requests_total", window="{window}", status="~5.."),
            total=requests,
            runbook=f"{RUNBOOK}#roll-back",
        ),
        Slo(
            name="latency",
            title="Requests within 500 ms",
            objective=0.95,
            bad=f"{answered} - ({fast} or 0 * {answered})",
            total=answered,
            runbook=f"{RUNBOOK}#scale",
        ),
    )


def _panel(title: str, expr: str, legend: str = "", unit: Unit = "short", description: str = "") -> Panel:
    return Panel(title=title, queries=(Query(expr=expr, legend=legend),), unit=unit, description=description)
