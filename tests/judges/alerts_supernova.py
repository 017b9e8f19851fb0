"""Supernova's nine alerts as its runbook describes them, the reminder of the next rotation, and what its objectives raise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.judges.alerts import AlertCase, slo_cases, slo_gauge_cases

RUNBOOK = "docs/runbooks/supernova.md"
NAMESPACES = {"production": "supernova", "staging": "supernova-staging", "development": "supernova-dev"}
POD, OTHER_POD = "supernova-server-0", "supernova-server-1"
MIGRATION = "supernova-server-migrate-1a2b"
RESTARTS = "kube_pod_container_status_restarts_total"
REQUESTS = "http_requests_total"
MEMORY_LIMIT = 2 * 1024**3
DAY = 24 * 3600


class Series:
    """Of one environment's namespace."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace

    def __call__(self, name: str, **labels: str) -> str:
        matchers = ", ".join(f'{label}="{value}"' for label, value in {"namespace": self.namespace, **labels}.items())
        return f"{name}{{{matchers}}}"

    def histogram(self, name: str, below: str, limit: str, above: str) -> dict[str, tuple[str, str]]:
        """Of 100 observations, 94 or 96 are no more than the limit."""
        counts = {below: ("0+90x60", "0+90x60"), limit: ("0+94x60", "0+96x60")}
        counts |= dict.fromkeys((above, "+Inf"), ("0+100x60", "0+100x60"))
        return {self(f"{name}_bucket", le=le): values for le, values in counts.items()}


def cases(options: Mapping[str, Any]) -> tuple[AlertCase, ...]:
    """`environment` is the stack's."""
    series = Series(NAMESPACES[options["environment"]])
    return (*critical(series), *warnings(series), due(series, int(options.get("rotation_days", 90))), *objectives(series))


def told(summary: str, chapter: str, action: str = "Page on-call") -> dict[str, str]:
    return {"summary": summary, "action": action, "runbook": f"{RUNBOOK}#{chapter}"}


def critical(series: Series) -> tuple[AlertCase, ...]:
    return (
        AlertCase(
            alert="SupernovaCrashLoop",
            severity="critical",
            since="2m30s",
            series={  # the third restart, or never more than two; another system's pod is not this one's affair
                series(RESTARTS, pod=POD): ("0 1 1 2 2 3x60", "0 1 1 2 2 2x60"),
                series(RESTARTS, pod=OTHER_POD): ("0x65", "0x65"),
                series(RESTARTS, pod=POD, namespace="other"): ("0+1x65", "0+1x65"),
            },
            labels={"pod": POD},
            annotations=told(f"{POD} restarted three times within 5 minutes", "crash-loops"),
        ),
        AlertCase(
            alert="SupernovaDatabaseConnectionFailure",
            severity="critical",
            since="2m30s",
            series={
                series("db_connection_errors_total", pod=POD): ("3x4 4x60", "3x65"),
                series("kube_deployment_status_replicas_available", deployment="supernova-db-pooler"): ("2x65", "1x65"),
                series("kube_deployment_status_replicas_available", deployment="another"): ("0x65", "0x65"),
            },
            annotations=told("Connections to the database fail", "database-connections"),
        ),
        AlertCase(
            alert="SupernovaMigrationFailed",
            severity="critical",
            since="2m30s",
            series={
                series("kube_job_failed", job_name=MIGRATION, condition="true"): ("0x4 1x60", "0x65"),
                series("kube_job_failed", job_name=MIGRATION, condition="false"): ("0x65", "1x65"),
                series("kube_job_failed", job_name="supernova-server-seed", condition="true"): ("0x65", "1x65"),
            },
            labels={"job_name": MIGRATION},
            annotations=told(f"Migration {MIGRATION} failed", "migrations"),
        ),
        AlertCase(
            alert="SupernovaHighErrorRate",
            severity="critical",
            window="5m",
            series={  # 5.1 % and 4.9 %
                series(REQUESTS, status="200", pod=POD): ("0+949x60", "0+951x60"),
                series(REQUESTS, status="503", pod=POD): ("0+51x60", "0+49x60"),
                series(REQUESTS, status="503", namespace="other"): ("0+1000x60", "0+1000x60"),
            },
            annotations=told("More than 5 % of requests answer 5xx", "roll-back"),
        ),
        AlertCase(
            alert="SupernovaSlowResponses",
            severity="critical",
            window="5m",
            series=series.histogram("http_request_duration_seconds", "1", "2", "5"),
            annotations=told("The 95th percentile of response times is above 2 s", "scale"),
        ),
    )


