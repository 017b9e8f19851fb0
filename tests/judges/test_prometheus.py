"""Prometheus' own tools judge the rules of every stack, and show each documented alert what should and should not make it fire."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.addons import alertmanager
from components.addons.spec import Alerting, Email, PagerDuty, Slack
from tests.inventory.cases import CASES, Case
from tests.judges.alerts import AlertCase, Rules, alert_cases, every_group, every_rule, rules_of, seconds, unit_tests
from tests.judges.programs import run
from tests.recorder import Recording

pytestmark = pytest.mark.judge

ONE_OF_EACH_SYSTEM = list({case.system: case for case in reversed(CASES)}.values())
CHANGES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "a higher threshold": lambda rule: rule | {"expr": scaled(rule["expr"], 1.5)},
    "a lower threshold": lambda rule: rule | {"expr": scaled(rule["expr"], 0.5)},
    "a longer window": lambda rule: rule | {"for": f"{seconds(rule.get('for', '0s')) + 60}s"},
    "a shorter window": lambda rule: rule | {"for": f"{max(0, seconds(rule.get('for', '0s')) - 60)}s"},
    "another severity": lambda rule: rule | {"labels": rule["labels"] | {"severity": "info"}},
}


def scaled(expression: str, factor: float) -> str:
    """With each limit multiplied that ends it or a part joined by `and`, or as it was where there is none but zero."""
    return re.sub(
        r"(?<=[<>=] )[\d.]+(?=$| and )", lambda number: str(float(number[0]) * factor) if float(number[0]) else number[0], expression
    )


def written(folder: Path, files: Mapping[str, dict[str, Any]]) -> list[str]:
    for name, rules in files.items():
        (folder / name).write_text(yaml.safe_dump(rules, sort_keys=False), encoding="utf-8")
    return list(files)


def failed_alerts(folder: Path, files: Mapping[str, Rules], cases: tuple[AlertCase, ...], system: str) -> tuple[set[str], str]:
    """The alerts whose tests fail, and what promtool says. Each group is tested by itself: all for every alert would take minutes."""
    groups = {f"group-{number}.yaml": {"groups": [group]} for number, group in enumerate(every_group(files))}
    documents = {f"tests-of-{name}": unit_tests([name], _about(rules, cases), system) for name, rules in groups.items()}
    known = {case.alert for rules in groups.values() for case in _about(rules, cases)}
    # What no group has is tested too: it never fires.
    documents["tests-of-none.yaml"] = unit_tests([*groups], [case for case in cases if case.alert not in known], system)
    asked = [name for name, document in documents.items() if document["tests"]]
    written(folder, {**groups, **documents})
    answer = run("promtool", "test", "rules", *asked, folder=folder)
    said = answer.stdout + answer.stderr
    failed = set(re.findall(r"alertname: ?(\w+)", said))
    assert (answer.returncode == 0) == (not failed), said
    return failed, said


def _about(rules: Rules, cases: tuple[AlertCase, ...]) -> list[AlertCase]:
    alerts = {rule.get("alert") for rule in every_rule({"": rules})}
    return [case for case in cases if case.alert in alerts]


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
@pytest.mark.requirement("AA-13")
@pytest.mark.requirement("SN-11")
@pytest.mark.requirement("SN-12")
def test_every_alert_has_a_case_and_every_case_an_alert(case: Case) -> None:
    registered = [rule["alert"] for rule in every_rule(rules_of(case.recorded())) if "alert" in rule]
    assert sorted(registered) == sorted(item.alert for item in alert_cases(case))


@pytest.mark.requirement("PN-19")
@pytest.mark.requirement("AA-13")
@pytest.mark.requirement("SN-11")
@pytest.mark.requirement("SN-12")
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
    own = {receiver["name"] for receiver in config["receivers"]}
    for alert, severity in expected.items():
        # A system with a channel of its own has a receiver of its own.
        receiver = f"{severity}-{case.system}" if f"{severity}-{case.system}" in own else severity
        assert led(tmp_path, alertname=alert, severity="none" if severity == "null" else severity, system=case.system) == [receiver], alert


@pytest.mark.requirement("SN-12")
def test_alertmanager_leads_warnings_of_each_system_to_its_channel(tmp_path: Path) -> None:
    mail = Email(to=("ops@toy.example",), sender="alerts@toy.example", smarthost="mail.toy.example:587", username="alerts")
    slack = (Slack(channel="#toy-ops", system="toy", webhook_secret="slack-webhook-url-toy"), Slack(channel="#others"))
    config = alertmanager.config(Alerting(email=mail, pagerduty=PagerDuty(), slack=slack))
    (tmp_path / "alertmanager.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    answer = run("amtool", "check-config", "alertmanager.yaml", folder=tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    channels = {item["name"]: item["slack_configs"][0]["channel"] for item in config["receivers"] if "slack_configs" in item}
    assert channels == {"warning-toy": "#toy-ops", "warning": "#others"}
    assert led(tmp_path, alertname="Slow", severity="warning", system="toy") == ["warning-toy"]
    assert led(tmp_path, alertname="Slow", severity="warning", system="play-new") == ["warning"]
    assert led(tmp_path, alertname="NodeNotReady", severity="warning") == ["warning"]
    assert led(tmp_path, alertname="Down", severity="critical", system="toy") == ["critical"]
    assert led(tmp_path, alertname="Watchdog", severity="none") == ["null"]


def led(folder: Path, **labels: str) -> list[str]:
    """Receivers of an alert by the configuration in the folder."""
    given = (f"{label}={value}" for label, value in labels.items())
    return run("amtool", "config", "routes", "test", "--config.file=alertmanager.yaml", *given, folder=folder).stdout.split()


def alertmanager_config(registered: Recording[Any]) -> dict[str, Any]:
    (found,) = [
        item.inputs["values"]["alertmanager"]["config"]
        for item in registered.of("kubernetes:helm.sh/v3:Release")
        if item.inputs["name"] == "kube-prometheus-stack"
    ]
    return found
