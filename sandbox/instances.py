"""The configured provider instances behind one port, told apart by their connections."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from sandbox.contract import UNKNOWN, Instance, Properties
from sandbox.sealing import reveal

ACCOUNT = "123456789012"
"""The account of an instance that does not say which accounts it allows."""
ENGINES_OWN = ("version", "pluginDownloadURL", "__internal")
"""Inputs of a provider resource that are for the engine, not for the provider."""


@dataclass(frozen=True)
class Session:
    """One connection of the engine: an instance, where its things live, and whether the engine has called off what runs."""

    instance: Instance
    account: str
    region: str
    cancelled: threading.Event = field(default_factory=threading.Event)


class Sessions:
    """Each instance dials once; its Configure and all its later calls come over that one connection."""

    def __init__(self) -> None:
        self._by_peer: dict[str, Session] = {}

    def configure(self, peer: str, instance: Instance) -> None:
        account, region = place(instance)
        self._by_peer[peer] = Session(instance, account, region)

    def at(self, peer: str) -> Session:
        """The only session serves an unknown peer too: a connection that idled for long comes back under another port."""
        if found := self._by_peer.get(peer):
            return found
        known = {(one.instance.urn, one.account, one.region): one for one in self._by_peer.values()}
        if len(known) == 1:
            return next(iter(known.values()))
        raise LookupError(f"a call came over a connection ({peer}) that no provider instance configured")

    def cancel(self, peer: str) -> None:
        if found := self._by_peer.get(peer):
            found.cancelled.set()


def variables(inputs: Properties) -> tuple[dict[str, str], frozenset[str]]:
    """A provider's inputs as its Configure call would carry them (strings, or JSON), and the names not known yet."""
    plain = cast(Properties, reveal(inputs))
    known: dict[str, str] = {}
    unknown: set[str] = set()
    for name, value in plain.items():
        if name in ENGINES_OWN:
            continue
        if value is UNKNOWN:
            unknown.add(name)
        else:
            known[name] = value if isinstance(value, str) else json.dumps(value)
    return known, frozenset(unknown)


def strip(configured: Mapping[str, str]) -> dict[str, str]:
    """`aws:config:region` to `region`."""
    return {name.rpartition(":")[2]: value for name, value in configured.items()}


def place(instance: Instance) -> tuple[str, str]:
    """Account and region of what the instance makes; for Kubernetes the API server's address takes the region's part."""
    if instance.package == "kubernetes":
        return "", _api_server(instance.variables.get("kubeconfig", ""), instance.variables.get("context"))
    if instance.package == "gcp":
        return instance.variables.get("project", ACCOUNT), instance.region() or ""
    if instance.package == "azure-native":
        return instance.variables.get("subscriptionId", ACCOUNT), instance.variables.get("location", "")
    allowed = instance.variables.get("allowedAccountIds", "")
    try:
        accounts: Any = json.loads(allowed) if allowed else []
    except ValueError:
        accounts = []
    account = str(cast(list[Any], accounts)[0]) if accounts and isinstance(accounts, list) else ACCOUNT
    return account, instance.region() or instance.variables.get("location", "")


def _api_server(kubeconfig: str, context: str | None) -> str:
    try:
        config = yaml.safe_load(kubeconfig)
        current = context or config.get("current-context")
        cluster = next((one["context"]["cluster"] for one in config.get("contexts", []) if one["name"] == current), None)
        servers = {one["name"]: one["cluster"]["server"] for one in config["clusters"]}
        return str(servers.get(cluster) or next(iter(servers.values())))
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, StopIteration):
        return ""
