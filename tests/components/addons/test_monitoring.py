from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from components.addons import alertmanager, alloy, cluster_autoscaler, velero
from components.addons.spec import Alerting, Email, PagerDuty, Slack
from components.addons.values import Images, merge
from components.identity.outputs import IdentityOutputs
from tests.components.addons.world import EMAIL, build, everything, production, spec

SLACK = Slack(channel="#alerts")
OWN = Slack(channel="#supernova-ops", system="supernova", webhook_secret="slack-webhook-url-supernova")
EU = "https://events.eu.pagerduty.com/v2/enqueue"


def channels(alerting: Alerting) -> dict[str, set[str]]:
    return {receiver["name"]: set(receiver) - {"name"} for receiver in alertmanager.config(alerting)["receivers"]}


@pytest.mark.requirement("PN-20")
@pytest.mark.parametrize(
    ("alerting", "expected"),
    [
        (Alerting(), {"null": set[str]()}),
        (
            Alerting(email=EMAIL),
            {"null": set[str](), "critical": {"email_configs"}, "warning": {"email_configs"}, "default": {"email_configs"}},
        ),
        (
            Alerting(email=EMAIL, pagerduty=PagerDuty()),
            {
                "null": set[str](),
                "critical": {"email_configs", "pagerduty_configs"},
                "warning": {"email_configs"},
                "default": {"email_configs"},
            },
        ),
        (
            Alerting(pagerduty=PagerDuty(), slack=(SLACK,)),
            {"null": set[str](), "critical": {"pagerduty_configs"}, "warning": {"slack_configs"}},
        ),
        (Alerting(slack=(SLACK,)), {"null": set[str](), "critical": {"slack_configs"}, "warning": {"slack_configs"}}),
    ],
)
def test_alerts_reach_whoever_is_named(alerting: Alerting, expected: dict[str, set[str]]):
    assert channels(alerting) == expected
    config = alertmanager.config(alerting)
    named = {receiver["name"] for receiver in config["receivers"]}
    assert {config["route"]["receiver"], *(route["receiver"] for route in config["route"]["routes"])} <= named


@pytest.mark.requirement("SN-12")
def test_a_systems_warnings_go_to_its_own_channel_and_its_critical_alerts_to_the_pager():
    alerting = Alerting(email=EMAIL, pagerduty=PagerDuty(), slack=(OWN, SLACK))
    config = alertmanager.config(alerting)
    told = {receiver["name"]: receiver for receiver in config["receivers"]}
    assert [(route["matchers"], route["receiver"]) for route in config["route"]["routes"][1:]] == [
        (['severity = "warning"', 'system = "supernova"'], "warning-supernova"),
        (['severity = "critical"'], "critical"),
        (['severity = "warning"'], "warning"),
    ]
    assert told["warning-supernova"]["slack_configs"][0]["channel"] == "#supernova-ops"
    assert told["warning"]["slack_configs"][0]["channel"] == "#alerts"
    assert "pagerduty_configs" in told["critical"]
    assert "slack_configs" not in told["critical"]
    assert alerting.secrets()["slack-webhook-url-supernova"] == "slack-webhook-url-supernova"


@pytest.mark.requirement("SN-12")
def test_without_a_pager_and_a_mailbox_a_systems_channel_hears_its_critical_alerts_too():
    assert channels(Alerting(slack=(OWN,))) == {
        "null": set[str](),
        "critical-supernova": {"slack_configs"},
        "warning-supernova": {"slack_configs"},
    }


def test_alerts_of_two_systems_are_not_told_as_one():
    assert "system" in alertmanager.config(Alerting(email=EMAIL))["route"]["group_by"]


def test_a_system_has_one_channel():
    with pytest.raises(ValidationError, match=r"alerting\.slack: supernova has two channels"):
        Alerting(slack=(OWN, OWN))


@pytest.mark.requirement("PN-20")
def test_incidents_are_opened_in_the_eu():
    config = alertmanager.config(Alerting(pagerduty=PagerDuty()))
    critical = next(receiver for receiver in config["receivers"] if receiver["name"] == "critical")
    assert critical["pagerduty_configs"][0]["url"] == EU
    with pytest.raises(ValidationError):
        PagerDuty(url="https://events.pagerduty.com/v2/enqueue")  # pyright: ignore[reportArgumentType]  # refused on purpose


