"""Namespaces, custom kinds, releases and reachability."""

import pytest

from sandbox.contract import Properties, Refused
from tests.sandbox.accounts import Site
from tests.sandbox.clusters import Cluster, deployment

CONFIG, CRD = "kubernetes:core/v1:ConfigMap", "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
GATEWAY, ISSUER = "kubernetes:gateway.networking.k8s.io/v1:Gateway", "kubernetes:cert-manager.io/v1:ClusterIssuer"


def test_a_namespace_stands_before_what_it_holds():
    cluster = Cluster()
    inside: Properties = {"metadata": {"name": "a", "namespace": "missing"}}
    assert cluster.refused(CONFIG, **inside) == 'NotFound: namespaces "missing" not found'
    cluster.make("kubernetes:core/v1:Namespace", "missing", metadata={"name": "missing"})
    cluster.make(CONFIG, **inside)


@pytest.mark.parametrize("namespace", ["default", "kube-system", None])
def test_some_namespaces_are_always_there(namespace: str | None):
    Cluster().make(CONFIG, metadata={"name": "a", "namespace": namespace})


def test_a_release_can_bring_its_namespace():
    cluster = Cluster()
    cluster.release("loki", namespace="logs", createNamespace=True)
    cluster.make(CONFIG, metadata={"name": "a", "namespace": "logs"})


def test_an_object_exists_once_whatever_version_it_is_written_in():
    cluster = Cluster()
    scaler: Properties = {
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"maxReplicas": 2, "scaleTargetRef": {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"}},
    }
    cluster.make("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", **scaler)
    refusal = cluster.refused("kubernetes:autoscaling/v1:HorizontalPodAutoscaler", **scaler)
    assert refusal == 'AlreadyExists: horizontalpodautoscaler "default/web" already exists'


def test_another_cluster_is_another_place():
    here = Cluster()
    here.namespace()
    there = Cluster("https://other.example.eu", here.world)
    assert 'namespaces "apps" not found' in there.refused(CONFIG, metadata={"name": "a", "namespace": "apps"})
    there.namespace("apps")


def test_a_custom_kind_needs_its_definition():
    cluster = Cluster()
    thing: Properties = {"metadata": {"name": "a", "namespace": "default"}, "spec": {}}
    assert 'no matches for kind "Thing" in version "example.eu/v1"' in cluster.refused("kubernetes:example.eu/v1:Thing", **thing)
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
    names = {"kind": "Thing", "plural": "things", "singular": "thing"}
    definition = {"group": "example.eu", "names": names, "scope": "Namespaced", "versions": [version]}
    cluster.make(CRD, metadata={"name": "things.example.eu"}, spec=definition)
    cluster.make("kubernetes:example.eu/v1:Thing", **thing)
    assert "served as example.eu/v1" in cluster.refused("kubernetes:example.eu/v2:Thing", **thing)
    assert 'no matches for kind "Things"' in cluster.refused("kubernetes:example.eu/v1:Things", **thing)


@pytest.mark.parametrize(
    ("chart", "values", "type_", "metadata"),
    [
        ("gateway-helm", {}, GATEWAY, {"name": "a", "namespace": "default"}),
        ("gateway-crds-helm", {"crds": {"gatewayAPI": {"enabled": True}}}, GATEWAY, {"name": "a", "namespace": "default"}),
        ("cert-manager", {"crds": {"enabled": True}}, ISSUER, {"name": "a"}),
        ("external-secrets", {}, "kubernetes:external-secrets.io/v1:ClusterSecretStore", {"name": "a"}),
        ("kube-prometheus-stack", {}, "kubernetes:monitoring.coreos.com/v1:PrometheusRule", {"name": "a", "namespace": "default"}),
        ("velero", {}, "kubernetes:velero.io/v1:Schedule", {"name": "a", "namespace": "default"}),
    ],
)
def test_a_chart_brings_its_kinds(chart: str, values: Properties, type_: str, metadata: Properties):
    cluster = Cluster()
    assert "no matches for kind" in cluster.refused(type_, metadata=metadata, spec={})
    cluster.release(chart, values)
    cluster.make(type_, metadata=metadata, spec={})


@pytest.mark.parametrize(
    ("chart", "values", "type_"),
    [
        ("cert-manager", {}, ISSUER),
        ("gateway-helm", {"crds": {"enabled": False}}, GATEWAY),
        ("gateway-crds-helm", {}, GATEWAY),
        ("external-secrets", {}, "kubernetes:external-secrets.io/v1beta1:ClusterSecretStore"),
    ],
)
def test_a_chart_brings_only_the_kinds_that_its_values_switch_on(chart: str, values: Properties, type_: str):
    cluster = Cluster()
    cluster.release(chart, values)
    assert "no matches for kind" in cluster.refused(type_, metadata={"name": "a", "namespace": "default"}, spec={})


def test_a_release_name_is_used_once_in_a_namespace():
    cluster = Cluster()
    cluster.release("loki", name="logs")
    inputs: Properties = {"name": "logs", "chart": "oci://registry.example.eu/loki", "namespace": "default"}
    assert "cannot re-use a name that is still in use" in cluster.refused("kubernetes:helm.sh/v3:Release", **inputs)


def test_a_release_says_what_is_deployed():
    cluster = Cluster()
    first = cluster.release("loki", name="logs")
    assert (first.id, first.outputs["status"]["status"], first.outputs["status"]["revision"]) == ("default/logs", "deployed", 1)
    assert cluster.change(first, version="1.2.4").outputs["status"]["revision"] == 2


def test_the_control_plane_fills_in_identity_and_status():
    cluster = Cluster()
    web = cluster.make("kubernetes:apps/v1:Deployment", **deployment())
    assert web.outputs["status"]["readyReplicas"] == 2
    changed = cluster.change(web, spec={**web.inputs["spec"], "replicas": 3})
    assert changed.outputs["metadata"]["uid"] == web.outputs["metadata"]["uid"]
    assert changed.outputs["status"]["readyReplicas"] == 3


def test_a_load_balancer_has_a_name_in_the_cluster_s_region():
    site = Site()
    cluster = Cluster(site.cluster.outputs["endpoint"], site.world)
    balancer: Properties = {"type": "LoadBalancer", "ports": [{"port": 80}]}
    service = cluster.make("kubernetes:core/v1:Service", metadata={"name": "web"}, spec=balancer)
    assert service.outputs["status"]["loadBalancer"]["ingress"][0]["hostname"].endswith(".elb.eu-central-1.amazonaws.com")


def test_a_cluster_that_does_not_exist_is_unreachable():
    gone = "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com"
    reason = Cluster(gone).refused(CONFIG, metadata={"name": "a"})
    assert reason.startswith("Unreachable: configured Kubernetes cluster is unreachable")


def test_a_patch_needs_something_to_patch():
    cluster = Cluster()
    patch = "kubernetes:storage.k8s.io/v1:StorageClassPatch"
    assert "nothing to patch" in cluster.refused(patch, metadata={"name": "fast"})
    cluster.make(patch, metadata={"name": "gp2", "annotations": {"storageclass.kubernetes.io/is-default-class": "false"}})


def test_yaml_is_decoded():
    result = Cluster().invoke("kubernetes:yaml:decode", text="kind: A\n---\nkind: B\n")["result"]
    assert [document["kind"] for document in result] == ["A", "B"]
    with pytest.raises(Refused):
        Cluster().invoke("kubernetes:helm:template")
