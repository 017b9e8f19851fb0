"""Supernova: environments, database, Redis and the Jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

import pytest

from components.observability.spec import AlertRule
from components.pooler import pods as pooler_pods
from components.pooler.pooler import called
from components.valkey import plan as valkey_plan
from components.workloads.connections import DatabaseServer, Pods
from components.workloads.reach import Ground, reach
from components.workloads.spec import Resources
from components.workloads.values import CacheAuthority, DatabaseUrl
from infra.profiles import PROFILES, Environment
from infra.system import SystemSpec
from infra.systems.supernova import mistakes
from tests.infra.systems.supernova_world import ENVIRONMENTS, config, job, options, server, system, view

REDIS = {"REDIS_URL", "REDIS_SENTINEL", "REDIS_MASTER", "REDIS_CLUSTER_NODES"}
"""The documented variables; what else is there are credentials that the addresses have no room for."""
CREDENTIALS = {"single": set[str](), "sentinel": {"REDIS_PASSWORD"}, "cluster": {"REDIS_PASSWORD", "REDIS_TLS"}}
OF_MODE = {"single": {"REDIS_URL"}, "sentinel": {"REDIS_SENTINEL", "REDIS_MASTER"}, "cluster": {"REDIS_CLUSTER_NODES"}}
MIGRATE, SEED, ROLES = "supernova-server-migrate", "supernova-server-seed", "supernova-db-roles"


def variables(spec: SystemSpec) -> set[str]:
    """What the server finds in its environment."""
    return {*config(spec).data, *view(spec, "supernova-secrets").data}


@pytest.mark.requirement("SN-02")
@pytest.mark.parametrize(
    ("environment", "namespace"), [("production", "supernova"), ("staging", "supernova-staging"), ("development", "supernova-dev")]
)
def test_each_environment_has_its_namespace_and_everything_stands_in_it(environment: Environment, namespace: str):
    spec = system(environment)
    assert [(item.name, item.pod_security) for item in spec.namespaces] == [(namespace, "restricted")]
    within = {item.namespace for item in (*spec.configs, *spec.views, *spec.jobs, *spec.deployments, *spec.routes, *spec.accounts)}
    assert within | {item.namespace for item in (*spec.poolers.values(), *spec.valkeys.values())} == {namespace}


@pytest.mark.requirement("SN-01")
def test_production_has_three_nodes_of_four_cpus_at_least():
    [pool] = system().pools
    assert (pool.min_nodes, pool.size, pool.capacity) == (3, "medium", "on-demand")
    assert server(system()).pod.node_labels == pool.labels


def parts(spec: SystemSpec) -> dict[str, list[str]]:
    """The names of everything that a system is made of."""
    listed = {
        kind: [item.name for item in items]
        for kind, items in {
            "accounts": spec.accounts,
            "configs": spec.configs,
            "views": spec.views,
            "jobs": spec.jobs,
            "deployments": spec.deployments,
            "routes": spec.routes,
            "rules": [rule for group in spec.observability.rules for rule in group.rules if isinstance(rule, AlertRule)],
            "slos": spec.observability.slos,
        }.items()
    }
    mapped: dict[str, Iterable[str]] = {
        "databases": spec.databases,
        "poolers": spec.poolers,
        "roles": spec.roles,
        "valkeys": spec.valkeys,
        "caches": spec.caches,
        "signing": spec.signing,
        "secrets": spec.secrets.values,
        "variables": [f"{item.name}.{key}" for item in (*spec.configs, *spec.views) for key in item.data],
        "after": [f"{item.name} after {other}" for item in (*spec.jobs, *spec.deployments) for other in item.after],
    }
    return listed | {kind: list(names) for kind, names in mapped.items()}


@pytest.mark.requirement("SN-14")
def test_environments_are_the_same_system_with_other_values():
    """Redis' mode, which is an option, is the one thing that brings other parts."""
    production, staging, development = (system(environment, redis="sentinel") for environment in ENVIRONMENTS)
    assert parts(production) == parts(staging) == parts(development)
    assert len({spec.namespaces[0].name for spec in (production, staging, development)}) == 3
    assert [server(spec).replicas for spec in (production, staging, development)] == [3, 2, 1]


@pytest.mark.requirement("SN-03")
def test_the_database_is_backed_up_daily_for_thirty_days_and_weekly_for_ninety():
    [database] = system().databases.values()
    assert int(database.major) >= 15
    assert (database.backup_days, database.weekly_backup_days) == (30, 90)
    assert (database.database, database.highly_available, database.deletion_protected) == ("supernova_production", True, True)


