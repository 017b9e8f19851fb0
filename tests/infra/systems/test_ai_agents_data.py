"""AI Agents: its database, its queue, and the secrets that lead to them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from components.workloads.values import CacheUrl, DatabaseUrl, Given, RoleVerifier
from tests.infra.systems.ai_agents_world import deployment, job, options, system, view

DATABASE = "ai-agents-db"


def refused(**given: object) -> str:
    with pytest.raises(ValidationError) as caught:
        options(**given)
    return str(caught.value)


@pytest.mark.requirement("AA-02")
def test_the_database_is_postgresql_17_in_two_zones():
    database = system().databases[DATABASE]
    assert (database.major, database.database, database.highly_available) == ("17", "aiagents", True)
    assert (database.backup_days, database.deletion_protected, database.backup_region) == (30, True, None)


@pytest.mark.requirement("AA-02")
def test_the_application_speaks_asyncpg_as_aiagents_over_tls():
    url = system().secrets.values["database-url"]
    # asyncpg knows `ssl`; SQLAlchemy hands it a `sslmode` that it raises for.
    assert url == DatabaseUrl(database=DATABASE, role="aiagents", scheme="postgresql+asyncpg", ssl_mode="require", ssl_parameter="ssl")
    assert view("db-credentials").data["DATABASE_URL"].path == "database-url"


@pytest.mark.requirement("AA-02")
def test_the_application_owns_no_table_and_migrations_do():
    spec = system()
    assert {name: role.rights for name, role in spec.roles.items()} == {"aiagents": "write", "aiagents_owner": "owner"}
    owner = spec.secrets.values[view("db-owner-credentials").data["DATABASE_URL"].path or ""]
    assert isinstance(owner, DatabaseUrl)
    assert (owner.role, owner.scheme) == ("aiagents_owner", "postgresql+asyncpg")
    for item in spec.deployments:
        assert "db-owner-credentials" not in item.pod.secrets
    assert deployment("ai-agents-api").pod.init[0].secrets == ("db-owner-credentials",)


@pytest.mark.requirement("AA-02")
def test_the_roles_are_made_by_the_administrator_with_a_client_of_the_servers_major():
    made = job("ai-agents-db-roles")
    assert (made.pod.env["PGDATABASE"], made.pod.env["PGUSER"], made.pod.env["PGSSLMODE"]) == ("aiagents", "platform_admin", "require")
    assert getattr(made.pod.image, "tag", "").startswith("17.")
    sql = made.files["roles.sql"]
    assert "ALTER DEFAULT PRIVILEGES FOR ROLE aiagents_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO aiagents;" in sql
    assert "GRANT CREATE ON SCHEMA public TO aiagents;" not in sql
    assert system().secrets.values["role-aiagents"] == RoleVerifier(role="aiagents")
    assert view("ai-agents-db-roles").data["PGPASSWORD"].admin_of == DATABASE


@pytest.mark.requirement("AA-03")
def test_the_queue_fails_over_between_zones_and_loses_no_task_when_it_is_full():
    cache = system().caches["queue"]
    assert (cache.mode, cache.replicas, cache.databases) == ("replicated", 1, 2)
    assert cache.eviction == "noeviction"
    assert cache.snapshot_days == 0


@pytest.mark.requirement("AA-03")
def test_broker_and_results_have_a_keyspace_each():
    values, data = system().secrets.values, view("redis-credentials").data
    urls = {key: values[item.path or ""] for key, item in data.items()}
    assert {key: url.database for key, url in urls.items() if isinstance(url, CacheUrl)} == {
        "REDIS_URL": 0,
        "CELERY_BROKER_URL": 0,
        "CELERY_RESULT_BACKEND": 1,
    }
    for url in urls.values():
        assert isinstance(url, CacheUrl)
        assert url.query == {"ssl_cert_reqs": "required"}
        assert url.private_query == {"ssl_ca_certs": "/etc/ai-agents/queue/ca.pem"}


@pytest.mark.requirement("AA-09")
def test_the_four_secrets_have_the_documented_keys_and_come_from_the_store():
    documented = {
        "db-credentials": {"DATABASE_URL"},
        "redis-credentials": {"REDIS_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND"},
        "openai-credentials": {"OPENAI_API_KEY"},
        "servicedesk-credentials": {"WEBHOOK_SECRET", "SERVICEDESK_API_URL", "SERVICEDESK_API_KEY"},
    }
    assert {name: set(view(name).data) for name in documented} == documented
    assert {view(name).delivery for name in documented} == {"external"}
    for item in system().deployments:
        assert item.pod.secrets == tuple(documented)


@pytest.mark.requirement("AA-09")
def test_people_give_the_secrets_of_others_and_rotate_them_by_a_number():
    assert set(system().given) == {"openai-api-key", "servicedesk-webhook-secret", "servicedesk-api-url", "servicedesk-api-key"}
    rotated = system(rotations={"servicedesk": 2}).secrets.values
    assert rotated["servicedesk-webhook-secret"] == Given(key="servicedesk-webhook-secret", rotation=2)
    assert rotated["openai-api-key"] == Given(key="openai-api-key", rotation=0)


@pytest.mark.requirement("AA-15")
def test_the_password_that_the_runbook_asks_for_is_shown():
    assert system().shown == ("aiagents",)


def test_a_restore_makes_a_second_instance_and_one_value_switches_to_it():
    restored = {"snapshot": "aa-manual-20260501"}
    made = system(database={"restored": restored})
    after = system(database={"restored": restored, "active": "ai-agents-db-restored"})
    assert made.databases[DATABASE] == system().databases[DATABASE]
    assert made.databases["ai-agents-db-restored"].restore_from == "aa-manual-20260501"
    for path in ("database-url", "database-owner-url"):
        url = after.secrets.values[path]
        assert isinstance(url, DatabaseUrl)
        assert url.database == "ai-agents-db-restored"
    assert deployment("ai-agents-api", after).pod.uses[0].resource == "database:ai-agents-db-restored"
    assert job("ai-agents-db-roles", after).content != job("ai-agents-db-roles", made).content


def test_rotating_the_database_passwords_makes_them_anew_and_runs_the_roles_job():
    rotated = system(rotations={"database": 1})
    assert {role.rotation for role in rotated.roles.values()} == {1}
    assert job("ai-agents-db-roles", rotated).content != job("ai-agents-db-roles").content


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"versions": {"worker": "not a tag"}}, "'not a tag' is no image tag"),
        ({"versions": {"beat": "v1"}}, "'api', 'worker' or 'migrations'"),
        ({"workers": {"minimum": 5, "maximum": 4}}, "minimum 5 is above maximum 4"),
        ({"openai_base_url": "https://api.openai.com/v1"}, "not HTTPS to an endpoint in the EU"),
        ({"openai_base_url": "https://us.api.openai.com/v1"}, "not HTTPS to an endpoint in the EU"),
        ({"openai_base_url": "http://eu.api.openai.com/v1"}, "not HTTPS to an endpoint in the EU"),
        ({"alert_emails": ["nobody"]}, "allowed: e-mail addresses"),
        ({"rotations": {"database": -1}}, "allowed: 0 and up"),
        ({"database": {"active": "other"}}, "allowed: ai-agents-db"),
        ({"database": {"restored": {"name": DATABASE, "snapshot": "s"}}}, "allowed: another one"),
        # `base` takes every table away.
        ({"database": {"downgrade": {"revision": "base", "version": "v1.0.0"}}}, "database.downgrade.revision"),
        ({"readiness_path": "health"}, "readiness_path"),
        ({"slack_channel": "production-ops"}, "slack_channel"),
        ({"tag": "v1"}, "tag"),
    ],
)
def test_a_mistake_is_refused_with_what_is_allowed(given: dict[str, object], said: str):
    assert said in refused(**given)
