"""The one pod template: hardened alike for Deployments and Jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.workloads.spec import HttpProbe, PodSpec, Resources
from components.workloads.wiring import Wiring

POOL = "pool"
TMP = "tmp"


def template(
    name: str,
    spec: PodSpec,
    wiring: Wiring,
    *,
    labels: Mapping[str, str],
    port: int | None = None,
    liveness: HttpProbe | None = None,
    readiness: HttpProbe | None = None,
    restart: Literal["Always", "Never"] = "Always",
    spread: bool = False,
) -> core.PodTemplateSpecArgs:
    account = wiring.account
    container = core.ContainerArgs(
        name=name,
        image=wiring.resolve(spec.image),
        command=list(spec.command) or None,
        ports=[core.ContainerPortArgs(container_port=port, name="http")] if port else None,
        env_from=_env_from(spec) or None,
        env=[core.EnvVarArgs(name=key, value=wiring.resolve(value)) for key, value in spec.env.items()] or None,
        resources=resources(spec.resources),
        liveness_probe=_probe(liveness, port),
        readiness_probe=_probe(readiness, port),
        volume_mounts=[
            core.VolumeMountArgs(name=TMP, mount_path="/tmp"),  # noqa: S108, RUF100  the pod's own empty folder
            *(core.VolumeMountArgs(name=source, mount_path=path, read_only=True) for path, source in spec.mounts.items()),
        ],
        security_context=core.SecurityContextArgs(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=core.CapabilitiesArgs(drop=["ALL"]),
        ),
    )
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
            containers=[container],
            security_context=core.PodSecurityContextArgs(
                run_as_non_root=True,
                run_as_user=spec.user,
                run_as_group=spec.user,
                fs_group=spec.user,
                seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
            ),
            topology_spread_constraints=_spread(labels) if spread else None,
            volumes=[
                core.VolumeArgs(name=TMP, empty_dir=core.EmptyDirVolumeSourceArgs(size_limit="256Mi")),
                *(
                    core.VolumeArgs(name=source, config_map=core.ConfigMapVolumeSourceArgs(name=source))
                    for source in dict.fromkeys(spec.mounts.values())
                ),
            ],
        ),
    )


def resources(spec: Resources) -> core.ResourceRequirementsArgs:
    return core.ResourceRequirementsArgs(
        requests={"cpu": spec.requests_cpu, "memory": spec.requests_memory},
        limits={"cpu": spec.limits_cpu, "memory": spec.limits_memory},
    )


def _env_from(spec: PodSpec) -> list[core.EnvFromSourceArgs]:
    return [
        *(core.EnvFromSourceArgs(config_map_ref=core.ConfigMapEnvSourceArgs(name=name)) for name in spec.config),
        *(core.EnvFromSourceArgs(secret_ref=core.SecretEnvSourceArgs(name=name)) for name in spec.secrets),
    ]


def _probe(probe: HttpProbe | None, port: int | None) -> core.ProbeArgs | None:
    if probe is None or port is None:
        return None
    return core.ProbeArgs(
        http_get=core.HTTPGetActionArgs(path=probe.path, port=port),
        initial_delay_seconds=probe.delay,
        period_seconds=probe.period,
        timeout_seconds=probe.timeout,
    )


def _tolerations(spec: PodSpec) -> list[core.TolerationArgs]:
    """A pod that asks for a pool may also run there: pools are tainted with their own name."""
    pool = spec.node_labels.get(POOL)
    return [core.TolerationArgs(key=POOL, operator="Equal", value=pool, effect="NoSchedule")] if pool else []


def _spread(labels: Mapping[str, str]) -> list[core.TopologySpreadConstraintArgs]:
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
