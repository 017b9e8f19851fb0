"""A user's own kubeconfig: what is honoured, and what is refused with what to do instead."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.kubernetes.cluster import access, pki
from sandbox.kubernetes.cluster.access import KubeconfigRefused
from sandbox.kubernetes.cluster.api import Api
from sandbox.kubernetes.cluster.control_plane import ControlPlane
from sandbox.kubernetes.cluster.errors import Rejected
from tests.sandbox.kubernetes_cluster.samples import config_map


def kubeconfig(path: Path, cluster: dict[str, Any], user: dict[str, Any]) -> Path:
    config = {
        "current-context": "one",
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": user}],
        "contexts": [
            {"name": "one", "context": {"cluster": "c", "user": "u"}},
            {"name": "broken", "context": {"cluster": "x", "user": "u"}},
        ],
    }
    path.write_text(yaml.safe_dump(config))
    return path


def refusal(path: Path, context: str | None = None) -> str:
    with pytest.raises(KubeconfigRefused) as caught:
        access.read(path, context)
    return str(caught.value)


def test_tokens_come_from_text_or_from_a_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")
    server = {"server": "https://cluster.example/"}
    for user, token in (({"token": "t"}, "t"), ({"tokenFile": "token"}, "from-file")):
        found = access.read(kubeconfig(tmp_path / "config", server, user))
        assert (found.server, found.headers, found.proxied) == ("https://cluster.example", {"Authorization": f"Bearer {token}"}, True)
        assert "Bearer" not in repr(found)


def test_certificates_come_from_data_or_from_files(tmp_path: Path) -> None:
    pki.issue(tmp_path)
    access.write(tmp_path / "inline", "https://127.0.0.1:1", tmp_path, "admin")
    files = {"client-certificate": "admin.crt", "client-key": "admin.key"}
    named = kubeconfig(tmp_path / "named", {"server": "https://127.0.0.1:1", "certificate-authority": "ca.crt"}, files)
    for path in (tmp_path / "inline", named):
        found = access.read(path)
        assert isinstance(found.trust, ssl.SSLContext)
        assert found.trust.cert_store_stats()["x509_ca"] == 1
        assert not found.proxied


@pytest.mark.parametrize("user", [{"exec": {"command": "aws"}}, {"auth-provider": {"name": "gcp"}}])
def test_programs_that_fetch_credentials_are_not_run(tmp_path: Path, user: dict[str, Any]) -> None:
    message = refusal(kubeconfig(tmp_path / "config", {"server": "https://cluster.example"}, user))
    assert "kubectl create token" in message


@pytest.mark.parametrize("cluster", [{"insecure-skip-tls-verify": True}, {"proxy-url": "socks5://localhost:1"}])
def test_settings_that_would_be_ignored_are_refused(tmp_path: Path, cluster: dict[str, Any]) -> None:
    message = refusal(kubeconfig(tmp_path / "config", {"server": "https://cluster.example", **cluster}, {"token": "t"}))
    assert next(iter(cluster)) in message


def test_plain_http_is_for_loopback_only(tmp_path: Path) -> None:
    assert "https://" in refusal(kubeconfig(tmp_path / "config", {"server": "http://cluster.example"}, {}))
    assert access.read(kubeconfig(tmp_path / "config", {"server": "http://127.0.0.1:8001"}, {})).server == "http://127.0.0.1:8001"


def test_mistakes_name_what_there_is(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "config", {"server": "https://cluster.example"}, {})
    assert "no context 'two'; it has broken, one" in refusal(path, "two")
    assert "no cluster 'x'; it has c" in refusal(path, "broken")
    assert "No such file" in refusal(tmp_path / "absent")
    path.write_text("just text")
    assert "it has none" in refusal(path)
    bad = kubeconfig(path, {"server": "https://cluster.example", "certificate-authority-data": "bm8gY2VydGlmaWNhdGU="}, {})
    assert "certificates cannot be used" in refusal(bad)


@pytest.mark.judge
def test_a_token_of_ones_own_reaches_what_it_may(plane: ControlPlane, tmp_path: Path) -> None:
    way = plane.start()
    api = Api(way)
    request: dict[str, Any] = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    token = api.request("POST", "/api/v1/namespaces/default/serviceaccounts/default/token", None, request).object["status"]["token"]
    api.close()
    cluster = {"server": way.server, "certificate-authority": str(plane.folder / "ca.crt")}
    theirs = Api(access.read(kubeconfig(tmp_path / "config", cluster, {"token": token})))
    with pytest.raises(Rejected, match=r"Forbidden: .*system:serviceaccount:default:default"):
        theirs.get(config_map("default"))
    theirs.close()


@pytest.mark.judge
def test_another_authoritys_server_is_not_spoken_to(plane: ControlPlane, tmp_path: Path) -> None:
    pki.issue(tmp_path)
    cluster = {"server": plane.start().server, "certificate-authority": "ca.crt"}
    theirs = Api(access.read(kubeconfig(tmp_path / "config", cluster, {"token": "t"})))
    with pytest.raises(Rejected, match=r"no answer in 1 attempts: .*CERTIFICATE_VERIFY_FAILED"):
        theirs.get(config_map("default"))
    theirs.close()
