"""Supernova's database: instances, roles, and the Jobs that prepare and fill it."""

from __future__ import annotations

from components.database.spec import DatabaseSpec
from components.pooler.spec import PoolerSpec
from components.workloads.spec import JobSpec, PodSpec, Resources, Retry, SecretItem, SecretSpec, Uses
from components.workloads.values import DatabaseUrl, PlainValue, SecretValue
from infra.profiles import Profile
from infra.system import RoleSpec
from infra.systems import common
from infra.systems.supernova.environments import Values
from infra.systems.supernova.metrics import SERVER
from infra.systems.supernova.options import DATABASE, SupernovaOptions

MAJOR = "16"
ADMIN = "platform_admin"
APPLICATION, OWNER = "supernova", "supernova_owner"
ROLES_JOB, MIGRATE_JOB, SEED_JOB = "supernova-db-roles", f"{SERVER}-migrate", f"{SERVER}-seed"
RESOURCES = Resources(requests_cpu="250m", requests_memory="256Mi", limits_cpu="1", limits_memory="1Gi")
DEADLINE_SECONDS = 300
# Waits of 2, 4, 8, 16 and 32 seconds: the sixth try is the last.
RETRY = Retry(initial_seconds=2, max_seconds=60, attempts=6)


def name(profile: Profile) -> str:
    return f"supernova_{profile.environment}"


def instances(options: SupernovaOptions, values: Values, profile: Profile) -> dict[str, DatabaseSpec]:
    first = DatabaseSpec(
        major=MAJOR,
        database=name(profile),
        admin=ADMIN,
        size=values.database_size,
        highly_available=profile.highly_available,
        backup_days=profile.backup_days,
        weekly_backup_days=values.weekly_backup_days,
        deletion_protected=profile.deletion_protected,
    )
    restored = options.database.restored
    if restored is None:
        return {DATABASE: first}
    return {DATABASE: first, restored.name: first.model_copy(update={"restore_from": restored.snapshot})}


def poolers(options: SupernovaOptions, values: Values, profile: Profile) -> dict[str, PoolerSpec]:
    return {options.database.active: PoolerSpec(namespace=values.namespace, replicas=profile.pod_replicas)}


def rotation(options: SupernovaOptions) -> int:
    """The day of the last rotation as a number: another day is another password."""
    day = options.rotated.get("database")
    return day.toordinal() if day else 0


def roles(options: SupernovaOptions) -> dict[str, RoleSpec]:
    """Migrations own the schema; the server writes into it and cannot change it."""
    return {
        APPLICATION: RoleSpec(rights="write", rotation=rotation(options)),
        OWNER: RoleSpec(rights="owner", rotation=rotation(options)),
    }


def secrets(options: SupernovaOptions) -> dict[str, SecretValue]:
    active = options.database.active
    return {
        "database-url": DatabaseUrl(database=active, role=APPLICATION),
        # Past the pooler: migrations hold locks for a session, which transaction pooling takes apart.
        "database-owner-url": DatabaseUrl(database=active, role=OWNER, direct=True),
        **common.verifiers(roles(options)),
    }


def views(options: SupernovaOptions, values: Values) -> tuple[SecretSpec, ...]:
    def url(job: str, path: str) -> SecretSpec:
        return SecretSpec(name=job, namespace=values.namespace, delivery=values.secrets_by, data={"DATABASE_URL": SecretItem(path=path)})

    seeds = () if options.seed == "never" else (url(SEED_JOB, "database-url"),)
    return (
        # The administrator's password is the cloud's own secret, which no environment passes through the engine.
        common.roles_view(ROLES_JOB, values.namespace, options.database.active, roles(options)),
        url(MIGRATE_JOB, "database-owner-url"),
        *seeds,
    )


def jobs(options: SupernovaOptions, values: Values, profile: Profile, image: PlainValue) -> tuple[JobSpec, ...]:
    """First the roles; before or after the server rolls, the migrations, and after them the seeds. Another instance runs them again, but
    for seeds that run once."""
    active = options.database.active
    watches = {"database": active, "rotation": str(rotation(options))}
    server = common.Server(instance=active, major=MAJOR, database=name(profile), admin=ADMIN)
    rolled = (SERVER,) if options.migrations == "after" else ()

    def job(called: str, script: str, uses: Uses, after: str, *, once: bool = False) -> JobSpec:
        return JobSpec(
            name=called,
            namespace=values.namespace,
            pod=PodSpec(
                image=image,
                command=("node", script),
                labels={"app": called},
                secrets=(called,),
                resources=RESOURCES,
                node_labels=values.node_labels,
                uses=(uses,),
            ),
            deadline_seconds=DEADLINE_SECONDS,
            retries=0,
            retry=RETRY,
            watches=watches,
            after=(after,),
            rolled=rolled,
            once=once,
        )

    migrate = job(MIGRATE_JOB, "db/migrate.mjs", Uses(resource=f"database:{active}", direct=True), ROLES_JOB)
    seed = job(SEED_JOB, "db/seed.mjs", Uses(resource=f"database:{active}"), MIGRATE_JOB, once=options.seed == "once")
    return (
        common.roles_job(ROLES_JOB, values.namespace, server, roles(options), {"app": ROLES_JOB}, watches),
        migrate,
        *(() if options.seed == "never" else (seed,)),
    )
