"""promtool shows the alerts of an objective what a month brings: outages, spikes, what is over, and nights without anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.observability import slo
from components.observability.render import prometheus_rule
from components.observability.spec import Slo
from tests.judges.alerts import AlertCase, slo_cases
from tests.judges.programs import run
from tests.judges.test_prometheus import CHANGES, changed_rules, failed_alerts

pytestmark = pytest.mark.judge

LABELS = {"system": "toy"}
AVAILABILITY = Slo(
    name="availability",
    title="Availability",
    objective=0.999,
    bad='sum(rate(requests_total{status=~"5.."}[{window}]))',
    total="sum(rate(requests_total[{window}]))",
)
LATENCY = slo.latency("latency", title="Latency", histogram="seconds", seconds=2, objective=0.95)
GOOD, BAD = 'requests_total{status="200"}', 'requests_total{status="503"}'
RULES = {"toy.yaml": prometheus_rule([*slo.rules(AVAILABILITY, LABELS), *slo.rules(LATENCY, LABELS)], LABELS)}
HOUR = 60
"""Values of an hour: one a minute."""


def cases() -> tuple[AlertCase, ...]:
    return (
        *slo_cases("toy", "availability", "Availability", 0.999, lambda bad, good: {GOOD: good, BAD: bad}),
        *slo_cases("toy", "latency", "Latency", 0.95, buckets),
    )


def buckets(slow: int, fast: int) -> Mapping[str, int]:
    return {'seconds_bucket{le="2.0"}': fast, 'seconds_bucket{le="+Inf"}': fast + slow, "seconds_count": fast + slow}


@pytest.mark.requirement("SN-11")
def test_each_alert_fires_above_its_burn_rate_and_is_silent_below(tmp_path: Path) -> None:
    failed, said = failed_alerts(tmp_path, RULES, cases(), "toy")
    assert failed == set(), said


@pytest.mark.parametrize("change", ["a higher threshold", "a lower threshold", "another severity"])
def test_an_alert_that_was_changed_is_found(change: str, tmp_path: Path) -> None:
    changed, expected = changed_rules(RULES, CHANGES[change])
    failed, said = failed_alerts(tmp_path, changed, cases(), "toy")
    assert failed == expected == {case.alert for case in cases()}, said


def asked(tmp_path: Path, series: Mapping[str, str], at: str, expected: Mapping[str, bool], ratios: Mapping[str, float | None]) -> str:
    """What promtool has against it: which alerts of availability fire `at` a time, and the recorded ratios by window."""
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(prometheus_rule(slo.rules(AVAILABILITY, LABELS), LABELS)))
    burns = {burn.long: burn for burn in slo.burns(AVAILABILITY)}
    fired: list[dict[str, Any]] = []
    for window, fires in expected.items():
        (case,) = (case for case in cases() if case.alert == f"ToyAvailabilityBurn{window}")
        one = {
            "exp_labels": {**LABELS, "slo": "availability", "severity": burns[window].severity},
            "exp_annotations": dict(case.annotations),
        }
        fired.append({"eval_time": at, "alertname": case.alert, "exp_alerts": [one] if fires else []})
    samples = [
        {
            "expr": f"round(slo_availability:error_ratio:rate{window}, 0.0001)",
            "eval_time": at,
            "exp_samples": [{"labels": '{system="toy", slo="availability"}', "value": value}] if value is not None else [],
        }
        for window, value in ratios.items()
    ]
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": fired,
        "promql_expr_test": samples,
    }
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump({"rule_files": ["toy.yaml"], "evaluation_interval": "1m", "tests": [test]}))
    answer = run("promtool", "test", "rules", "tests.yaml", folder=tmp_path)
    return "" if answer.returncode == 0 else answer.stdout + answer.stderr


def test_an_outage_that_is_over_pages_nobody_any_more(tmp_path: Path) -> None:
    """Half of all fail for an hour: ten minutes later the long windows still burn, the short one of the page does not."""
    series = {GOOD: f"0+100x{6 * HOUR} 36050+50x{HOUR} 39150+100x{HOUR}", BAD: f"0+0x{6 * HOUR} 50+50x{HOUR} 3050+0x{HOUR}"}
    during = asked(tmp_path, series, "6h50m", {"1h": True, "6h": True}, {})
    after = asked(tmp_path, series, "7h10m", {"1h": False, "6h": True}, {"5m": 0})
    assert (during, after) == ("", "")


def test_a_spike_of_three_minutes_pages_nobody(tmp_path: Path) -> None:
    series = {GOOD: f"0+100x{6 * HOUR} 36080+80x2 36340+100x{HOUR}", BAD: f"0+0x{6 * HOUR} 20+20x2 60+0x{HOUR}"}
    assert asked(tmp_path, series, "6h3m", {"1h": False, "6h": False}, {}) == ""


def test_without_traffic_there_is_no_ratio_and_no_alert(tmp_path: Path) -> None:
    series = {GOOD: f"1000+0x{8 * HOUR}", BAD: f"7+0x{8 * HOUR}"}
    assert (
        asked(tmp_path, series, "7h", {"1h": False, "6h": False, "1d": False, "3d": False}, dict.fromkeys(("5m", "6h", "1d", "30d"))) == ""
    )


def test_before_the_first_failure_the_ratio_is_zero(tmp_path: Path) -> None:
    """There is no series of failures yet: the budget is whole, not unknown."""
    assert asked(tmp_path, {GOOD: f"0+100x{8 * HOUR}"}, "7h", {"1h": False}, {"5m": 0, "6h": 0, "30d": 0}) == ""


def test_a_quiet_night_weighs_less_than_a_busy_day(tmp_path: Path) -> None:
    """A tenth of 10 a minute fails for twelve hours, none of 990 for twelve more: 1 in 1000, where the mean of the ratios is 1 in 20."""
    night, day = 12 * HOUR, 12 * HOUR
    series = {GOOD: f"0+9x{night} {9 * night + 990}+990x{day}", BAD: f"0+1x{night} {night}+0x{day}"}
    assert asked(tmp_path, series, "24h", {"3d": False}, {"1d": 0.001, "30d": 0.001}) == ""


def test_a_bound_that_the_histogram_does_not_have_is_found_at_once(tmp_path: Path) -> None:
    (case,) = (case for case in cases() if case.alert == "ToyLatencyBurn1h")
    fast = {name.replace("2.0", "2.5"): (values[1], values[1]) for name, values in case.series.items()}
    failed, said = failed_alerts(tmp_path, RULES, (replace(case, series=fast),), "toy")
    assert failed == {case.alert}
    assert "short of the threshold" in said
    assert "beyond the threshold" not in said
