"""Who talks to whom, as data, and the network policies that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pydantic import Field

from components.identity.endpoints import ENDPOINTS
from components.vocabulary import Cloud, Spec

# What is never "the internet": RFC 1918, carrier-grade NAT, link-local with the clouds' metadata services.
PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")


class Pods(Spec):
    """Pods of one namespace by their labels; `name` names the policy that protects them."""

    kind: Literal["pods"] = "pods"
    name: str
    namespace: str
    labels: dict[str, str] = Field(min_length=1)


class Gateway(Spec):
    """The proxies of the shared gateway."""

    kind: Literal["gateway"] = "gateway"


class Monitoring(Spec):
    """Prometheus, Grafana and the collectors."""

    kind: Literal["monitoring"] = "monitoring"


class Dns(Spec):
    kind: Literal["dns"] = "dns"


class Internet(Spec):
    """Everything public, nothing private."""

    kind: Literal["internet"] = "internet"


class DatabaseServer(Spec):
    kind: Literal["database"] = "database"


class CacheServer(Spec):
    """A managed cache, by the system's own name for it."""

    kind: Literal["cache"] = "cache"
    cache: str


class KubernetesApi(Spec):
    kind: Literal["kubernetes-api"] = "kubernetes-api"


class Identity(Spec):
    """The service on each node that hands out the identity of a pod."""

    kind: Literal["identity"] = "identity"


Target: TypeAlias = Pods | Monitoring | Dns | Internet | DatabaseServer | CacheServer | KubernetesApi | Identity


class Connection(Spec):
    """`source` opens connections to `target`. Ports are TCP (DNS: UDP too) and left out where the target has its own."""

    source: Pods | Gateway | Monitoring
    target: Target
    ports: tuple[int, ...] = ()


@dataclass(frozen=True)
class CachePeer:
    """Where a managed cache answers; `ports` are first and last of each range."""

    cidrs: tuple[str, ...]
    ports: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Terrain:
    """The names and addresses that peers stand for in one cluster."""

    cloud: Cloud
    gateway_namespace: str
    monitoring_namespace: str
    data_cidrs: tuple[str, ...]
    node_cidrs: tuple[str, ...]
    api_address: str
    """Address of the Service `kubernetes`: some data planes judge a packet before the Service is resolved, some after."""
    caches: Mapping[str, CachePeer] = field(default_factory=dict[str, CachePeer])


@dataclass(frozen=True)
class Peer:
    """Pods of a namespace (all of them without labels), or addresses."""

    namespace: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    cidr: str = ""
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Allowed:
    """`ranges` are first and last TCP ports, beside `ports`."""

    peers: tuple[Peer, ...]
    ports: tuple[tuple[Literal["TCP", "UDP"], int], ...]
    ranges: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Policy:
    """One NetworkPolicy: what the pods of `subject` may receive and open."""

    subject: Pods
    ingress: tuple[Allowed, ...]
    egress: tuple[Allowed, ...]


def policies(connections: Sequence[Connection], terrain: Terrain) -> tuple[Policy, ...]:
    """One policy for each set of pods that is named in a connection, in order of first mention.

    Raises ValueError when two connections name different pods alike, and for a cache that the terrain does not have.
    """
    subjects: dict[tuple[str, str], Pods] = {}
    for peer in (peer for item in connections for peer in (item.source, item.target) if isinstance(peer, Pods)):
        if subjects.setdefault((peer.namespace, peer.name), peer) != peer:
            raise ValueError(f"connections name different pods {peer.namespace}/{peer.name}: one name, one set of labels")
    return tuple(_policy(subject, connections, terrain) for subject in subjects.values())


def _policy(subject: Pods, connections: Iterable[Connection], terrain: Terrain) -> Policy:
    ingress = [Allowed((_source(item.source, terrain),), _tcp(item.ports)) for item in connections if item.target == subject]
    egress = [_egress(item, terrain) for item in connections if item.source == subject]
    return Policy(subject, tuple(ingress), tuple(item for item in egress if item.peers))


def _source(source: Pods | Gateway | Monitoring, terrain: Terrain) -> Peer:
    match source:
        case Pods():
            return _pods(source)
        case Gateway():
            return Peer(namespace=terrain.gateway_namespace)
        case Monitoring():
            return Peer(namespace=terrain.monitoring_namespace)


def _egress(connection: Connection, terrain: Terrain) -> Allowed:
    match connection.target:
        case Pods() as pods:
            return Allowed((_pods(pods),), _tcp(connection.ports))
        case Monitoring():
            return Allowed((Peer(namespace=terrain.monitoring_namespace),), _tcp(connection.ports))
        case Dns():
            return Allowed((Peer(namespace="kube-system", labels=(("k8s-app", "kube-dns"),)),), (("UDP", 53), ("TCP", 53)))
        case Internet():
            return Allowed((Peer(cidr="0.0.0.0/0", excluded=PRIVATE),), _tcp(connection.ports or (443,)))
        case DatabaseServer():
            return Allowed(_addresses(terrain.data_cidrs), _tcp(connection.ports or (5432,)))
        case CacheServer(cache=cache):
            if cache not in terrain.caches:
                raise ValueError(
                    f"{_name(connection)} connects to cache {cache!r}; declared: {', '.join(sorted(terrain.caches)) or 'none'}"
                )
            peer = terrain.caches[cache]
            single, ranges = (tuple(item for item in peer.ports if (item[0] == item[1]) is alone) for alone in (True, False))
            return Allowed(_addresses(peer.cidrs), _tcp(first for first, _ in single), ranges)
        case KubernetesApi():
            return Allowed(_addresses((*terrain.node_cidrs, terrain.api_address)), _tcp(connection.ports or (443,)))
        case Identity():
            address, port = ENDPOINTS.get(terrain.cloud, ("", 0))
            return Allowed(_addresses((address,) if address else ()), _tcp((port,)))


def _name(connection: Connection) -> str:
    return connection.source.name if isinstance(connection.source, Pods) else connection.source.kind


def _pods(pods: Pods) -> Peer:
    return Peer(namespace=pods.namespace, labels=tuple(sorted(pods.labels.items())))


def _addresses(cidrs: Iterable[str]) -> tuple[Peer, ...]:
    return tuple(Peer(cidr=cidr) for cidr in cidrs)


def _tcp(ports: Iterable[int]) -> tuple[tuple[Literal["TCP", "UDP"], int], ...]:
    return tuple(("TCP", port) for port in ports)
