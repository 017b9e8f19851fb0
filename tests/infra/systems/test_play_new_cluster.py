"""Play New: what it registers in the cluster."""

from __future__ import annotations

import re
from typing import Any

import kubernetes_validate
import pytest

from infra.systems.play_new.agents import TEMPLATE
from tests.crds import needs_crds, validate
from tests.infra.systems.world import GIVEN, KINDS, World, bring_up, host, pod, stamps

CUSTOM = {"ExternalSecret", "HTTPRoute", "BackendTrafficPolicy", "HTTPRouteFilter", "ServiceMonitor", "PrometheusRule"}
DOCUMENTED_CONFIG = {
    "NODE_ENV": "production",
    "DATABASE_TYPE": "postgresql",
    "LOG_LEVEL": "info",
    "LOG_FORMAT": "json",
    "PORT": "3000",
    "CONTAINER_IMAGE": "registry.fake/pn-agent-runner:0.1.0",
    "CONTAINER_MEMORY_LIMIT": "512m",
    "CONTAINER_CPU_LIMIT": "0.5",
}


def container(world: World) -> dict[str, Any]:
    return pod(host(world))["containers"][0]


@pytest.mark.requirement("PN-04")
def test_the_namespaces_are_labelled_and_restricted(phase0: World):
    for name, role in (("pn-system", "system"), ("pn-agents", "agents")):
        labels = phase0.named("Namespace", name).inputs["metadata"]["labels"]
        assert labels.items() >= {"app": "playnew", "role": role}.items()
        assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {"restricted"}


@pytest.mark.requirement("PN-04")
def test_every_namespace_has_a_quota_and_defaults(phase0: World):
    for kind in ("ResourceQuota", "LimitRange"):
        assert {item.inputs["metadata"]["namespace"] for item in phase0.all(kind)} == {"pn-system", "pn-agents"}


@pytest.mark.requirement("PN-11")
def test_the_host_runs_as_documented(phase0: World):
    deployment = host(phase0)
    assert deployment.inputs["metadata"]["labels"] == {"app": "playnew", "component": "host"}
    assert deployment.inputs["spec"]["replicas"] == 2
    assert deployment.inputs["spec"]["selector"] == {"matchLabels": {"app": "playnew", "component": "host"}}
    assert pod(deployment)["serviceAccountName"] == "pn-host"
    main = container(phase0)
    assert (main["name"], main["image"], main["ports"]) == (
        "host",
        "registry.fake/pn-host:0.1.0",
        [{"containerPort": 3000, "name": "http"}],
    )
    assert main["envFrom"] == [{"configMapRef": {"name": "pn-config"}}, {"secretRef": {"name": "pn-secrets"}}]
    assert main["resources"] == {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "4Gi"}}
    assert main["livenessProbe"] == probe("/api/v1/health", 15, 30, 5)
    assert main["readinessProbe"] == probe("/api/v1/health/ready", 10, 10, 3)


