"""Who talks to whom, derived from what pods say that they use and call: nobody writes a network policy by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from components.workloads.connections import (
    CacheServer,
    Connection,
    DatabaseServer,
    Dns,
    Gateway,
    Identity,
    Internet,
    KubernetesApi,
    Monitoring,
    Pods,
    Target,
)
from components.workloads.pod_spec import Calls, Uses
from components.workloads.spec import AccountSpec, DeploymentSpec, JobSpec, RouteSpec

POOLER_PORT = 6432
VALKEY_PORTS = (6379, 26379)
"""Servers and sentinels: a client asks a sentinel where to write, and goes there."""
OTLP_PORTS = (4317, 4318)
INTERNET, KUBERNETES_API, TRACES = "internet", "kubernetes-api", "traces"
PLACES = (INTERNET, KUBERNETES_API, TRACES)


@dataclass(frozen=True)
class Ground:
    """What stands behind the workloads of a system, by the system's own names. Poolers by the database that each stands before."""

    databases: Collection[str] = ()
    caches: Collection[str] = ()
    poolers: Mapping[str, Pods] = field(default_factory=dict[str, Pods])
    valkeys: Mapping[str, Pods] = field(default_factory=dict[str, Pods])


def reach(
    deployments: Sequence[DeploymentSpec],
    jobs: Sequence[JobSpec],
    accounts: Sequence[AccountSpec],
    routes: Sequence[RouteSpec],
    ground: Ground,
) -> tuple[Connection, ...]:
    """Every connection that follows, and no other. What poolers and Valkeys open themselves is theirs to tell.

    Raises ValueError for names that nothing has, and where the labels of one workload also select another's pods: its policy, and its
    Service, would count for both.
    """
    workloads = (*deployments, *jobs)
    sources = [_pods(item) for item in workloads]
    _told_apart((*sources, *ground.poolers.values(), *ground.valkeys.values()))
    trusted = {(item.namespace, item.name) for item in accounts if item.uses}
    found: list[Connection] = []
    for route in routes:
        served = _one(route.service, route.namespace, deployments, f"{route.name}.service")
        found.append(Connection(source=Gateway(), target=_pods(served), ports=_port(served, f"{route.name}.service")))
    found += [
        Connection(source=Monitoring(), target=_pods(item), ports=(item.scraped,)) for item in deployments if item.scraped is not None
    ]
    for item, source in zip(workloads, sources, strict=True):
        identity = item.pod.account is not None and (item.namespace, item.pod.account) in trusted
        opened = list(_opened(item, deployments, ground, identity=identity))
        found += [Connection(source=source, target=target, ports=ports) for target, ports in _with_dns(opened)]
    return tuple(found)


def _opened(
    item: DeploymentSpec | JobSpec, deployments: Sequence[DeploymentSpec], ground: Ground, *, identity: bool
) -> Iterator[tuple[Target, tuple[int, ...]]]:
    """The platform's own places first, what lies outside last."""
    for use in item.pod.uses:
        yield _used(use, ground, f"{item.name}.uses")
    calls = sorted(item.pod.calls, key=lambda call: call.target != KUBERNETES_API)
    yield from (_called(call, item, deployments) for call in calls if call.target == KUBERNETES_API)
    if identity:
        yield Identity(), ()
    yield from (_called(call, item, deployments) for call in calls if call.target != KUBERNETES_API)


def _used(use: Uses, ground: Ground, path: str) -> tuple[Target, tuple[int, ...]]:
    kind, _, name = use.resource.partition(":")
    match kind:
        case "database":
            _known(name, ground.databases, path, use.resource)
            pooler = None if use.direct else ground.poolers.get(name)
            return (pooler, (POOLER_PORT,)) if pooler else (DatabaseServer(), ())
        case "cache":
            _known(name, ground.caches, path, use.resource)
            return CacheServer(cache=name), ()
        case "valkey":
            _known(name, ground.valkeys, path, use.resource)
            return ground.valkeys[name], VALKEY_PORTS
        case _:
            raise ValueError(f"{path}: {use.resource!r} is nothing that pods connect to; allowed: database:…, cache:…, valkey:…")


def _called(call: Calls, item: DeploymentSpec | JobSpec, deployments: Sequence[DeploymentSpec]) -> tuple[Target, tuple[int, ...]]:
    match call.target:
        case "internet":
            return Internet(), call.ports
        case "kubernetes-api":
            return KubernetesApi(), call.ports
        case "traces":
            return Monitoring(), call.ports or OTLP_PORTS
        case name:
            path = f"{item.name}.calls"
            other = _one(name, item.namespace, deployments, path, PLACES)
            return _pods(other), call.ports or _port(other, path)


def _with_dns(opened: Sequence[tuple[Target, tuple[int, ...]]]) -> Sequence[tuple[Target, tuple[int, ...]]]:
    return ((Dns(), ()), *opened) if opened else ()


def _pods(item: DeploymentSpec | JobSpec) -> Pods:
    if not item.pod.labels:
        raise ValueError(f"{item.name}.pod.labels: none given; allowed: labels of its own, which its network policy selects by")
    return Pods(name=item.name, namespace=item.namespace, labels=item.pod.labels)


def _port(item: DeploymentSpec, path: str) -> tuple[int, ...]:
    if item.port is None:
        raise ValueError(f"{path}: {item.name!r} serves no port; allowed: a Deployment with `port`")
    return (item.port,)


def _one(name: str, namespace: str, deployments: Sequence[DeploymentSpec], path: str, others: Iterable[str] = ()) -> DeploymentSpec:
    """The Deployment of that name, in the caller's own namespace rather than in another."""
    found = sorted((item for item in deployments if item.name == name), key=lambda item: item.namespace != namespace)
    if not found or (len(found) > 1 and found[0].namespace != namespace):
        allowed = ", ".join((*others, *sorted({item.name for item in deployments})))
        raise ValueError(f"{path}: {name!r} is {'ambiguous' if found else 'nothing that is declared'}; allowed: {allowed or 'none'}")
    return found[0]


def _known(name: str, known: Collection[str], path: str, given: str) -> None:
    if name not in known:
        kind = given.partition(":")[0]
        allowed = ", ".join(f"{kind}:{item}" for item in sorted(known))
        raise ValueError(f"{path}: {given!r} is nothing that is declared; allowed: {allowed or 'none'}")


def _told_apart(pods: Sequence[Pods]) -> None:
    for one, other in permutations(pods, 2):
        if one.namespace == other.namespace and one.labels.items() <= other.labels.items():
            raise ValueError(
                f"{one.name}.labels {one.labels} in {one.namespace} also select the pods of {other.name}; "
                "allowed: labels that tell them apart, such as component"
            )
