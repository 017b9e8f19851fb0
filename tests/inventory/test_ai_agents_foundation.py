"""AI Agents' rows on what whole stacks register on each cloud: nodes, database, queue, registry, secrets, outputs."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from components.vocabulary import Cloud
from tests.inventory.ai_agents import API, AUTHORITY, KEYS, NAMESPACE, ROLES, WORKER, exported, fetched, inside, pod
from tests.inventory.cases import Case
from tests.inventory.pods import of_kind

pytestmark = pytest.mark.inventory

KEY = "aiagents-production-data-key"
OPENED = "postgresql+asyncpg"


@pytest.mark.requirement("AA-01")
def test_three_nodes_and_more_stand_in_three_zones_and_in_private(ai_agents: Case) -> None:
    registered, view = ai_agents.recorded(), ai_agents.view
    (pool,) = view.pools(registered)
    assert (pool.least, pool.desired, pool.zones) == (3, 3, 3)
    assert pool.most > pool.least
    assert pool.version == view.kubernetes(registered)
    assert not pool.public
    assert view.reachable(registered) == []


@pytest.mark.requirement("AA-02")
def test_the_database_is_postgresql_17_over_zones(ai_agents: Case) -> None:
    (found,) = ai_agents.view.databases(ai_agents.recorded())
    assert (found.major, found.database) == ("17", "aiagents")
    assert found.highly_available
    assert found.tls_only
    assert found.protected
    assert not found.public
    assert found.key.startswith(KEY)
    assert (found.backup_days, found.point_in_time) == (30, True)


@pytest.mark.requirement("AA-02")
@pytest.mark.requirement("AA-09")
def test_the_url_of_the_database_is_asyncpgs_with_its_own_user_and_tls(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    url = urlsplit(fetched(ai_agents, "db-credentials")["DATABASE_URL"])
    assert (url.scheme, url.username, url.port, url.path) == (OPENED, "aiagents", 5432, "/aiagents")
    assert (url.hostname or "").lower() == exported(registered)["databases"]["ai-agents-db"].lower()
    # What libpq calls `sslmode`: asyncpg raises for that name, and knows `ssl`.
    assert parse_qs(url.query) == {"ssl": ["require"]}
    made = [item for item in registered.of("random:index/randomPassword:RandomPassword") if item.state["result"] == url.password]
    assert [item.name.rpartition("-ai-agents-")[2] for item in made] == ["aiagents-password"]


@pytest.mark.requirement("AA-02")
def test_the_users_of_the_database_are_made_before_anything_opens_it(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    (mounted,) = [
        one["configMap"]["name"] for one in inside(registered, "Job", ROLES)["spec"]["template"]["spec"]["volumes"] if "configMap" in one
    ]
    script = inside(registered, "ConfigMap", mounted)["data"]["roles.sql"]
    assert re.search(r"CREATE ROLE.*\baiagents\b", script, re.DOTALL | re.IGNORECASE)
    assert "aiagents_owner" in script


ONE_KEYSPACE = {Cloud.AZURE}
"""An instance there has one keyspace: results are in another instance, both under number 0."""


@pytest.mark.requirement("AA-03")
def test_the_queue_fails_over_behind_tls_and_a_password(ai_agents: Case) -> None:
    found = ai_agents.view.caches(ai_agents.recorded())
    assert len(found) == (2 if ai_agents.cloud in ONE_KEYSPACE else 1)
    for one in found:
        assert (one.mode, one.replicas, one.fails_over) == ("replicated", 1, True)
        assert one.engine == "redis" if ai_agents.cloud in ONE_KEYSPACE else re.fullmatch(r"redis 7\.\d|valkey [78]\.\d", one.engine)
        assert one.memory_gib >= 1
        assert one.eviction == "noeviction", "a queue that is full refuses tasks, and loses none"
        assert one.tls_only
        assert one.password
        assert one.key.startswith(KEY)
        assert one.maintenance is None or one.maintenance[:2] == ("sat", "01:00")
        assert not one.public
        assert not one.snapshots, "yesterday's queue would do yesterday's work again"
        assert one.protected


@pytest.mark.requirement("AA-03")
def test_the_broker_is_keyspace_zero_and_results_are_in_another(ai_agents: Case) -> None:
    given = fetched(ai_agents, "redis-credentials")
    urls = {key: urlsplit(value) for key, value in given.items()}
    assert given["REDIS_URL"] == given["CELERY_BROKER_URL"]
    broker, results = urls["CELERY_BROKER_URL"], urls["CELERY_RESULT_BACKEND"]
    assert [f"{url.hostname}:{url.port}" for url in (broker, results)] == exported(ai_agents.recorded())["caches"]["queue"]
    for url in urls.values():
        assert (url.scheme, url.username) == ("rediss", "")
        assert url.password
        assert parse_qs(url.query)["ssl_cert_reqs"] == ["required"]
    assert broker.path == "/0"
    if ai_agents.cloud in ONE_KEYSPACE:
        assert results.path == "/0"
        assert results.hostname != broker.hostname
    else:
        assert (results.path, results.hostname) == ("/1", broker.hostname)


@pytest.mark.requirement("AA-03")
def test_clients_have_the_authority_of_the_queue_where_it_is_no_public_one(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    named = parse_qs(urlsplit(fetched(ai_agents, "redis-credentials")["REDIS_URL"]).query).get("ssl_ca_certs")
    certificates = inside(registered, "ConfigMap", AUTHORITY)["data"]["ca.pem"]
    assert bool(named) == bool(certificates) == (ai_agents.cloud is Cloud.GCP)
    for name in (API, WORKER):
        spec = pod(registered, name)
        folders = {mount["name"]: mount["mountPath"] for mount in spec["containers"][0]["volumeMounts"]}
        assert named in (None, [f"{folders[AUTHORITY]}/ca.pem"])
        assert {"name": AUTHORITY, "configMap": {"name": AUTHORITY}} in spec["volumes"]


NO_IMMUTABLE_TAGS = {Cloud.AZURE}
"""A registry of Azure locks tags one by one, after they were pushed: see components/registry/README.md."""


@pytest.mark.requirement("AA-05")
def test_the_registry_has_the_three_repositories_under_the_stacks_key(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    found = {one.name: one for one in ai_agents.view.repositories(registered)}
    assert set(found) == {"ai-agents-api", "ai-agents-worker", "ai-agents-migrations"} == set(exported(registered)["repositories"])
    for one in found.values():
        assert one.immutable or ai_agents.cloud in NO_IMMUTABLE_TAGS
        assert one.scanned
        assert one.cleaned
        assert one.key.startswith(KEY)


@pytest.mark.requirement("AA-09")
@pytest.mark.parametrize("name", KEYS)
def test_a_secret_has_the_documented_keys_and_comes_from_the_clouds_store(ai_agents: Case, name: str) -> None:
    registered = ai_agents.recorded()
    spec = inside(registered, "ExternalSecret", name)["spec"]
    assert spec["target"]["name"] == name
    assert {entry["secretKey"] for entry in spec["data"]} == KEYS[name]
    assert {entry["remoteRef"]["key"] for entry in spec["data"]} <= ai_agents.view.stored(registered)
    assert all(fetched(ai_agents, name).values())
    for deployment in (API, WORKER):
        assert {"secretRef": {"name": name}} in pod(registered, deployment)["containers"][0]["envFrom"]


@pytest.mark.requirement("AA-09")
def test_what_people_gave_arrives_as_they_gave_it(ai_agents: Case) -> None:
    arrived = fetched(ai_agents, "openai-credentials") | fetched(ai_agents, "servicedesk-credentials")
    assert arrived == {
        "OPENAI_API_KEY": "planted-ai-agents-openai-api-key",
        "WEBHOOK_SECRET": "planted-ai-agents-servicedesk-webhook-secret",
        "SERVICEDESK_API_URL": "planted-ai-agents-servicedesk-api-url",
        "SERVICEDESK_API_KEY": "planted-ai-agents-servicedesk-api-key",
    }
    assert [obj for obj in of_kind(ai_agents.recorded(), "Secret") if obj["metadata"]["namespace"] == NAMESPACE] == []


@pytest.mark.requirement("AA-15")
def test_outputs_tell_where_the_database_the_queue_and_the_load_balancer_are(ai_agents: Case) -> None:
    registered = ai_agents.recorded()
    shown, database = exported(registered), urlsplit(fetched(ai_agents, "db-credentials")["DATABASE_URL"])
    assert shown["databases"] == {"ai-agents-db": shown["databases"]["ai-agents-db"]}
    assert len(shown["caches"]["queue"]) == 2
    assert shown["urls"] == ["https://api.ai-agents.example"]
    assert registered.exports["gateway"] == (
        "k8s-gateway-0a1b2c.elb.eu-south-1.amazonaws.com" if ai_agents.cloud is Cloud.AWS else "203.0.113.10"
    )
    assert shown["passwords"] == {"aiagents": database.password}
    # Everything else is for anybody to read.
    assert set(registered.secret_exports) == {"kubeconfig", "systems.ai-agents.passwords.aiagents"}