@pytest.mark.requirement("SN-03")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_server_reaches_the_database_through_pgbouncer_alone(environment: Environment):
    spec = system(environment)
    [(name, pooler)] = spec.poolers.items()
    assert pooler.pool_mode == "transaction"
    url = spec.secrets.values["database-url"]
    assert isinstance(url, DatabaseUrl)
    assert (url.database, url.direct, url.ssl_mode, url.role) == (name, False, "require", "supernova")
    assert spec.roles[url.role].rights == "write"
    targets = opened(spec, "supernova-server")
    assert called(name) in targets
    assert "database" not in targets


@pytest.mark.requirement("SN-03")
def test_migrations_go_past_the_pooler_as_the_owner_of_the_schema():
    spec = system()
    path = view(spec, MIGRATE).data["DATABASE_URL"].path
    url = spec.secrets.values[path or ""]
    assert isinstance(url, DatabaseUrl)
    assert (url.direct, spec.roles[url.role].rights) == (True, "owner")
    assert opened(spec, MIGRATE) == {"dns", "database"}
    assert opened(spec, SEED) == {"dns", "supernova-db-pooler"}


def opened(spec: SystemSpec, source: str) -> set[str]:
    """What the pods of that name may open connections to, by kind, or by name where it is other pods."""
    ground = Ground(
        databases=spec.databases,
        caches=spec.caches,
        poolers={
            name: Pods(name=called(name), namespace=item.namespace, labels={"app": called(name)}) for name, item in spec.poolers.items()
        },
        valkeys={name: Pods(name=name, namespace=item.namespace, labels={"app": name}) for name, item in spec.valkeys.items()},
    )
    found = reach(spec.deployments, spec.jobs, spec.accounts, spec.routes, ground)
    ours = [item.target for item in found if isinstance(item.source, Pods) and item.source.name == source]
    assert any(isinstance(item.target, DatabaseServer) for item in found)
    return {target.name if isinstance(target, Pods) else target.kind for target in ours}


@pytest.mark.requirement("SN-03")
def test_a_restored_database_is_a_second_one_and_one_value_switches_to_it():
    restored = {"restored": {"snapshot": "supernova-manual-20260501"}}
    beside = system(database=restored)
    assert {name: item.restore_from for name, item in beside.databases.items()} == {
        "supernova-db": None,
        "supernova-db-restored": "supernova-manual-20260501",
    }
    assert beside.model_copy(update={"databases": {}}) == system().model_copy(update={"databases": {}})
    switched = system(database={**restored, "active": "supernova-db-restored"})
    assert list(switched.poolers) == ["supernova-db-restored"]
    assert job(switched, MIGRATE).content != job(beside, MIGRATE).content
    with pytest.raises(ValueError, match=r"active: 'another' is no database of this stack; allowed: supernova-db"):
        options(database={"active": "another"})


@pytest.mark.requirement("SN-04")
@pytest.mark.parametrize(("environment", "mode"), [pair for pair in product(ENVIRONMENTS, OF_MODE) if pair != ("production", "single")])
def test_the_server_gets_the_variables_of_its_mode_of_redis_and_of_no_other(environment: Environment, mode: str):
    spec = system(environment, redis=mode)
    assert {name for name in variables(spec) if name.startswith("REDIS_")} == OF_MODE[mode] | CREDENTIALS[mode]
    assert not {"REDIS_URL", "REDIS_PASSWORD"} & set(config(spec).data)
    assert (len(spec.caches), len(spec.valkeys)) == ((0, 1) if mode == "sentinel" else (1, 0))
    assert all(cache.mode == mode for cache in spec.caches.values())
    [used] = [item.resource for item in server(spec).pod.uses if not item.resource.startswith("database:")]
    assert used == f"{'valkey' if mode == 'sentinel' else 'cache'}:supernova-redis"


@pytest.mark.requirement("SN-04")
def test_production_has_sentinels_and_the_others_one_node():
    assert {name: variables(system(name)) & REDIS for name in ENVIRONMENTS} == {
        "production": OF_MODE["sentinel"],
        "staging": OF_MODE["single"],
        "development": OF_MODE["single"],
    }
    assert [line.partition(":")[0] for line in mistakes(PROFILES["production"], options(redis="single"))] == ["redis"]


@pytest.mark.requirement("SN-04")
def test_the_server_trusts_whoever_signs_the_managed_caches_certificate():
    for mode in ("single", "cluster"):
        spec = system("staging", redis=mode)
        [(folder, name)] = server(spec).pod.mounts.items()
        assert server(spec).pod.env == {"NODE_EXTRA_CA_CERTS": f"{folder}/ca.pem"}
        assert [item.data for item in spec.configs if item.name == name] == [{"ca.pem": CacheAuthority(cache="supernova-redis")}]
    assert server(system()).pod.env == server(system()).pod.mounts == {}


