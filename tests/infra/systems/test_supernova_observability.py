"""Supernova: dashboard, objectives, alerts and who hears of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import promql_parser
import pytest

from components.observability import slo
from components.observability.spec import AlertRule
from infra.profiles import PROFILES, Environment
from infra.system import SystemSpec
from infra.systems.supernova.metrics import APPLICATION, PLATFORM
from tests.infra.systems.supernova_world import ENVIRONMENTS, system
from tests.infra.systems.test_play_new_observability import selectors

# Alert: threshold as it ends the expression, window, severity.
ALERTS = {
    "SupernovaCrashLoop": (">= 3", None, "critical"),
    "SupernovaDatabaseConnectionFailure": ("== 0", None, "critical"),
    "SupernovaMigrationFailed": ("> 0", None, "critical"),
    "SupernovaHighErrorRate": ("> 0.05", "5m", "critical"),
    "SupernovaSlowResponses": ("> 2", "5m", "critical"),
    "SupernovaRateLimited": ("> 0.10", "5m", "warning"),
    "SupernovaAtMaximumReplicas": ('horizontalpodautoscaler="supernova-server"})', "10m", "warning"),
    "SupernovaMemoryUsage": ("> 0.85", "5m", "warning"),
    "SupernovaSlowQueries": ("> 1", "5m", "warning"),
}
DUE = "SupernovaSecretsDue"
ALWAYS = {"le", "pod", "namespace"}


def alerts(spec: SystemSpec) -> dict[str, AlertRule]:
    return {rule.name: rule for group in spec.observability.rules for rule in group.rules if isinstance(rule, AlertRule)}


def expressions(spec: SystemSpec) -> list[str]:
    seen = spec.observability
    shown = [query.expr for dashboard in seen.dashboards for panel in dashboard.panels for query in panel.queries]
    objectives = [part.replace("{window}", "5m") for item in seen.slos for part in (item.bad, item.total)]
    return [*shown, *objectives, *(rule.expr for rule in alerts(spec).values())]


@pytest.mark.requirement("SN-11")
@pytest.mark.requirement("SN-12")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_expression_asks_for_known_series_of_its_own_namespace_alone(environment: Environment):
    spec = system(environment)
    [namespace] = spec.namespaces
    known = {**APPLICATION, **PLATFORM}
    for expression in expressions(spec):
        found = list(selectors(promql_parser.parse(expression)))
        assert found, expression
        for selector in found:
            base = re.sub("_(bucket|count)$", "", selector.name)
            name = base if base in known else selector.name
            labels = {matcher.name: matcher.value for matcher in selector.matchers.matchers}
            assert labels["namespace"] == namespace.name, expression
            assert set(labels) <= {*known[name], *ALWAYS}, expression


@pytest.mark.requirement("SN-12")
def test_the_nine_alerts_have_their_thresholds_windows_and_severities():
    found = alerts(system())
    assert set(found) == {*ALERTS, DUE}
    for name, (threshold, window, severity) in ALERTS.items():
        assert found[name].expr.endswith(threshold), name
        assert (found[name].window, found[name].severity) == (window, severity), name


@pytest.mark.requirement("SN-12")
def test_critical_alerts_open_incidents_and_warnings_go_to_the_channel():
    receivers = system().receivers
    assert (receivers.pagerduty, receivers.slack, receivers.emails) == (True, "#supernova-ops", ("ops@supernova.example",))
    assert system(slack_channel="#other").receivers.slack == "#other"
    for environment in ("staging", "development"):
        others = system(environment).receivers
        assert (others.pagerduty, others.slack) == (False, None)


@pytest.mark.requirement("SN-12")
def test_connections_to_the_active_database_are_watched():
    restored = {"restored": {"snapshot": "s"}, "active": "supernova-db-restored"}
    assert 'deployment="supernova-db-restored-pooler"' in alerts(system(database=restored))["SupernovaDatabaseConnectionFailure"].expr


@pytest.mark.requirement("SN-06")
def test_a_reminder_counts_each_secrets_age_from_its_last_rotation():
    alert = alerts(system(rotated={"session-secret": "2026-04-01"}, signing={"generation": 2, "since": "2026-04-01"}, rotation_days=60))[
        DUE
    ]
    day = int(datetime(2026, 4, 1, tzinfo=UTC).timestamp())
    assert alert.expr.endswith(f" > {60 * 24 * 3600}")
    assert f'label_replace(vector(time() - {day}), "secrets", "session-secret, signing keys", "", "")' in alert.expr
    # What was never rotated is as old as its namespace.
    others = '"app-jwt-secret, collab-pay-webhook-secret, issuer-admin-secret"'
    assert f'label_replace(time() - max (kube_namespace_created{{namespace="supernova"}}), "secrets", {others}, "", "")' in alert.expr
    promql_parser.parse(alert.expr)


@pytest.mark.requirement("SN-11")
def test_the_objectives_are_the_documented_ones():
    assert {item.name: (item.objective, item.days) for item in system().observability.slos} == {
        "availability": (0.999, 30),
        "success": (0.995, 30),
        "latency": (0.95, 30),
    }
    by_name = {item.name: item for item in system().observability.slos}
    assert 'le="0.5"' in by_name["latency"].bad
    assert 'status=~"5.."' in by_name["success"].bad
    assert 'deployment="supernova-server"' in by_name["availability"].total


@pytest.mark.requirement("SN-11")
def test_every_objective_has_burn_rate_alerts_and_a_place_on_the_dashboard():
    slos = system().observability.slos
    burning = [
        rule for item in slos for group in slo.rules(item, {"system": "supernova"}) for rule in group.rules if isinstance(rule, AlertRule)
    ]
    assert {rule.name.partition("Burn")[0] for rule in burning} == {f"Supernova{name}" for name in ("Availability", "Success", "Latency")}
    assert {rule.severity for rule in burning} == {"critical", "warning"}
    titles = [panel.title for panel in slo.dashboard(slos, {"system": "supernova"}).panels]
    assert [title for title in titles if title.endswith("error budget left")] == [f"{item.title}: error budget left" for item in slos]


@pytest.mark.requirement("SN-11")
def test_the_dashboard_shows_the_documented_queries():
    [board] = system().observability.dashboards
    shown = {panel.title: panel.queries[0].expr for panel in board.panels}
    own = 'namespace="supernova"'
    assert shown["Request rate"] == f"sum by (status) (rate(http_requests_total{{{own}}}[5m]))"
    assert shown["Error rate"].endswith(f" / sum (rate(http_requests_total{{{own}}}[5m]))")
    assert 'status=~"5.."' in shown["Error rate"]
    times = next(panel for panel in board.panels if panel.title == "Response time")
    assert times.queries[1].expr == f"histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{{{own}}}[5m])))"
    assert [query.legend for query in times.queries] == ["p50", "p95", "p99"]
    assert 'pod=~"supernova.*"' in shown["Pod CPU usage"]
    tracked = {"Database connection pool", "Redis hit ratio", "Pod memory usage", "Rate limited", "Client errors"}
    assert tracked <= set(shown)


@pytest.mark.requirement("SN-15")
def test_logs_are_kept_for_thirty_days_at_least():
    assert all(system(environment).observability.logs for environment in ENVIRONMENTS)
    assert PROFILES["production"].log_days >= 30
