"""The dashboard "AI Agents API": the four groups of metrics that the deployment runbook names, in its order."""

from __future__ import annotations

from components.observability.spec import Dashboard, Panel, Query, Unit
from infra.systems.ai_agents.metrics import SERVER_ERROR, SUCCESS, Series
from infra.systems.ai_agents.pods import API, WORKER

SUCCEEDED = f'status="{SUCCESS}"'
# The pod's own sum over its containers has no container's name.
CONTAINERS = 'container!=""'


def dashboards(namespace: str) -> tuple[Dashboard, ...]:
    series = Series(namespace)
    panels = (*_health(series), *_performance(series), *_infrastructure(series), *_business(series))
    return (Dashboard(uid="aa-api", title="AI Agents API", tags=("ai-agents",), panels=panels),)


def _panel(title: str, expr: str, legend: str = "", unit: Unit = "short", description: str = "") -> Panel:
    return Panel(title=title, queries=(Query(expr=expr, legend=legend),), unit=unit, description=description)


def _health(series: Series) -> tuple[Panel, ...]:
    def pods(deployment: str) -> str:
        available = series.select("kube_deployment_status_replicas_available", f'deployment="{deployment}"')
        return f"sum ({available})"

    probes, api = "prober_probe_total", f'container="{API}"'
    successful = series.rate(probes, api, 'result="successful"')
    unready = series.select(probes, 'probe_type="Readiness"', 'result="failed"')
    return (
        _panel("Application health: API pods", pods(API), "pods"),
        _panel("Application health: worker pods", pods(WORKER), "pods"),
        _panel(
            "Application health: health check success rate",
            f"{successful} / {series.rate(probes, api)}",
            "success",
            "percentunit",
            "Share of the kubelet's probes of the API that were answered well.",
        ),
        _panel(
            "Application health: readiness probe failures",
            f"sum by (pod) (increase({unready}[5m]))",
            "{{pod}}",
        ),
    )


def _performance(series: Series) -> tuple[Panel, ...]:
    latency = Panel(
        title="Performance: request latency",
        unit="s",
        description="The 95th percentile should stay below 60 s.",
        queries=tuple(
            Query(expr=series.quantile(q, "http_request_duration_seconds"), legend=f"p{round(q * 100)}") for q in (0.5, 0.95, 0.99)
        ),
    )
    return (
        latency,
        _panel("Performance: request rate", series.rate("http_requests_total"), "requests", "reqps"),
        _panel(
            "Performance: error rate", series.share("http_requests_total", SERVER_ERROR), "5xx", "percentunit", "Should stay below 1 %."
        ),
        _panel("Performance: enhancement success rate", series.share("enhancement_requests_total", SUCCEEDED), "success", "percentunit"),
    )


def _infrastructure(series: Series) -> tuple[Panel, ...]:
    cpu = Panel(
        title="Infrastructure: CPU usage",
        queries=(
            Query(expr=series.rate("container_cpu_usage_seconds_total", CONTAINERS, by="pod"), legend="{{pod}}"),
            Query(expr='sum (rate(node_cpu_seconds_total{mode!="idle"}[5m]))', legend="whole cluster"),
        ),
        description="Cores.",
    )
    memory = Panel(
        title="Infrastructure: memory usage",
        unit="bytes",
        queries=(
            Query(expr=f"sum by (pod) ({series.select('container_memory_working_set_bytes', CONTAINERS)})", legend="{{pod}}"),
            Query(expr="sum (node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes)", legend="whole cluster"),
        ),
        description="A line that only ever rises is a leak.",
    )
    in_use, most = series.select("db_pool_connections_in_use"), series.select("db_pool_connections_max")
    return (
        cpu,
        memory,
        _panel("Infrastructure: database connection pool", f"sum ({in_use}) / sum ({most})", "in use", "percentunit"),
        _panel("Infrastructure: queue depth", f"max ({series.select('queue_depth')})", "tasks", description="Tasks that wait in Redis."),
    )


def _business(series: Series) -> tuple[Panel, ...]:
    return (
        _panel("Business: webhooks received", f"sum (increase({series.select('webhooks_received_total')}[1h]))", "within the hour"),
        _panel(
            "Business: enhancements completed",
            f"sum by (status) (increase({series.select('enhancement_requests_total')}[1h]))",
            "{{status}}",
            description="Within the hour.",
        ),
        _panel("Business: context gathering duration", series.average("context_gathering_duration_seconds"), "average", "s"),
        _panel("Business: ticket update latency", series.quantile(0.95, "ticket_update_duration_seconds"), "p95", "s"),
    )
