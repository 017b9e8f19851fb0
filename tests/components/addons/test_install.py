from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

import kubernetes_validate
import pytest

from components.addons import namespaces
from components.identity.spec import AutoscalingGrant, BucketGrant, DnsGrant, LoadBalancingGrant, SecretsGrant, SnapshotGrant
from components.vocabulary import Access
from tests.components.addons.world import RELEASE, SYSTEM_PREFIX, build, everything, production, spec
from tests.crds import needs_crds, validate
from tests.fake_dialect import FakeDialect
from tests.recorder import Registered

PREFIX = "playnew-production-addons"
BUILT_IN = {
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:Service",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "kubernetes:storage.k8s.io/v1:StorageClass",
}


def needs(item: Registered) -> set[str]:
    return {name.removeprefix(f"{PREFIX}-") for name in item.depends_on}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from strings(item)


@pytest.mark.parametrize(
    ("release", "namespace"),
    [
        ("envoy-gateway", "gateway-system"),
        ("cert-manager", "cert-manager"),
        ("external-secrets", "external-secrets"),
        ("external-dns", "external-dns"),
        ("aws-load-balancer-controller", "kube-system"),
        ("metrics-server", "kube-system"),
        ("cluster-autoscaler", "kube-system"),
        ("kube-prometheus-stack", "monitoring"),
        ("loki", "monitoring"),
        ("alloy", "node-telemetry"),
        ("jaeger", "monitoring"),
        ("opentelemetry-collector", "monitoring"),
        ("velero", "velero"),
    ],
)
def test_a_release_stands_in_its_own_namespace(release: str, namespace: str):
    inputs = production().release(release).inputs
    assert inputs["namespace"] == namespace
    assert inputs["createNamespace"] is False


def test_a_release_that_fails_leaves_the_one_before():
    for item in production().recording.of(RELEASE):
        assert item.inputs["atomic"] is True
        assert 0 < item.inputs["timeout"] <= 900


@pytest.mark.parametrize(
    ("release", "needed"),
    [
        ("prometheus-operator-crds", set[str]()),
        ("cert-manager", {"envoy-gateway", "prometheus-operator-crds"}),
        ("kube-prometheus-stack", {"prometheus-operator-crds", "externalsecret-grafana-admin", "storage"}),
        ("loki", {"prometheus-operator-crds", "playnew-production-loki-binding", "storage"}),
        ("external-secrets", {"playnew-production-external-secrets-binding"}),
        ("external-dns", {"playnew-production-external-dns-binding"}),
        ("velero", {"playnew-production-velero-binding", "drivers"}),
        ("cluster-autoscaler", {"playnew-production-cluster-autoscaler-binding"}),
        ("aws-load-balancer-controller", {"playnew-production-load-balancer-controller-binding"}),
    ],
)
def test_a_release_waits_for_what_it_needs(release: str, needed: set[str]):
    assert needed <= needs(production().release(release))


def test_no_release_waits_for_another_without_a_reason():
    definitions = {"envoy-gateway", "prometheus-operator-crds"}
    names = {item.inputs["name"] for item in everything().recording.of(RELEASE)}
    for item in everything().recording.of(RELEASE):
        others = (needs(item) & names) - {item.inputs["namespace"]}
        assert others <= definitions, item.name


def test_pods_wait_for_nodes_and_definitions_do_not():
    recording = production().recording
    claims = recording.of("kubernetes:core/v1:PersistentVolumeClaim")
    assert claims
    assert all("nodes" in claim.depends_on for claim in claims), "a claim that outlives the nodes leaves its disk"
    through_nodes = {"nodes", *(claim.name for claim in claims)}
    for item in recording.of(RELEASE):
        assert bool(through_nodes & set(item.depends_on)) is not item.inputs["name"].endswith("-crds")


