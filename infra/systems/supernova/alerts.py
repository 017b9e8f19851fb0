"""The nine documented alerts, and the reminder to rotate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Literal

from components.observability.spec import AlertRule, RuleGroup
from infra.systems.supernova.metrics import SERVER, Metrics, named

RUNBOOK = "docs/runbooks/supernova.md"
DAY = 24 * 3600


def rules(metrics: Metrics, pooler: str, migration: str, rotated: Mapping[str, date | None], rotation_days: int) -> tuple[RuleGroup, ...]:
    """`pooler` and `migration` are names of the Deployment and the Job. `rotated` are secrets by the day of their last rotation."""
    return (
        RuleGroup(name="supernova", rules=(*_critical(metrics, pooler, migration), *_warnings(metrics))),
        RuleGroup(name="supernova-secrets", rules=(_due(metrics, rotated, rotation_days),)),
    )


def _critical(metrics: Metrics, pooler: str, migration: str) -> tuple[AlertRule, ...]:
    restarts = f"increase({metrics.series('kube_pod_container_status_restarts_total')}[5m])"
    errors = f"sum (increase({metrics.series('db_connection_errors_total')}[5m])) > 0"
    poolers = metrics.most("kube_deployment_status_replicas_available", deployment=pooler)
    failed = metrics.most("kube_job_failed", by="job_name", job_name=f"~{migration}-.+", condition="true")
    return (
        _alert(
            "CrashLoop",
            # Rounded: three restarts are extrapolated to a little more, by where the samples lie.
            f"max by (pod) (round({restarts})) >= 3",
            None,
            "critical",
            "{{ $labels.pod }} restarted three times within 5 minutes",
            "crash-loops",
        ),
        _alert(
            "DatabaseConnectionFailure",
            f"{errors} or {poolers} == 0",
            None,
            "critical",
            "Connections to the database fail",
            "database-connections",
        ),
        _alert("MigrationFailed", f"{failed} > 0", None, "critical", "Migration {{ $labels.job_name }} failed", "migrations"),
        _alert(
            "HighErrorRate",
            f"{metrics.share('http_requests_total', status='~5..')} > 0.05",
            "5m",
            "critical",
            "More than 5 % of requests answer 5xx",
            "roll-back",
        ),
        _alert(
            "SlowResponses",
            f"{metrics.quantile(0.95, 'http_request_duration_seconds')} > 2",
            "5m",
            "critical",
            "The 95th percentile of response times is above 2 s",
            "scale",
        ),
    )


def _warnings(metrics: Metrics) -> tuple[AlertRule, ...]:
    current, most = (
        metrics.most(f"kube_horizontalpodautoscaler_{part}_replicas", horizontalpodautoscaler=SERVER)
        for part in ("status_current", "spec_max")
    )
    slow = f"{metrics.mean_query_seconds()} > 1 or {metrics.quantile(0.95, 'db_query_duration_seconds')} > 1"
    return (
        _alert(
            "RateLimited",
            f"{metrics.share('http_requests_total', status='429')} > 0.10",
            "5m",
            "warning",
            "More than 10 % of requests answer 429",
            "rate-limits",
        ),
        _alert("AtMaximumReplicas", f"{current} >= {most}", "10m", "warning", "The server runs as many pods as it may", "scale"),
        _alert(
            "MemoryUsage",
            f"{metrics.memory()} > 0.85",
            "5m",
            "warning",
            "{{ $labels.pod }} uses more than 85 % of its memory",
            "scale",
        ),
        # By the server's own histogram, and by the pooler's sums, which are always there: a mean above the limit is the worse case.
        _alert("SlowQueries", slow, "5m", "warning", "Database queries take more than 1 s", "slow-queries"),
    )


def _due(metrics: Metrics, rotated: Mapping[str, date | None], days: int) -> AlertRule:
    """Secrets of the same day are one alert. What was never rotated is as old as its namespace."""
    dates: dict[date | None, list[str]] = {}
    for name, day in rotated.items():
        dates.setdefault(day, []).append(name)
    ages = " or ".join(
        f'label_replace({_age(metrics, day)}, "secrets", "{named(names)}", "", "")'
        for day, names in sorted(dates.items(), key=lambda item: item[0] or date.min)
    )
    return _alert(
        "SecretsDue", f"({ages}) > {days * DAY}", None, "warning", f"Older than {days} days: {{{{ $labels.secrets }}}}", "rotate-secrets"
    )


def _age(metrics: Metrics, day: date | None) -> str:
    if day is None:
        return f"time() - {metrics.most('kube_namespace_created')}"
    return f"vector(time() - {int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())})"


def _alert(name: str, expr: str, window: str | None, severity: Literal["critical", "warning"], summary: str, chapter: str) -> AlertRule:
    action = "Page on-call" if severity == "critical" else "Investigate"
    return AlertRule(
        name=f"Supernova{name}",
        expr=expr,
        window=window,
        severity=severity,
        summary=summary,
        action=action,
        runbook=f"{RUNBOOK}#{chapter}",
    )
