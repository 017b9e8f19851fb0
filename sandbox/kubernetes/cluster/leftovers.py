"""What stands in a cluster beyond what its control plane makes for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.kubernetes.cluster.api import Api
from sandbox.kubernetes.cluster.objects import DEFINITION
from sandbox.kubernetes.objects import ALWAYS, mapping, metadata

_DERIVED = {"ComponentStatus", "Event", "IPAddress", "Lease"}
"""Kinds that nobody declares: they follow others and expire, or go with them."""
_OWN_NAMES = {
    "ConfigMap": ("kube-root-ca.crt", "extension-apiserver-authentication", "kube-apiserver-legacy-service-account-token-tracking"),
    "EndpointSlice": ("kubernetes",),
    "Endpoints": ("kubernetes",),
    "PriorityClass": ("system-cluster-critical", "system-node-critical"),
    "Service": ("kubernetes",),
    "ServiceAccount": ("default",),
    "ServiceCIDR": ("kubernetes",),
}


def leftovers(api: Api) -> list[str]:
    """`Kind namespace/name` of everything that a fresh cluster does not have, sorted."""
    return sorted(set(_found(api)))


def _found(api: Api) -> Iterator[str]:
    for resource in api.discovery.everything():
        if "list" not in resource.verbs or resource.kind in _DERIVED:
            continue
        for item in api.list(resource):
            if not own(item):
                meta = metadata(item)
                yield f"{resource.kind} {meta['namespace']}/{meta['name']}" if meta.get("namespace") else f"{resource.kind} {meta['name']}"


def own(item: Mapping[str, Any]) -> bool:
    """Whether the control plane made it, or it is a definition that stands for a chart's."""
    kind, meta = str(item["kind"]), metadata(item)
    labels, notes, name = mapping(meta.get("labels")), mapping(meta.get("annotations")), str(meta["name"])
    if labels.get("kubernetes.io/bootstrapping") == "rbac-defaults" or labels.get(DEFINITION):
        return True
    if kind == "Namespace":
        return name in ALWAYS
    if kind in ("FlowSchema", "PriorityLevelConfiguration"):
        return "apf.kubernetes.io/autoupdate-spec" in notes
    if kind == "APIService":
        return labels.get("kube-aggregator.kubernetes.io/automanaged") in ("onstart", "true")
    return name in _OWN_NAMES.get(kind, ())
