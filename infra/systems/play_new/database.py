"""Play New's database: instances, roles, and the two Jobs that prepare it."""

from __future__ import annotations

from components.database.spec import DatabaseSpec, Window
from components.workloads.spec import JobSpec, PodSpec, Resources, SecretItem, SecretSpec, Uses
from components.workloads.values import DatabaseUrl, OwnImage, SecretValue
from infra.profiles import Profile
from infra.system import RoleSpec
from infra.systems import common
from infra.systems.play_new.options import DATABASE, PlayNewOptions
from infra.systems.play_new.phases import PhaseValues

NAME = "pn_agent"
MAJOR = "16"
ADMIN = "platform_admin"
ROLES_JOB, MIGRATE_JOB = "pn-db-roles", "pn-db-migrate"
MIGRATE_VIEW = "pn-db-migrate"
MIGRATION = Resources(requests_cpu="250m", requests_memory="512Mi", limits_cpu="1", limits_memory="1Gi")


def instances(options: PlayNewOptions, values: PhaseValues, profile: Profile) -> dict[str, DatabaseSpec]:
    first = DatabaseSpec(
        major=MAJOR,
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
        **common.verifiers(roles(options)),
    }


def views(options: PlayNewOptions, namespace: str) -> tuple[SecretSpec, ...]:
    return (
        common.roles_view(ROLES_JOB, namespace, options.database.active, roles(options)),
        SecretSpec(name=MIGRATE_VIEW, namespace=namespace, data={"DATABASE_URL": SecretItem(path="database-admin-url")}),
    )


def jobs(options: PlayNewOptions, profile: Profile, namespace: str, config: str) -> tuple[JobSpec, ...]:
    """First the roles, then the migrations, as the role that owns the schema. Both run again on another instance or other passwords."""
    watches = {"database": options.database.active, "rotation": str(options.rotations.get("database", 0))}
    return (
        common.roles_job(
            ROLES_JOB,
            namespace,
            common.Server(instance=options.database.active, major=MAJOR, database=NAME, admin=ADMIN),
            roles(options),
            labels={"app": "playnew", "component": "db-roles"},
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
                uses=(Uses(resource=f"database:{options.database.active}", direct=True),),
            ),
            watches=watches,
            after=(ROLES_JOB,),
        ),
    )
