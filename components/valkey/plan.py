"""Names, settings and sizes of an in-cluster Valkey with Sentinel. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from components.valkey.spec import ValkeySpec
from components.workloads.pod_spec import Resources
from components.workloads.values import CachedImage

IMAGE = CachedImage(registry="public.ecr.aws", repository="valkey/valkey", tag="8.1.10-alpine")
"""The project's own. 8.1 speaks Redis' protocol as clients of Redis 7 know it."""
EXPORTER = CachedImage(registry="quay.io", repository="oliver006/redis_exporter", tag="v1.80.0")
USER = 999
"""Of the image's `valkey`."""
SERVERS, QUORUM = 3, 2
PORT, SENTINEL_PORT, METRICS_PORT = 6379, 26379, 9121
DATA, RUN, SCRIPTS, SECRET, TLS = "/data", "/run/valkey", "/scripts", "/secret", "/tls"
PASSWORD = "password"  # noqa: S105, RUF100  the key in the Secret
PEER = "peer"
"""The sentinels' own user."""
DOWN_MILLISECONDS, FAILOVER_MILLISECONDS = 5000, 20000
"""A primary is missed after the first; a fail-over that led nowhere is tried again after twice the second."""
LAG_SECONDS = 10

SENTINEL_RESOURCES = Resources(requests_cpu="20m", requests_memory="32Mi", limits_cpu="200m", limits_memory="128Mi")
EXPORTER_RESOURCES = Resources(requests_cpu="10m", requests_memory="32Mi", limits_cpu="100m", limits_memory="64Mi")

READS = (
    "+ping",
    "+hello",
    "+auth",
    "+info",
    "+role",
    "+client",
    "-client|kill",
    "-client|pause",
    "+command",
    "+subscribe",
    "+psubscribe",
    "+unsubscribe",
    "+punsubscribe",
)
ASKS = tuple(
    f"+sentinel|{command}" for command in ("get-master-addr-by-name", "master", "masters", "slaves", "replicas", "sentinels", "ckquorum")
)
"""What anybody who reaches a sentinel may do: find the primary and hear of changes. Clients of the mode name a master and no password for
sentinels; what changes anything takes the password."""


def called(name: str) -> str:
    return f"{name}-valkey"


def domain(name: str, namespace: str) -> str:
    return f"{called(name)}.{namespace}.svc.cluster.local"


def hosts(name: str, namespace: str) -> tuple[str, ...]:
    """Of the headless Service: they stay when a pod moves, and its address does not."""
    return tuple(f"{called(name)}-{ordinal}.{domain(name, namespace)}" for ordinal in range(SERVERS))


def sentinels(name: str, namespace: str) -> tuple[str, ...]:
    return tuple(f"{host}:{SENTINEL_PORT}" for host in hosts(name, namespace))


def labels(name: str) -> dict[str, str]:
    return {"app": "valkey", "component": called(name)}


def certificate_names(name: str, namespace: str) -> tuple[str, ...]:
    return (domain(name, namespace), f"*.{domain(name, namespace)}", "localhost")


def server_resources(spec: ValkeySpec) -> Resources:
    """Rewriting the append-only file forks, and what is written meanwhile is held twice: at the worst everything is."""
    most = 2 * spec.memory_mib + 256
    return Resources(requests_cpu="100m", requests_memory=f"{spec.memory_mib + 128}Mi", limits_cpu="1", limits_memory=f"{most}Mi")


def server_conf(spec: ValkeySpec) -> str:
    """What is the same on all servers. Every second's writes reach the disk; a primary that no replica follows takes none, so that one
    that was cut off from the others loses ten seconds at most when it comes back."""
    return _text(
        {
            **_ports(spec, PORT),
            "dir": f"{DATA}/server",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory": f"{spec.memory_mib}mb",
            "maxmemory-policy": spec.eviction,
            "replica-announce-port": PORT,
            "min-replicas-to-write": 1,
            "min-replicas-max-lag": LAG_SECONDS,
            "repl-diskless-sync-delay": 0,
            "client-output-buffer-limit": "replica 128mb 64mb 60",
        }
    )


def sentinel_conf(spec: ValkeySpec) -> str:
    """What is the same on all sentinels and may stand before what names the master."""
    return _text(
        {
            **_ports(spec, SENTINEL_PORT),
            "dir": "/tmp",  # noqa: S108, RUF100  the pod's own empty folder
            "sentinel resolve-hostnames": "yes",
            "sentinel announce-hostnames": "yes",
            "sentinel announce-port": SENTINEL_PORT,
            "user default": f"on nopass resetchannels &* {' '.join(('-@all', *READS, *ASKS))}",
        }
    )


def _ports(spec: ValkeySpec, port: int) -> Mapping[str, str | int]:
    if not spec.tls:
        return {"port": port}
    return {
        "port": 0,
        "tls-port": port,
        "tls-replication": "yes",
        "tls-auth-clients": "no",
        "tls-cert-file": f"{TLS}/tls.crt",
        "tls-key-file": f"{TLS}/tls.key",
        "tls-ca-cert-file": f"{TLS}/ca.crt",
    }


def _text(settings: Mapping[str, str | int]) -> str:
    return "".join(f"{name} {value}\n" for name, value in settings.items())
