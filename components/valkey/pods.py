"""One pod: a server, a sentinel, and what reads the server's statistics."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.valkey import plan
from components.valkey.plan import DATA, METRICS_PORT, PASSWORD, PORT, RUN, SCRIPTS, SECRET, SENTINEL_PORT, TLS
from components.valkey.spec import ValkeySpec
from components.workloads import hardening
from components.workloads.pods import resources
from components.workloads.wiring import Wiring

CLAIM = "data"
SECRET_MODE = 0o440
GRACE_SECONDS = 60
"""A primary waits up to 30 for another to take over, then writes what is not on disk yet."""
START_SECONDS = 900
"""Until sentinels agree (two minutes at the most), and for the file to be read: 16 GiB in some ten minutes."""
_PERIOD = 5


def template(name: str, spec: ValkeySpec, secret: str, labels: Mapping[str, str], wiring: Wiring) -> core.PodTemplateSpecArgs:
    """`name` is the one that the system uses; `secret` holds the password."""
    own = plan.called(name)
    environment = _environment(name, spec)
    mounts = [
        core.VolumeMountArgs(name=CLAIM, mount_path=DATA),
        core.VolumeMountArgs(name="scripts", mount_path=SCRIPTS, read_only=True),
        core.VolumeMountArgs(name="secret", mount_path=SECRET, read_only=True),
    ]
    certificate = [core.VolumeMountArgs(name="tls", mount_path=TLS, read_only=True)] if spec.tls else []
    server = core.ContainerArgs(
        name="server",
        image=wiring.resolve(plan.IMAGE),
        command=_script("server"),
        env=environment,
        ports=[core.ContainerPortArgs(container_port=PORT, name="valkey")],
        resources=resources(plan.server_resources(spec)),
        startup_probe=_probe("alive", START_SECONDS // _PERIOD),
        liveness_probe=_probe("alive", 6),
        readiness_probe=_probe("ready", 2),
        lifecycle=core.LifecycleArgs(pre_stop=core.LifecycleHandlerArgs(exec_=core.ExecActionArgs(command=_script("stop")))),
        volume_mounts=[*mounts, *certificate, _empty("run", RUN), _empty("tmp-server", "/tmp")],  # noqa: S108, RUF100  the container's own
        security_context=hardening.container(),
    )
    sentinel = core.ContainerArgs(
        name="sentinel",
        image=wiring.resolve(plan.IMAGE),
        command=_script("sentinel"),
        env=environment,
        ports=[core.ContainerPortArgs(container_port=SENTINEL_PORT, name="sentinel")],
        resources=resources(plan.SENTINEL_RESOURCES),
        liveness_probe=_probe("sentinel-alive", 6),
        readiness_probe=_probe("sentinel-alive", 2),
        volume_mounts=[*mounts, *certificate, _empty("tmp-sentinel", "/tmp")],  # noqa: S108, RUF100  the container's own
        security_context=hardening.container(),
    )
    return core.PodTemplateSpecArgs(
        metadata=meta.ObjectMetaArgs(labels=dict(labels), annotations=dict(wiring.checksums) or None),
        spec=core.PodSpecArgs(
            automount_service_account_token=False,
            enable_service_links=False,
            termination_grace_period_seconds=GRACE_SECONDS,
            containers=[server, sentinel, _exporter(spec, secret, wiring, certificate)],
            security_context=hardening.pod(plan.USER),
            topology_spread_constraints=[_zones(labels)],
            volumes=[
                core.VolumeArgs(name="scripts", config_map=core.ConfigMapVolumeSourceArgs(name=own)),
                core.VolumeArgs(name="secret", secret=core.SecretVolumeSourceArgs(secret_name=secret, default_mode=SECRET_MODE)),
                *([_tls(own)] if spec.tls else []),
                # Holds the password, and so no disk.
                core.VolumeArgs(name="run", empty_dir=core.EmptyDirVolumeSourceArgs(medium="Memory", size_limit="1Mi")),
                *(core.VolumeArgs(name=f"tmp-{of}", empty_dir=core.EmptyDirVolumeSourceArgs(size_limit="16Mi")) for of in _PROCESSES),
            ],
        ),
    )


_PROCESSES = ("server", "sentinel")


def _environment(name: str, spec: ValkeySpec) -> list[core.EnvVarArgs]:
    own = core.EnvVarSourceArgs(field_ref=core.ObjectFieldSelectorArgs(field_path="metadata.name"))
    values = {
        "SET": plan.called(name),
        "DOMAIN": plan.domain(name, spec.namespace),
        "MASTER": spec.master,
        "ORDINALS": " ".join(str(ordinal) for ordinal in range(plan.SERVERS)),
        "QUORUM": str(plan.QUORUM),
        "DOWN_MILLISECONDS": str(plan.DOWN_MILLISECONDS),
        "FAILOVER_MILLISECONDS": str(plan.FAILOVER_MILLISECONDS),
        "TLS_ARGUMENTS": f"--tls --cacert {TLS}/ca.crt" if spec.tls else "",
    }
    return [core.EnvVarArgs(name="POD", value_from=own), *(core.EnvVarArgs(name=key, value=value) for key, value in values.items())]


def _exporter(spec: ValkeySpec, secret: str, wiring: Wiring, certificate: list[core.VolumeMountArgs]) -> core.ContainerArgs:
    password = core.EnvVarSourceArgs(secret_key_ref=core.SecretKeySelectorArgs(name=secret, key=PASSWORD))
    values = {"REDIS_ADDR": f"{'rediss' if spec.tls else 'redis'}://localhost:{PORT}"}
    if spec.tls:
        values["REDIS_EXPORTER_TLS_CA_CERT_FILE"] = f"{TLS}/ca.crt"
    return core.ContainerArgs(
        name="exporter",
        image=wiring.resolve(plan.EXPORTER),
        env=[
            core.EnvVarArgs(name="REDIS_PASSWORD", value_from=password),
            *(core.EnvVarArgs(name=key, value=value) for key, value in values.items()),
        ],
        ports=[core.ContainerPortArgs(container_port=METRICS_PORT, name="metrics")],
        resources=resources(plan.EXPORTER_RESOURCES),
        # Not what it reads, which asks the server: statistics that are late take no server away.
        liveness_probe=_listens(20),
        readiness_probe=_listens(_PERIOD),
        volume_mounts=certificate or None,
        security_context=hardening.container(),
    )


def _script(name: str) -> list[str]:
    return ["sh", f"{SCRIPTS}/{name}.sh"]


def _probe(name: str, failures: int) -> core.ProbeArgs:
    return core.ProbeArgs(
        exec_=core.ExecActionArgs(command=_script(name)), period_seconds=_PERIOD, timeout_seconds=4, failure_threshold=failures
    )


def _listens(period: int) -> core.ProbeArgs:
    return core.ProbeArgs(tcp_socket=core.TCPSocketActionArgs(port=METRICS_PORT), period_seconds=period, timeout_seconds=4)


def _empty(name: str, path: str) -> core.VolumeMountArgs:
    return core.VolumeMountArgs(name=name, mount_path=path)


def _tls(own: str) -> core.VolumeArgs:
    return core.VolumeArgs(name="tls", secret=core.SecretVolumeSourceArgs(secret_name=f"{own}-tls", default_mode=SECRET_MODE))


def _zones(labels: Mapping[str, str]) -> core.TopologySpreadConstraintArgs:
    """One in each of three zones, or none: two in one zone would take the majority with it."""
    return core.TopologySpreadConstraintArgs(
        max_skew=1,
        min_domains=plan.SERVERS,
        topology_key="topology.kubernetes.io/zone",
        when_unsatisfiable="DoNotSchedule",
        label_selector=meta.LabelSelectorArgs(match_labels=dict(labels)),
    )
