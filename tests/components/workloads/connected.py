"""Workloads that use and call, and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.vocabulary import Cloud
from components.workloads.connections import CachePeer, Connection, Pods, Terrain
from components.workloads.reach import Ground, reach
from components.workloads.spec import AccountSpec, Calls, DeploymentSpec, JobSpec, PodSpec, RouteSpec, Uses
from tests.components.workloads.samples import SMALL

POOLER = Pods(name="main-pooler", namespace="apps", labels={"app": "main-pooler"})
VALKEY = Pods(name="sessions", namespace="apps", labels={"app": "sessions"})
GROUND = Ground(databases=("main", "audit"), caches=("queue",), poolers={"main": POOLER}, valkeys={"sessions": VALKEY})
BARE = Ground(databases=("main",))


def pod(name: str, *uses: str, calls: Sequence[Calls] = (), direct: bool = False, account: str | None = None) -> PodSpec:
    connected = tuple(Uses(resource=item, direct=direct) for item in uses)
    return PodSpec(image="app:1", labels={"app": name}, resources=SMALL, uses=connected, calls=tuple(calls), account=account)


def deployment(name: str, *uses: str, namespace: str = "apps", port: int | None = 8080, **more: Any) -> DeploymentSpec:
    metrics = {key: more.pop(key) for key in ("metrics_path", "metrics_port") if key in more}
    return DeploymentSpec(name=name, namespace=namespace, replicas=1, pod=pod(name, *uses, **more), port=port, **metrics)


def found(
    *deployments: DeploymentSpec,
    jobs: Sequence[JobSpec] = (),
    accounts: Sequence[AccountSpec] = (),
    routes: Sequence[RouteSpec] = (),
    ground: Ground = GROUND,
) -> tuple[Connection, ...]:
    return reach(deployments, jobs, accounts, routes, ground)


def opened(name: str, connections: Sequence[Connection]) -> list[tuple[Any, tuple[int, ...]]]:
    return [(item.target, item.ports) for item in connections if isinstance(item.source, Pods) and item.source.name == name]


def let_in(name: str, connections: Sequence[Connection]) -> list[tuple[Any, tuple[int, ...]]]:
    return [(item.source, item.ports) for item in connections if isinstance(item.target, Pods) and item.target.name == name]


def terrain(cloud: Cloud = Cloud.AWS) -> Terrain:
    return Terrain(
        cloud=cloud,
        gateway_namespace="gateway",
        monitoring_namespace="monitoring",
        data_cidrs=("10.0.1.0/24",),
        node_cidrs=("10.0.16.0/20", "10.0.32.0/20"),
        api_address="172.20.0.1/32",
        caches={"queue": CachePeer(cidrs=("10.0.2.0/24", "10.0.3.0/24"), ports=((6379, 6379), (11000, 13047)))},
    )
