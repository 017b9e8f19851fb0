"""The clouds' managed clusters: by which addresses each is reached, and what a fresh one holds already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sandbox.contract import Record, World
from sandbox.kubernetes.objects import mapping

EKS = "aws:eks/cluster:Cluster"
GKE = "gcp:container/cluster:Cluster"
AKS = "azure-native:containerservice:ManagedCluster"

_SNAPSHOTS = {"snapshot.storage.k8s.io": ("v1",)}
_LOOPBACK = re.compile(r"https?://(127\.|localhost|\[::1\]|0\.0\.0\.0)")


class Fresh(NamedTuple):
    """`hosts` are addresses that only such a cluster can have; `classes` the storage classes, `groups` the custom kinds of a fresh one."""

    hosts: re.Pattern[str]
    classes: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]


CLUSTERS: Mapping[str, Fresh] = {
    EKS: Fresh(
        re.compile(r"https://[0-9A-F]{32}\.[a-z0-9]+\.[a-z0-9-]+\.eks\.amazonaws\.(com|eu|com\.cn)", re.IGNORECASE),
        frozenset({"gp2"}),
        {},
    ),
    GKE: Fresh(
        re.compile(r"https://(\d{1,3}(\.\d{1,3}){3}|gke-[0-9a-f]+-\d+\.[a-z0-9-]+\.gke\.goog)(:443)?"),
        frozenset({"standard", "standard-rwo", "premium-rwo"}),
        {**_SNAPSHOTS, "cloud.google.com": ("v1", "v1beta1"), "networking.gke.io": ("v1", "v1beta1", "v1beta2")},
    ),
    AKS: Fresh(
        re.compile(r"https://[a-z0-9.-]+\.azmk8s\.io(:\d+)?", re.IGNORECASE),
        frozenset({"default", "managed", "managed-csi", "managed-csi-premium", "managed-premium", "azurefile", "azurefile-csi"}),
        _SNAPSHOTS,
    ),
}


def addresses(record: Record) -> tuple[str, ...]:
    """All addresses of a cluster's API server, as kubeconfigs write them; none for what is no cluster."""
    outputs = record.outputs
    match record.type:
        case "aws:eks/cluster:Cluster":
            return _given(outputs.get("endpoint"))
        case "gcp:container/cluster:Cluster":
            private = mapping(outputs.get("privateClusterConfig"))
            named = mapping(mapping(outputs.get("controlPlaneEndpointsConfig")).get("dnsEndpointConfig"))
            hosts = _given(outputs.get("endpoint"), private.get("privateEndpoint"), private.get("publicEndpoint"), named.get("endpoint"))
            return tuple(f"https://{host}" for host in hosts)
        case "azure-native:containerservice:ManagedCluster":
            hosts = _given(outputs.get("fqdn"), outputs.get("privateFQDN"))
            return tuple(f"https://{host}:443" for host in hosts)
        case _:
            return ()


def _given(*values: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))


def at(address: str, world: World) -> Record | None:
    """The cluster of the world that answers there."""
    wanted = _plain(address)
    return next((record for record in _all(world) if wanted in map(_plain, addresses(record))), None)


def managed(address: str) -> bool:
    """Whether only a cloud's cluster can stand there."""
    return not _LOOPBACK.match(address) and any(kind.hosts.fullmatch(address) for kind in CLUSTERS.values())


def fresh(address: str, world: World) -> Fresh:
    """What the cluster there held from the beginning; where it is nobody's, what EKS would."""
    found = at(address, world)
    return CLUSTERS[found.type if found else EKS]


def _all(world: World) -> Iterator[Record]:
    for type_ in CLUSTERS:
        yield from world.all(type_)


def _plain(address: str) -> str:
    return address.lower().removesuffix(":443").rstrip("/")
