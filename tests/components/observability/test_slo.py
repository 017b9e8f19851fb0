from __future__ import annotations

import json
from itertools import chain
from typing import Any

import promql_parser
import pytest
from pydantic import ValidationError

from components.observability import slo
from components.observability.render import grafana, prometheus_rule
from components.observability.spec import AlertRule, RecordingRule, RuleGroup, Slo

LABELS = {"system": "supernova"}
AVAILABILITY = Slo(
    name="availability",
    title="Availability",
    objective=0.999,
    bad='sum(rate(http_requests_total{status=~"5.."}[{window}]))',
    total="sum(rate(http_requests_total[{window}]))",
    runbook="docs/runbooks/supernova.md",
)
LATENCY = slo.latency("latency", title="Latency", histogram="http_request_duration_seconds", seconds=0.5, objective=0.95)


def changed(**changes: Any) -> Slo:
    return Slo(**AVAILABILITY.model_dump() | changes)


def records(of: Slo = AVAILABILITY) -> dict[str, str]:
    (group,) = slo.rules(of, LABELS)
    return {rule.record: rule.expr for rule in group.rules if isinstance(rule, RecordingRule)}


def alerts(of: Slo = AVAILABILITY) -> dict[str, AlertRule]:
    (group,) = slo.rules(of, LABELS)
    return {rule.name: rule for rule in group.rules if isinstance(rule, AlertRule)}


def ratio(window: str) -> str:
    return f'slo_availability:error_ratio:rate{window}{{system="supernova",slo="availability"}}'


@pytest.mark.requirement("SN-11")
def test_the_error_ratio_is_recorded_over_every_window_and_the_period():
    windows = [name.rpartition(":rate")[2] for name in records() if ":error_ratio:" in name]
    assert windows == ["5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d"]


@pytest.mark.requirement("SN-11")
@pytest.mark.parametrize(
    ("alert", "long", "short", "limit", "severity"),
    [
        ("SupernovaAvailabilityBurn1h", "1h", "5m", "0.0144", "critical"),
        ("SupernovaAvailabilityBurn6h", "6h", "30m", "0.006", "critical"),
        ("SupernovaAvailabilityBurn1d", "1d", "2h", "0.003", "warning"),
        ("SupernovaAvailabilityBurn3d", "3d", "6h", "0.001", "warning"),
    ],
)
def test_alerts_are_those_of_the_sre_workbook(alert: str, long: str, short: str, limit: str, severity: str):
    rule = alerts()[alert]
    assert rule.expr == f"{ratio(long)} > {limit} and {ratio(short)} > {limit}"
    assert (rule.severity, rule.window, rule.runbook) == (severity, None, "docs/runbooks/supernova.md")


@pytest.mark.parametrize(
    ("days", "factors"),
    [(30, [14.4, 6, 3, 1]), (28, [13.44, 5.6, 2.8, 1]), (90, [43.2, 18, 9, 3]), (7, [3.36, 1.4, 1, 1]), (2, [1, 1, 1]), (1, [1, 1, 1])],
)
def test_factors_follow_from_the_period(days: int, factors: list[float]):
    """Never below 1, which is no violation; windows longer than the period are none."""
    of = changed(days=days)
    assert [slo.factor(of, burn) for burn in slo.burns(of)] == factors
    assert f"slo_availability:error_ratio:rate{days}d" in records(of)


def test_an_alert_that_no_ratio_could_reach_is_left_out():
    assert [burn.long for burn in slo.burns(changed(objective=0.9))] == ["6h", "1d", "3d"]
    with pytest.raises(ValueError, match=r"slos\.availability\.objective: 0\.51"):
        slo.rules(changed(objective=0.51, days=90), LABELS)


def test_alerts_read_what_is_recorded_before_them_in_the_same_group():
    (group,) = slo.rules(AVAILABILITY, LABELS)
    known: set[str] = set()
    for rule in group.rules:
        if isinstance(rule, RecordingRule):
            known.add(rule.record)
        else:
            assert {part.partition("{")[0] for part in rule.expr.split() if part.startswith("slo_")} <= known


@pytest.mark.parametrize("of", [AVAILABILITY, LATENCY, changed(days=7)], ids=lambda of: f"{of.name}-{of.days}")
def test_every_expression_is_promql(of: Slo):
    panels = slo.dashboard((of,), LABELS).panels
    for expression in chain(records(of).values(), (rule.expr for rule in alerts(of).values()), (q.expr for p in panels for q in p.queries)):
        promql_parser.parse(expression)
        assert "{window}" not in expression


def test_long_windows_do_not_read_raw_series():
    for name, expression in records().items():
        if name.endswith(("rate1d", "rate3d", "rate30d")):
            assert "http_requests_total" not in expression
            assert expression.startswith("avg_over_time(slo_availability:events_bad:rate5m{")


def test_objectives_of_two_systems_and_two_objectives_of_one_are_told_apart():
    assert not set(records()) & set(records(LATENCY))
    (one,), (other,) = slo.rules(AVAILABILITY, LABELS), slo.rules(AVAILABILITY, {"system": "ai-agents"})
    for mine, theirs in zip(one.rules, other.rules, strict=True):
        if isinstance(mine, RecordingRule):
            assert isinstance(theirs, RecordingRule)
            assert mine.labels == {"system": "supernova", "slo": "availability"}
            assert theirs.labels == {"system": "ai-agents", "slo": "availability"}
        else:
            assert isinstance(theirs, AlertRule)
            assert mine.name != theirs.name
            assert 'system="ai-agents"' not in mine.expr


@pytest.mark.parametrize(("seconds", "matcher"), [(0.5, 'le="0.5"'), (2, r'le=~"2(\\.0)?"'), (2.5, 'le="2.5"')])
def test_a_bound_is_found_as_old_and_new_prometheus_write_it(seconds: float, matcher: str):
    made = slo.latency("latency", title="Latency", histogram="h", seconds=seconds, objective=0.95, selector='job="api"')
    assert f'h_bucket{{job="api",{matcher}}}' in made.bad
    assert made.total == 'sum(rate(h_count{job="api"}[{window}]))'


@pytest.mark.requirement("SN-11")
def test_the_dashboard_shows_what_is_left_and_how_fast_it_goes():
    board = slo.dashboard((AVAILABILITY, LATENCY), LABELS)
    left, burn = board.panels[:2]
    assert board.uid == "supernova-slos"
    assert left.queries[0].expr == f"1 - {ratio('30d')} / 0.001"
    assert left.unit == "percentunit"
    assert [query.expr for query in burn.queries] == [f"{ratio(window)} / 0.001" for window in ("1h", "6h", "1d", "3d")]
    assert len(json.loads(grafana(board))["panels"]) == 4


def test_recorded_series_are_rendered_with_the_systems_labels_and_their_own():
    rule = RecordingRule(record="queue:depth:max", expr="max(queue_depth)", labels={"queue": "main"})
    (group,) = prometheus_rule([RuleGroup(name="queues", rules=(rule,))], LABELS)["groups"]
    assert group["rules"] == [{"record": "queue:depth:max", "expr": "max(queue_depth)", "labels": {"system": "supernova", "queue": "main"}}]


@pytest.mark.parametrize("changes", [{"objective": 1.0}, {"objective": 0.5}, {"days": 0}, {"bad": "sum(rate(x[5m]))"}])
def test_an_objective_without_a_budget_or_a_window_is_refused(changes: dict[str, Any]):
    with pytest.raises(ValidationError):
        changed(**changes)
