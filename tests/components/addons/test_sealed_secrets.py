from __future__ import annotations

import pytest

from components.registry.upstreams import MIRRORED
from tests.components.addons.world import World, build, everything, production, spec

SECRET = "kubernetes:core/v1:Secret"


def key(world: World) -> dict[str, str]:
    return world.recording.one(SECRET).inputs["stringData"]


@pytest.mark.requirement("SN-10")
def test_the_controller_opens_with_the_programs_own_key():
    world = everything()
    pair = world.recording.one("tls:index/privateKey:PrivateKey")
    assert (pair.inputs["algorithm"], pair.inputs["rsaBits"], pair.provider) == ("RSA", 4096, "pairs")
    certificate = world.recording.one("tls:index/selfSignedCert:SelfSignedCert")
    assert certificate.provider == "pairs"
    assert certificate.inputs["privateKeyPem"] == pair.state["privateKeyPem"]
    assert certificate.inputs["validityPeriodHours"] == 87600
    secret = world.recording.one(SECRET).inputs
    assert (secret["type"], secret["metadata"]["namespace"]) == ("kubernetes.io/tls", "sealed-secrets")
    assert secret["metadata"]["labels"] == {"sealedsecrets.bitnami.com/sealed-secrets-key": "active"}
    assert key(world) == {"tls.crt": certificate.state["certPem"], "tls.key": pair.state["privateKeyPem"]}


@pytest.mark.requirement("SN-10")
def test_the_key_is_there_before_the_controller_which_makes_none():
    release = everything().release("sealed-secrets")
    assert release.inputs["values"]["keyrenewperiod"] == "0"
    assert "playnew-production-addons-sealed-secrets-key" in release.depends_on


def test_the_private_key_is_a_secret_of_the_state():
    assert everything().recording.one(SECRET).secrets == ("stringData",)
    assert everything().recording.one("tls:index/selfSignedCert:SelfSignedCert").secrets == ("privateKeyPem",)


def test_systems_seal_with_what_the_controller_opens():
    outputs = everything().recording.result
    assert outputs.sealing is not None
    assert outputs.sealing_ready is not None
    assert production().recording.result.sealing is None
    assert not production().recording.of(SECRET)


def test_the_controller_is_hardened_and_serves_nobody():
    values = everything().values("sealed-secrets")
    container = values["containerSecurityContext"]
    assert (container["allowPrivilegeEscalation"], container["readOnlyRootFilesystem"], container["runAsNonRoot"]) == (False, True, True)
    assert container["seccompProfile"] == {"type": "RuntimeDefault"}
    assert values["rbac"]["serviceProxier"] == {"create": False, "bind": False}


def test_the_image_comes_through_the_regions_cache():
    world = build(spec(sealed=True), caches=MIRRORED)
    assert world.values("sealed-secrets")["image"] == {"registry": "registry.fake/docker-io"}


def test_another_key_is_another_pod():
    mark = everything().values("sealed-secrets")["podAnnotations"]["eu-cloud/certificate"]
    assert len(mark) == 16
    assert mark not in key(everything())["tls.crt"]


def test_the_namespace_is_closed_and_restricted():
    recording = everything().recording
    (space,) = (item for item in recording.of("kubernetes:core/v1:Namespace") if item.inputs["metadata"]["name"] == "sealed-secrets")
    assert space.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    policies = [item for item in recording.of("kubernetes:networking.k8s.io/v1:NetworkPolicy") if "-sealed-secrets-" in item.name]
    assert {item.inputs["metadata"]["name"] for item in policies} == {"default-deny", "allow"}


def test_without_a_maker_of_keys_the_controller_is_refused():
    with pytest.raises(ValueError, match=r"sealed: True, but AddonsContext\.pairs is None"):
        build(spec(sealed=True), pairs=False)