def test_a_custom_resource_waits_for_the_release_that_defines_it():
    owners = {
        "GatewayClass": "envoy-gateway",
        "EnvoyProxy": "envoy-gateway",
        "Gateway": "gatewayclass-shared",
        "HTTPRoute": "gateway-shared",
        "ClientTrafficPolicy": "gateway-shared",
        "SecurityPolicy": "gateway-shared",
        "PodMonitor": "prometheus-operator-crds",
        "ClusterIssuer": "cert-manager",
        "Certificate": "clusterissuer-letsencrypt-prod",
        "ClusterSecretStore": "external-secrets",
        "ExternalSecret": "clustersecretstore-cloud-secret-store",
    }
    for item in everything().customs():
        assert owners[item.inputs["kind"]] in needs(item), item.name


def test_what_claims_volumes_goes_before_the_driver_that_deletes_them():
    (kind,) = production().recording.of("kubernetes:storage.k8s.io/v1:StorageClass")
    assert "drivers" in kind.depends_on
    for name in ("kube-prometheus-stack", "loki", "jaeger"):
        assert {"storage", "jaeger-traces"} & needs(production().release(name))
    spaces = {item.inputs["metadata"]["name"]: item for item in production().recording.of("kubernetes:core/v1:Namespace")}
    assert [name for name, item in spaces.items() if "drivers" in item.depends_on] == ["monitoring"], "what charts claim goes with it"


def test_the_load_balancer_and_its_names_go_before_their_controllers():
    wanted = {"gateway-shared", "aws-load-balancer-controller", "external-dns"}
    assert wanted <= needs(production().recording.one("kubernetes:core/v1:Service"))


def test_who_talks_to_the_cloud_has_the_least_identity():
    asked = production().platform.identities
    granted = {name: [type(grant) for grant in identity.grants] for name, identity in asked.items()}
    assert granted == {
        "external-secrets": [SecretsGrant],
        "external-dns": [DnsGrant],
        "load-balancer-controller": [LoadBalancingGrant],
        "cluster-autoscaler": [AutoscalingGrant],
        "loki": [BucketGrant],
        "velero": [BucketGrant, SnapshotGrant],
    }
    for name in ("loki", "velero"):
        grant = asked[name].grants[0]
        assert isinstance(grant, BucketGrant)
        assert grant.access is Access.READ_WRITE
    reader = asked["external-secrets"].grants[0]
    assert isinstance(reader, SecretsGrant)
    assert SYSTEM_PREFIX in reader.prefixes


@pytest.mark.parametrize(
    ("identity", "release", "account"),
    [
        ("external-secrets", "external-secrets", ("serviceAccount",)),
        ("external-dns", "external-dns", ("serviceAccount",)),
        ("load-balancer-controller", "aws-load-balancer-controller", ("serviceAccount",)),
        ("cluster-autoscaler", "cluster-autoscaler", ("rbac", "serviceAccount")),
        ("loki", "loki", ("serviceAccount",)),
        ("velero", "velero", ("serviceAccount", "server")),
    ],
)
def test_the_identity_is_the_one_of_the_pods_service_account(identity: str, release: str, account: tuple[str, ...]):
    world = production()
    values = world.values(release)
    for key in account:
        values = values[key]
    asked = world.platform.identities[identity].spec
    assert (asked.namespace, asked.service_account) == (world.release(release).inputs["namespace"], values["name"])
    assert values["annotations"] == {"fake/role": f"role/{identity}"}
    labelled = world.values("loki")["singleBinary"] if release == "loki" else world.values(release)
    assert labelled["podLabels"] == {"fake/identity": "use"}


def test_namespaces_are_restricted_but_for_the_one_that_reads_the_nodes():
    levels = {
        item.inputs["metadata"]["name"]: item.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for item in production().recording.of("kubernetes:core/v1:Namespace")
    }
    assert set(levels) == {place.name for place in namespaces.PLACES}
    assert {name for name, level in levels.items() if level != "restricted"} == {"node-telemetry"}


