"""AI Agents' rows on what whole stacks register on each cloud: the public host, monitoring, dashboard, alerts, smoke tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from promql_parser import parse

from components.vocabulary import Cloud
from infra.selection import specs
from infra.settings import Settings
from infra.smoke import HttpCheck, RedirectCheck, TlsCheck
from tests.inventory.ai_agents import API, DOMAIN, NAMESPACE, ROUTE, TOOLS, WORKER, declared, fetched, inside, listener, pod, release
from tests.inventory.cases import Case, case
from tests.inventory.graph import Graph
from tests.inventory.pods import found, of_kind
from tests.recorder import Recording
from tests.stacks import ROOT

pytestmark = pytest.mark.inventory

HOST = f"api.{DOMAIN}"
OPEN = {"grafana": "asks for a password itself"}


@pytest.mark.requirement("AA-04")
def test_the_api_answers_at_its_host_with_the_documented_certificate(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    door = listener(registered, HOST)
    assert (door["protocol"], door["port"], door["tls"]["mode"]) == ("HTTPS", 443, "Terminate")
    assert [one["name"] for one in door["tls"]["certificateRefs"]] == ["api-tls-cert"]
    certificate = found(registered, "Certificate", "api-tls-cert")["spec"]
    assert (certificate["secretName"], certificate["dnsNames"]) == ("api-tls-cert", [HOST])
    assert (certificate["issuerRef"]["kind"], certificate["issuerRef"]["name"]) == ("ClusterIssuer", "letsencrypt-prod")
    route = inside(registered, "HTTPRoute", ROUTE)["spec"]
    assert route["hostnames"] == [HOST]
    assert [one["sectionName"] for one in route["parentRefs"]] == [door["name"]]
    assert {backend["name"] for rule in route["rules"] for backend in rule.get("backendRefs", ())} == {API}


@pytest.mark.requirement("AA-04")
def test_http_redirects_to_https_on_every_host(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    redirect = found(registered, "HTTPRoute", "https-redirect")["spec"]
    assert set(redirect["hostnames"]) == {HOST, *(f"{tool}.{DOMAIN}" for tool in TOOLS)}
    assert [one["sectionName"] for one in redirect["parentRefs"]] == ["http"]
    (rule,) = redirect["rules"]
    (answer,) = rule["filters"]
    assert (answer["requestRedirect"]["scheme"], answer["requestRedirect"]["statusCode"]) == ("https", 301)
    plain = [one for one in found(registered, "Gateway", "shared")["spec"]["listeners"] if one["protocol"] == "HTTP"]
    assert [one["name"] for one in plain] == ["http"]
    # No route but this one, and no service, answers in the clear.
    assert [obj["metadata"]["name"] for obj in of_kind(registered, "HTTPRoute") if _on(obj, "http")] == ["https-redirect"]


def _on(route: dict[str, Any], section: str) -> bool:
    return any(one.get("sectionName", section) == section for one in route["spec"]["parentRefs"])


@pytest.mark.requirement("AA-11")
@pytest.mark.parametrize("tool", TOOLS)
def test_a_monitoring_tool_is_at_its_host_behind_tls_and_authentication(ai_agents: Case, tool: str) -> None:
    registered = ai_agents.recorded()
    door = listener(registered, f"{tool}.{DOMAIN}")
    assert (door["protocol"], door["tls"]["mode"]) == ("HTTPS", "Terminate")
    (secret,) = [one["name"] for one in door["tls"]["certificateRefs"]]
    (certificate,) = [one for one in of_kind(registered, "Certificate") if one["spec"]["secretName"] == secret]
    assert certificate["spec"]["dnsNames"] == [f"{tool}.{DOMAIN}"]
    assert found(registered, "HTTPRoute", tool)["spec"]["hostnames"] == [f"{tool}.{DOMAIN}"]
    guards = [
        one["spec"] for one in of_kind(registered, "SecurityPolicy") if tool in {target["name"] for target in one["spec"]["targetRefs"]}
    ]
    if tool in OPEN:
        assert guards == []
        return
    (guard,) = guards
    users = found(registered, "ExternalSecret", guard["basicAuth"]["users"]["name"])["spec"]["data"]
    (known,) = [ai_agents.view.contents(registered)[one["remoteRef"]["key"]] for one in users]
    assert known.startswith("monitoring:{SHA}")


@pytest.mark.requirement("AA-11")
def test_no_tool_is_reached_before_its_guard_is_there(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    graph = Graph(registered)
    routes = {item.inputs["metadata"]["name"]: item for item in registered.of("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute")}
    guards = registered.of("kubernetes:gateway.envoyproxy.io/v1alpha1:SecurityPolicy")
    assert {target["name"] for guard in guards for target in guard.inputs["spec"]["targetRefs"]} == set(TOOLS) - OPEN.keys()
    for guard in guards:
        (target,) = guard.inputs["spec"]["targetRefs"]
        assert guard.urn in graph.below(routes[target["name"]].urn)


@pytest.mark.requirement("AA-11")
def test_grafana_knows_no_visitors(ai_agents: Case) -> None:
    grafana = release(ai_agents.recorded(), "kube-prometheus-stack")["grafana"]
    assert grafana["admin"]["existingSecret"] == "grafana-admin"
    settings = grafana["grafana.ini"]
    assert not settings.get("auth.anonymous", {}).get("enabled", False)
    assert not settings.get("users", {}).get("allow_sign_up", False)


@pytest.mark.requirement("AA-12")
def test_grafana_loads_the_dashboard_with_its_four_groups_of_metrics(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    (chart,) = [one for one in of_kind(registered, "ConfigMap") if one["metadata"]["name"] == "dashboard-aa-api"]
    sidecar = release(registered, "kube-prometheus-stack")["grafana"]["sidecar"]["dashboards"]
    assert chart["metadata"]["labels"].get(sidecar["label"]) == sidecar["labelValue"]
    (text,) = chart["data"].values()
    board = json.loads(text)
    assert board["title"] == "AI Agents API"
    groups = list(dict.fromkeys(panel["title"].partition(":")[0] for panel in board["panels"]))
    assert groups == ["Application health", "Performance", "Infrastructure", "Business"]
    for panel in board["panels"]:
        for target in panel["targets"]:
            parse(target["expr"])


@pytest.mark.requirement("AA-12")
def test_prometheus_scrapes_the_api_and_every_worker(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    service, monitor = inside(registered, "Service", API), inside(registered, "ServiceMonitor", API)["spec"]
    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert [one["port"] for one in monitor["endpoints"]] == [port["name"] for port in service["spec"]["ports"]]
    pods = inside(registered, "PodMonitor", WORKER)["spec"]
    labels = inside(registered, "Deployment", WORKER)["spec"]["template"]["metadata"]["labels"]
    assert pods["selector"]["matchLabels"].items() <= labels.items()
    named = {port["name"] for port in pod(registered, WORKER)["containers"][0]["ports"]}
    assert {one["port"] for one in pods["podMetricsEndpoints"]} <= named


# Alert: for how long, and how its expression ends.
ALERTS = {
    "AiAgentsApiDown": ("2m", "== 0"),
    "AiAgentsHighErrorRate": ("5m", "> 0.05"),
    "AiAgentsQueueBackup": ("10m", "> 1000"),
    "AiAgentsDatabaseConnectionFailures": (None, "[5m])) > 10"),
    "AiAgentsCertificateExpiring": (None, "< 604800"),
    "AiAgentsPodRestartLoop": (None, "[10m])) > 5"),
}


def rules(registered: Recording[Any]) -> dict[str, dict[str, Any]]:
    groups = found(registered, "PrometheusRule", "ai-agents")["spec"]["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


@pytest.mark.requirement("AA-13")
def test_the_six_critical_alerts_are_loaded_and_name_a_chapter_of_the_runbook(ai_agents: Case) -> None:
    found = rules(ai_agents.recorded())
    assert set(found) == set(ALERTS)
    for name, (lasting, end) in ALERTS.items():
        rule = found[name]
        assert (rule.get("for"), rule["labels"]["severity"], rule["labels"]["system"]) == (lasting, "critical", "ai-agents")
        assert rule["expr"].endswith(end)
        page, _, chapter = rule["annotations"]["runbook"].partition("#")
        assert chapter in chapters(ROOT / page)


def chapters(page: Path) -> set[str]:
    """Anchors of its headings."""
    headings = [line.lstrip("# ") for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    return {"".join(letter for letter in text.lower().replace(" ", "-") if letter.isalnum() or letter == "-") for text in headings}


@pytest.mark.requirement("AA-13")
def test_critical_alerts_open_an_incident_in_the_eu_and_warnings_go_to_the_channel(ai_agents: Case) -> None:
    config = release(ai_agents.recorded(), "kube-prometheus-stack")["alertmanager"]["config"]
    receivers = {one["name"]: one for one in config["receivers"]}
    assert [one["url"] for one in receivers["critical"]["pagerduty_configs"]] == ["https://events.eu.pagerduty.com/v2/enqueue"]
    assert {"receiver": "critical", "matchers": ['severity = "critical"']} in config["route"]["routes"]
    assert [one["channel"] for one in receivers["warning-ai-agents"]["slack_configs"]] == ["#production-ops"]
    assert {mail["to"] for one in receivers.values() for mail in one.get("email_configs", ())} == {"ops@ai-agents.example"}


@pytest.mark.requirement("AA-14")
def test_every_smoke_test_asks_for_what_the_stack_serves(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    (system,) = specs(Settings.parse(ai_agents.configuration))
    assert {type(check) for check in system.checks} == {HttpCheck, TlsCheck, RedirectCheck}
    asked = {check.path for check in system.checks if not isinstance(check, TlsCheck)}
    assert asked == {"/health", "/webhook/servicedesk", "/metrics"}
    served = [
        match["path"]["value"]
        for rule in inside(registered, "HTTPRoute", ROUTE)["spec"]["rules"]
        if rule.get("backendRefs")
        for match in rule["matches"]
    ]
    assert [path for path in asked if not path.startswith(tuple(served))] == []
    app = pod(registered, API)["containers"][0]
    assert app["readinessProbe"]["httpGet"]["path"] in asked
    (metrics,) = [one["path"] for one in inside(registered, "ServiceMonitor", API)["spec"]["endpoints"]]
    assert metrics in asked


@pytest.mark.requirement("AA-14")
def test_the_webhook_is_signed_with_what_the_api_checks_it_with(ai_agents: Case) -> None:
    (system,) = specs(Settings.parse(ai_agents.configuration))
    (signed,) = [check for check in system.checks if isinstance(check, HttpCheck) and check.secret]
    assert signed.secret in fetched(ai_agents, "servicedesk-credentials")
    assert {"secretRef": {"name": "servicedesk-credentials"}} in pod(ai_agents.recorded(), API)["containers"][0]["envFrom"]


@pytest.mark.requirement("AA-14")
def test_hidden_metrics_are_not_served_outside_and_not_asked_for() -> None:
    hidden = case(Cloud.AWS, "production", "ai-agents")
    change = {"systems/ai-agents/public_metrics": False}
    registered = hidden.recorded(change)
    for rule in inside(registered, "HTTPRoute", ROUTE)["spec"]["rules"]:
        if any(match["path"]["value"] == "/metrics" for match in rule["matches"]):
            assert not rule.get("backendRefs")
            break
    else:
        pytest.fail("no rule of the route is about /metrics")
    assert declared(registered, "ServiceMonitor", API).inputs["metadata"]["namespace"] == NAMESPACE
