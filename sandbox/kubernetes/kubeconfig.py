"""Which cluster a provider instance speaks to."""

from __future__ import annotations

from typing import Any, cast

import yaml

from sandbox.contract import Failure, Instance, Refused, World
from sandbox.kubernetes import clusters


def server(text: str, context: str | None = None) -> str:
    """The API server's address. Raises ValueError with the reason where there is none."""
    try:
        config: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML: {error}") from None
    if not isinstance(config, dict):
        raise ValueError("not a kubeconfig: expected a mapping")
    content = cast("dict[str, Any]", config)
    clusters = _entries(content, "clusters", "cluster")
    contexts = _entries(content, "contexts", "context")
    current = context or content.get("current-context")
    if not current:
        raise ValueError("no current-context and no context given")
    if current not in contexts:
        raise ValueError(f"context {current!r} is not among its contexts ({', '.join(contexts) or 'none'})")
    name = contexts[current].get("cluster")
    if name not in clusters:
        raise ValueError(f"cluster {name!r} of context {current!r} is not among its clusters ({', '.join(clusters) or 'none'})")
    address = clusters[name].get("server")
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        raise ValueError(f"cluster {name!r} names no server: {address!r}")
    if contexts[current].get("user") not in _entries(content, "users", "user"):
        raise ValueError(f"user {contexts[current].get('user')!r} of context {current!r} is not among its users")
    return address


def _entries(config: dict[str, Any], listed: str, single: str) -> dict[Any, dict[str, Any]]:
    found = config.get(listed)
    entries: list[Any] = cast("list[Any]", found) if isinstance(found, list) else []
    return {entry.get("name"): entry.get(single) or {} for entry in entries if isinstance(entry, dict)}  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] # YAML of unknown shape


def judge(instance: Instance) -> tuple[Failure, ...]:
    text = instance.variables.get("kubeconfig")
    if not text:
        return (Failure("kubeconfig", "missing: the sandbox reads no ambient kubeconfig"),)
    try:
        server(text, instance.variables.get("context"))
    except ValueError as error:
        return (Failure("kubeconfig", str(error)),)
    return ()


def address(instance: Instance) -> str:
    """Empty while the kubeconfig is not known."""
    text = instance.variables.get("kubeconfig")
    try:
        return server(text, instance.variables.get("context")) if text else ""
    except ValueError:
        return ""


def reach(instance: Instance, world: World) -> str:
    """The server's address. Raises Refused when it is one of a cloud's clusters that the world does not have."""
    where = address(instance)
    if not where:
        raise Refused("Unreachable", "configured Kubernetes cluster is unreachable: the provider has no usable kubeconfig")
    if clusters.managed(where) and clusters.at(where, world) is None:
        raise Refused("Unreachable", f"configured Kubernetes cluster is unreachable: no such host {where.removeprefix('https://')}")
    return where
