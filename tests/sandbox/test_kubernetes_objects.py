"""What the API server refuses in an object, and how objects change."""

from typing import Any

import pytest

from sandbox.contract import UNKNOWN, Instance, Properties
from tests.sandbox.clusters import Cluster, deployment, kubeconfig

DEPLOYMENT, SERVICE, CONFIG = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service", "kubernetes:core/v1:ConfigMap"
JOB, RELEASE = "kubernetes:batch/v1:Job", "kubernetes:helm.sh/v3:Release"
CONTAINER = "spec.template.spec.containers[0]"


def meta(**extra: Any) -> Properties:
    return {"metadata": {"name": "web", "namespace": "apps", **extra}}


def job(**pod: Any) -> Properties:
    return {**meta(), "spec": {"template": {"spec": {"containers": [{"name": "a", "image": "i"}], "restartPolicy": "Never", **pod}}}}


def release(**inputs: Any) -> Properties:
    return {"name": "r", "chart": "oci://registry.example.eu/charts/x", "version": "1.2.3", "namespace": "apps", **inputs}


REFUSED: list[tuple[str, Properties, str, str]] = [
    (DEPLOYMENT, deployment(imag="x"), f"{CONTAINER}.imag", "did you mean 'image'?"),
    (DEPLOYMENT, deployment(image=None), f"{CONTAINER}.image", "Required value"),
    (DEPLOYMENT, deployment(imagePullPolicy="always"), f"{CONTAINER}.imagePullPolicy", "IfNotPresent"),
    (DEPLOYMENT, deployment(ports=[{"containerPort": 70000}]), f"{CONTAINER}.ports[0].containerPort", "65535"),
    (DEPLOYMENT, deployment(ports=[{"containerPort": "80"}]), f"{CONTAINER}.ports[0].containerPort", "expected integer"),
    (DEPLOYMENT, deployment(volumeMounts=[{"name": "data", "mountPath": "/d"}]), f"{CONTAINER}.volumeMounts[0].name", "Not found"),
    (DEPLOYMENT, deployment(resources={"requests": {"cpu": "1 core"}}), f"{CONTAINER}.resources.requests.cpu", "quantity"),
    (
        DEPLOYMENT,
        deployment(resources={"requests": {"memory": "2Gi"}, "limits": {"memory": "1Gi"}}),
        f"{CONTAINER}.resources.requests.memory",
        "less than or equal",
    ),
    (
        DEPLOYMENT,
        {**deployment(), "spec": {**deployment()["spec"], "selector": {"matchLabels": {"app": "api"}}}},
        "spec.template.metadata.labels",
        "does not match",
    ),
    (DEPLOYMENT, {**deployment(), "metadata": {"name": "Web", "namespace": "apps"}}, "metadata.name", "DNS-1123"),
    (DEPLOYMENT, {**deployment(), "kind": "DaemonSet"}, "kind", "does not fit"),
    (JOB, job(restartPolicy="Always"), "spec.template.spec.restartPolicy", "OnFailure, Never"),
    (JOB, job(restartPolicy=None), "spec.template.spec.restartPolicy", "Required value"),
    (SERVICE, {**meta(), "spec": {"type": "Balancer", "ports": [{"port": 80}]}}, "spec.type", "LoadBalancer"),
    (SERVICE, {**meta(), "spec": {"ports": [{"port": 80}, {"port": 81}]}}, "spec.ports[0].name", "Required value"),
    (SERVICE, {"metadata": {"name": "1web"}, "spec": {"ports": [{"port": 80}]}}, "metadata.name", "DNS-1035"),
    (CONFIG, {**meta(), "data": {"a": 1}}, "data.a", "expected string"),
    (CONFIG, {**meta(labels={"a": "not a label"})}, "metadata.labels.a", "at most 63"),
    (CONFIG, {"metadata": {"name": "a", "namespace": "Apps"}}, "metadata.namespace", "DNS-1123 label"),
    ("kubernetes:core/v1:Confimap", meta(), "kind", 'no matches for kind "Confimap"'),
    ("kubernetes:apps/v2:Deployment", meta(), "kind", 'no matches for kind "Deployment"'),
    (
        "kubernetes:batch/v1:CronJob",
        {**meta(), "spec": {"schedule": "hourly", "jobTemplate": {"spec": job()["spec"]}}},
        "spec.schedule",
        "five fields",
    ),
    (RELEASE, release(chart="x"), "chart", "repositoryOpts.repo"),
    (RELEASE, release(repositoryOpts={"repo": "https://charts.example.eu"}), "repositoryOpts.repo", "OCI reference"),
    (RELEASE, release(chart="x", repositoryOpts={"repo": "oci://charts"}), "repositoryOpts.repo", "into chart"),
    (RELEASE, release(version="latest"), "version", "exact version"),
    (RELEASE, release(name="R" * 60), "name", "53"),
    (RELEASE, release(value={}), "value", "did you mean 'values'?"),
]


