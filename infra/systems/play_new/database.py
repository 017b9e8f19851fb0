"""Play New's database: instances, roles, and the two Jobs that prepare it."""

from __future__ import annotations

from components.database.spec import DatabaseSpec, Window
from components.workloads.spec import JobSpec, PodSpec, Resources, SecretItem, SecretSpec
from components.workloads.values import CachedImage, DatabaseHost, DatabaseUrl, OwnImage, RoleVerifier, SecretValue
from infra.profiles import Profile
from infra.system import RoleSpec
from infra.systems.play_new.options import DATABASE, PlayNewOptions
from infra.systems.play_new.phases import PhaseValues

NAME = "pn_agent"
ADMIN = "platform_admin"
ROLES_JOB, MIGRATE_JOB = "pn-db-roles", "pn-db-migrate"
ROLES_VIEW, MIGRATE_VIEW = "pn-db-roles", "pn-db-migrate"
PSQL = CachedImage(registry="public.ecr.aws", repository="docker/library/postgres", tag="16.11-alpine")
POSTGRES_USER = 70  # of the image's `postgres`
SMALL = Resources(requests_cpu="100m", requests_memory="128Mi", limits_cpu="500m", limits_memory="256Mi")
MIGRATION = Resources(requests_cpu="250m", requests_memory="512Mi", limits_cpu="1", limits_memory="1Gi")


def instances(options: PlayNewOptions, values: PhaseValues, profile: Profile) -> dict[str, DatabaseSpec]:
    first = DatabaseSpec(
        major="16",
        database=NAME,
        admin=ADMIN,
        size=values.database_size,
        storage_gib=100,
        max_storage_gib=1000,
        highly_available=profile.highly_available,
        replicas=values.database_replicas,
        backup_days=profile.backup_days,
        deletion_protected=profile.deletion_protected,
        maintenance=Window(day="sat", start="02:00", end="04:00", utc_offset_hours=1),
    )
    restored = options.database.restored
    if restored is None:
        return {DATABASE: first}
    return {DATABASE: first, restored.name: first.model_copy(update={"restore_from": restored.snapshot})}


def roles(options: PlayNewOptions) -> dict[str, RoleSpec]:
    rotation = options.rotations.get("database", 0)
    return {
        "pn_app": RoleSpec(rights="write", rotation=rotation),
        "pn_advisor": RoleSpec(rights="read", rotation=rotation),
        "pn_admin": RoleSpec(rights="owner", rotation=rotation),
    }


def secrets(options: PlayNewOptions) -> dict[str, SecretValue]:
    active = options.database.active
    return {
        "database-url": DatabaseUrl(database=active, role="pn_app"),
        "database-admin-url": DatabaseUrl(database=active, role="pn_admin"),
        "database-advisor-url": DatabaseUrl(database=active, role="pn_advisor"),
        **{f"role-{role.replace('_', '-')}": RoleVerifier(role=role) for role in roles(options)},
    }


def views(options: PlayNewOptions, namespace: str) -> tuple[SecretSpec, ...]:
    passwords = {f"{role.upper()}_PASSWORD": SecretItem(path=f"role-{role.replace('_', '-')}") for role in roles(options)}
    return (
        SecretSpec(name=ROLES_VIEW, namespace=namespace, data={"PGPASSWORD": SecretItem(admin_of=options.database.active), **passwords}),
        SecretSpec(name=MIGRATE_VIEW, namespace=namespace, data={"DATABASE_URL": SecretItem(path="database-admin-url")}),
    )


def jobs(options: PlayNewOptions, profile: Profile, namespace: str, config: str) -> tuple[JobSpec, ...]:
    """First the roles, then the migrations, as the role that owns the schema. Both run again on another instance or other passwords."""
    watches = {"database": options.database.active, "rotation": str(options.rotations.get("database", 0))}
    return (
        JobSpec(
            name=ROLES_JOB,
            namespace=namespace,
            pod=PodSpec(
                image=PSQL,
                command=("psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction", "--file=/files/roles.sql"),
                user=POSTGRES_USER,
                labels={"app": "playnew", "component": "db-roles"},
                env={
                    "PGHOST": DatabaseHost(database=options.database.active),
                    "PGDATABASE": NAME,
                    "PGUSER": ADMIN,
                    "PGSSLMODE": "require",
                    "PGCONNECT_TIMEOUT": "10",
                },
                secrets=(ROLES_VIEW,),
                resources=SMALL,
            ),
            files={"roles.sql": sql(roles(options))},
            retries=3,
            watches=watches,
        ),
        JobSpec(
            name=MIGRATE_JOB,
            namespace=namespace,
            pod=PodSpec(
                image=OwnImage(repository="pn-host", tag=options.version),
                command=("npm", "run", "db:migrate", "--", f"--env={profile.environment}"),
                labels={"app": "playnew", "component": "db-migrate"},
                # npm writes a cache and logs, and the root file system is read-only; nor may it ask for news of itself.
                env={"HOME": "/tmp", "NPM_CONFIG_CACHE": "/tmp/.npm", "NPM_CONFIG_UPDATE_NOTIFIER": "false"},  # noqa: S108, RUF100  the pod's own empty folder
                config=(config,),
                secrets=(MIGRATE_VIEW,),
                resources=MIGRATION,
            ),
            watches=watches,
            after=(ROLES_JOB,),
        ),
    )


def sql(wanted: dict[str, RoleSpec]) -> str:
    """Idempotent. Passwords come from the environment, hashed, never from the text; psql quotes them."""
    everyone = ", ".join(wanted)
    owners = [name for name, role in wanted.items() if role.rights == "owner"]
    lines = ["-- Roles of the application: made when missing, passwords and grants as declared."]
    for name in wanted:
        variable = f"{name}_password"
        lines += [
            f"\\getenv {variable} {variable.upper()}",
            f"SELECT 'CREATE ROLE {name} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec",
            f"ALTER ROLE {name} WITH LOGIN PASSWORD :'{variable}';",
        ]
    lines += [f"GRANT CONNECT ON DATABASE {NAME} TO {everyone};", f"GRANT USAGE ON SCHEMA public TO {everyone};"]
    for owner in owners:
        lines += [
            f"GRANT CREATE ON DATABASE {NAME} TO {owner};",
            f"GRANT CREATE ON SCHEMA public TO {owner};",
            f"GRANT {owner} TO CURRENT_USER;",
        ]
        lines += [line for name, role in wanted.items() for line in _defaults(owner, name, role)]
    return "\n".join(lines) + "\n"


def _defaults(owner: str, name: str, role: RoleSpec) -> list[str]:
    """What the owner's future tables give to the others, in whatever schema: each organisation gets one of its own, made by the owner."""
    prefix = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT"
    use = f"{prefix} USAGE ON SCHEMAS TO {name};"
    match role.rights:
        case "write":
            return [use, f"{prefix} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {name};", f"{prefix} USAGE, SELECT ON SEQUENCES TO {name};"]
        case "read":
            return [use, f"{prefix} SELECT ON TABLES TO {name};"]
        case "owner":
            return []
