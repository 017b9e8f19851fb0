"""The pods of a pooler: PgBouncer, and beside it what reads its statistics."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.pooler.plan import CONFIG, DRAIN_SECONDS, EXPORTER, IMAGE, METRICS_PORT, PORT, SOCKETS, TLS, USER, USERS
from components.workloads import hardening
from components.workloads.pod_spec import Resources
from components.workloads.pods import resources, spread_over
from components.workloads.wiring import Wiring

SERVER = Resources(requests_cpu="100m", requests_memory="64Mi", limits_cpu="1", limits_memory="256Mi")
"""PgBouncer is one thread: more than one CPU would not be used. 1,000 clients take some 20 MiB."""
STATISTICS = Resources(requests_cpu="10m", requests_memory="32Mi", limits_cpu="100m", limits_memory="64Mi")
SECRET_MODE = 0o440
GRACE_SECONDS = DRAIN_SECONDS
_CONSOLE = f"host={SOCKETS} port={PORT} user=pgbouncer dbname=pgbouncer sslmode=disable"


def template(name: str, users: str, labels: Mapping[str, str], wiring: Wiring, *, spread: bool) -> core.PodTemplateSpecArgs:
    """`name` is the pooler's, and of its ConfigMap; its certificate is in the Secret `<name>-tls`."""
    sockets = core.VolumeMountArgs(name="sockets", mount_path=SOCKETS)
    return core.PodTemplateSpecArgs(
        metadata=meta.ObjectMetaArgs(labels=dict(labels), annotations=dict(wiring.checksums)),
        spec=core.PodSpecArgs(
            automount_service_account_token=False,
            enable_service_links=False,
            termination_grace_period_seconds=GRACE_SECONDS,
            containers=[
                core.ContainerArgs(
                    name="pgbouncer",
                    image=wiring.resolve(IMAGE),
                    command=["sh", f"{CONFIG}/start.sh"],
                    ports=[core.ContainerPortArgs(container_port=PORT, name="postgres")],
                    resources=resources(SERVER),
                    liveness_probe=_open(PORT, period=20),
                    readiness_probe=_open(PORT, period=5),
                    volume_mounts=[
                        core.VolumeMountArgs(name="config", mount_path=CONFIG, read_only=True),
                        core.VolumeMountArgs(name="users", mount_path=USERS, read_only=True),
                        core.VolumeMountArgs(name="tls", mount_path=TLS, read_only=True),
                        sockets,
                    ],
                    security_context=hardening.container(),
                ),
                core.ContainerArgs(
                    name="exporter",
                    image=wiring.resolve(EXPORTER),
                    command=["/bin/pgbouncer_exporter"],
                    args=[f"--pgBouncer.connectionString={_CONSOLE}"],
                    ports=[core.ContainerPortArgs(container_port=METRICS_PORT, name="metrics")],
                    resources=resources(STATISTICS),
                    # Not what it reads, which asks PgBouncer: statistics that are late take no pooler away.
                    liveness_probe=_open(METRICS_PORT, period=20),
                    readiness_probe=_open(METRICS_PORT, period=5),
                    volume_mounts=[sockets],
                    security_context=hardening.container(),
                ),
            ],
            security_context=hardening.pod(USER),
            topology_spread_constraints=spread_over(labels) if spread else None,
            volumes=[
                core.VolumeArgs(name="config", config_map=core.ConfigMapVolumeSourceArgs(name=name)),
                core.VolumeArgs(name="users", secret=core.SecretVolumeSourceArgs(secret_name=users, default_mode=SECRET_MODE)),
                core.VolumeArgs(name="tls", secret=core.SecretVolumeSourceArgs(secret_name=f"{name}-tls", default_mode=SECRET_MODE)),
                core.VolumeArgs(name="sockets", empty_dir=core.EmptyDirVolumeSourceArgs(medium="Memory", size_limit="1Mi")),
            ],
        ),
    )


def _open(port: int, period: int) -> core.ProbeArgs:
    return core.ProbeArgs(tcp_socket=core.TCPSocketActionArgs(port=port), period_seconds=period, timeout_seconds=2)
