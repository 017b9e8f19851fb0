"""The rules of a recorded stack, and what an alert is shown to prove that it fires when it should and not before."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from tests.inventory.cases import Case
from tests.inventory.pods import objects
from tests.recorder import Recording
from tests.stacks import configuration

Rules = dict[str, Any]
STEP = 30
"""Seconds from scrape to scrape and from evaluation to evaluation: the Prometheus operator's defaults."""
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class AlertCase:
    """What the documentation says of an alert, never what the rule says.

    `series` maps a series to its values where the alert must fire and where it must not, each just beyond and just short of the
    threshold, in promtool's notation, a value every 30 s: `"0+51x60"` grows by 51 sixty times, `"1x4 0x60"` changes after two minutes.
    They must last longer than `window`, the time that the condition has to hold, by `silent`, for which an alert that must not fire is
    looked at. `since` is when the condition first holds; a rate has its first value with the second sample, at 30 s. `labels` are those
    that the alert has beside `severity` and its system.
    """

    alert: str
    severity: str
    series: Mapping[str, tuple[str, str]]
    annotations: Mapping[str, str]
    window: str = "0s"
    since: str = "30s"
    silent: str = "10m"
    labels: Mapping[str, str] = field(default_factory=dict[str, str])


def alert_cases(case: Case) -> tuple[AlertCase, ...]:
    """`cases(options)` of `tests/judges/alerts_<system>.py`; `options` are the stack file's, with its `environment`."""
    settings = configuration(case.stack, case.changes)
    options = {"environment": settings["environment"], **settings["systems"][case.system]}
    module = importlib.import_module(f"tests.judges.alerts_{case.system.replace('-', '_')}")
    return cast("Callable[[Mapping[str, Any]], tuple[AlertCase, ...]]", module.cases)(options)


BURNS: Mapping[str, tuple[float, str]] = {
    "1h": (14.4, "critical"),
    "6h": (6, "critical"),
    "1d": (3, "warning"),
    "3d": (1, "warning"),
}
"""Of an objective over 30 days: how many times too fast the budget burns in each window, by the SRE workbook, and who is told."""


def slo_cases(
    system: str, name: str, title: str, objective: float, events: Callable[[int, int], Mapping[str, int]], runbook: str = ""
) -> tuple[AlertCase, ...]:
    """The four alerts of an objective over 30 days, each just above and just below its burn rate.

    `events(bad, good)` are the series of that many bad and good events, each with what it grows by in one step.
    """
    every = 1_000_000

    def shown(window: str) -> AlertCase:
        limit = every * BURNS[window][0] * (1 - objective)
        above, below = (events(bad, every - bad) for bad in (round(limit * 1.01), round(limit * 0.99)))
        series = {one: (f"0+{above[one]}x60", f"0+{below[one]}x60") for one in above}
        return _burning(window, system, name, title, series, runbook)

    return tuple(map(shown, BURNS))


def slo_gauge_cases(
    system: str, name: str, title: str, objective: float, series: Callable[[int], str], runbook: str = ""
) -> tuple[AlertCase, ...]:
    """As `slo_cases`, of an objective that counts the moments at which a gauge is 0; `series(number)` is that gauge from one more exporter.

    Many exporters stand for many moments, as the objective counts both alike: one of them says 0 all the time. Just above the limit there
    are so many others, just below one more.
    """

    def shown(window: str) -> AlertCase:
        others = math.ceil(1 / (BURNS[window][0] * (1 - objective))) - 2
        fine = {series(number): ("2x10", "2x10") for number in range(1, others + 1)}
        values = {series(0): ("0x10", "0x10"), **fine, series(others + 1): ("_x11", "2x10")}
        return replace(_burning(window, system, name, title, values, runbook), since="0s")

    return tuple(map(shown, BURNS))


