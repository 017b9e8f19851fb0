"""Supernova's server on what whole stacks register on each cloud: its environment, the open door, Deployment, public host, Jobs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from infra.mistakes import SettingsError
from infra.settings import Settings
from tests.inventory.cases import Case
from tests.inventory.graph import Graph
from tests.inventory.pods import found, of_kind
from tests.inventory.supernova import ENV, MIGRATE, ROLES, SECRETS, SEED, SERVER, container, environment, job, secret
from tests.inventory.test_residency import judgements
from tests.recorder import Recording
from tests.stacks import configuration

pytestmark = pytest.mark.inventory

DOCUMENTED_SECRETS = {
    "ISSUER_ADMIN_SECRET",
    "APP_JWT_SECRET",
    "SESSION_SECRET",
    "DATABASE_URL",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
    "APPLE_SHARED_SECRET",
    "COLLAB_PAY_WEBHOOK_SECRET",
}


@pytest.mark.requirement("SN-05")
def test_the_server_has_the_documented_environment(supernova: Case) -> None:
    registered, domain = supernova.recorded(), supernova.configuration["domain"]
    data = found(registered, "ConfigMap", ENV)["data"]
    live = environment(supernova) == "production"
    expected = {
        "AUTH_JWKS_URL": f"https://api.{domain}/auth/.well-known/jwks.json",
        "AUTH_ISSUER": "https://collab.supernova.auth",
        "AUTH_AUDIENCE": "supernova-api",
        "APP_URL": f"https://app.{domain}",
        "DEV_AUTH_OPEN": "false",
        "CORS_ALLOWED_ORIGINS": f"https://app.{domain},https://console.{domain}",
        "RATE_LIMIT_WINDOW_MS": "60000",
        "RATE_LIMIT_READ_MAX": "120",
        "RATE_LIMIT_WRITE_MAX": "30",
        "RATE_LIMIT_WEBHOOK_MAX": "1200",
        "IAP_STRICT": "true",
        "IAP_USE_SANDBOX": "false" if live else "true",
        "GOOGLE_PACKAGE_NAME": "com.collab.supernova",
        "APPLE_BUNDLE_ID": "com.collab.supernova",
        "SENTRY_ENV": environment(supernova),
        "SENTRY_TRACES_SAMPLE_RATE": "0.1",
        "LOG_LEVEL": "debug" if environment(supernova) == "development" else "info",
    }
    assert {name: value for name, value in data.items() if not name.startswith("REDIS_")} == expected
    _, keys = secret(registered, SECRETS)
    assert {name for name in keys if not name.startswith("REDIS_")} == DOCUMENTED_SECRETS


@pytest.mark.requirement("SN-05")
def test_the_settings_refuse_an_open_door_in_production_in_one_line(in_production: Case) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.parse(configuration(in_production.stack, {**in_production.changes, "systems/supernova/dev_auth_open": True}))
    (line,) = raised.value.lines
    assert line.startswith("eu-cloud:stack.systems.supernova.dev_auth_open: true given; allowed in production: false")


@pytest.mark.requirement("SN-05")
def test_the_pack_stops_an_open_door_in_productions_stack(in_production: Case) -> None:
    registered = in_production.recorded()
    (config,) = [item for item in registered.of("kubernetes:core/v1:ConfigMap") if item.inputs["metadata"]["name"] == ENV]
    opened_door = replace(config, inputs=config.inputs | {"data": config.inputs["data"] | {"DEV_AUTH_OPEN": "true"}})
    (line,) = judgements(registered, opened_door)
    assert line.startswith("IAM-07")
    assert config.name in line
    assert "data.DEV_AUTH_OPEN" in line


@pytest.mark.requirement("SN-05")
def test_staging_may_be_open_and_the_pack_lets_it(in_staging: Case) -> None:
    registered = in_staging.recorded({"systems/supernova/dev_auth_open": True})
    assert found(registered, "ConfigMap", ENV)["data"]["DEV_AUTH_OPEN"] == "true"
    assert list(judgements(registered)) == []


SIZES = {"production": (3, 10), "staging": (2, 4), "development": (1, None)}
"""Fewest and most pods."""


@pytest.mark.requirement("SN-07")
def test_the_server_runs_as_documented(supernova: Case) -> None:
    registered = supernova.recorded()
    spec = found(registered, "Deployment", SERVER)["spec"]
    only = container(registered, "Deployment", SERVER)
    assert [port["containerPort"] for port in only["ports"]] == [3001]
    for probe, seconds in (("livenessProbe", 10), ("readinessProbe", 5)):
        assert only[probe]["httpGet"] == {"path": "/healthz", "port": 3001}
        assert (only[probe]["initialDelaySeconds"], only[probe]["periodSeconds"]) == (seconds, seconds)
    assert only["resources"] == {"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"cpu": "2", "memory": "2Gi"}}
    least, most = SIZES[environment(supernova)]
    scalers = [obj["spec"] for obj in of_kind(registered, "HorizontalPodAutoscaler") if obj["spec"]["scaleTargetRef"]["name"] == SERVER]
    assert [(one["minReplicas"], one["maxReplicas"]) for one in scalers] == ([(least, most)] if most else [])
    if scalers:
        # What scales must not be set back with every update.
        assert "replicas" not in spec
        targets = {one["resource"]["name"]: one["resource"]["target"]["averageUtilization"] for one in scalers[0]["metrics"]}
        assert targets == {"cpu": 65, "memory": 70}
    else:
        assert spec["replicas"] == least


@pytest.mark.requirement("SN-08")
def test_the_api_is_public_under_its_host_with_its_certificate(supernova: Case) -> None:
    registered, host = supernova.recorded(), f"api.{supernova.configuration['domain']}"
    route = found(registered, "HTTPRoute", "supernova")["spec"]
    assert route["hostnames"] == [host]
    (parent,) = route["parentRefs"]
    listeners = {one["name"]: one for one in found(registered, "Gateway", "shared")["spec"]["listeners"]}
    listener = listeners[parent["sectionName"]]
    assert (listener["protocol"], listener["port"], listener["hostname"]) == ("HTTPS", 443, host)
    assert [one["name"] for one in listener["tls"]["certificateRefs"]] == ["supernova-tls"]
    (certificate,) = [obj["spec"] for obj in of_kind(registered, "Certificate") if obj["spec"]["secretName"] == "supernova-tls"]
    assert certificate["dnsNames"] == [host]
    assert host in found(registered, "HTTPRoute", "https-redirect")["spec"]["hostnames"]


@pytest.mark.requirement("SN-08")
def test_the_key_set_is_reached_from_outside_and_metrics_are_not(supernova: Case) -> None:
    registered = supernova.recorded()
    rules = found(registered, "HTTPRoute", "supernova")["spec"]["rules"]
    served = {match["path"]["value"]: rule.get("backendRefs", []) for rule in rules for match in rule["matches"]}
    url = found(registered, "ConfigMap", ENV)["data"]["AUTH_JWKS_URL"]
    path = url.removeprefix(f"https://api.{supernova.configuration['domain']}")
    (longest, *_) = sorted((prefix for prefix in served if path.startswith(prefix)), key=len, reverse=True)
    assert [(one["name"], one["port"]) for one in served[longest]] == [(SERVER, 80)]
    assert served["/metrics"] == []


@pytest.mark.requirement("SN-09")
def test_the_migration_has_300_seconds_and_retries_in_its_container_alone(supernova: Case) -> None:
    registered = supernova.recorded()
    for name, script in ((MIGRATE, "db/migrate.mjs"), (SEED, "db/seed.mjs")):
        spec = job(registered, name).inputs["spec"]
        assert (spec["activeDeadlineSeconds"], spec["backoffLimit"]) == (300, 0)
        only = container(registered, "Job", name)
        # First wait, longest wait, attempts; then the command.
        assert only["command"][-5:] == ["2", "60", "6", "node", script]
        assert only["image"] == container(registered, "Deployment", SERVER)["image"]
        assert [source["secretRef"]["name"] for source in only["envFrom"]] == [name]


def waits(registered: Recording[Any]) -> dict[str, set[str]]:
    """Roles, server, migration and seeds: which of the others each comes after."""
    graph = Graph(registered)
    (deployment,) = [item for item in registered.of("kubernetes:apps/v1:Deployment") if item.inputs["metadata"]["name"] == SERVER]
    steps = {ROLES: job(registered, ROLES), SERVER: deployment, MIGRATE: job(registered, MIGRATE), SEED: job(registered, SEED)}
    return {name: {other for other in steps if steps[other].urn in graph.below(step.urn)} for name, step in steps.items()}


@pytest.mark.requirement("SN-09")
def test_migrations_follow_the_roll_out_and_seeds_the_migrations(supernova: Case) -> None:
    registered = supernova.recorded()
    assert waits(registered) == {ROLES: set(), SERVER: {ROLES}, MIGRATE: {ROLES, SERVER}, SEED: {ROLES, SERVER, MIGRATE}}
    # Once for all: a later version neither changes nor repeats it.
    seed = job(registered, SEED)
    assert seed.inputs["metadata"]["name"] == SEED
    assert set(seed.ignore_changes) == {"metadata", "spec"}


@pytest.mark.requirement("SN-09")
def test_breaking_migrations_come_before_the_roll_out_where_the_stack_says_so(otherwise: Case) -> None:
    registered = otherwise.recorded()
    told = waits(registered)
    assert (told[MIGRATE], told[SERVER]) == ({ROLES}, {ROLES, MIGRATE})
    assert told[SEED] >= {ROLES, MIGRATE}
    # With every version: its name tells of what.
    assert job(registered, SEED).inputs["metadata"]["name"].startswith(f"{SEED}-")
    assert job(registered, SEED).ignore_changes == ()
