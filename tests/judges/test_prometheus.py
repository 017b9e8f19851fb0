"""Prometheus' own tools judge the rules of every stack, and show each documented alert what should and should not make it fire."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.inventory.cases import CASES, Case
from tests.judges.alerts import AlertCase, Rules, alert_cases, every_rule, rules_of, seconds, unit_tests
from tests.judges.programs import run
from tests.recorder import Recording

pytestmark = pytest.mark.judge

UNIT_TESTS = "tests.yaml"
ONE_OF_EACH_SYSTEM = list({case.system: case for case in reversed(CASES)}.values())
CHANGES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "a higher threshold": lambda rule: rule | {"expr": scaled(rule["expr"], 1.5)},
    "a lower threshold": lambda rule: rule | {"expr": scaled(rule["expr"], 0.5)},
    "a longer window": lambda rule: rule | {"for": f"{seconds(rule.get('for', '0s')) + 60}s"},
    "a shorter window": lambda rule: rule | {"for": f"{max(0, seconds(rule.get('for', '0s')) - 60)}s"},
    "another severity": lambda rule: rule | {"labels": rule["labels"] | {"severity": "info"}},
}


def scaled(expression: str, factor: float) -> str:
    """With the number that ends it multiplied, or as it was where there is none but zero."""
    number = re.search(r"(?<=[<>=] )[\d.]+$", expression)
    return f"{expression[: number.start()]}{float(number[0]) * factor}" if number and float(number[0]) else expression


def written(folder: Path, files: Mapping[str, Rules]) -> list[str]:
    for name, rules in files.items():
        (folder / name).write_text(yaml.safe_dump(rules, sort_keys=False), encoding="utf-8")
    return list(files)


def failed_alerts(folder: Path, files: Mapping[str, Rules], cases: tuple[AlertCase, ...], system: str) -> tuple[set[str], str]:
    """The alerts whose tests fail, and what promtool says."""
    document = unit_tests(written(folder, files), cases, system)
    (folder / UNIT_TESTS).write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    answer = run("promtool", "test", "rules", UNIT_TESTS, folder=folder)
    said = answer.stdout + answer.stderr
    failed = set(re.findall(r"alertname: ?(\w+)", said))
    assert (answer.returncode == 0) == (not failed), said
    return failed, said


def test_prometheus_takes_every_rule(case: Case, tmp_path: Path) -> None:
    files = rules_of(case.recorded())
    answer = run("promtool", "check", "rules", "--lint-fatal", *written(tmp_path, files), folder=tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    taken = [int(number) for number in re.findall(r"SUCCESS: (\d+) rules found", answer.stdout)]
    assert len(taken) == len(files)
    assert sum(taken) == len(every_rule(files)) > 0


def test_a_rule_that_prometheus_does_not_parse_is_found(tmp_path: Path) -> None:
    broken = {"broken.yaml": {"groups": [{"name": "broken", "rules": [{"alert": "Broken", "expr": "sum(rate(up[5m])"}]}]}}
    answer = run("promtool", "check", "rules", "--lint-fatal", *written(tmp_path, broken), folder=tmp_path)
    assert answer.returncode != 0
    assert "could not parse expression" in answer.stdout + answer.stderr


@pytest.mark.requirement("PN-19")
def test_every_alert_has_a_case_and_every_case_an_alert(case: Case) -> None:
    registered = [rule["alert"] for rule in every_rule(rules_of(case.recorded())) if "alert" in rule]
    assert sorted(registered) == sorted(item.alert for item in alert_cases(case))


@pytest.mark.requirement("PN-19")
def test_alerts_fire_when_they_should_and_not_before(case: Case, tmp_path: Path) -> None:
    failed, said = failed_alerts(tmp_path, rules_of(case.recorded()), alert_cases(case), case.system)
    assert failed == set(), said


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("case", ONE_OF_EACH_SYSTEM, ids=str)
def test_an_alert_that_was_changed_is_found(case: Case, change: str, tmp_path: Path) -> None:
    files = rules_of(case.recorded())
    changed, expected = changed_rules(files, CHANGES[change])
    assert expected, f"{change} changes nothing"
    failed, said = failed_alerts(tmp_path, changed, alert_cases(case), case.system)
    assert failed == expected, said


def changed_rules(files: Mapping[str, Rules], change: Callable[[dict[str, Any]], dict[str, Any]]) -> tuple[dict[str, Rules], set[str]]:
    """The same rules with every alert changed, and the names of those that the change concerns."""
    concerned: set[str] = set()

    def applied(rule: dict[str, Any]) -> dict[str, Any]:
        if "alert" not in rule:
            return rule
        now = change(rule)
        if {"for": "0s"} | now != {"for": "0s"} | rule:
            concerned.add(rule["alert"])
        return now

    changed = {
        name: {"groups": [group | {"rules": [applied(rule) for rule in group["rules"]]} for group in rules["groups"]]}
        for name, rules in files.items()
    }
    return changed, concerned


@pytest.mark.requirement("PN-20")
def test_alertmanager_takes_its_configuration_and_leads_each_alert_to_its_receiver(case: Case, tmp_path: Path) -> None:
    config = alertmanager_config(case.recorded())
    (tmp_path / "alertmanager.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    answer = run("amtool", "check-config", "alertmanager.yaml", folder=tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    expected = {alert.alert: alert.severity for alert in alert_cases(case)} | {"Watchdog": "null"}
    for alert, receiver in expected.items():
        labels = (f"alertname={alert}", f"severity={'none' if receiver == 'null' else receiver}")
        route = run("amtool", "config", "routes", "test", "--config.file=alertmanager.yaml", *labels, folder=tmp_path)
        assert route.stdout.split() == [receiver], f"{alert}: {route.stdout}{route.stderr}"


def alertmanager_config(registered: Recording[Any]) -> dict[str, Any]:
    (found,) = [
        item.inputs["values"]["alertmanager"]["config"]
        for item in registered.of("kubernetes:helm.sh/v3:Release")
        if item.inputs["name"] == "kube-prometheus-stack"
    ]
    return found