def _burning(window: str, system: str, name: str, title: str, series: Mapping[str, tuple[str, str]], runbook: str) -> AlertCase:
    """Looked at for two minutes: promtool takes no more than 10,000 samples for one query."""
    factor, severity = BURNS[window]
    words = "".join(word.capitalize() for word in f"{system}-{name}".split("-"))
    return AlertCase(
        alert=f"{words}Burn{window}",
        severity=severity,
        series=series,
        silent="2m",
        labels={"slo": name},
        annotations={
            "summary": f"{title}: the error budget of 30 days burns {factor:g} times too fast for {window}",
            "action": "Page on-call" if severity == "critical" else "Investigate",
            **({"runbook": runbook} if runbook else {}),
        },
    )


def rules_of(registered: Recording[Any]) -> dict[str, Rules]:
    """Rules files by the name of what brings them: PrometheusRules, and whatever in a Helm release's values is one."""
    found = {f"{name}.yaml": cast("Rules", obj["spec"]) for name, obj in objects(registered) if obj["kind"] == "PrometheusRule"}
    for release in registered.of("kubernetes:helm.sh/v3:Release"):
        for path, rules in _within(release.inputs.get("values"), release.name):
            found[f"{path}.yaml"] = rules
    return found


def _within(value: Any, path: str) -> Iterator[tuple[str, Rules]]:
    if isinstance(value, Mapping):
        known = cast("Mapping[str, Any]", value)
        if _has_rules(known.get("groups")):
            yield path, {"groups": known["groups"]}
        for key, inner in known.items():
            yield from _within(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from _within(inner, f"{path}.{index}")


def _has_rules(groups: Any) -> bool:
    return isinstance(groups, list) and any(isinstance(group, Mapping) and "rules" in group for group in cast("list[Any]", groups))


def every_group(files: Mapping[str, Rules]) -> list[dict[str, Any]]:
    return [group for rules in files.values() for group in rules["groups"]]


def every_rule(files: Mapping[str, Rules]) -> list[dict[str, Any]]:
    return [rule for group in every_group(files) for rule in group["rules"]]


def seconds(duration: str) -> int:
    parts = re.findall(r"(\d+)([smhd])", duration)
    if "".join(number + unit for number, unit in parts) != duration or not duration:
        raise ValueError(f"{duration!r} is no duration: write 30s, 5m, 1h30m or 2d")
    return sum(int(number) * UNITS[unit] for number, unit in parts)


def unit_tests(rule_files: Sequence[str], cases: Sequence[AlertCase], system: str) -> dict[str, Any]:
    """A test file of promtool. Paths are relative to it."""
    return {
        "rule_files": list(rule_files),
        "evaluation_interval": f"{STEP}s",
        "tests": [test for case in cases for test in (_fires(case, system), _is_silent(case))],
    }


def _fires(case: AlertCase, system: str) -> dict[str, Any]:
    """At the first evaluation at which the condition has held long enough, and not at the one before."""
    due = seconds(case.since) + seconds(case.window)
    fired = {"exp_labels": {"system": system, "severity": case.severity, **case.labels}, "exp_annotations": dict(case.annotations)}
    early = [_expect(case, due - STEP, [])] if due else []
    return _test(case, 0, "beyond the threshold", [*early, _expect(case, due, [fired])])


def _is_silent(case: AlertCase) -> dict[str, Any]:
    due = seconds(case.since) + seconds(case.window)
    return _test(case, 1, "short of the threshold", [_expect(case, due + late, []) for late in (0, seconds(case.silent))])


def _test(case: AlertCase, which: int, name: str, expected: list[dict[str, Any]]) -> dict[str, Any]:
    series = [{"series": series, "values": values[which]} for series, values in case.series.items()]
    return {"name": f"{case.alert}: {name}", "interval": f"{STEP}s", "input_series": series, "alert_rule_test": expected}


def _expect(case: AlertCase, at: int, alerts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"eval_time": f"{at}s", "alertname": case.alert, "exp_alerts": alerts}