def test_receivers_read_their_credentials_from_files_that_are_mounted():
    alerting = Alerting(email=EMAIL, pagerduty=PagerDuty(), slack=(SLACK,))
    files: set[str] = set()
    for receiver in alertmanager.config(alerting)["receivers"]:
        for kind in ("email_configs", "pagerduty_configs", "slack_configs"):
            for entry in receiver.get(kind, ()):
                files |= {value for key, value in entry.items() if key.endswith("_file")}
    assert files == {f"{alertmanager.MOUNT}/{key}" for key in alerting.secrets()}


def test_the_mounted_secret_comes_from_the_clouds_secret_manager():
    world = production()
    receivers = world.custom("ExternalSecret", "alertmanager-receivers").inputs["spec"]
    assert receivers["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "cloud-secret-store"}
    assert {item["secretKey"]: item["remoteRef"]["key"] for item in receivers["data"]} == {
        "smtp-password": "platform/production/smtp-password",
        "pagerduty-routing-key": "platform/production/pagerduty-routing-key",
    }
    assert world.values("kube-prometheus-stack")["alertmanager"]["alertmanagerSpec"]["secrets"] == ["alertmanager-receivers"]


def test_nobody_to_tell_needs_no_secret():
    world = build(spec(alerting=Alerting()))
    assert world.values("kube-prometheus-stack")["alertmanager"]["alertmanagerSpec"]["secrets"] == []
    assert [item.inputs["metadata"]["name"] for item in world.customs() if item.inputs["kind"] == "ExternalSecret"] == ["grafana-admin"]


@pytest.mark.requirement("PN-14")
def test_the_cluster_reads_the_clouds_secret_manager_with_its_own_identity():
    store = production(aws=True).custom("ClusterSecretStore", "cloud-secret-store").inputs
    assert store["apiVersion"] == "external-secrets.io/v1"
    assert store["spec"]["provider"] == {"aws": {"service": "SecretsManager", "region": "eu-south-1"}}


@pytest.mark.requirement("PN-18")
def test_grafana_is_public_by_tls_and_takes_dashboards_from_every_namespace():
    world = production()
    grafana: dict[str, Any] = world.values("kube-prometheus-stack")["grafana"]
    assert grafana["admin"]["existingSecret"] == "grafana-admin"
    dashboards = grafana["sidecar"]["dashboards"]
    assert {dashboards["label"]: dashboards["labelValue"]} == world.recording.result.dashboard_labels
    assert dashboards["searchNamespace"] == "ALL"
    route = world.custom("HTTPRoute", "grafana").inputs["spec"]
    assert route["hostnames"] == ["grafana.playnew.example"]
    assert world.recording.result.grafana_url == "https://grafana.playnew.example"


def test_prometheus_takes_monitors_and_rules_from_every_namespace():
    prometheus = production().values("kube-prometheus-stack")["prometheus"]["prometheusSpec"]
    assert all(prometheus[f"{kind}SelectorNilUsesHelmValues"] is False for kind in ("rule", "serviceMonitor", "podMonitor"))
    assert prometheus["storageSpec"]["volumeClaimTemplate"]["spec"]["storageClassName"] == "encrypted"


def test_parts_that_the_cloud_hides_are_not_missed():
    values = production().values("kube-prometheus-stack")
    assert all(values[part] == {"enabled": False} for part in ("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy"))


@pytest.mark.requirement("PN-26")
def test_logs_and_traces_lead_to_each_other():
    sources = {item["uid"]: item for item in production().values("kube-prometheus-stack")["grafana"]["additionalDataSources"]}
    assert sources["loki"]["jsonData"]["derivedFields"][0]["datasourceUid"] == "jaeger"
    assert sources["jaeger"]["jsonData"]["tracesToLogsV2"]["datasourceUid"] == "loki"


@pytest.mark.requirement("PN-26")
def test_traces_go_by_the_collector_to_jaegers_volume():
    world = production()
    config = world.values("opentelemetry-collector")["alternateConfig"]
    assert config["service"]["pipelines"]["traces"]["exporters"] == ["otlp_grpc/jaeger"]
    assert config["exporters"]["otlp_grpc/jaeger"]["endpoint"] == "jaeger.monitoring.svc.cluster.local:4317"
    assert world.recording.result.trace_endpoint == "http://otel-collector.monitoring.svc.cluster.local:4318"
    jaeger = world.values("jaeger")
    backend = jaeger["userconfig"]["extensions"]["jaeger_storage"]["backends"]["traces"]["badger"]
    assert backend["ephemeral"] is False
    (mount,) = jaeger["jaeger"]["extraVolumeMounts"]
    assert all(path.startswith(mount["mountPath"]) for path in backend["directories"].values())
    assert jaeger["jaeger"]["extraVolumes"][0]["persistentVolumeClaim"]["claimName"] == "jaeger-traces"


@pytest.mark.requirement("PN-26")
def test_logs_are_kept_in_the_bucket_as_long_as_asked():
    world = build(spec(logs_days=90))
    loki = world.values("loki")["loki"]
    assert loki["limits_config"]["retention_period"] == "2160h"
    assert loki["compactor"] == {"retention_enabled": True, "delete_request_store": "s3"}
    assert loki["storage"]["bucketNames"]["chunks"] == "logs"
    assert loki["schemaConfig"]["configs"][0]["object_store"] == loki["storage"]["type"]


def test_no_part_of_loki_reads_the_secrets_of_the_cluster():
    assert production().values("loki")["sidecar"] == {"rules": {"enabled": False}}


def test_grafana_installs_nothing_from_its_vendor():
    plugins = production().values("kube-prometheus-stack")["grafana"]["grafana.ini"]["plugins"]
    assert plugins["preinstall_auto_update"] is False
    assert plugins["plugin_admin_enabled"] is False
    assert "grafana-lokiexplore-app" in plugins["disable_plugins"].split(",")


def test_a_long_query_reaches_grafana_before_the_proxy_gives_up():
    (rule,) = production().custom("HTTPRoute", "grafana").inputs["spec"]["rules"]
    assert rule["timeouts"] == {"request": "60s"}


def test_the_log_collector_sends_to_loki_and_nowhere_else():
    assert "http://loki.monitoring.svc.cluster.local:3100/loki/api/v1/push" in alloy.CONFIG
    assert alloy.CONFIG.count("url = ") == 1
    # The chart runs the text through Helm's templates.
    assert "{{" not in alloy.CONFIG


def test_backups_are_daily_and_kept_as_long_as_asked():
    schedules = velero.schedules(spec(backup_days=30))
    assert set(schedules) == {"daily"}
    assert schedules["daily"]["template"]["ttl"] == "720h0m0s"
    assert schedules["daily"]["useOwnerReferencesInBackup"] is False


@pytest.mark.requirement("SN-13")
def test_backups_are_weekly_and_hourly_too_where_asked():
    schedules = everything().values("velero")["schedules"]
    assert {name: (item["schedule"].split(), item["template"]["ttl"]) for name, item in schedules.items()} == {
        "daily": (["17", "1", "*", "*", "*"], "720h0m0s"),
        "weekly": (["37", "2", "*", "*", "0"], "2160h0m0s"),
        "hourly": (["47", "*", "*", "*", "*"], "48h0m0s"),
    }
    for item in schedules.values():
        assert (item["disabled"], item["template"]["includedNamespaces"], item["template"]["snapshotVolumes"]) == (False, ["*"], True)


def test_the_backup_writes_into_the_charts_own_folders():
    """Under a read-only root the chart mounts /tmp itself, and the API refuses a second mount at the same path."""
    values = production(aws=True).values("velero")
    assert values["containerSecurityContext"]["readOnlyRootFilesystem"] is True
    assert not {"extraVolumes", "extraVolumeMounts"} & set(values)
    assert values["configuration"]["extraEnvVars"] == [{"name": "TMPDIR", "value": "/scratch"}]
    # The cloud's part of the configuration stands beside it.
    assert values["configuration"]["backupStorageLocation"]


def test_no_pod_of_the_backup_is_privileged():
    values = production(aws=True).values("velero")
    assert values["deployNodeAgent"] is False
    assert values["credentials"] == {"useSecret": False}
    assert values["configuration"]["features"] == "EnableCSI"
    assert all(container["securityContext"]["runAsNonRoot"] for container in values["initContainers"])


def test_a_minor_without_an_autoscaler_is_refused():
    identity = IdentityOutputs(ref=None, annotations={}, pod_labels={}, binding=None)  # pyright: ignore[reportArgumentType]  # not looked at
    with pytest.raises(ValueError, match=r"cluster\.version: '1\.29' has no cluster-autoscaler: one of 1\.33"):
        cluster_autoscaler.values(spec(), Images(), identity, "1.29", {})


def test_values_merge_as_helm_merges():
    assert merge({"a": {"b": 1, "c": [1]}, "d": 1}, {"a": {"c": [2]}, "e": 2}) == {"a": {"b": 1, "c": [2]}, "d": 1, "e": 2}


@pytest.mark.parametrize("smarthost", ["mail.playnew.example", "smtp://mail.playnew.example:587"])
def test_a_mail_relay_is_a_host_and_a_port(smarthost: str):
    with pytest.raises(ValidationError):
        Email(to=("ops@playnew.example",), sender="a@playnew.example", smarthost=smarthost, username="a")
