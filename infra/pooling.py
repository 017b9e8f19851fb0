"""What a system's poolers add to it: the user list, its view, who connects to whom; and the poolers themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pulumi

from components.database import connections
from components.database.outputs import DatabaseOutputs
from components.pooler.outputs import PoolerOutputs
from components.pooler.plan import IMAGE, METRICS_PORT, PORT, USER_LIST, USERS, Pool, pool
from components.pooler.pods import SERVER
from components.pooler.pooler import Pooler, called, host, labels
from components.workloads.authority import AuthorityOutputs, InternalAuthority
from components.workloads.connections import Connection, DatabaseServer, Dns, Monitoring, Pods
from components.workloads.pod_spec import PodSpec, SecretMount
from components.workloads.spec import SecretItem, SecretSpec
from components.workloads.values import DatabaseUrl, SecretValue, UserList
from components.workloads.wiring import Wiring
from infra.scram import verifier
from infra.system import SystemSpec

DIRECT_EACH = 10
"""Connections that a role which goes past the pooler is counted with."""


def users(database: str) -> str:
    """Path in the store, and name of the Secret."""
    return f"{called(database)}-users"


def completed(system: SystemSpec) -> SystemSpec:
    """The system with what its poolers need. Raises ValueError where no URL goes through a pooler, or its pools do not fit."""
    pools(system)
    values: dict[str, SecretValue] = {users(database): UserList(roles=_roles(system, database)) for database in system.poolers}
    if not values:
        return system
    store = system.secrets.model_copy(update={"values": {**system.secrets.values, **values}})
    added = {"secrets": store, "views": (*system.views, *views(system)), "connections": (*system.connections, *opened(system))}
    return system.model_copy(update=added)


def pools(system: SystemSpec) -> dict[str, Pool]:
    return {
        database: pool(
            f"poolers.{database}",
            spec,
            connections.limit(system.databases[database].size),
            len(_roles(system, database)),
            DIRECT_EACH * len(_going(system, database, direct=True)),
        )
        for database, spec in system.poolers.items()
    }


def _roles(system: SystemSpec, database: str) -> tuple[str, ...]:
    found = _going(system, database, direct=False)
    if not found:
        raise ValueError(
            f"poolers.{database}: no URL goes through it; allowed: a DatabaseUrl of {database!r} that is not direct, or no pooler"
        )
    return found


def _going(system: SystemSpec, database: str, *, direct: bool) -> tuple[str, ...]:
    urls = (value for value in system.secrets.values.values() if isinstance(value, DatabaseUrl))
    return tuple(dict.fromkeys(url.role for url in urls if url.database == database and url.direct is direct))


def views(system: SystemSpec) -> tuple[SecretSpec, ...]:
    """Delivered as the other Secrets of the namespace are."""
    return tuple(
        SecretSpec(
            name=users(database),
            namespace=spec.namespace,
            data={USER_LIST: SecretItem(path=users(database))},
            delivery=system.delivery(spec.namespace),
        )
        for database, spec in system.poolers.items()
    )


def subject(system: SystemSpec, database: str) -> Pods:
    """The pooler's pods, as network policies know them: what uses the database connects to them on `PORT`."""
    return Pods(name=called(database), namespace=system.poolers[database].namespace, labels=labels(database))


def opened(system: SystemSpec) -> tuple[Connection, ...]:
    """The poolers' own connections. Those to them follow from what pods use."""
    own = (subject(system, database) for database in system.poolers)
    return tuple(
        connection
        for pods in own
        for connection in (
            Connection(source=pods, target=DatabaseServer()),
            Connection(source=pods, target=Dns()),
            Connection(source=Monitoring(), target=pods, ports=(METRICS_PORT,)),
        )
    )


def endpoint(system: SystemSpec, url: DatabaseUrl) -> tuple[str, int] | None:
    """Where the URL leads instead of the database itself; None for one that goes past the pooler, or of a database without one.

    Raises ValueError for `verify-full`: the pooler's certificate is signed inside the cluster, and nobody outside of it knows by whom.
    """
    if url.direct or url.database not in system.poolers:
        return None
    if url.ssl_mode == "verify-full":
        raise ValueError(f"the URL of {url.role!r} asks ssl_mode verify-full of a pooler; allowed: require, or direct")
    return host(url.database, system.poolers[url.database].namespace), PORT


def user_list(value: UserList, passwords: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[str]:
    """Verifiers alone, the very ones that the database is told: with another salt PgBouncer could let clients in and not itself."""
    known = pulumi.Output.all(**{role: passwords[role] for role in value.roles})
    return known.apply(lambda found: "".join(f'"{role}" "{verifier(role, found[role])}"\n' for role in value.roles))


def reads(database: str) -> PodSpec:
    """For the wiring alone: the user list stands before the pods, and a change of it rolls them."""
    return PodSpec(image=IMAGE, secret_mounts={USERS: SecretMount(secret=users(database))}, resources=SERVER)


def authorities(
    name: str,
    system: SystemSpec,
    within: Mapping[str, pulumi.Input[str]],
    ready: Sequence[pulumi.Resource],
    opts: pulumi.ResourceOptions,
) -> dict[str, AuthorityOutputs]:
    """One for each namespace in which something speaks TLS to others of the cluster. `ready` is cert-manager."""
    wanted = [spec.namespace for spec in system.poolers.values()] + [spec.namespace for spec in system.valkeys.values() if spec.tls]
    return {space: InternalAuthority(f"{name}-{space}", within[space], ready, opts).outputs for space in dict.fromkeys(wanted)}


def declare(
    name: str,
    system: SystemSpec,
    databases: Mapping[str, DatabaseOutputs],
    signing: Mapping[str, AuthorityOutputs],
    wired: Callable[[str, PodSpec], Wiring],
    monitoring: pulumi.Resource | None,
    opts: pulumi.ResourceOptions,
) -> dict[str, PoolerOutputs]:
    """By database. `wired` gives the wiring of a pod in a namespace, as for any workload."""
    sizes = pools(system)
    return {
        database: Pooler(
            f"{name}-{called(database)}",
            database,
            spec,
            databases[database],
            sizes[database],
            users(database),
            signing[spec.namespace],
            wired(spec.namespace, reads(database)),
            monitoring,
            opts,
        ).outputs
        for database, spec in system.poolers.items()
    }