@pytest.mark.parametrize(("type_", "inputs", "path", "reason"), REFUSED)
def test_the_api_server_refuses(type_: str, inputs: Properties, path: str, reason: str):
    found = Cluster().failures(type_, inputs)
    assert reason in found.get(path, ""), found


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        (DEPLOYMENT, deployment()),
        (DEPLOYMENT, deployment(image=UNKNOWN, env=[{"name": "A", "value": UNKNOWN}], ports=[{"containerPort": 8080.0}])),
        (DEPLOYMENT, {**deployment(), "spec": UNKNOWN}),
        (SERVICE, {**meta(), "spec": {"ports": [{"port": UNKNOWN, "targetPort": UNKNOWN}]}}),
        (CONFIG, {**meta(), "data": UNKNOWN}),
        (CONFIG, {**meta(annotations={"pulumi.com/skipAwait": "true"}), "data": {"a": UNKNOWN}}),
        ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", {"metadata": {"name": "system:web"}, "rules": []}),
        ("kubernetes:example.eu/v1:Thing", {"metadata": {"name": "a"}, "spec": {"anything": {"goes": 1}}}),
    ],
)
def test_the_api_server_takes(type_: str, inputs: Properties):
    assert Cluster().failures(type_, inputs) == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not YAML"),
        ("[]", "expected a mapping"),
        (kubeconfig(**{"current-context": "other"}), "'other' is not among its contexts"),
        (kubeconfig(clusters=[]), "is not among its clusters"),
        (kubeconfig(users=[]), "is not among its users"),
        (kubeconfig("not-a-url"), "names no server"),
    ],
)
def test_a_kubeconfig_has_to_name_a_server(text: str, reason: str):
    (failure,) = Cluster().stand_in.configure(Instance("kubernetes", "urn", {"kubeconfig": text}))
    assert (failure.path, reason in failure.reason) == ("kubeconfig", True)


def test_a_kubeconfig_may_not_be_known_yet():
    assert Cluster().stand_in.configure(Instance("kubernetes", "urn", {})) == ()


def test_an_object_without_a_name_gets_one_and_keeps_it():
    cluster = Cluster()
    first = cluster.check(CONFIG, {"data": {}}).inputs
    assert first["metadata"]["name"].startswith("thing-")
    assert first["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}
    again = cluster.check(CONFIG, {"data": {"a": "b"}}, olds=first).inputs
    assert again["metadata"]["name"] == first["metadata"]["name"]


@pytest.mark.parametrize(
    ("type_", "olds", "news", "replaces"),
    [
        (DEPLOYMENT, deployment(), deployment(image="other"), ()),
        (DEPLOYMENT, deployment(), {**deployment(), "spec": {**deployment()["spec"], "selector": {"matchLabels": {"a": "b"}}}}, ("spec",)),
        (JOB, job(), job(priorityClassName="high"), ("spec",)),
        (CONFIG, {**meta(), "data": {"a": "b"}}, {**meta(), "data": {"a": "c"}}, ("data",)),
        (CONFIG, {**meta(labels={"a": "b"})}, {**meta(labels={"a": "c"})}, ()),
        (CONFIG, meta(), {"metadata": {"name": "web", "namespace": "other"}}, ("metadata",)),
        ("kubernetes:storage.k8s.io/v1:StorageClass", {"parameters": {"type": "gp2"}}, {"parameters": {"type": "gp3"}}, ("parameters",)),
        (SERVICE, {"spec": {"type": "ClusterIP"}}, {"spec": {"type": "LoadBalancer"}}, ("spec",)),
        (RELEASE, release(), release(version="1.2.4"), ()),
        (RELEASE, release(), release(namespace="other"), ("namespace",)),
    ],
)
def test_what_a_change_replaces(type_: str, olds: Properties, news: Properties, replaces: tuple[str, ...]):
    assert Cluster().diff(type_, olds, news).replaces == replaces


def test_a_config_map_changes_in_place_where_the_provider_says_so():
    cluster = Cluster(enableConfigMapMutable="true")
    olds: Properties = {**meta(), "data": {"a": "b"}}
    assert cluster.diff(CONFIG, olds, {**meta(), "data": {"a": "c"}}).replaces == ()
    assert cluster.diff(CONFIG, {**olds, "immutable": True}, {**meta(), "data": {"a": "c"}, "immutable": True}).replaces == ("data",)


def test_two_objects_of_one_name_cannot_stand_side_by_side():
    given = Cluster().diff(JOB, job(), job(priorityClassName="high"))
    automatic = {"metadata": {"name": "web-1", "annotations": {"pulumi.com/autonamed": "true"}}}
    made = Cluster().diff(JOB, {**job(), **automatic}, {**job(priorityClassName="high"), **automatic})
    assert (given.delete_before_replace, made.delete_before_replace) == (True, False)
