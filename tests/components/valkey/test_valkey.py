"""What an in-cluster Valkey is made of."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest

from components.valkey import plan
from components.valkey.spec import ValkeySpec
from components.valkey.valkey import PASSWORD_CHECKSUM, Valkey
from components.workloads.authority import InternalAuthority
from components.workloads.values import CachedImage, PlainValue
from components.workloads.wiring import Wiring
from tests.crds import needs_crds, validate
from tests.fakes import Thing
from tests.recorder import Recording, record

KUBERNETES = "1.34"
SPEC = ValkeySpec(namespace="apps")


def image(value: PlainValue) -> str:
    assert isinstance(value, CachedImage)
    return f"mirror.example/{value.registry}/{value.repository}:{value.tag}"


def stood(content: str = "1", **changed: Any) -> Recording[Valkey]:
    spec = SPEC.model_copy(update=changed)

    def declare() -> Valkey:
        authority = InternalAuthority("apps", "apps", [Thing("ready", "certificates")]).outputs if spec.tls else None
        wiring = Wiring(namespace="apps", resolve=image, after=(Thing("policy", "policy"),))
        return Valkey("main-valkey", "main", spec, "main-valkey-password", content, wiring, authority, Thing("ready", "monitoring"))

    return record(declare)


@pytest.fixture(scope="module")
def made() -> Recording[Valkey]:
    return stood()


@pytest.fixture(scope="module")
def secured() -> Recording[Valkey]:
    return stood(tls=True)


def servers(made: Recording[Valkey]) -> dict[str, Any]:
    return made.one("kubernetes:apps/v1:StatefulSet").inputs


def containers(made: Recording[Valkey]) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in servers(made)["spec"]["template"]["spec"]["containers"]}


def environment(container: dict[str, Any]) -> dict[str, str]:
    return {item["name"]: item.get("value", "") for item in container["env"]}


@pytest.mark.requirement("SN-04")
def test_clients_know_three_sentinels_before_anything_stands(made: Recording[Valkey]):
    outputs = made.result.outputs
    assert outputs.sentinels == tuple(f"main-valkey-{i}.main-valkey.apps.svc.cluster.local:26379" for i in range(3))
    assert outputs.master == "mymaster"
    spec = servers(made)["spec"]
    service = made.one("kubernetes:core/v1:Service").inputs
    # A pod's name is <set>-<ordinal>.<service>.<namespace>: the three come from different objects.
    assert (spec["replicas"], spec["serviceName"], service["metadata"]["name"]) == (3, "main-valkey", "main-valkey")
    assert service["metadata"]["namespace"] == "apps"
    assert {port["port"] for port in service["spec"]["ports"]} == {plan.PORT, plan.SENTINEL_PORT, plan.METRICS_PORT}


def test_pods_have_names_before_they_are_ready(made: Recording[Valkey]):
    """They find each other by name, and are ready only when they have."""
    service = made.one("kubernetes:core/v1:Service").inputs["spec"]
    assert (service["clusterIP"], service["publishNotReadyAddresses"]) == ("None", True)


def test_its_objects_are_what_kubernetes_takes(made: Recording[Valkey], secured: Recording[Valkey]):
    for item in (*made, *secured):
        if item.type.startswith(("kubernetes:core", "kubernetes:apps", "kubernetes:policy")):
            kubernetes_validate.validate(item.inputs, KUBERNETES, strict=True)


@needs_crds
def test_its_custom_objects_are_what_their_definitions_take(secured: Recording[Valkey]):
    custom = [item for item in secured if item.type.startswith(("kubernetes:cert-manager.io", "kubernetes:monitoring"))]
    assert len(custom) == 5
    for item in custom:
        assert validate(item.inputs["apiVersion"], item.inputs["kind"], item.inputs) == [], item.name


def test_each_server_is_in_a_zone_of_its_own_and_one_goes_at_a_time(made: Recording[Valkey]):
    (spread,) = servers(made)["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert (spread["topologyKey"], spread["maxSkew"], spread["minDomains"]) == ("topology.kubernetes.io/zone", 1, 3)
    assert spread["whenUnsatisfiable"] == "DoNotSchedule"
    assert made.one("kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]["maxUnavailable"] == 1


def test_volumes_are_claimed_under_the_names_that_the_set_looks_for(made: Recording[Valkey]):
    """Else the set makes others, which nobody takes away."""
    (template,) = servers(made)["spec"]["volumeClaimTemplates"]
    wanted = [f"{template['metadata']['name']}-main-valkey-{ordinal}" for ordinal in range(3)]
    claims = made.of("kubernetes:core/v1:PersistentVolumeClaim")
    assert [claim.inputs["metadata"]["name"] for claim in claims] == wanted
    for claim in claims:
        assert claim.inputs["spec"] == template["spec"]
        assert claim.name in made.one("kubernetes:apps/v1:StatefulSet").depends_on


def test_volumes_grow_without_another_set(made: Recording[Valkey]):
    assert made.one("kubernetes:apps/v1:StatefulSet").ignore_changes == ("spec.volumeClaimTemplates",)


def test_another_password_starts_all_anew(made: Recording[Valkey]):
    """Servers with different passwords do not copy from each other: one after another would wait for ever."""
    key = f'spec.template.metadata.annotations["{PASSWORD_CHECKSUM}"]'
    assert made.one("kubernetes:apps/v1:StatefulSet").replace_on_changes == (key,)
    annotations = servers(made)["spec"]["template"]["metadata"]["annotations"]
    assert annotations[PASSWORD_CHECKSUM] != servers(stood("2"))["spec"]["template"]["metadata"]["annotations"][PASSWORD_CHECKSUM]


def test_no_password_is_in_what_the_engine_writes(made: Recording[Valkey]):
    for text in made.one("kubernetes:core/v1:ConfigMap").inputs["data"].values():
        assert "requirepass $password" in text or "requirepass" not in text
    assert made.of("kubernetes:core/v1:Secret") == []


def test_containers_are_hardened_and_write_where_they_may(made: Recording[Valkey]):
    for container in containers(made).values():
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert set(container["resources"]) == {"requests", "limits"}
    pod = servers(made)["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert {mount["mountPath"] for mount in containers(made)["server"]["volumeMounts"]} >= {plan.DATA, plan.RUN, "/tmp"}


def test_a_container_that_hangs_is_started_again(made: Recording[Valkey]):
    for container in containers(made).values():
        assert container["livenessProbe"]
        assert container["readinessProbe"]
    # Late statistics take no server away.
    assert containers(made)["exporter"]["readinessProbe"]["tcpSocket"] == {"port": plan.METRICS_PORT}


def test_a_primary_has_time_to_hand_over(made: Recording[Valkey]):
    server = containers(made)["server"]
    assert server["lifecycle"]["preStop"]["exec"]["command"] == ["sh", f"{plan.SCRIPTS}/stop.sh"]
    assert servers(made)["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= 30 + 20


def test_memory_leaves_room_for_a_copy_of_the_data():
    resources = plan.server_resources(SPEC.model_copy(update={"memory_mib": 1024}))
    assert (resources.requests_memory, resources.limits_memory) == ("1152Mi", "2304Mi")


def test_every_script_that_a_pod_runs_is_mounted(made: Recording[Valkey]):
    files = set(made.one("kubernetes:core/v1:ConfigMap").inputs["data"])
    for container in containers(made).values():
        probes = [container.get(name) for name in ("startupProbe", "livenessProbe", "readinessProbe")]
        commands = [container.get("command"), *(probe["exec"]["command"] for probe in probes if probe and "exec" in probe)]
        assert {command[1].removeprefix(f"{plan.SCRIPTS}/") for command in commands if command} <= files


def test_with_tls_nothing_is_said_in_the_clear(secured: Recording[Valkey]):
    files = secured.one("kubernetes:core/v1:ConfigMap").inputs["data"]
    for name in ("valkey.conf", "sentinel.conf"):
        lines = files[name].splitlines()
        assert {"port 0", "tls-replication yes"} <= set(lines)
    assert environment(containers(secured)["server"])["TLS_ARGUMENTS"] == "--tls --cacert /tls/ca.crt"
    assert environment(containers(secured)["exporter"])["REDIS_ADDR"] == "rediss://localhost:6379"
    names = secured.one("kubernetes:cert-manager.io/v1:Certificate", "main-valkey-tls").inputs["spec"]["dnsNames"]
    assert "*.main-valkey.apps.svc.cluster.local" in names
    assert secured.result.outputs.authority == "main-valkey-tls"


def test_tls_takes_an_authority():
    wiring = Wiring(namespace="apps", resolve=image)
    spec = SPEC.model_copy(update={"tls": True})
    with pytest.raises(ValueError, match=r"valkeys\.main\.tls: true takes an authority that signs"):
        record(lambda: Valkey("main-valkey", "main", spec, "secret", "1", wiring))
