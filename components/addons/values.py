"""What the values of many charts share: pod hardening, sizes, spread, image sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi

Values = dict[str, Any]

CRITICAL = "system-cluster-critical"
CONTAINER_SECURITY: Values = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def velero_plugin(image: str) -> Values:
    """The init container that brings Velero a cloud's plugin; `velero.values` closes it as it does every container."""
    return {
        "name": image.rpartition("/")[2].partition(":")[0],
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "volumeMounts": [{"mountPath": "/target", "name": "plugins"}],
        "resources": resources("10m", "32Mi", "200m", "128Mi"),
    }


def run_as(user: int) -> Values:
    """Pod-level context for images whose default user has no number: the kubelet cannot tell that it is not root."""
    return {"runAsNonRoot": True, "runAsUser": user, "runAsGroup": user, "fsGroup": user, "seccompProfile": {"type": "RuntimeDefault"}}


def resources(cpu: str, memory: str, cpu_limit: str, memory_limit: str) -> Values:
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": cpu_limit, "memory": memory_limit}}


def spread(labels: Mapping[str, str]) -> list[Values]:
    """Over zones first; a cluster that is short of a zone still gets its pods."""
    return [
        {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": dict(labels)}}
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


def spread_app(name: str) -> list[Values]:
    return spread({"app.kubernetes.io/name": name})


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> Values:
    """Mappings are merged, everything else (lists too) is replaced, as Helm does."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            merged[key] = merge(cast("Mapping[str, Any]", old), cast("Mapping[str, Any]", value))
        else:
            merged[key] = value
    return merged


@dataclass(frozen=True)
class Images:
    """Where images come from: a public registry's host is replaced by the region's pull-through cache of it, where there is one."""

    caches: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, "pulumi.Input[str]"])

    def registry(self, host: str) -> pulumi.Input[str]:
        return self.caches.get(host, host)

    def repository(self, image: str) -> pulumi.Input[str]:
        """`quay.io/org/name` -> `<cache of quay.io>/org/name`; a tag may follow."""
        host, _, path = image.partition("/")
        return pulumi.Output.concat(self.caches[host], "/", path) if host in self.caches else image
