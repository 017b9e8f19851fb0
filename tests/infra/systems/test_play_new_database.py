"""Play New's roles and migrations: in order, without a password in a log, and never with an old one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.infra.systems.world import KINDS, World, bring_up, host, pod, stamps


def container(world: World) -> dict[str, Any]:
    return pod(host(world))["containers"][0]


@pytest.mark.requirement("PN-06")
def test_the_roles_are_made_inside_the_network_with_generated_passwords(phase0: World):
    job = phase0.job("pn-db-roles")
    assert pod(job)["containers"][0]["image"] == "registry.fake/public-ecr-aws/docker/library/postgres:16.11-alpine"
    sql = phase0.registered.one(KINDS["ConfigMap"], "playnew-production-play-new-pn-db-roles-files").inputs["data"]["roles.sql"]
    for role in ("pn_app", "pn_advisor", "pn_admin"):
        assert f"WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')" in sql
        assert f"ALTER ROLE {role} WITH LOGIN PASSWORD :'{role}_password';" in sql
    assert "GRANT CONNECT ON DATABASE pn_agent TO pn_app, pn_advisor, pn_admin;" in sql
    assert "GRANT USAGE ON SCHEMA public TO pn_app, pn_advisor, pn_admin;" in sql
    passwords = phase0.registered.of("random:index/randomPassword:RandomPassword")
    assert {item.name.removeprefix("playnew-production-play-new-") for item in passwords} == {
        "pn-app-password",
        "pn-advisor-password",
        "pn-admin-password",
        "jwt-secret",
    }
    assert all(item.inputs["length"] >= 40 and not item.inputs["special"] for item in passwords)


@pytest.mark.requirement("PN-06")
def test_the_application_reaches_what_the_owner_will_make_in_whatever_schema(phase0: World):
    sql = phase0.registered.one(KINDS["ConfigMap"], "playnew-production-play-new-pn-db-roles-files").inputs["data"]["roles.sql"]
    defaults = [line for line in sql.splitlines() if line.startswith("ALTER DEFAULT PRIVILEGES")]
    assert not [line for line in defaults if "IN SCHEMA" in line]
    for role in ("pn_app", "pn_advisor"):
        assert f"ALTER DEFAULT PRIVILEGES FOR ROLE pn_admin GRANT USAGE ON SCHEMAS TO {role};" in defaults
    assert "ALTER DEFAULT PRIVILEGES FOR ROLE pn_admin GRANT SELECT ON TABLES TO pn_advisor;" in defaults


@pytest.mark.requirement("PN-06")
def test_the_databases_log_learns_no_password(phase0: World):
    """It keeps every statement that changes a role; what is in those is of no use to log in."""
    read = {item["remoteRef"]["key"] for item in phase0.named("ExternalSecret", "pn-db-roles").inputs["spec"]["data"]}
    stored = {f"pn/production/{path}": value for path, value in phase0.stored.inputs.items()}
    given = {key: stored[key] for key in read if key in stored}
    assert set(given) == {"pn/production/role-pn-app", "pn/production/role-pn-advisor", "pn/production/role-pn-admin"}
    assert all(re.fullmatch(r"SCRAM-SHA-256\$4096:[\w+/]+==\$[\w+/]+=:[\w+/]+=", value) for value in given.values())
    # People who advise need their own: it is in the store, in a URL.
    assert "postgresql://pn_advisor:" in phase0.stored.inputs["database-advisor-url"]


@pytest.mark.requirement("PN-06")
@pytest.mark.requirement("PN-14")
def test_nothing_starts_with_the_old_value_of_a_secret(phase0: World):
    """An ExternalSecret that is ready with the old value is ready: one with another value is another object."""
    secrets = phase0.all("ExternalSecret")
    assert secrets
    for item in secrets:
        assert item.replace_on_changes == ('metadata.annotations["eu-cloud/content"]',)
        assert item.inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Ready"


@pytest.mark.requirement("PN-06")
def test_the_administrators_password_reaches_the_job_from_the_clouds_own_secret(phase0: World):
    data = phase0.named("ExternalSecret", "pn-db-roles").inputs["spec"]["data"]
    admin = next(item for item in data if item["secretKey"] == "PGPASSWORD")
    assert admin["remoteRef"] == {"key": "admin/playnew-production-pn-agent-db", "property": "password"}


@pytest.mark.requirement("PN-06")
def test_roles_come_before_migrations_and_migrations_before_the_host(phase0: World):
    roles, migration = phase0.job("pn-db-roles"), phase0.job("pn-db-migrate")
    assert roles.name in migration.depends_on
    assert migration.name in host(phase0).depends_on
    assert pod(migration)["containers"][0]["command"] == ["npm", "run", "db:migrate", "--", "--env=production"]


@pytest.mark.requirement("PN-06")
def test_a_new_version_is_another_migration_and_another_log_level_is_not(phase0: World):
    name = phase0.job("pn-db-migrate").inputs["metadata"]["name"]
    quiet = bring_up(log_level="warn").job("pn-db-migrate").inputs
    assert bring_up(version="0.2.0").job("pn-db-migrate").inputs["metadata"]["name"] != name
    assert quiet == phase0.job("pn-db-migrate").inputs


@pytest.mark.requirement("PN-06")
def test_finished_jobs_stay_so_that_the_engine_does_not_run_them_again(phase0: World):
    assert all("ttlSecondsAfterFinished" not in item.inputs["spec"] for item in phase0.all("Job"))


@pytest.mark.requirement("PN-06")
def test_rotating_the_database_passwords_runs_the_roles_job_and_rolls_the_host(phase0: World):
    rotated = bring_up(rotations={"database": 1})
    assert rotated.job("pn-db-roles").inputs["metadata"]["name"] != phase0.job("pn-db-roles").inputs["metadata"]["name"]
    assert stamps(rotated) != stamps(phase0)
    keepers = rotated.registered.one("random:index/randomPassword:RandomPassword", "playnew-production-play-new-pn-app-password").inputs
    assert keepers["keepers"] == {"rotation": "1"}