@pytest.mark.requirement("PN-11")
def test_the_hosts_pods_stand_on_two_nodes_at_least_and_one_always_stays(phase0: World):
    spread = pod(host(phase0))["topologySpreadConstraints"]
    nodes = next(item for item in spread if item["topologyKey"] == "kubernetes.io/hostname")
    assert (nodes["whenUnsatisfiable"], nodes["minDomains"]) == ("DoNotSchedule", 2)
    assert any(item["topologyKey"] == "topology.kubernetes.io/zone" for item in spread)
    assert phase0.named("PodDisruptionBudget", "pn-host").inputs["spec"]["maxUnavailable"] == 1
    assert host(phase0).inputs["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


@pytest.mark.requirement("PN-11")
def test_every_pod_is_hardened(phase0: World):
    for name, template in phase0.pods():
        spec = template["spec"]
        assert spec["securityContext"]["runAsNonRoot"], name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for item in spec["containers"]:
            assert item["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name
            assert {"requests", "limits"} == set(item["resources"]), name
            assert item["image"].startswith("registry.fake/"), name
    assert pod(host(phase0))["securityContext"]["runAsUser"] == 1001


@pytest.mark.requirement("PN-11")
def test_only_pods_that_call_the_api_carry_a_token(phase0: World):
    tokens = {name.rpartition("-")[0] or name: template["spec"]["automountServiceAccountToken"] for name, template in phase0.pods()}
    assert tokens == {"pn": True, "pn-db-roles": False, "pn-db-migrate": False}
    assert all(item.inputs["automountServiceAccountToken"] is False for item in phase0.all("ServiceAccount"))


@pytest.mark.requirement("PN-12")
def test_the_service_sends_port_80_to_3000(phase0: World):
    spec = phase0.named("Service", "pn-host").inputs["spec"]
    assert spec["type"] == "ClusterIP"
    assert spec["ports"] == [{"name": "http", "port": 80, "targetPort": 3000, "protocol": "TCP"}]
    assert spec["selector"] == {"app": "playnew", "component": "host"}


@pytest.mark.requirement("PN-12")
@pytest.mark.requirement("PN-10")
def test_the_public_host_reaches_the_service_over_tls_alone(phase0: World):
    route = phase0.named("HTTPRoute", "pn-ingress").inputs["spec"]
    assert route["hostnames"] == ["api.playnew.example"]
    assert [(item["name"], item["sectionName"]) for item in route["parentRefs"]] == [("shared", "pn-ingress")]
    assert route["rules"][-1]["backendRefs"] == [{"name": "pn-host", "port": 80}]
    listener = phase0.spec.listeners[0]
    assert (listener.name, listener.host, listener.tls_secret, listener.namespace) == (
        "pn-ingress",
        "api.playnew.example",
        "pn-tls",
        "pn-system",
    )


@pytest.mark.requirement("PN-12")
def test_requests_above_ten_mebibytes_are_refused(phase0: World):
    spec = phase0.named("BackendTrafficPolicy", "pn-ingress").inputs["spec"]
    assert spec["requestBuffer"] == {"limit": "10Mi"}
    assert [(item["kind"], item["name"]) for item in spec["targetRefs"]] == [("HTTPRoute", "pn-ingress")]


@pytest.mark.requirement("PN-12")
def test_a_response_may_take_longer_than_the_agent_that_it_waits_for(phase0: World):
    *_, everything = phase0.named("HTTPRoute", "pn-ingress").inputs["spec"]["rules"]
    seconds = int(everything["timeouts"]["request"].removesuffix("s"))
    # Envoy's own limit of 15 s is below what the alert on slow responses calls slow.
    deadline = re.search(r"activeDeadlineSeconds: (\d+)", TEMPLATE)
    assert deadline is not None
    assert seconds > int(deadline[1]) > 25


def test_metrics_are_not_found_from_outside(phase0: World):
    first = phase0.named("HTTPRoute", "pn-ingress").inputs["spec"]["rules"][0]
    assert first["matches"] == [{"path": {"type": "PathPrefix", "value": "/metrics"}}]
    assert "backendRefs" not in first
    name = first["filters"][0]["extensionRef"]["name"]
    assert phase0.named("HTTPRouteFilter", name).inputs["spec"] == {"directResponse": {"statusCode": 404}}


@pytest.mark.requirement("PN-13")
def test_the_configuration_has_the_eight_documented_keys(phase0: World):
    assert phase0.named("ConfigMap", "pn-config").inputs["data"] == DOCUMENTED_CONFIG


@pytest.mark.requirement("PN-13")
def test_a_change_of_the_configuration_rolls_the_host(phase0: World):
    assert stamps(bring_up(log_level="debug")) != stamps(phase0)
    assert stamps(bring_up()) == stamps(phase0)


@pytest.mark.requirement("PN-14")
def test_the_secrets_come_from_the_store_every_hour(phase0: World):
    item = phase0.named("ExternalSecret", "pn-secrets")
    assert item.inputs["apiVersion"] == "external-secrets.io/v1"
    spec = item.inputs["spec"]
    assert (spec["refreshInterval"], spec["target"]["name"]) == ("1h", "pn-secrets")
    assert spec["secretStoreRef"] == {"name": "cloud-secret-store", "kind": "ClusterSecretStore"}
    assert {entry["secretKey"]: entry["remoteRef"]["key"] for entry in spec["data"]} == {
        "DATABASE_URL": "pn/production/database-url",
        "ANTHROPIC_API_KEY": "pn/production/anthropic-api-key",
        "OPENAI_API_KEY": "pn/production/openai-api-key",
        "JWT_SECRET": "pn/production/jwt-secret",
    }
    assert {"secrets-ready", "playnew-production-play-new-secrets-versions"} <= set(item.depends_on)


@pytest.mark.requirement("PN-14")
def test_the_database_url_is_the_applications_and_asks_for_tls(phase0: World):
    pattern = r"postgresql://pn_app:[A-Za-z0-9]{40,}@playnew-production-pn-agent-db\.db\.fake:5432/pn_agent\?sslmode=require"
    assert re.fullmatch(pattern, phase0.stored.inputs["database-url"])
    assert phase0.stored.inputs["anthropic-api-key"] == GIVEN["anthropic-api-key"]


@pytest.mark.requirement("PN-14")
def test_no_secret_is_plain_anywhere(phase0: World):
    assert set(phase0.stored.secrets) == set(phase0.stored.inputs)
    generated = {item.state["result"] for item in phase0.registered.of("random:index/randomPassword:RandomPassword")}
    for item in phase0.registered:
        if item.type != phase0.stored.type:
            text = str(item.inputs) + str(item.outputs)
            assert not any(value in text for value in (*GIVEN.values(), *generated)), item.name


@pytest.mark.requirement("PN-08")
def test_the_host_learns_the_reference_of_the_real_master_key(phase0: World):
    env = {item["name"]: item["value"] for item in container(phase0)["env"]}
    assert env["ENCRYPTION_KEY_REF"] == "kms://key/master-key"


@pytest.mark.requirement("PN-23")
def test_the_phase_changes_no_object_of_the_cluster_but_those_that_it_is_about(phase0: World, phase1: World):
    assert {(item.type, item.name) for item in phase0.registered} == {(item.type, item.name) for item in phase1.registered}
    changed = changes(phase0, phase1)
    assert changed == {
        "playnew-production-play-new-pn-agents-quota",
        "playnew-production-play-new-pn-host-deployment",  # traces
        "playnew-production-play-new-policies-pn-system-pn-host",
    }


def test_every_built_in_object_is_valid(phase1: World):
    for kind in KINDS.keys() - CUSTOM:
        assert phase1.all(kind), kind
        for item in phase1.all(kind):
            kubernetes_validate.validate(item.inputs, "1.34", strict=True)


@needs_crds
def test_every_custom_object_is_valid(phase1: World):
    kinds = {KINDS[kind] for kind in CUSTOM}
    found = [item for item in phase1.registered if item.type in kinds]
    assert {item.type for item in found} == kinds
    for item in found:
        assert validate(item.inputs["apiVersion"], item.inputs["kind"], item.inputs) == [], item.name


def changes(before: World, after: World) -> set[str]:
    inputs = {(item.type, item.name): item.inputs for item in before.registered if item.type.startswith("kubernetes:")}
    return {item.name for item in after.registered if inputs.get((item.type, item.name), item.inputs) != item.inputs}


def probe(path: str, delay: int, period: int, timeout: int) -> dict[str, Any]:
    return {
        "httpGet": {"path": path, "port": 3000},
        "initialDelaySeconds": delay,
        "periodSeconds": period,
        "timeoutSeconds": timeout,
    }
