"""Play New: dashboards and alerts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import promql_parser
import pytest

from infra.systems.play_new.alerts import rules
from infra.systems.play_new.dashboards import dashboards
from infra.systems.play_new.metrics import DOCUMENTED, PLATFORM, failing
from tests.infra.systems.world import World, bring_up

PANELS = {
    "System Overview": ["Request rate", "Error rate", "P95 latency", "Active users", "Active agent pods"],
    "Agent Runner": ["Spawn rate", "Spawn duration", "Success/failure ratio", "Concurrent pods"],
    "LLM Usage": ["Calls per provider", "Tokens per provider", "Latency per model", "Cost estimation"],
    "Channel Health": ["Messages per channel", "Connection status", "Error rate per channel"],
    "Per-Organization": ["Active users", "Interaction volume", "Skill activation", "Pattern collection rate"],
}
HISTOGRAM_SUFFIXES = ("_bucket", "_count", "_sum")
ALWAYS = {"le", "pod", "namespace", "job", "instance"}

# Alert: threshold as it ends the expression, window, severity.
ALERTS = {
    "PlayNewHighErrorRate": ("> 0.05", "5m", "critical"),
    "PlayNewSlowResponses": ("> 25", "10m", "warning"),
    "PlayNewChannelDisconnected": ("== 0", "5m", "critical"),
    "PlayNewDatabaseConnectionFailure": (">= 10", None, "critical"),
    "PlayNewLlmProviderErrors": ("> 0.10", "5m", "warning"),
    "PlayNewAgentRunnerFailures": ("> 0.05", "5m", "warning"),
    "PlayNewDiskUsage": ("> 0.80", None, "warning"),
}
METRIC_OF = {
    "PlayNewHighErrorRate": {"http_requests_total"},
    "PlayNewSlowResponses": {"http_request_duration_seconds_bucket"},
    "PlayNewChannelDisconnected": {"channel_connection_status"},
    "PlayNewDatabaseConnectionFailure": {"db_connections_active"},
    "PlayNewLlmProviderErrors": {"llm_requests_total"},
    "PlayNewAgentRunnerFailures": {"agent_runner_spawn_total"},
    "PlayNewDiskUsage": {"kubelet_volume_stats_used_bytes", "kubelet_volume_stats_capacity_bytes"},
}


def expressions() -> list[str]:
    shown = [query.expr for dashboard in dashboards() for panel in dashboard.panels for query in panel.queries]
    return shown + [rule.expr for group in rules(10) for rule in group.rules]


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


@pytest.mark.requirement("PN-18")
@pytest.mark.requirement("PN-19")
@pytest.mark.parametrize("expression", expressions())
def test_every_expression_parses_and_asks_for_documented_metrics_alone(expression: str):
    found = list(selectors(promql_parser.parse(expression)))
    assert found
    for selector in found:
        base = selector.name
        for suffix in HISTOGRAM_SUFFIXES:
            if base.endswith(suffix) and base.removesuffix(suffix) in DOCUMENTED:
                base = base.removesuffix(suffix)
        assert base in DOCUMENTED or base in PLATFORM, selector.name
        labels = {matcher.name for matcher in selector.matchers.matchers}
        assert labels <= set(DOCUMENTED.get(base, ())) | ALWAYS, f"{selector.name}: {labels}"


@pytest.mark.requirement("PN-18")
def test_what_has_never_failed_shows_zero_and_not_nothing():
    expression = failing("llm_requests_total", 'status!="success"', by="provider")
    promql_parser.parse(expression)
    everything = "sum by (provider) (rate(llm_requests_total[5m]))"
    assert expression.endswith(f" or 0 * {everything}) / {everything}")


@pytest.mark.requirement("PN-18")
def test_the_five_dashboards_have_the_documented_panels():
    assert {item.title: [panel.title for panel in item.panels] for item in dashboards()} == PANELS


@pytest.mark.requirement("PN-18")
def test_grafana_finds_every_dashboard_by_its_label(phase0: World):
    found = {
        json.loads(next(iter(item.inputs["data"].values())))["title"]
        for item in phase0.all("ConfigMap")
        if item.inputs["metadata"].get("labels") == {"grafana_dashboard": "1"} and item.inputs["metadata"]["namespace"] == "monitoring"
    }
    assert found == set(PANELS)


@pytest.mark.requirement("PN-18")
def test_a_dashboard_is_json_as_grafana_reads_it(phase0: World):
    data = phase0.named("ConfigMap", "dashboard-pn-per-organization").inputs["data"]
    board = json.loads(data["pn-per-organization.json"])
    assert board["uid"] == "pn-per-organization"
    assert [item["name"] for item in board["templating"]["list"]] == ["org_id"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert all(target["expr"] for panel in board["panels"] for target in panel["targets"])


@pytest.mark.requirement("PN-18")
def test_prometheus_scrapes_the_host(phase0: World):
    monitor = phase0.named("ServiceMonitor", "pn-host").inputs["spec"]
    assert monitor["endpoints"] == [{"port": "http", "path": "/metrics", "interval": "30s"}]
    service = phase0.named("Service", "pn-host").inputs
    assert service["metadata"]["labels"].items() >= monitor["selector"]["matchLabels"].items()
    assert [port["name"] for port in service["spec"]["ports"]] == ["http"]


@pytest.mark.requirement("PN-19")
def test_the_seven_alerts_have_their_thresholds_windows_and_severities(phase0: World):
    made = phase0.named("PrometheusRule", "play-new")
    assert made.inputs["metadata"]["labels"] == {"release": "monitoring"}
    found = {rule["alert"]: rule for group in made.inputs["spec"]["groups"] for rule in group["rules"]}
    assert set(found) == set(ALERTS)
    for name, (threshold, window, severity) in ALERTS.items():
        assert found[name]["expr"].endswith(threshold), name
        assert found[name].get("for") == window, name
        assert found[name]["labels"]["severity"] == severity, name
        assert {selector.name for selector in selectors(promql_parser.parse(found[name]["expr"]))} == METRIC_OF[name]


@pytest.mark.requirement("PN-19")
def test_an_exhausted_pool_is_as_large_as_the_stack_says():
    made = bring_up(database_pool=25).named("PrometheusRule", "play-new")
    expr = {rule["alert"]: rule["expr"] for rule in made.inputs["spec"]["groups"][0]["rules"]}
    assert expr["PlayNewDatabaseConnectionFailure"].endswith(">= 25")