def warnings(series: Series) -> tuple[AlertCase, ...]:
    scaler, container = {"horizontalpodautoscaler": "supernova-server"}, {"container": "supernova-server"}
    memory, limits = "container_memory_working_set_bytes", "kube_pod_container_resource_limits"
    half, over, under = (MEMORY_LIMIT * percent // 100 for percent in (50, 86, 84))
    return (
        AlertCase(
            alert="SupernovaRateLimited",
            severity="warning",
            window="5m",
            series={  # 10.1 % and 9.9 %
                series(REQUESTS, status="200", pod=POD): ("0+899x60", "0+901x60"),
                series(REQUESTS, status="429", pod=POD): ("0+101x60", "0+99x60"),
            },
            annotations=told("More than 10 % of requests answer 429", "rate-limits", "Investigate"),
        ),
        AlertCase(
            alert="SupernovaAtMaximumReplicas",
            severity="warning",
            window="10m",
            since="2m30s",
            series={
                series("kube_horizontalpodautoscaler_status_current_replicas", **scaler): ("3x4 10x60", "3x4 9x60"),
                series("kube_horizontalpodautoscaler_spec_max_replicas", **scaler): ("10x65", "10x65"),
            },
            annotations=told("The server runs as many pods as it may", "scale", "Investigate"),
        ),
        AlertCase(
            alert="SupernovaMemoryUsage",
            severity="warning",
            window="5m",
            since="2m30s",
            series={
                series(memory, pod=POD, **container): (f"{half}x4 {over}x60", f"{half}x4 {under}x60"),
                # The whole pod's, which has no container's name.
                series(memory, pod=POD): (f"{MEMORY_LIMIT}x65", f"{MEMORY_LIMIT}x65"),
                series(limits, pod=POD, resource="memory", **container): (f"{MEMORY_LIMIT}x65", f"{MEMORY_LIMIT}x65"),
                series(limits, pod=POD, resource="cpu", **container): ("2x65", "2x65"),
            },
            labels={"pod": POD},
            annotations=told(f"{POD} uses more than 85 % of its memory", "scale", "Investigate"),
        ),
        AlertCase(
            alert="SupernovaSlowQueries",
            severity="warning",
            window="5m",
            series=series.histogram("db_query_duration_seconds", "0.5", "1", "2.5")
            | {  # the pooler's mean stays below
                series("pgbouncer_stats_queries_duration_seconds_total"): ("0+50x60", "0+99x60"),
                series("pgbouncer_stats_queries_pooled_total"): ("0+100x60", "0+100x60"),
            },
            annotations=told("Database queries take more than 1 s", "slow-queries", "Investigate"),
        ),
    )


def due(series: Series, days: int) -> AlertCase:
    """The tests' clock starts at 1970-01-01: a namespace made that long before, or an hour later."""
    names = "app-jwt-secret, collab-pay-webhook-secret, issuer-admin-secret, session-secret, signing keys"
    return AlertCase(
        alert="SupernovaSecretsDue",
        severity="warning",
        series={series("kube_namespace_created"): (f"-{days * DAY}x60", f"-{days * DAY - 3600}x60")},
        labels={"secrets": names},
        annotations=told(f"Older than {days} days: {names}", "rotate-secrets", "Investigate"),
    )


def objectives(series: Series) -> tuple[AlertCase, ...]:
    """99.9 % of the time available, 99.5 % of all requests without 5xx, 95 % within 500 ms."""
    duration = "http_request_duration_seconds"

    def ready(number: int) -> str:
        return series("kube_deployment_status_replicas_available", deployment="supernova-server", instance=str(number))

    def requests(bad: int, good: int) -> dict[str, int]:
        # The client's own mistakes use up no budget.
        statuses = {"200": good // 2, "404": good - good // 2, "503": bad}
        return {series(REQUESTS, status=status, pod=POD): number for status, number in statuses.items()}

    def durations(slow: int, fast: int) -> dict[str, int]:
        buckets = {
            series(f"{duration}_bucket", le=le): number for le, number in {"0.5": fast, "1": fast + slow, "+Inf": fast + slow}.items()
        }
        return {**buckets, series(f"{duration}_count"): fast + slow}

    return (
        *slo_gauge_cases("supernova", "availability", "Availability", 0.999, ready, f"{RUNBOOK}#scale"),
        *slo_cases("supernova", "success", "Requests that succeed", 0.995, requests, f"{RUNBOOK}#roll-back"),
        *slo_cases("supernova", "latency", "Requests within 500 ms", 0.95, durations, f"{RUNBOOK}#scale"),
    )
