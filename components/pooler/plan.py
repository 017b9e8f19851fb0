"""How many server connections each replica of a pooler may open, and what PgBouncer is told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.pooler.spec import PoolerSpec
from components.workloads.values import CachedImage

IMAGE = CachedImage(registry="ghcr.io", repository="cloudnative-pg/pgbouncer", tag="1.25.2")
"""The CloudNativePG project's build of PgBouncer on Debian. Bitnami's is no longer maintained in the open, and PgBouncer publishes none."""
EXPORTER = CachedImage(registry="quay.io", repository="prometheuscommunity/pgbouncer-exporter", tag="v0.12.1")
USER = 998
"""Of the image's `pgbouncer`. The exporter runs as the same: PgBouncer lets its own user in without a password, by the socket alone."""
PORT, METRICS_PORT = 6432, 9127
CONFIG, USERS, TLS, SOCKETS = "/etc/pgbouncer", "/etc/pgbouncer-users", "/etc/pgbouncer-tls", "/run/pgbouncer"
USER_LIST = "userlist.txt"

SURGE = 1
"""Pods beyond `replicas` that hold connections while a roll-out lasts: one that is being replaced."""
DRAIN_SECONDS = 30
"""What a pod that stops has for its transactions. No later pod is replaced before that: the sum below would be wrong."""
NOTICE_SECONDS = 5
"""Until every node has taken a stopping pod out of the Service."""
RELOAD_SECONDS = 3600


@dataclass(frozen=True)
class Pool:
    """Server connections of one replica for one role: `size`, and `reserve` for when clients wait. `total` is of all at the worst."""

    size: int
    reserve: int
    roles: int
    total: int
    limit: int

    @property
    def share(self) -> int:
        return self.size + self.reserve

    @property
    def each(self) -> int:
        """Of one replica, for all roles together."""
        return self.share * self.roles


def pool(path: str, spec: PoolerSpec, limit: int, roles: int, direct: int) -> Pool:
    """`limit` is the database's own, `direct` what others open past the pooler. A fifth of each share is the reserve.

    Raises ValueError with the sum when it does not fit.
    """
    pods = spec.replicas + SURGE
    room = limit - spec.reserved - direct
    most = max(room, 0) // (pods * roles)
    share = spec.pool_size or most
    total = share * pods * roles
    if not 1 <= share <= most:
        sum_ = f"{share} × {pods} replicas (one more during a roll-out) × {roles} roles + {spec.reserved} reserved + {direct} direct"
        allowed = f"up to {most}" if most else "fewer replicas, roles or reserved connections, or a larger database"
        asked = total + spec.reserved + direct
        raise ValueError(f"{path}.pool_size: {sum_} = {asked} connections of {limit} that the database takes; allowed: {allowed}")
    reserve = share // 5
    return Pool(share - reserve, reserve, roles, total, limit)


def settings(spec: PoolerSpec, pool: Pool) -> Mapping[str, str | int]:
    """Of the section [pgbouncer]. Seconds, unless the name says otherwise.

    SCRAM passes through: a client's proof tells PgBouncer enough to log in to a server that stores the same verifier. Of start-up
    parameters only what drivers set without being asked is ignored: a `search_path` or a `statement_timeout` that silently did nothing
    would be worse than a refusal.
    """
    return {
        "listen_addr": "*",
        "listen_port": PORT,
        "unix_socket_dir": SOCKETS,
        "unix_socket_mode": "0700",
        "auth_type": "scram-sha-256",
        "auth_file": f"{USERS}/{USER_LIST}",
        "client_tls_sslmode": "require",
        "client_tls_cert_file": f"{TLS}/tls.crt",
        "client_tls_key_file": f"{TLS}/tls.key",
        "client_tls_protocols": "secure",
        "server_tls_sslmode": "require",
        "server_tls_protocols": "secure",
        "pool_mode": spec.pool_mode,
        "max_client_conn": spec.max_clients,
        "default_pool_size": pool.size,
        "reserve_pool_size": pool.reserve,
        "reserve_pool_timeout": 3,
        "max_db_connections": pool.each,
        "max_user_connections": pool.share,
        "max_prepared_statements": 200,
        "ignore_startup_parameters": "extra_float_digits",
        "query_wait_timeout": 30,
        "idle_transaction_timeout": 300,
        "server_idle_timeout": 300,
        "server_lifetime": 3600,
        # After a fail-over the name has another address soon, and the old one may never answer again.
        "server_login_retry": 3,
        "server_connect_timeout": 10,
        "dns_max_ttl": 5,
        "tcp_keepalive": 1,
        "tcp_keepidle": 30,
        "tcp_keepintvl": 10,
        "tcp_keepcnt": 3,
        "tcp_user_timeout": 30000,
        "log_connections": 1,
        "log_disconnections": 1,
        "log_pooler_errors": 1,
        "log_stats": 0,
    }


def ini(database: str, host: str, port: int, spec: PoolerSpec, pool: Pool) -> str:
    """No user in the database's line: SCRAM passes through only where clients' own names are used."""
    lines = [f"{name} = {value}" for name, value in settings(spec, pool).items()]
    return "\n".join(["[databases]", f"{database} = host={host} port={port} dbname={database}", "", "[pgbouncer]", *lines, ""])


START = f"""\
# PgBouncer reads certificates and users at its start and when it is told to; both are files that change by themselves. On the way out it
# finishes transactions and leaves: left to SIGTERM, it would wait for clients whose pools never let go.
pgbouncer {CONFIG}/pgbouncer.ini &
server=$!
(while sleep {RELOAD_SECONDS}; do kill -HUP "$server"; done) &
trap 'sleep {NOTICE_SECONDS}; kill -INT "$server"' TERM INT
wait "$server"
# A signal ends the first wait before the server ends.
wait "$server"
"""
