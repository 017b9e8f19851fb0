"""What several systems share: the database's roles and the Job that makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from components.vocabulary import Spec
from components.workloads.spec import JobSpec, PodSpec, Resources, SecretItem, SecretSpec, Uses
from components.workloads.values import CachedImage, DatabaseHost, RoleVerifier, SecretValue
from infra.system import RoleSpec

# Of the server's own major: an older client's psql does not know a newer server's catalogue.
PSQL = {
    major: CachedImage(registry="public.ecr.aws", repository="docker/library/postgres", tag=f"{minor}-alpine")
    for major, minor in {"15": "15.15", "16": "16.11", "17": "17.7"}.items()
}
POSTGRES_USER = 70  # of the image's `postgres`
SMALL = Resources(requests_cpu="100m", requests_memory="128Mi", limits_cpu="500m", limits_memory="256Mi")


class Server(Spec):
    """What the roles Job must know of a database. `instance` is the system's own name of it."""

    instance: str
    major: Literal["15", "16", "17"]
    database: str
    admin: str


def verifiers(roles: Mapping[str, RoleSpec]) -> dict[str, SecretValue]:
    """What the roles Job reads of each role: enough to set its password, and of no use to log in."""
    return {path(role): RoleVerifier(role=role) for role in roles}


def path(role: str) -> str:
    return f"role-{role.replace('_', '-')}"


def roles_view(name: str, namespace: str, instance: str, roles: Mapping[str, RoleSpec]) -> SecretSpec:
    """The Secret that the roles Job of that name reads."""
    passwords = {f"{role.upper()}_PASSWORD": SecretItem(path=path(role)) for role in roles}
    return SecretSpec(name=name, namespace=namespace, data={"PGPASSWORD": SecretItem(admin_of=instance), **passwords})


def roles_job(
    name: str,
    namespace: str,
    server: Server,
    roles: Mapping[str, RoleSpec],
    labels: Mapping[str, str],
    watches: Mapping[str, str],
) -> JobSpec:
    """Makes the roles, inside the network, as the administrator; past a pooler, which does not know that one. Reads `roles_view`."""
    return JobSpec(
        name=name,
        namespace=namespace,
        pod=PodSpec(
            image=PSQL[server.major],
            command=("psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction", "--file=/files/roles.sql"),
            user=POSTGRES_USER,
            labels=dict(labels),
            env={
                "PGHOST": DatabaseHost(database=server.instance),
                "PGDATABASE": server.database,
                "PGUSER": server.admin,
                "PGSSLMODE": "require",
                "PGCONNECT_TIMEOUT": "10",
            },
            secrets=(name,),
            resources=SMALL,
            uses=(Uses(resource=f"database:{server.instance}", direct=True),),
        ),
        files={"roles.sql": sql(server.database, roles)},
        retries=3,
        watches=dict(watches),
    )


def sql(database: str, roles: Mapping[str, RoleSpec]) -> str:
    """Idempotent. Passwords come from the environment, hashed, never from the text; psql quotes them."""
    everyone = ", ".join(roles)
    owners = [name for name, role in roles.items() if role.rights == "owner"]
    lines = ["-- Roles of the application: made when missing, passwords and grants as declared."]
    for name in roles:
        variable = f"{name}_password"
        lines += [
            f"\\getenv {variable} {variable.upper()}",
            f"SELECT 'CREATE ROLE {name} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec",
            f"ALTER ROLE {name} WITH LOGIN PASSWORD :'{variable}';",
        ]
    lines += [f"GRANT CONNECT ON DATABASE {database} TO {everyone};", f"GRANT USAGE ON SCHEMA public TO {everyone};"]
    for owner in owners:
        lines += [
            f"GRANT CREATE ON DATABASE {database} TO {owner};",
            f"GRANT CREATE ON SCHEMA public TO {owner};",
            f"GRANT {owner} TO CURRENT_USER;",
        ]
        lines += [line for name, role in roles.items() for line in _defaults(owner, name, role)]
    return "\n".join(lines) + "\n"


def _defaults(owner: str, name: str, role: RoleSpec) -> list[str]:
    """What the owner's future tables give to the others, in whatever schema: also in those that the owner makes later."""
    prefix = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT"
    use = f"{prefix} USAGE ON SCHEMAS TO {name};"
    match role.rights:
        case "write":
            return [use, f"{prefix} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {name};", f"{prefix} USAGE, SELECT ON SEQUENCES TO {name};"]
        case "read":
            return [use, f"{prefix} SELECT ON TABLES TO {name};"]
        case "owner":
            return []
