"""Supernova's rows on what whole stacks register on each cloud: objectives, alerts and who hears them, logs, three environments."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from components.vocabulary import Cloud
from tests.inventory.cases import Case
from tests.inventory.pods import found, of_kind
from tests.inventory.supernova import SERVER, environment, namespace, release, usual
from tests.recorder import Recording

pytestmark = pytest.mark.inventory

CRITICAL = {f"Supernova{name}" for name in ("CrashLoop", "DatabaseConnectionFailure", "MigrationFailed", "HighErrorRate", "SlowResponses")}
WARNING = {f"Supernova{name}" for name in ("RateLimited", "AtMaximumReplicas", "MemoryUsage", "SlowQueries")}
OBJECTIVES = {"availability": 0.001, "success": 0.005, "latency": 0.05}
"""What may go wrong: the rest of 99.9 % of the time, of 99.5 % and of 95 % of all requests."""
WINDOWS = {"1h": "5m", "6h": "30m", "1d": "2h", "3d": "6h"}
FACTORS = {"1h": 14.4, "6h": 6, "1d": 3, "3d": 1}
DSN = "https://0123456789abcdef0123456789abcdef@o1.ingest.de.sentry.io/2"


def rules(registered: Recording[Any]) -> list[dict[str, Any]]:
    return [rule for group in found(registered, "PrometheusRule", "supernova")["spec"]["groups"] for rule in group["rules"]]


@pytest.mark.requirement("SN-11")
def test_each_objective_is_recorded_in_all_windows_that_its_alerts_compare(supernova: Case) -> None:
    recorded = {(rule["labels"]["slo"], rule["record"]): rule for rule in rules(supernova.recorded()) if "record" in rule}
    for name in OBJECTIVES:
        ratios = {record.rpartition("rate")[2] for slo, record in recorded if slo == name and ":error_ratio:" in record}
        assert ratios == {*WINDOWS, *WINDOWS.values(), "30d"}, name
    assert 'le="0.5"' in recorded["latency", "slo_latency:events_bad:rate5m"]["expr"]
    own = f'namespace="{namespace(supernova)}"'
    assert all(own in rule["expr"] for (_, record), rule in recorded.items() if record.endswith("rate5m"))


@pytest.mark.requirement("SN-11")
def test_the_error_budgets_burn_is_compared_in_a_long_and_a_short_window(supernova: Case) -> None:
    alerts = {rule["alert"]: rule for rule in rules(supernova.recorded()) if "Burn" in rule.get("alert", "")}
    assert set(alerts) == {f"Supernova{name.capitalize()}Burn{window}" for name in OBJECTIVES for window in WINDOWS}
    for name, budget in OBJECTIVES.items():
        for long, short in WINDOWS.items():
            rule = alerts[f"Supernova{name.capitalize()}Burn{long}"]
            compared = re.findall(r"error_ratio:rate(\w+)\{[^}]*\} > ([\d.]+)", rule["expr"])
            assert [window for window, _ in compared] == [long, short]
            assert [float(limit) for _, limit in compared] == pytest.approx([FACTORS[long] * budget] * 2)
            assert rule["labels"]["severity"] == ("critical" if long in ("1h", "6h") else "warning")


@pytest.mark.requirement("SN-11")
def test_a_dashboard_shows_what_is_left_of_each_budget(supernova: Case) -> None:
    (text,) = found(supernova.recorded(), "ConfigMap", "dashboard-supernova-slos")["data"].values()
    titles = [panel["title"] for panel in json.loads(text)["panels"]]
    assert len([title for title in titles if title.endswith("error budget left")]) == len(OBJECTIVES)


@pytest.mark.requirement("SN-12")
def test_the_nine_documented_alerts_are_there_with_their_severity(supernova: Case) -> None:
    registered = supernova.recorded()
    told = {rule["alert"]: rule["labels"] for rule in rules(registered) if "alert" in rule and "Burn" not in rule["alert"]}
    assert {name for name, labels in told.items() if labels["severity"] == "critical"} == CRITICAL
    assert {name for name, labels in told.items() if labels["severity"] == "warning"} == WARNING | {"SupernovaSecretsDue"}
    # By this label routes know whose they are, and by that one the operator of Prometheus finds the rules.
    assert {labels["system"] for labels in told.values()} == {"supernova"}
    assert found(registered, "PrometheusRule", "supernova")["metadata"]["labels"] == {"release": "kube-prometheus-stack"}


def receivers(registered: Recording[Any]) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Routes in their order, and receivers by name."""
    config = release(registered, "kube-prometheus-stack")["alertmanager"]["config"]
    return config["route"]["routes"], {item["name"]: item for item in config["receivers"]}


