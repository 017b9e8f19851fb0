"""The search for secrets finds what it is to find."""

from __future__ import annotations

import base64
import contextlib
import json
from pathlib import Path

import pytest

from sandbox.contract import Record
from sandbox.launcher import session
from sandbox.sealing import Secret
from sandbox.world import World
from tests.engine import leaks
from tests.engine.programs import LEAK, project

SECRET = "planted-password-4f/9+ü"


@pytest.mark.engine
def test_a_secret_in_a_config_map_is_found_although_the_state_seals_it(tmp_path: Path) -> None:
    with session(tmp_path / "state", cwd=project(tmp_path / "project", LEAK)) as started:
        started.run("stack", "init", "dev", check=True)
        started.run("config", "set", "--secret", "password", SECRET, check=True)
        up = started.run("up", "--yes", "--skip-preview", check=True)

        assert leaks.in_text(up.stdout + up.stderr, [SECRET]) == []
        assert leaks.in_files(started.state, [SECRET]) == []
        with contextlib.closing(started.world()) as world:
            assert leaks.in_world(world, [SECRET]) == [f"kubernetes:core/v1:ConfigMap default/settings: {SECRET}"]
            assert any(SECRET in value for value in leaks.secrets_in(world))


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("after", ["", "z", "zy"])
def test_a_secret_is_found_in_every_spelling(tmp_path: Path, before: str, after: str) -> None:
    around = f"{before}{SECRET}{after}"
    for text in (
        around,
        json.dumps({"a": around}),
        base64.b64encode(around.encode()).decode(),
        "https://u:planted-password-4f%2F9%2B%C3%BC@h",
    ):
        assert leaks.in_text(f"-- {text} --", [SECRET]) == [SECRET], text
        (tmp_path / "log").write_text(text, encoding="utf-8")
        assert leaks.in_files(tmp_path, [SECRET]) == [f"log: {SECRET}"]


def test_what_is_no_secret_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("planted-password-5", encoding="utf-8")
    (tmp_path / "vault.db").write_text(SECRET, encoding="utf-8")

    assert leaks.in_files(tmp_path, [SECRET]) == []


def test_a_private_key_is_a_secret_and_neither_its_certificate_nor_what_is_sealed_is_one(tmp_path: Path) -> None:
    key, certificate = "-----BEGIN RSA PRIVATE KEY-----\nMIIJ", f"{leaks.CERTIFICATE}\nMIIF"
    with contextlib.closing(World(tmp_path)) as world:
        for type_, properties in {
            "tls:index/selfSignedCert:SelfSignedCert": {"privateKeyPem": Secret(key), "certPem": certificate},
            "kubernetes:core/v1:Secret": {"stringData": {"tls.key": Secret(key), "tls.crt": certificate}},
            "kubernetes:core/v1:ConfigMap": {"data": {"ca.crt": certificate}},
            "kubernetes:bitnami.com/v1alpha1:SealedSecret": {"spec": {"encryptedData": {"tls.key": Secret("AgA/yNWGRSukJlR")}}},
        }.items():
            world.put(Record(type_.partition(":")[0], type_, "pair", "urn", "", "", properties, properties))

        assert leaks.secrets_in(world) == {key}
        assert leaks.in_world(world, [key]) == []


def test_an_accounts_name_may_stand_where_the_cloud_keeps_it_and_nowhere_else(tmp_path: Path) -> None:
    type_, account = "gcp:artifactregistry/repository:Repository", "planted-username"
    credentials = {"upstreamCredentials": {"usernamePasswordCredentials": {"username": Secret(account)}}}
    with contextlib.closing(World(tmp_path)) as world:
        world.put(Record("gcp", type_, "mirror", "urn", "", "", {"remoteRepositoryConfig": credentials}, {}))
        assert leaks.in_world(world, [account]) == []

        world.put(Record("gcp", type_, "mirror", "urn", "", "", {"remoteRepositoryConfig": {**credentials, "description": account}}, {}))
        assert leaks.in_world(world, [account]) == [f"{type_} mirror: {account}"]