@pytest.mark.requirement("SN-04")
@pytest.mark.parametrize("mode", OF_MODE)
def test_counters_go_before_writes_fail(mode: str):
    spec = system("staging", redis=mode)
    assert {item.eviction for item in (*spec.caches.values(), *spec.valkeys.values())} == {"volatile-lru"}


@pytest.mark.requirement("SN-09")
def test_the_migration_runs_as_documented():
    migration = job(system(), MIGRATE)
    assert migration.pod.command == ("node", "db/migrate.mjs")
    assert migration.pod.image == server(system()).pod.image
    assert (migration.deadline_seconds, migration.retries) == (300, 0)
    assert migration.retry
    assert (migration.retry.initial_seconds, migration.retry.max_seconds, migration.retry.attempts) == (2, 60, 6)
    assert migration.retry.waits == (2, 4, 8, 16, 32)


@pytest.mark.requirement("SN-09")
def test_migrations_follow_the_roll_out_unless_they_are_to_come_before_it():
    after, before = system(), system(migrations="before")
    assert job(after, MIGRATE).rolled == job(after, SEED).rolled == ("supernova-server",)
    assert server(after).after == (ROLES,)
    assert job(before, MIGRATE).rolled == job(before, SEED).rolled == ()
    assert server(before).after == (MIGRATE,)
    for spec in (after, before):
        assert job(spec, MIGRATE).after == (ROLES,)
        assert job(spec, SEED).after == (MIGRATE,)


@pytest.mark.requirement("SN-09")
def test_seeds_run_once_unless_they_are_to_run_with_every_version_or_never():
    assert job(system(), SEED).once
    assert job(system(), SEED).pod.command == ("node", "db/seed.mjs")
    always = job(system(seed="always"), SEED)
    assert not always.once
    assert always.content != job(system(seed="always", version="v1.2.4"), SEED).content
    assert [item.name for item in system(seed="never").jobs] == [ROLES, MIGRATE]


@pytest.mark.requirement("SN-09")
def test_a_new_version_is_another_migration_and_another_log_level_is_not():
    content = job(system(), MIGRATE).content
    assert job(system(version="v1.2.4"), MIGRATE).content != content
    assert job(system(log_level="debug"), MIGRATE).content == content


@pytest.mark.requirement("SN-13")
def test_production_loses_an_hour_at_most_and_keeps_backups_for_thirty_days():
    backup = system().backup
    assert (backup.hourly, backup.backup_days, backup.deletion_protected) == (True, 30, True)
    assert not system("staging").backup.hourly


def asked(spec: SystemSpec) -> Iterator[Resources]:
    """Of every container at the busiest: the server at its largest with one pod more while it rolls out, and all Jobs at once."""
    deployment = server(spec)
    most = (deployment.autoscale.maximum if deployment.autoscale else deployment.replicas) + 1
    yield from [deployment.pod.resources] * most
    yield from (item.pod.resources for item in spec.jobs)
    for pooler in spec.poolers.values():
        yield from (pooler_pods.SERVER, pooler_pods.STATISTICS) * (pooler.replicas + 1)
    for valkey in spec.valkeys.values():
        yield from (valkey_plan.server_resources(valkey), valkey_plan.SENTINEL_RESOURCES, valkey_plan.EXPORTER_RESOURCES) * 3


def amount(quantity: str) -> float:
    """CPUs, or MiB."""
    units = {"m": 0.001, "Mi": 1, "Gi": 1024}
    unit = next((unit for unit in units if quantity.endswith(unit)), "")
    return float(quantity.removesuffix(unit)) * units.get(unit, 1)


@pytest.mark.requirement("SN-07")
@pytest.mark.parametrize("redis", ["sentinel", "cluster"])
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_namespaces_quota_has_room_for_everything_at_its_largest(environment: Environment, redis: str):
    spec = system(environment, redis=redis)
    quota = spec.namespaces[0].quota
    for name in ("requests_cpu", "requests_memory", "limits_cpu", "limits_memory"):
        needed = sum(amount(getattr(item, name)) for item in asked(spec))
        assert needed <= amount(getattr(quota, name)) <= 2 * needed, name


@pytest.mark.requirement("SN-01")
def test_the_usual_nodes_hold_the_usual_pods_and_half_stays_for_the_add_ons():
    spec = system()
    [pool] = spec.pools
    usual = spec.model_copy(update={"deployments": tuple(item.model_copy(update={"autoscale": None}) for item in spec.deployments)})
    assert sum(amount(item.requests_cpu) for item in asked(usual)) <= 4 * pool.desired_nodes / 2
    assert sum(amount(item.requests_memory) for item in asked(usual)) <= 16 * 1024 * pool.desired_nodes / 2
