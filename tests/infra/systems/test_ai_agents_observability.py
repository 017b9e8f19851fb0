"""AI Agents: dashboard, alerts, smoke tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import promql_parser
import pytest

from components.observability.render import grafana
from components.observability.spec import AlertRule
from infra.smoke import HttpCheck, RedirectCheck, TlsCheck
from infra.systems.ai_agents.alerts import rules
from infra.systems.ai_agents.dashboards import dashboards
from infra.systems.ai_agents.metrics import APPLICATION, PLATFORM, Series
from tests.infra.systems.ai_agents_world import system

HISTOGRAM_SUFFIXES = ("_bucket", "_count", "_sum")
ALWAYS = {"le", "pod", "namespace", "job", "instance"}
# Whole nodes, and certificates: the Gateway's namespace holds them.
CLUSTER_WIDE = {
    "node_cpu_seconds_total",
    "node_memory_MemAvailable_bytes",
    "node_memory_MemTotal_bytes",
    "certmanager_certificate_expiration_timestamp_seconds",
}
GROUPS = {
    "Application health": ["API pods", "worker pods", "health check success rate", "readiness probe failures"],
    "Performance": ["request latency", "request rate", "error rate", "enhancement success rate"],
    "Infrastructure": ["CPU usage", "memory usage", "database connection pool", "queue depth"],
    "Business": ["webhooks received", "enhancements completed", "context gathering duration", "ticket update latency"],
}
# Alert: how its expression ends, and its window.
ALERTS = {
    "AiAgentsApiDown": ("== 0", "2m"),
    "AiAgentsHighErrorRate": ("> 0.05", "5m"),
    "AiAgentsQueueBackup": ("> 1000", "10m"),
    "AiAgentsDatabaseConnectionFailures": ("[5m])) > 10", None),
    "AiAgentsCertificateExpiring": ("< 604800", None),
    "AiAgentsPodRestartLoop": ("[10m])) > 5", None),
}


def expressions() -> list[str]:
    shown = [query.expr for dashboard in dashboards("production") for panel in dashboard.panels for query in panel.queries]
    return shown + [rule.expr for group in rules("production") for rule in group.rules]


def selectors(node: Any) -> Iterator[Any]:
    """Every vector selector below a node."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
        return
    for name in ("expr", "lhs", "rhs", "args", "vector_selector", "param"):
        child = getattr(node, name, None)
        for item in cast("list[Any]", child) if isinstance(child, list) else [child]:
            if item is not None and not isinstance(item, str | int | float):
                yield from selectors(item)


@pytest.mark.requirement("AA-12")
@pytest.mark.requirement("AA-13")
@pytest.mark.parametrize("expression", expressions())
def test_every_expression_asks_for_known_metrics_of_its_own_namespace_alone(expression: str):
    found = list(selectors(promql_parser.parse(expression)))
    assert found
    known = {**APPLICATION, **PLATFORM}
    for selector in found:
        base = next((selector.name.removesuffix(end) for end in HISTOGRAM_SUFFIXES if selector.name.removesuffix(end) in APPLICATION), "")
        base = base or selector.name
        assert base in known, selector.name
        matchers = {matcher.name: matcher.value for matcher in selector.matchers.matchers}
        assert set(matchers) <= set(known[base]) | ALWAYS, selector.name
        # Another system of the cluster may export the same names.
        assert base in CLUSTER_WIDE or matchers["namespace"] == "production", selector.name


@pytest.mark.requirement("AA-12")
def test_the_dashboard_shows_the_four_documented_groups_of_metrics():
    (board,) = system().observability.dashboards
    assert board.title == "AI Agents API"
    found: dict[str, list[str]] = {}
    for panel in board.panels:
        group, _, title = panel.title.partition(": ")
        found.setdefault(group, []).append(title)
    assert found == GROUPS
    assert len(json.loads(grafana(board))["panels"]) == len(board.panels)


