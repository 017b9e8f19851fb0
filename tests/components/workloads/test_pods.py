"""What stands in a pod beside its own container, and that all of it is hardened alike."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest

from components.workloads.spec import ContainerSpec, ExecProbe, HttpProbe, SecretMount, TcpProbe
from tests.components.workloads.samples import DEPLOYMENT, KUBERNETES, SMALL, changed_pod, deployed, pod_of, ran

MIGRATE = ContainerSpec(
    name="migrate",
    image="registry.example/migrations:1",
    command=("alembic", "upgrade"),
    args=("head",),
    env={"LOG_LEVEL": "info"},
    config=("app-config",),
    secrets=("owner",),
    resources=SMALL,
)
TELEMETRY = ContainerSpec(
    name="telemetry",
    image="registry.example/collector:1",
    args=("--config=/etc/collector/config.yaml",),
    mounts={"/etc/collector": "collector"},
    port=4317,
    liveness=HttpProbe(path="/", port=13133),
    readiness=TcpProbe(port=4317),
    resources=SMALL,
)
FULL = changed_pod(
    args=("serve",),
    mounts={"/etc/app": "shared-name"},
    secret_mounts={
        "/etc/tls": SecretMount(secret="shared-name", items={"tls.crt": "server/cert.pem"}),
        "/etc/all": SecretMount(secret="shared-name"),
    },
    init=(MIGRATE,),
    sidecars=(TELEMETRY.model_copy(update={"secret_mounts": {"/etc/all": SecretMount(secret="shared-name")}}),),
)


def containers(pod: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in (*pod.get("initContainers", ()), *pod["containers"])}


@pytest.mark.requirement("AA-07")
def test_migrations_run_before_the_pod_starts_and_telemetry_stands_beside_it():
    pod = pod_of(deployed(pod=FULL))
    assert [item["name"] for item in pod["initContainers"]] == ["migrate"]
    assert [item["name"] for item in pod["containers"]] == ["app", "telemetry"]
    migrate = pod["initContainers"][0]
    assert (migrate["command"], migrate["args"]) == (["alembic", "upgrade"], ["head"])
    assert migrate["envFrom"] == [{"configMapRef": {"name": "app-config"}}, {"secretRef": {"name": "owner"}}]
    assert migrate["env"] == [{"name": "LOG_LEVEL", "value": "info"}]
    assert "restartPolicy" not in migrate


@pytest.mark.requirement("SN-01")
def test_every_container_of_a_pod_is_hardened_alike():
    pod = pod_of(deployed(pod=FULL))
    own = containers(pod)
    assert set(own) == {"app", "migrate", "telemetry"}
    for name, container in own.items():
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert set(container["resources"]) == {"requests", "limits"}, name


def test_temporary_files_of_one_container_are_not_seen_by_another():
    pod = pod_of(deployed(pod=FULL))
    folders = [mount["name"] for item in containers(pod).values() for mount in item["volumeMounts"] if mount["mountPath"] == "/tmp"]
    assert sorted(folders) == ["tmp", "tmp-migrate", "tmp-telemetry"]
    assert {item["name"] for item in pod["volumes"] if "emptyDir" in item} == set(folders)


def test_secrets_are_files_for_the_pods_group_alone():
    pod = pod_of(deployed(pod=FULL))
    volumes = {item["name"]: item for item in pod["volumes"]}
    assert volumes["shared-name"] == {"name": "shared-name", "configMap": {"name": "shared-name"}}
    assert volumes["secret-shared-name"]["secret"] == {
        "secretName": "shared-name",
        "defaultMode": 0o440,
        "items": [{"key": "tls.crt", "path": "server/cert.pem"}],
    }
    assert volumes["secret-shared-name-2"]["secret"] == {"secretName": "shared-name", "defaultMode": 0o440}
    assert pod["securityContext"]["fsGroup"] == 1001
    mounts = {item["mountPath"]: item for item in containers(pod)["app"]["volumeMounts"]}
    assert mounts["/etc/tls"] == {"name": "secret-shared-name", "mountPath": "/etc/tls", "readOnly": True}
    shared = next(item for item in containers(pod)["telemetry"]["volumeMounts"] if item["mountPath"] == "/etc/all")
    assert shared["name"] == mounts["/etc/all"]["name"] == "secret-shared-name-2"


def test_a_full_pod_is_one_that_an_api_server_takes():
    for recording, kind in ((deployed(pod=FULL), "apps/v1:Deployment"), (ran(pod=FULL), "batch/v1:Job")):
        obj = recording.one(f"kubernetes:{kind}").inputs
        kubernetes_validate.validate(obj, KUBERNETES, strict=True)


def test_a_jobs_sidecar_does_not_keep_it_from_being_done():
    pod = pod_of(ran(pod=FULL))
    assert [item["name"] for item in pod["containers"]] == ["once"]
    assert [(item["name"], item.get("restartPolicy")) for item in pod["initContainers"]] == [("telemetry", "Always"), ("migrate", None)]


@pytest.mark.parametrize(
    ("probe", "asks"),
    [
        (HttpProbe(path="/health", delay=10), {"httpGet": {"path": "/health", "port": 8080}, "initialDelaySeconds": 10}),
        (HttpProbe(path="/health", port=9000), {"httpGet": {"path": "/health", "port": 9000}}),
        (ExecProbe(command=("celery", "inspect", "ping")), {"exec": {"command": ["celery", "inspect", "ping"]}, "timeoutSeconds": 10}),
        (TcpProbe(port=6432), {"tcpSocket": {"port": 6432}}),
    ],
)
def test_each_probe_asks_in_its_own_way(probe: HttpProbe | ExecProbe | TcpProbe, asks: dict[str, Any]):
    app = containers(pod_of(deployed(liveness=probe)))["app"]
    assert asks.items() <= app["livenessProbe"].items()
    assert len({"httpGet", "exec", "tcpSocket"} & set(app["livenessProbe"])) == 1
    assert app["readinessProbe"]["httpGet"] == {"path": "/ready", "port": 8080}


def test_a_sidecar_is_probed_where_it_answers():
    telemetry = containers(pod_of(deployed(pod=FULL)))["telemetry"]
    assert telemetry["livenessProbe"]["httpGet"] == {"path": "/", "port": 13133}
    assert telemetry["readinessProbe"]["tcpSocket"] == {"port": 4317}


def test_an_http_probe_of_nothing_is_refused():
    with pytest.raises(ValueError, match=r"app.liveness asks '/live' of no port; allowed: a `port`, or another probe"):
        deployed(port=None, readiness=None)
    silent = changed_pod(sidecars=(TELEMETRY.model_copy(update={"port": None, "liveness": HttpProbe(path="/")}),))
    with pytest.raises(ValueError, match=r"telemetry.liveness asks '/' of no port"):
        deployed(pod=silent)


def test_containers_of_one_name_are_refused():
    with pytest.raises(ValueError, match="allowed: each name once, not migrate twice"):
        deployed(pod=changed_pod(init=(MIGRATE, MIGRATE)))
    with pytest.raises(ValueError, match="not app twice"):
        deployed(pod=changed_pod(sidecars=(TELEMETRY.model_copy(update={"name": "app"}),)))


def test_what_any_container_reads_is_known():
    """The translator has it there before the pod, and rolls the pod when it changes."""
    assert FULL.read_configs == ("shared-name", "app-config", "collector")
    assert FULL.read_secrets == ("owner", "shared-name")


def test_a_pod_of_one_container_is_as_it_ever_was():
    pod = pod_of(deployed())
    assert "initContainers" not in pod
    assert [item["name"] for item in pod["volumes"]] == ["tmp"]
    assert containers(pod)["app"]["ports"] == [{"containerPort": DEPLOYMENT.port, "name": "http"}]