def heard(registered: Recording[Any], severity: str) -> dict[str, Any]:
    """The receiver of the system's alerts of that severity: the first whose matchers all hold."""
    routes, by_name = receivers(registered)
    labels = {f'severity = "{severity}"', 'system = "supernova"'}
    return by_name[next(route["receiver"] for route in routes if set(route["matchers"]) <= labels)]


@pytest.mark.requirement("SN-12")
def test_critical_alerts_open_incidents_in_the_eu_and_warnings_go_to_the_channel(in_production: Case) -> None:
    registered = in_production.recorded()
    (page,) = heard(registered, "critical")["pagerduty_configs"]
    assert page["url"] == "https://events.eu.pagerduty.com/v2/enqueue"
    (note,) = heard(registered, "warning")["slack_configs"]
    assert note["channel"] == "#supernova-ops"
    (mounted,) = release(registered, "kube-prometheus-stack")["alertmanager"]["alertmanagerSpec"]["secrets"]
    keys = {entry["secretKey"] for entry in found(registered, "ExternalSecret", mounted)["spec"]["data"]}
    assert {path.rpartition("/")[2] for path in (page["routing_key_file"], note["api_url_file"])} <= keys


@pytest.mark.requirement("SN-12")
def test_nobody_is_woken_by_what_is_not_production(outside_production: Case) -> None:
    for severity in ("critical", "warning"):
        assert set(heard(outside_production.recorded(), severity)) == {"name", "email_configs"}


DAYS = {"production": 90, "staging": 30, "development": 14}


@pytest.mark.requirement("SN-15")
def test_logs_are_kept_as_long_as_the_environment_asks_and_thirty_days_in_production_at_least(supernova: Case) -> None:
    registered = supernova.recorded()
    loki = release(registered, "loki")["loki"]
    assert loki["limits_config"]["retention_period"] == f"{24 * DAYS[environment(supernova)]}h"
    assert loki["compactor"]["retention_enabled"] is True
    assert DAYS["production"] >= 30


@pytest.mark.requirement("SN-15")
def test_a_line_is_found_by_its_request_id(supernova: Case) -> None:
    """Whole lines are kept, as the server writes them (JSON), and people search them in Grafana."""
    registered = supernova.recorded()
    collected = release(registered, "alloy")["alloy"]["configMap"]["content"]
    process = collected[collected.index("loki.process") :]
    assert re.findall(r"stage\.\w+", process) == ["stage.cri"], "a stage may drop lines or change them"
    assert "namespace" in collected
    (source,) = [
        item for item in release(registered, "kube-prometheus-stack")["grafana"]["additionalDataSources"] if item["type"] == "loki"
    ]
    assert source["url"] == "http://loki.monitoring.svc.cluster.local:3100"


@pytest.mark.requirement("SN-15")
def test_errors_go_to_sentry_in_the_eu(in_production: Case) -> None:
    registered = in_production.recorded({"systems/supernova/sentry_dsn": DSN})
    data = found(registered, "ConfigMap", "supernova-env")["data"]
    assert (data["SENTRY_DSN"], data["SENTRY_ENV"]) == (DSN, "production")
    (policy,) = [
        obj["spec"] for obj in of_kind(registered, "NetworkPolicy") if obj["spec"]["podSelector"].get("matchLabels") == {"app": SERVER}
    ]
    outside = [rule["ports"] for rule in policy["egress"] if any(peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0" for peer in rule["to"])]
    assert outside == [[{"protocol": "TCP", "port": 443}]]


def parts(registered: Recording[Any]) -> set[tuple[str, str]]:
    """Type and name of everything of the system in the cluster and behind it, without the environment's name."""
    prefix = f"{registered.one('eucloud:platform:Region').name}-supernova-"
    (space,) = registered.one("eucloud:System").outputs["namespaces"]
    return {
        (item.type, item.name.removeprefix(prefix).replace(space, "supernova", 1)) for item in registered if item.name.startswith(prefix)
    }


@pytest.mark.requirement("SN-14")
@pytest.mark.xdist_group("supernova-aws-production")
def test_the_environments_are_one_system_with_other_values() -> None:
    """Redis' mode and the way of secrets are such values too; here all three have the same ones."""
    same = {"systems/supernova/redis": "sentinel", "systems/supernova/secrets_by": "external"}
    production, staging, development = (parts(usual(Cloud.AWS, name).recorded(same)) for name in ("production", "staging", "development"))
    assert len(production) > 90
    backups = {(kind, name) for kind, name in production - staging if "backup" in kind}
    assert production - staging == backups
    assert staging - production == set()
    # One pod does not scale, and one pod's budget would stop every drain.
    alone = {(kind.rpartition(":")[2], name) for kind, name in staging - development}
    assert alone == {
        ("HorizontalPodAutoscaler", "supernova-server-autoscaler"),
        ("PodDisruptionBudget", "supernova-server-disruption"),
        ("PodDisruptionBudget", "supernova-db-pooler-disruption"),
    }
