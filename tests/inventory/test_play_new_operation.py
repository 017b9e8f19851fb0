"""Play New's rows on what whole stacks register: records, alert routing, restore, phases, traces and logs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.inventory.cases import CASES
from tests.inventory.pods import objects
from tests.recorder import Recording
from tests.stacks import stack

pytestmark = pytest.mark.inventory

INSTANCE = "aws:rds/instance:Instance"
RELEASE = "kubernetes:helm.sh/v3:Release"
SNAPSHOT = "pn-manual-20260501"
RESTORED = {"systems/play-new/database": {"restored": {"snapshot": SNAPSHOT}}}
SWITCHED = {"systems/play-new/database": {"restored": {"snapshot": SNAPSHOT}, "active": "pn-agent-db-restored"}}


def values(registered: Recording[Any], release: str) -> dict[str, Any]:
    (found,) = [item.inputs["values"] for item in registered.of(RELEASE) if item.inputs["name"] == release]
    return found


def releases(registered: Recording[Any]) -> set[str]:
    return {item.inputs["name"] for item in registered.of(RELEASE)}


def kinds(registered: Recording[Any], kind: str) -> list[dict[str, Any]]:
    return [obj for _, obj in objects(registered) if obj["kind"] == kind]


@pytest.mark.requirement("PN-10")
def test_external_dns_keeps_the_record_of_the_api_in_the_stacks_own_zone(production: Recording[None]) -> None:
    zone = production.one("aws:route53/zone:Zone")
    settings = values(production, "external-dns")
    (service,) = [item for item in kinds(production, "Service") if item["spec"].get("type") == "LoadBalancer"]
    hosts = service["metadata"]["annotations"]["external-dns.alpha.kubernetes.io/hostname"].split(",")
    assert "api.playnew.ai" in hosts
    assert settings["domainFilters"] == [zone.inputs["name"]] == ["playnew.ai"]
    assert f"--zone-id-filter={zone.state['zoneId']}" in settings["extraArgs"]
    assert set(settings["sources"]) == {"service"}
    assert not production.of("aws:route53/record:Record") or all(
        item.inputs["type"] == "CAA" for item in production.of("aws:route53/record:Record")
    )


def receivers(registered: Recording[Any]) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in values(registered, "kube-prometheus-stack")["alertmanager"]["config"]["receivers"]}


@pytest.mark.requirement("PN-20")
def test_in_phase_zero_every_alert_goes_to_the_mailbox(production: Recording[None]) -> None:
    for name, receiver in receivers(production).items():
        assert set(receiver) == ({"name"} if name == "null" else {"name", "email_configs"})
        assert [mail["to"] for mail in receiver.get("email_configs", [])] == ([] if name == "null" else ["ops@playnew.ai"])


@pytest.mark.requirement("PN-20")
@pytest.mark.requirement("PN-23")
def test_in_phase_one_critical_alerts_open_an_incident_in_the_eu(phase1: Recording[None]) -> None:
    config = values(phase1, "kube-prometheus-stack")["alertmanager"]["config"]
    (page,) = receivers(phase1)["critical"]["pagerduty_configs"]
    assert page["url"] == "https://events.eu.pagerduty.com/v2/enqueue"
    assert [name for name, item in receivers(phase1).items() if "pagerduty_configs" in item] == ["critical"]
    assert {"receiver": "critical", "matchers": ['severity = "critical"']} in config["route"]["routes"]


@pytest.mark.requirement("PN-20")
def test_alertmanager_reads_its_credentials_from_the_secret_store(phase1: Recording[None]) -> None:
    (mounted,) = values(phase1, "kube-prometheus-stack")["alertmanager"]["alertmanagerSpec"]["secrets"]
    (source,) = [item for item in kinds(phase1, "ExternalSecret") if item["spec"]["target"]["name"] == mounted]
    stored = {item.inputs["name"] for item in phase1.of("aws:secretsmanager/secret:Secret")}
    keys = {entry["secretKey"]: entry["remoteRef"]["key"] for entry in source["spec"]["data"]}
    assert set(keys) == {"smtp-password", "pagerduty-routing-key"}
    assert set(keys.values()) <= stored


@pytest.mark.requirement("PN-22")
def test_a_restore_adds_a_database_and_touches_nothing_that_runs(production: Recording[None]) -> None:
    restored = stack(CASES[0].stack, RESTORED)
    before = {(item.type, item.name): item.inputs for item in production if item.custom}
    after = {(item.type, item.name): item.inputs for item in restored if item.custom}
    assert {key: value for key, value in after.items() if key in before} == before
    added = {item.inputs["identifier"]: item.inputs for item in restored.of(INSTANCE) if (item.type, item.name) not in before}
    (instance,) = added.values()
    assert instance["snapshotIdentifier"] == SNAPSHOT
    assert instance["multiAz"]
    assert instance["deletionProtection"]
    assert {kind for kind, _ in set(after) - set(before) if kind.startswith("kubernetes:apps")} == set()


@pytest.mark.requirement("PN-22")
def test_switching_to_the_restored_database_changes_the_secret_and_rolls_the_host() -> None:
    restored, switched = (stack(CASES[0].stack, changes) for changes in (RESTORED, SWITCHED))
    before, after = ({(item.type, item.name): item.inputs for item in one if item.custom} for one in (restored, switched))
    changed = {name for (kind, name), value in after.items() if before.get((kind, name)) != value}
    assert "playnew-production-play-new-secrets-database-url-value" in changed
    assert "playnew-production-play-new-pn-host-deployment" in changed
    assert {item.name: item.inputs for item in restored.of(INSTANCE)} == {item.name: item.inputs for item in switched.of(INSTANCE)}
    assert not any(name.startswith("playnew-production-play-new-pn-agent-secrets") for name in changed)


@pytest.mark.requirement("PN-22")
def test_phase_one_loses_less_than_an_hour(phase1: Recording[None]) -> None:
    schedules = [rule["schedule"] for rule in phase1.one("aws:backup/plan:Plan").inputs["rules"]]
    assert any(schedule.split()[1] == "*" for schedule in schedules), "no rule runs every hour"
    (selection,) = phase1.of("aws:backup/selection:Selection")
    tag = next(item for item in selection.inputs["selectionTags"])
    primary = next(item for item in phase1.of(INSTANCE) if "replicateSourceDb" not in item.inputs)
    assert primary.inputs["tags"][tag["key"]] == tag["value"]
    # The service's own log backups reach every second up to five minutes ago.
    assert primary.inputs["backupRetentionPeriod"] == 30


@pytest.mark.requirement("PN-23")
def test_one_value_is_all_that_tells_the_phases_apart(production: Recording[None]) -> None:
    later = stack(CASES[0].stack, {"systems/play-new/phase": 1})
    before, after = ({(item.type, item.name) for item in one} for one in (production, later))
    # Another minimum of nodes is another node group: it stands before the old one is drained.
    assert {kind for kind, _ in before - after} == {"aws:eks/nodeGroup:NodeGroup"}
    tools = {"alloy", "jaeger", "loki", "opentelemetry-collector"}
    assert releases(later) - releases(production) == tools
    durable = {"aws:rds/instance:Instance", "aws:s3/bucket:Bucket", "aws:kms/key:Key"}
    assert {name for kind, name in after - before if kind in durable} == {"playnew-production-pn-agent-db-replica-1"}


@pytest.mark.requirement("PN-26")
def test_phase_zero_has_metrics_and_phase_one_logs_and_traces_beside_them(production: Recording[None], phase1: Recording[None]) -> None:
    assert "kube-prometheus-stack" in releases(production)
    assert not releases(production) & {"alloy", "jaeger", "loki", "opentelemetry-collector"}
    sources = {item["type"]: item for item in values(phase1, "kube-prometheus-stack")["grafana"]["additionalDataSources"]}
    assert set(sources) >= {"loki", "jaeger"}
    assert sources["loki"]["jsonData"]["derivedFields"][0]["datasourceUid"] == sources["jaeger"]["uid"]
    assert sources["jaeger"]["jsonData"]["tracesToLogsV2"]["datasourceUid"] == sources["loki"]["uid"]
    assert sources["jaeger"]["jsonData"]["tracesToMetrics"]["datasourceUid"] == "prometheus"


@pytest.mark.requirement("PN-26")
def test_the_host_sends_its_traces_to_a_collector_that_it_may_reach(phase1: Recording[None]) -> None:
    (host,) = phase1.of("kubernetes:apps/v1:Deployment")
    variables: dict[str, Any] = {
        item["name"]: item.get("value") for item in host.inputs["spec"]["template"]["spec"]["containers"][0]["env"]
    }
    host_name, _, port = variables["OTEL_EXPORTER_OTLP_ENDPOINT"].removeprefix("http://").partition(":")
    settings = values(phase1, "opentelemetry-collector")
    assert host_name == f"{settings['fullnameOverride']}.monitoring.svc.cluster.local"
    # An SDK speaks OTLP over HTTP unless told otherwise.
    assert "OTEL_EXPORTER_OTLP_PROTOCOL" not in variables
    assert settings["alternateConfig"]["receivers"]["otlp"]["protocols"]["http"]["endpoint"].endswith(f":{port}")
    policy = phase1.one("kubernetes:networking.k8s.io/v1:NetworkPolicy", "playnew-production-play-new-policies-pn-system-pn-host")
    ports = {port["port"] for rule in policy.inputs["spec"]["egress"] for port in rule.get("ports", [])}
    assert int(port) in ports
