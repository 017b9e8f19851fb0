"""Supernova's secrets on what whole stacks register on each cloud: what is generated, signing keys, three ways into the cluster."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from components.vocabulary import Cloud
from tests import signing
from tests.components.workloads.opening import opened
from tests.inventory.cases import Case
from tests.inventory.graph import Graph
from tests.inventory.pods import found, of_kind
from tests.inventory.supernova import (
    KEYS,
    MIGRATE,
    NAMESPACES,
    ROLES,
    SECRETS,
    SEED,
    SERVER,
    WAYS,
    environment,
    namespace,
    secret,
    stored,
    usual,
)
from tests.recorder import Recording

pytestmark = pytest.mark.inventory

GENERATED = ("issuer-admin-secret", "app-jwt-secret", "session-secret")
GIVEN = ("collab-pay-webhook-secret", "google-service-account-key", "apple-shared-secret")


@pytest.mark.requirement("SN-06")
def test_random_secrets_have_64_characters_and_all_lie_in_the_clouds_store(supernova: Case) -> None:
    registered = supernova.recorded()
    prefix = registered.one("eucloud:System").name
    for path in GENERATED:
        made = registered.one("random:index/randomPassword:RandomPassword", f"{prefix}-{path}")
        assert made.inputs["length"] == 64
        assert stored(supernova, path) == made.state["result"]
    for path in GIVEN:
        assert stored(supernova, path) == f"planted-supernova-{path}"
    kept = {item.name for item in registered.of(supernova.view.types.secret) if item.name.startswith(f"{prefix}-secrets-")}
    assert {f"{prefix}-secrets-{path}" for path in (*GENERATED, *GIVEN, "database-url", "jwks", "jwks-private-key")} <= kept


def key_ids(one: Case) -> list[str]:
    """Of the keys that are published, the one that signs first."""
    published = json.loads(stored(one, "jwks"))["keys"]
    assert all((key["kty"], key["alg"], key["use"], key["e"]) == ("RSA", "RS256", "sig", "AQAB") for key in published)
    assert not any({"d", "p", "q"} & set(key) for key in published), "a private half is published"
    return [key["kid"] for key in published]


def signing_file(registered: Recording[Any]) -> str:
    """Where the server finds the key that it signs with, below its folder of keys."""
    spec = found(registered, "Deployment", SERVER)["spec"]["template"]["spec"]
    (volume,) = [one["secret"] for one in spec["volumes"] if one.get("secret", {}).get("secretName") == KEYS]
    paths = {item["key"]: item["path"] for item in volume["items"]}
    assert paths["jwks.json"] == "jwks.json"
    return paths["private.pem"]


@pytest.mark.requirement("SN-06")
def test_tokens_are_signed_by_a_generated_rsa_key_that_is_published(supernova: Case) -> None:
    registered = supernova.recorded()
    (pair,) = [item for item in registered.of("tls:index/privateKey:PrivateKey") if "jwks" in item.name]
    assert (pair.inputs["algorithm"], pair.inputs["rsaBits"] >= 2048) == ("RSA", True)
    assert key_ids(supernova) == ["supernova-1"]
    assert signing_file(registered) == "supernova-1/private.pem"
    assert stored(supernova, "jwks-private-key").startswith("-----BEGIN PRIVATE KEY-----")


@pytest.mark.requirement("SN-06")
def test_a_rotation_signs_with_the_new_key_and_publishes_the_one_before_beside_it(otherwise: Case) -> None:
    registered = otherwise.recorded()
    assert key_ids(otherwise) == ["supernova-2", "supernova-1"]
    assert signing_file(registered) == "supernova-2/private.pem"
    before = usual(otherwise.cloud).recorded()
    assert rolled(before) != rolled(registered)
    # The pair that was there stays the one that it was.
    kept = {item.name: item.inputs for item in before.of("tls:index/privateKey:PrivateKey")}
    assert {item.name: item.inputs for item in registered.of("tls:index/privateKey:PrivateKey") if item.name in kept} == kept


def rolled(registered: Recording[Any]) -> str:
    """Changes when the pods start anew with other keys."""
    return found(registered, "Deployment", SERVER)["spec"]["template"]["metadata"]["annotations"][f"eu-cloud/secret-{KEYS}"]


@pytest.mark.requirement("SN-06")
@pytest.mark.xdist_group("supernova-aws-production")
def test_a_week_later_the_old_key_goes() -> None:
    one = usual(Cloud.AWS)
    ended = {"generation": 2, "since": "2026-04-01", "previous": False}
    later = replace(one, changes={**one.changes, "systems/supernova/signing": ended})
    assert key_ids(later) == ["supernova-2"]
    pairs = [item.name for item in later.recorded().of("tls:index/privateKey:PrivateKey") if "jwks" in item.name]
    assert [name.rpartition("-")[2] for name in pairs] == ["2"]


@pytest.mark.requirement("SN-10")
def test_secrets_arrive_by_the_way_of_the_environment(supernova: Case) -> None:
    registered, way = supernova.recorded(), WAYS[environment(supernova)]
    assert {secret(registered, name)[0] for name in (SECRETS, KEYS, MIGRATE, SEED)} == {way}
    # The database administrator's password is the cloud's own secret, which the engine never sees.
    assert secret(registered, ROLES)[0] == "ExternalSecret"
    ours = [
        obj["kind"]
        for kind in WAYS.values()
        for obj in of_kind(registered, kind)
        if obj["metadata"].get("namespace") == namespace(supernova)
    ]
    assert set(ours) == {way, "ExternalSecret"}


@pytest.mark.requirement("SN-10")
def test_in_production_every_secret_comes_from_the_clouds_store(in_production: Case) -> None:
    registered = in_production.recorded()
    entries = [
        entry for obj in of_kind(registered, "ExternalSecret") if obj["metadata"]["name"] == SECRETS for entry in obj["spec"]["data"]
    ]
    assert {entry["remoteRef"]["key"] for entry in entries} <= in_production.view.stored(registered)
    assert all(obj["metadata"]["namespace"] not in NAMESPACES.values() for obj in of_kind(registered, "Secret"))


@pytest.mark.requirement("SN-10")
def test_what_is_sealed_in_staging_opens_to_what_is_stored(in_staging: Case) -> None:
    registered = in_staging.recorded()
    plain: dict[str, dict[str, str]] = {}
    for obj in of_kind(registered, "SealedSecret"):
        name = obj["metadata"]["name"]
        label = f"{obj['metadata']['namespace']}/{name}"
        plain[name] = {key: opened(sealed, label, key=signing.key()) for key, sealed in obj["spec"]["encryptedData"].items()}
    for path in (*GENERATED, *GIVEN, "database-url", "redis-url"):
        assert plain[SECRETS][path.upper().replace("-", "_")] == stored(in_staging, path), path
    assert plain[KEYS] == {"private.pem": stored(in_staging, "jwks-private-key"), "jwks.json": stored(in_staging, "jwks")}
    assert plain[MIGRATE] == {"DATABASE_URL": stored(in_staging, "database-owner-url")}


@pytest.mark.requirement("SN-10")
def test_the_controller_stands_with_its_key_before_anything_is_sealed(in_staging: Case) -> None:
    registered = in_staging.recorded()
    graph = Graph(registered)
    (controller,) = [item for item in registered.of("kubernetes:helm.sh/v3:Release") if item.inputs["name"] == "sealed-secrets"]
    (key,) = [item for item in registered.of("kubernetes:core/v1:Secret") if item.inputs["type"] == "kubernetes.io/tls"]
    assert key.secrets == ("stringData",)
    assert key.urn in graph.below(controller.urn)
    for item in registered.of("kubernetes:bitnami.com/v1alpha1:SealedSecret"):
        assert controller.urn in graph.below(item.urn), item.name


@pytest.mark.requirement("SN-10")
def test_in_development_the_engine_writes_secrets_and_shows_none(in_development: Case) -> None:
    registered = in_development.recorded()
    written = registered.of("kubernetes:core/v1:Secret")
    assert {item.inputs["metadata"]["namespace"] for item in written} == {"supernova-dev"}
    for item in written:
        assert "data" not in item.inputs, item.name
        assert item.secrets == ("stringData",), item.name
    (own,) = [item.inputs["stringData"] for item in written if item.inputs["metadata"]["name"] == SECRETS]
    assert own["DATABASE_URL"] == stored(in_development, "database-url")
    assert "sealed-secrets" not in {item.inputs["name"] for item in registered.of("kubernetes:helm.sh/v3:Release")}
