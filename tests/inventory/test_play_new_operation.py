"""Play New's rows on what whole stacks register: records, alert routing, restore, phases, traces and logs."""

from __future__ import annotations

from typing import Any

import pytest

from components.vocabulary import Cloud
from ops.stack.kept import passing
from tests.inventory.cases import case
from tests.inventory.clouds.facts import View
from tests.inventory.pods import objects
from tests.recorder import Recording

pytestmark = pytest.mark.inventory

RELEASE = "kubernetes:helm.sh/v3:Release"
SNAPSHOTS = {
    Cloud.AWS: "pn-manual-20260501",
    Cloud.GCP: "playnew-production-pn-agent-db-0a1b/1777629600000",
    Cloud.AZURE: "playnew-production-pn-agent-db-edf193@2026-05-01T10:00:00Z",
}


def restored(cloud: Cloud, active: str = "") -> dict[str, Any]:
    """A change that brings a second database up from what was saved of the first; with `active` it is switched to."""
    change: dict[str, Any] = {"restored": {"snapshot": SNAPSHOTS[cloud]}}
    return {"systems/play-new/database": change | ({"active": active} if active else {})}


def values(registered: Recording[Any], release: str) -> dict[str, Any]:
    (found,) = [item.inputs["values"] for item in registered.of(RELEASE) if item.inputs["name"] == release]
    return found


def releases(registered: Recording[Any]) -> set[str]:
    return {item.inputs["name"] for item in registered.of(RELEASE)}


def kinds(registered: Recording[Any], kind: str) -> list[dict[str, Any]]:
    return [obj for _, obj in objects(registered) if obj["kind"] == kind]


@pytest.mark.requirement("PN-10")
def test_external_dns_keeps_the_record_of_the_api_in_the_stacks_own_zone(view: View, production: Recording[None]) -> None:
    settings = values(production, "external-dns")
    (service,) = [item for item in kinds(production, "Service") if item["spec"].get("type") == "LoadBalancer"]
    hosts = service["metadata"]["annotations"]["external-dns.alpha.kubernetes.io/hostname"].split(",")
    assert "api.playnew.ai" in hosts
    assert settings["domainFilters"] == ["playnew.ai"]
    assert view.zone_filter(production) in str(settings)
    assert set(settings["sources"]) == {"service"}
    # Names that a private network answers are its own.
    records = [item for item in production if item.type.endswith((":Record", ":RecordSet")) and not passing(item.urn, item.inputs)]
    assert {item.inputs.get("type") or item.inputs["recordType"] for item in records} <= {"CAA"}


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
def test_alertmanager_reads_its_credentials_from_the_secret_store(view: View, phase1: Recording[None]) -> None:
    (mounted,) = values(phase1, "kube-prometheus-stack")["alertmanager"]["alertmanagerSpec"]["secrets"]
    (source,) = [item for item in kinds(phase1, "ExternalSecret") if item["spec"]["target"]["name"] == mounted]
    keys = {entry["secretKey"]: entry["remoteRef"]["key"] for entry in source["spec"]["data"]}
    assert set(keys) == {"smtp-password", "pagerduty-routing-key"}
    assert set(keys.values()) <= view.stored(phase1)


@pytest.mark.requirement("PN-22")
def test_a_restore_adds_a_database_and_touches_nothing_that_runs(cloud: Cloud, view: View, production: Recording[None]) -> None:
    later = case(cloud, "production").recorded(restored(cloud))
    before = {(item.type, item.name): item.inputs for item in production if item.custom}
    after = {(item.type, item.name): item.inputs for item in later if item.custom}
    assert {key: value for key, value in after.items() if key in before} == before
    known = {one.name for one in view.databases(production)}
    (added,) = [one for one in view.databases(later) if one.name not in known]
    assert added.restored is not None
    assert SNAPSHOTS[cloud] in added.restored
    assert added.highly_available
    assert added.protected
    assert {kind for kind, _ in set(after) - set(before) if kind.startswith("kubernetes:apps")} == set()


@pytest.mark.requirement("PN-22")
def test_switching_to_the_restored_database_changes_the_secret_and_rolls_the_host(cloud: Cloud, view: View) -> None:
    changes = (restored(cloud), restored(cloud, "pn-agent-db-restored"))
    still, switched = (case(cloud, "production").recorded(change) for change in changes)
    before, after = ({(item.type, item.name): item.inputs for item in one if item.custom} for one in (still, switched))
    changed = {name for (kind, name), value in after.items() if before.get((kind, name)) != value}
    # A secret's value is a resource of its own but on Azure.
    assert "playnew-production-play-new-secrets-database-url" in {name.removesuffix("-value") for name in changed}
    assert "playnew-production-play-new-pn-host-deployment" in changed
    assert view.databases(still) == view.databases(switched)
    assert not any(name.startswith("playnew-production-play-new-pn-agent-secrets") for name in changed)


@pytest.mark.requirement("PN-22")
def test_phase_one_loses_less_than_an_hour(view: View, phase1: Recording[None]) -> None:
    # Logs that the service keeps reach every second up to some minutes ago, on every cloud.
    assert all(one.point_in_time and one.backup_days == 30 for one in view.databases(phase1) if not one.replica)


@pytest.mark.requirement("PN-22")
def test_on_aws_phase_one_has_hourly_backups_in_a_vault_of_their_own() -> None:
    phase1 = case(Cloud.AWS, "production-phase1").recorded()
    schedules = [rule["schedule"] for rule in phase1.one("aws:backup/plan:Plan").inputs["rules"]]
    assert any(schedule.split()[1] == "*" for schedule in schedules), "no rule runs every hour"
    (selection,) = phase1.of("aws:backup/selection:Selection")
    tag = next(item for item in selection.inputs["selectionTags"])
    primary = next(item for item in phase1.of("aws:rds/instance:Instance") if "replicateSourceDb" not in item.inputs)
    assert primary.inputs["tags"][tag["key"]] == tag["value"]


@pytest.mark.requirement("PN-23")
def test_one_value_is_all_that_tells_the_phases_apart(cloud: Cloud, view: View, production: Recording[None]) -> None:
    later = case(cloud, "production").recorded({"systems/play-new/phase": 1})
    before, after = ({(item.type, item.name) for item in one} for one in (production, later))
    # Another minimum of nodes is another node group: it stands before the old one is drained.
    assert {kind for kind, _ in before - after} <= {view.types.pool}
    tools = {"alloy", "jaeger", "loki", "opentelemetry-collector"}
    assert releases(later) - releases(production) == tools
    durable = {view.types.database, view.types.bucket, view.types.key}
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