@pytest.mark.requirement("AA-12")
def test_latency_is_shown_at_three_percentiles():
    (board,) = dashboards("production")
    latency = next(panel for panel in board.panels if panel.title.endswith("request latency"))
    assert [query.legend for query in latency.queries] == ["p50", "p95", "p99"]


@pytest.mark.requirement("AA-12")
def test_what_has_never_failed_shows_zero_and_not_nothing():
    expression = Series("production").share("enhancement_requests_total", 'status="failure"')
    everything = 'sum (rate(enhancement_requests_total{namespace="production"}[5m]))'
    assert expression.endswith(f" or 0 * {everything}) / {everything}")


@pytest.mark.requirement("AA-13")
def test_the_six_alerts_have_their_thresholds_and_windows_and_are_critical():
    (group,) = system().observability.rules
    found = {rule.name: rule for rule in group.rules if isinstance(rule, AlertRule)}
    assert set(found) == set(ALERTS)
    for name, (end, window) in ALERTS.items():
        rule = found[name]
        assert rule.expr.endswith(end), rule.expr
        assert (rule.window, rule.severity) == (window, "critical"), name


@pytest.mark.requirement("AA-13")
def test_staging_watches_its_own_namespace():
    text = str(system("staging").observability.rules)
    assert 'namespace="staging"' in text
    assert 'namespace="production"' not in text


@pytest.mark.requirement("AA-13")
def test_alerts_reach_whom_the_stack_names():
    receivers = system(alert_emails=["oncall@ai-agents.example"], pagerduty=True, slack_channel="#production-ops").receivers
    assert (receivers.emails, receivers.pagerduty, receivers.slack) == (("oncall@ai-agents.example",), True, "#production-ops")
    assert system().receivers.emails == ("ops@ai-agents.example",)


@pytest.mark.requirement("AA-11")
def test_the_monitoring_tools_get_public_hosts():
    assert system().observability.exposed
    assert system().observability.traces


@pytest.mark.requirement("AA-14")
def test_the_smoke_tests_are_the_documented_ones_in_their_order():
    health, ready, tls, forged, signed, metrics, redirect = system().checks
    assert isinstance(health, HttpCheck)
    assert (health.method, health.path, health.status) == ("GET", "/health", 200)
    assert isinstance(ready, HttpCheck)
    assert (ready.path, ready.status) == ("/health", 200)
    assert isinstance(tls, TlsCheck)
    assert isinstance(forged, HttpCheck)
    assert (forged.method, forged.path, forged.status, forged.secret) == ("POST", "/webhook/servicedesk", 401, "")
    assert forged.headers["X-ServiceDesk-Signature"].startswith("sha256=")
    assert isinstance(signed, HttpCheck)
    assert (signed.path, signed.status, signed.secret) == ("/webhook/servicedesk", 202, "WEBHOOK_SECRET")
    assert (signed.signature_header, signed.signature_format) == ("X-ServiceDesk-Signature", "sha256={signature}")
    assert isinstance(metrics, HttpCheck)
    assert (metrics.path, metrics.status) == ("/metrics", 200)
    assert isinstance(redirect, RedirectCheck)


@pytest.mark.requirement("AA-14")
def test_the_webhook_is_json_of_the_tenant_that_its_header_names():
    signed = next(check for check in system().checks if isinstance(check, HttpCheck) and check.secret)
    ticket = json.loads(signed.body)
    assert {"ticket_id", "subject", "description", "tenant_id"} == set(ticket)
    assert ticket["tenant_id"] == signed.headers["X-Tenant-ID"] == "{TENANT_ID}"
    assert signed.variables == {"TENANT_ID": "00000000-0000-0000-0000-000000000001"}


def test_metrics_can_be_hidden_from_outside_and_are_then_not_asked_for():
    hidden = system(public_metrics=False)
    assert hidden.routes[0].private_paths == ("/metrics",)
    assert "/metrics" not in [check.path for check in hidden.checks if isinstance(check, HttpCheck)]
    assert system().routes[0].private_paths == ()
