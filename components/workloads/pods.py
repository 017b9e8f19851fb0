"""The one pod template: hardened alike for Deployments and Jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.workloads import hardening
from components.workloads.spec import ContainerSpec, ExecProbe, HttpProbe, PodSpec, Probe, Resources, TcpProbe
from components.workloads.volumes import mounts, volumes
from components.workloads.wiring import Wiring

POOL = "pool"
HTTP, METRICS = "http", "metrics"
"""Names of the ports of a pod's own container."""


def template(
    name: str,
    spec: PodSpec,
    wiring: Wiring,
    *,
    labels: Mapping[str, str],
    port: int | None = None,
    metrics_port: int | None = None,
    liveness: Probe | None = None,
    readiness: Probe | None = None,
    restart: Literal["Always", "Never"] = "Always",
    spread: bool = False,
) -> core.PodTemplateSpecArgs:
    """`name` is the pod's own container's.

    A sidecar of a pod that ends (`restart` is Never) is an init container that goes on (Kubernetes 1.29 and newer): a container beside the
    pod's own would keep a Job from ever being done. Raises ValueError when two containers have one name, or a probe no port.
    """
    account = wiring.account
    _distinct(name, spec)
    container = _container(name, spec, spec, wiring, _ports(port, metrics_port), _probe(liveness, port), _probe(readiness, port))
    ends = restart == "Never"
    init = [
        *(_beside(item, spec, wiring, goes_on=True) for item in spec.sidecars if ends),
        *(_beside(item, spec, wiring) for item in spec.init),
    ]
    return core.PodTemplateSpecArgs(
        metadata=meta.ObjectMetaArgs(
            labels={**labels, **spec.labels, **(account.identity.pod_labels if account and account.identity else {})},
            annotations=dict(wiring.checksums) or None,
        ),
        spec=core.PodSpecArgs(
            service_account_name=account.name if account else None,
            automount_service_account_token=bool(account and account.token),
            enable_service_links=False,
            restart_policy=restart,
            node_selector=spec.node_labels or None,
            tolerations=_tolerations(spec) or None,
            init_containers=init or None,
            containers=[container, *(_beside(item, spec, wiring) for item in spec.sidecars if not ends)],
            security_context=core.PodSecurityContextArgs(
                run_as_non_root=True,
                run_as_user=spec.user,
                run_as_group=spec.user,
                fs_group=spec.user,
                seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
            ),
            topology_spread_constraints=spread_over(labels) if spread else None,
            volumes=volumes(spec),
        ),
    )


def _container(
    name: str,
    of: PodSpec | ContainerSpec,
    spec: PodSpec,
    wiring: Wiring,
    ports: list[core.ContainerPortArgs],
    liveness: core.ProbeArgs | None,
    readiness: core.ProbeArgs | None,
    restart: str | None = None,
) -> core.ContainerArgs:
    return core.ContainerArgs(
        name=name,
        image=wiring.resolve(of.image),
        command=list(of.command) or None,
        args=list(of.args) or None,
        ports=ports or None,
        env_from=_env_from(of) or None,
        env=[core.EnvVarArgs(name=key, value=wiring.resolve(value)) for key, value in of.env.items()] or None,
        resources=resources(of.resources),
        liveness_probe=liveness,
        readiness_probe=readiness,
        restart_policy=restart,
        volume_mounts=mounts(spec, of),
        security_context=hardening.container(),
    )


def _beside(item: ContainerSpec, spec: PodSpec, wiring: Wiring, *, goes_on: bool = False) -> core.ContainerArgs:
    """Ports of these have no names: a pod's names are unique, and nothing refers to theirs."""
    ports = [core.ContainerPortArgs(container_port=item.port)] if item.port else []
    liveness, readiness = _probe(item.liveness, item.port), _probe(item.readiness, item.port)
    return _container(item.name, item, spec, wiring, ports, liveness, readiness, "Always" if goes_on else None)


def _distinct(name: str, spec: PodSpec) -> None:
    names = [name, *(item.name for item in (*spec.init, *spec.sidecars))]
    if twice := sorted({item for item in names if names.count(item) > 1}):
        raise ValueError(f"containers of {name} are named {', '.join(names)}; allowed: each name once, not {', '.join(twice)} twice")


def _ports(port: int | None, metrics_port: int | None) -> list[core.ContainerPortArgs]:
    served = {HTTP: port, METRICS: metrics_port if metrics_port != port else None}
    return [core.ContainerPortArgs(container_port=number, name=name) for name, number in served.items() if number]


def resources(spec: Resources) -> core.ResourceRequirementsArgs:
    return core.ResourceRequirementsArgs(
        requests={"cpu": spec.requests_cpu, "memory": spec.requests_memory},
        limits={"cpu": spec.limits_cpu, "memory": spec.limits_memory},
    )


def _env_from(spec: PodSpec | ContainerSpec) -> list[core.EnvFromSourceArgs]:
    return [
        *(core.EnvFromSourceArgs(config_map_ref=core.ConfigMapEnvSourceArgs(name=name)) for name in spec.config),
        *(core.EnvFromSourceArgs(secret_ref=core.SecretEnvSourceArgs(name=name)) for name in spec.secrets),
    ]


def _probe(probe: Probe | None, port: int | None) -> core.ProbeArgs | None:
    if probe is None:
        return None
    return core.ProbeArgs(
        http_get=core.HTTPGetActionArgs(path=probe.path, port=_asked(probe, port)) if isinstance(probe, HttpProbe) else None,
        exec_=core.ExecActionArgs(command=list(probe.command)) if isinstance(probe, ExecProbe) else None,
        tcp_socket=core.TCPSocketActionArgs(port=probe.port) if isinstance(probe, TcpProbe) else None,
        initial_delay_seconds=probe.delay,
        period_seconds=probe.period,
        timeout_seconds=probe.timeout,
    )


def _asked(probe: HttpProbe, port: int | None) -> int:
    asked = probe.port or port
    if asked is None:
        raise ValueError(f"a probe asks {probe.path!r} of a container that serves no port; allowed: a `port`, or another probe")
    return asked


def _tolerations(spec: PodSpec) -> list[core.TolerationArgs]:
    """A pod that asks for a pool may also run there: pools are tainted with their own name."""
    pool = spec.node_labels.get(POOL)
    return [core.TolerationArgs(key=POOL, operator="Equal", value=pool, effect="NoSchedule")] if pool else []


def spread_over(labels: Mapping[str, str]) -> list[core.TopologySpreadConstraintArgs]:
    """Two nodes at least, also when the autoscaler would like to pack the pods onto one; zones as far as there is room.

    Pods are counted by revision, so that a roll-out may put a new pod beside an old one.
    """
    selector = meta.LabelSelectorArgs(match_labels=dict(labels))
    return [
        core.TopologySpreadConstraintArgs(
            max_skew=1,
            min_domains=2,
            topology_key="kubernetes.io/hostname",
            when_unsatisfiable="DoNotSchedule",
            label_selector=selector,
            match_label_keys=["pod-template-hash"],
        ),
        core.TopologySpreadConstraintArgs(
            max_skew=1, topology_key="topology.kubernetes.io/zone", when_unsatisfiable="ScheduleAnyway", label_selector=selector
        ),
    ]
