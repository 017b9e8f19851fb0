"""The way into a cluster: address, trust and credentials, from a kubeconfig that somebody named."""

from __future__ import annotations

import base64
import binascii
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import yaml

from sandbox.kubernetes.cluster.pki import write_private

_KNOWN = {
    "cluster": {"server", "certificate-authority", "certificate-authority-data", "tls-server-name", "extensions"},
    "user": {"client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile", "extensions"},
}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Access:
    """`proxied` follows HTTPS_PROXY and its kind: never for a server on loopback."""

    server: str
    trust: ssl.SSLContext | bool
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    name: str | None = None
    proxied: bool = False


class KubeconfigRefused(ValueError):
    """The kubeconfig asks for what is not done here, or holds no usable cluster."""


def read(path: Path, context: str | None = None) -> Access:
    """The context named, else the file's current one. Raises KubeconfigRefused."""
    try:
        config: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise KubeconfigRefused(f"{path}: {error}") from None
    entries = {kind: _named(config, kind) for kind in ("cluster", "context", "user")}
    chosen = context or (cast("dict[str, Any]", config).get("current-context") if isinstance(config, dict) else None)
    where = _pick(entries["context"], "context", chosen, path)
    cluster = _pick(entries["cluster"], "cluster", where.get("cluster"), path)
    user = _pick(entries["user"], "user", where.get("user"), path)
    for kind, entry in (("cluster", cluster), ("user", user)):
        if strange := sorted(key for key, value in entry.items() if value and key not in _KNOWN[kind]):
            raise KubeconfigRefused(_strange(path, kind, strange))
    server = str(cluster.get("server", "")).rstrip("/")
    parts = urlsplit(server)
    local = parts.hostname in _LOOPBACK
    if parts.scheme not in ("https", "http") or not parts.hostname or (parts.scheme == "http" and not local):
        raise KubeconfigRefused(f"{path}: server {server!r}: expected https://… (http:// on loopback only)")
    trust = _trust(path, cluster, user) if parts.scheme == "https" else True
    token = _file_or_text(path, user, "tokenFile", "token")
    headers = {"Authorization": f"Bearer {token.strip()}"} if token else {}
    return Access(server, trust, headers, cluster.get("tls-server-name"), not local)


def write(path: Path, server: str, folder: Path, user: str) -> None:
    """A kubeconfig that holds everything itself: it can be copied, and names no other file."""
    encoded = {name: base64.b64encode((folder / name).read_bytes()).decode() for name in ("ca.crt", f"{user}.crt", f"{user}.key")}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "sandbox",
        "clusters": [{"name": "sandbox", "cluster": {"server": server, "certificate-authority-data": encoded["ca.crt"]}}],
        "users": [
            {"name": user, "user": {"client-certificate-data": encoded[f"{user}.crt"], "client-key-data": encoded[f"{user}.key"]}},
        ],
        "contexts": [{"name": "sandbox", "context": {"cluster": "sandbox", "user": user}}],
    }
    write_private(path, yaml.safe_dump(config, sort_keys=False).encode())


def _named(config: Any, kind: str) -> dict[str, dict[str, Any]]:
    listed = cast("dict[str, Any]", config).get(f"{kind}s") if isinstance(config, dict) else None
    entries = cast("list[Any]", listed) if isinstance(listed, list) else []
    return {str(entry["name"]): dict(entry.get(kind) or {}) for entry in entries if isinstance(entry, dict) and "name" in entry}  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType, reportUnknownArgumentType] # YAML of unknown shape


def _pick(entries: Mapping[str, dict[str, Any]], kind: str, name: Any, path: Path) -> dict[str, Any]:
    if name in entries:
        return entries[name]
    raise KubeconfigRefused(f"{path}: no {kind} {name!r}; it has {', '.join(sorted(entries)) or 'none'}")


def _strange(path: Path, kind: str, keys: list[str]) -> str:
    reason = f"{path}: {kind} settings {', '.join(keys)} are not supported here (only {', '.join(sorted(_KNOWN[kind]))})"
    if {"exec", "auth-provider"} & set(keys):
        reason += (
            ". Programs that fetch credentials are not run: give a token instead, such as `kubectl create token <service account>` makes"
        )
    return reason


def _file_or_text(path: Path, entry: Mapping[str, Any], file_key: str, text_key: str) -> str | None:
    """Text wins, as with kubectl; files are relative to the kubeconfig."""
    if entry.get(text_key):
        return str(entry[text_key])
    if entry.get(file_key):
        try:
            return (path.parent / str(entry[file_key])).read_text(encoding="utf-8")
        except OSError as error:
            raise KubeconfigRefused(f"{path}: {file_key}: {error}") from None
    return None


def _pem(path: Path, entry: Mapping[str, Any], key: str) -> str | None:
    try:
        data = {**entry, f"{key}-data": base64.b64decode(str(entry.get(f"{key}-data") or "")).decode()}
    except (binascii.Error, UnicodeDecodeError) as error:
        raise KubeconfigRefused(f"{path}: {key}-data is no base64 of PEM text: {error}") from None
    return _file_or_text(path, data, key, f"{key}-data")


def _trust(path: Path, cluster: Mapping[str, Any], user: Mapping[str, Any]) -> ssl.SSLContext:
    try:
        # Without an authority of its own a cluster is held to the public ones.
        trust = ssl.create_default_context(cadata=_pem(path, cluster, "certificate-authority"))
        certificate, key = _pem(path, user, "client-certificate"), _pem(path, user, "client-key")
        if certificate and key:
            # The ssl module reads client certificates from files only.
            with tempfile.TemporaryDirectory(prefix="client-") as folder:
                pem = Path(folder) / "client.pem"
                write_private(pem, f"{certificate}\n{key}\n".encode())
                trust.load_cert_chain(pem)
    except ssl.SSLError as error:
        raise KubeconfigRefused(f"{path}: its certificates cannot be used: {error}") from None
    return trust