def test_namespaces_deny_what_no_policy_allows():
    policies = production().recording.of("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    for place in namespaces.PLACES:
        own = {
            item.inputs["metadata"]["name"]: item.inputs["spec"] for item in policies if item.inputs["metadata"]["namespace"] == place.name
        }
        assert own["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
        assert own["allow"]["ingress"]
        assert own["allow"]["egress"]


def test_only_the_gateway_is_open_to_the_world():
    policies = production().recording.of("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    open_ = {
        item.inputs["metadata"]["namespace"]
        for item in policies
        for rule in item.inputs["spec"].get("ingress", ())
        for peer in rule["from"]
        if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"
    }
    assert open_ == {"gateway-system"}


@pytest.mark.parametrize("type_", sorted(BUILT_IN))
def test_built_in_kinds_are_valid(type_: str):
    for item in everything(aws=True).recording.of(type_):
        kubernetes_validate.validate(json.loads(json.dumps(item.inputs)), "1.36", strict=True)


@needs_crds
@pytest.mark.parametrize("oidc", [False, True], ids=["password", "oidc"])
def test_custom_resources_obey_their_definitions(oidc: bool):
    customs = everything(aws=True, oidc=oidc).customs()
    assert customs
    for item in customs:
        assert validate(item.inputs["apiVersion"], item.inputs["kind"], item.inputs) == [], item.name


@needs_crds
def test_the_snapshot_class_obeys_its_definition():
    (extra,) = production().values("velero")["extraObjects"]
    assert validate(extra["apiVersion"], extra["kind"], extra) == []


def test_no_credential_is_a_value():
    for item in everything().recording.of(RELEASE):
        text = json.dumps(item.inputs["values"])
        assert "secretAccessKey" not in text
        assert "adminPassword" not in text
        assert 'auth_password"' not in text
        assert '"routing_key"' not in text
        assert item.secrets == ()


def test_no_host_outside_the_eu_is_called():
    spoken = " ".join(text for item in production(aws=True).recording for text in strings(item.inputs))
    for host in ("events.pagerduty.com", "ingest.sentry.io", "grafana.net", "datadoghq.com"):
        assert host not in spoken


def test_nothing_about_the_platform_is_told_to_vendors():
    world = production()
    assert world.values("alloy")["alloy"]["enableReporting"] is False
    assert world.values("loki")["loki"]["analytics"] == {"reporting_enabled": False}
    assert world.values("kube-prometheus-stack")["grafana"]["grafana.ini"]["analytics"]["reporting_enabled"] is False


def test_images_come_through_the_regions_caches_where_there_are_some():
    world = production()
    assert world.values("metrics-server")["image"]["repository"] == "registry.fake/registry-k8s-io/metrics-server/metrics-server"
    assert world.values("cert-manager")["imageRegistry"] == "registry.fake/quay-io"
    assert world.values("velero")["image"]["repository"] == "docker.io/velero/velero"


def test_a_cloud_with_its_own_controllers_gets_none_of_ours():
    bare = FakeDialect(load_balancer_controller=False, cluster_autoscaler=False, metrics_server=False)
    world = build(spec(), dialect=bare)
    installed = {item.inputs["name"] for item in world.recording.of(RELEASE)}
    assert not {"aws-load-balancer-controller", "cluster-autoscaler", "metrics-server"} & installed
    assert not {"load-balancer-controller", "cluster-autoscaler"} & set(world.platform.identities)
    assert world.recording.result.gateway_address is not None


def test_a_system_without_traces_and_logs_gets_neither():
    world = build(spec(tracing=False, log_collection=False))
    installed = {item.inputs["name"] for item in world.recording.of(RELEASE)}
    assert not {"loki", "alloy", "jaeger", "opentelemetry-collector"} & installed
    assert world.recording.result.trace_endpoint is None
    assert world.values("kube-prometheus-stack")["grafana"]["additionalDataSources"] == []


def test_a_secret_that_the_store_does_not_hold_is_refused_by_name():
    with pytest.raises(ValueError, match=r"'pagerduty-routing-key' is not in the store 'platform/production': it holds grafana"):
        build(spec(), paths=("grafana-admin-password", "smtp-password"))


def test_a_cluster_that_need_not_be_available_runs_one_of_each():
    world = build(spec(highly_available=False))
    assert world.values("cert-manager")["replicaCount"] == 1
    assert world.values("loki")["loki"]["commonConfig"]["replication_factor"] == 1
    assert world.custom("EnvoyProxy", "shared").inputs["spec"]["provider"]["kubernetes"]["envoyPDB"] == {"minAvailable": 0}
