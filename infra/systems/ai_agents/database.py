"""AI Agents' database: instances, roles, and the Jobs that prepare it. Migrations run with the API's pods."""

from __future__ import annotations

from components.database.spec import DatabaseSpec
from components.workloads.spec import ContainerSpec, JobSpec, PodSpec, Resources, SecretItem, SecretSpec, Uses
from components.workloads.values import DatabaseUrl, OwnImage, SecretValue
from infra.profiles import Profile
from infra.system import RoleSpec
from infra.systems import common
from infra.systems.ai_agents.options import DATABASE, AiAgentsOptions

NAME = "aiagents"
MAJOR = "17"
ADMIN = "platform_admin"
APP, OWNER = "aiagents", "aiagents_owner"
ROLES_JOB, DOWNGRADE_JOB = "ai-agents-db-roles", "ai-agents-db-downgrade"
MIGRATIONS = "ai-agents-migrations"
CREDENTIALS, OWNER_CREDENTIALS = "db-credentials", "db-owner-credentials"
SCHEME = "postgresql+asyncpg"
MIGRATION = Resources(requests_cpu="100m", requests_memory="256Mi", limits_cpu="500m", limits_memory="512Mi")


def instances(options: AiAgentsOptions, profile: Profile) -> dict[str, DatabaseSpec]:
    first = DatabaseSpec(
        major=MAJOR,
        database=NAME,
        admin=ADMIN,
        size=options.database.size,
        highly_available=profile.highly_available,
        backup_days=profile.backup_days,
        deletion_protected=profile.deletion_protected,
    )
    restored = options.database.restored
    if restored is None:
        return {DATABASE: first}
    return {DATABASE: first, restored.name: first.model_copy(update={"restore_from": restored.snapshot})}


def roles(options: AiAgentsOptions) -> dict[str, RoleSpec]:
    """Pods work as a role that owns no table: it changes rows and no schema, and row-level security binds it, which spares owners."""
    rotation = options.rotations.get("database", 0)
    return {APP: RoleSpec(rights="write", rotation=rotation), OWNER: RoleSpec(rights="owner", rotation=rotation)}


def secrets(options: AiAgentsOptions) -> dict[str, SecretValue]:
    """`ssl`, not `sslmode`: SQLAlchemy hands what a URL asks for to asyncpg as it stands, which knows the one and raises for the other."""

    def url(role: str) -> DatabaseUrl:
        return DatabaseUrl(database=options.database.active, role=role, scheme=SCHEME, ssl_parameter="ssl")

    return {"database-url": url(APP), "database-owner-url": url(OWNER), **common.verifiers(roles(options))}


def views(options: AiAgentsOptions, namespace: str) -> tuple[SecretSpec, ...]:
    return (
        SecretSpec(name=CREDENTIALS, namespace=namespace, data={"DATABASE_URL": SecretItem(path="database-url")}),
        SecretSpec(name=OWNER_CREDENTIALS, namespace=namespace, data={"DATABASE_URL": SecretItem(path="database-owner-url")}),
        common.roles_view(ROLES_JOB, namespace, options.database.active, roles(options)),
    )


def migration(options: AiAgentsOptions) -> ContainerSpec:
    """Two pods that start at once both try: the second fails on what the first has made, is started again, and finds nothing to do."""
    return ContainerSpec(
        name="migration-runner",
        image=OwnImage(repository=MIGRATIONS, tag=options.tag("migrations")),
        command=("alembic", "upgrade", "head"),
        secrets=(OWNER_CREDENTIALS,),
        resources=MIGRATION,
    )


def jobs(options: AiAgentsOptions, namespace: str, user: int) -> tuple[JobSpec, ...]:
    """The roles Job runs again on another instance or other passwords; a downgrade never does."""
    active = options.database.active
    made = common.roles_job(
        ROLES_JOB,
        namespace,
        common.Server(instance=active, major=MAJOR, database=NAME, admin=ADMIN),
        roles(options),
        labels={"app": ROLES_JOB},
        watches={"database": active, "rotation": str(options.rotations.get("database", 0))},
    )
    back = options.database.downgrade
    if back is None:
        return (made,)
    downgrade = JobSpec(
        name=DOWNGRADE_JOB,
        namespace=namespace,
        pod=PodSpec(
            image=OwnImage(repository=MIGRATIONS, tag=back.version),
            command=("alembic", "downgrade", back.revision),
            user=user,
            labels={"app": DOWNGRADE_JOB},
            secrets=(OWNER_CREDENTIALS,),
            resources=MIGRATION,
            uses=(Uses(resource=f"database:{active}", direct=True),),
        ),
        # Half a downgrade is not tried again by itself.
        retries=0,
        after=(ROLES_JOB,),
    )
    return (made, downgrade)


def prepared(options: AiAgentsOptions) -> tuple[str, ...]:
    """Jobs that come before any pod of the application."""
    return (ROLES_JOB, DOWNGRADE_JOB) if options.database.downgrade else (ROLES_JOB,)
