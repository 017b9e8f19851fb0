"""A Kubernetes cluster in memory, beside the account that holds it."""

from __future__ import annotations

import json
from typing import Any

from sandbox.contract import Properties, Record
from tests.sandbox.accounts import Account, Memory

SERVER = "https://kubernetes.example.eu"


def kubeconfig(server: str = SERVER, **changes: Any) -> str:
    config: Properties = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": {}}],
        "current-context": "c",
    }
    return json.dumps({**config, **changes})


class Cluster(Account):
    """`world` is another account's, for two clusters in one world or a cluster beside what holds it."""

    def __init__(self, server: str = SERVER, world: Memory | None = None, **variables: str) -> None:
        super().__init__(server, "kubernetes", kubeconfig=kubeconfig(server), **variables)
        self.world = world or self.world

    def namespace(self, name: str = "apps") -> Record:
        return self.make("kubernetes:core/v1:Namespace", name, metadata={"name": name})

    def release(self, chart: str, values: Properties | None = None, **inputs: Any) -> Record:
        source = {"chart": f"oci://registry.example.eu/charts/{chart}", "version": "1.2.3", "namespace": "default", "values": values or {}}
        return self.make("kubernetes:helm.sh/v3:Release", chart, **{**source, **inputs})


def deployment(**container: Any) -> Properties:
    labels = {"app": "web"}
    pod = {"containers": [{"name": "web", "image": "registry.example.eu/web:1", **container}]}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}
    return {"metadata": {"name": "web", "namespace": "default"}, "spec": spec}
