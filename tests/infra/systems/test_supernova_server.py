"""Supernova: the server's configuration, secrets, signing keys and public host."""

from __future__ import annotations

from datetime import date

import pytest

from components.workloads.spec import HttpProbe
from components.workloads.values import CachedImage, Generated, Given, KeySet, PrivateKey
from infra.mistakes import SettingsError
from infra.profiles import PROFILES, Environment
from infra.settings import Settings
from infra.smoke import HttpCheck
from infra.system import SystemSpec
from infra.systems.supernova import mistakes
from policies.adapter import judged
from policies.model import Properties, Resource
from tests.infra.systems.supernova_world import ENVIRONMENTS, config, options, server, system, view
from tests.stacks import configuration

DOCUMENTED = {
    "AUTH_JWKS_URL": "https://api.supernova.example/auth/.well-known/jwks.json",
    "AUTH_ISSUER": "https://collab.supernova.auth",
    "AUTH_AUDIENCE": "supernova-api",
    "APP_URL": "https://app.supernova.example",
    "DEV_AUTH_OPEN": "false",
    "CORS_ALLOWED_ORIGINS": "https://app.supernova.example,https://console.supernova.example",
    "RATE_LIMIT_WINDOW_MS": "60000",
    "RATE_LIMIT_READ_MAX": "120",
    "RATE_LIMIT_WRITE_MAX": "30",
    "RATE_LIMIT_WEBHOOK_MAX": "1200",
    "IAP_STRICT": "true",
    "GOOGLE_PACKAGE_NAME": "com.collab.supernova",
    "APPLE_BUNDLE_ID": "com.collab.supernova",
    "IAP_USE_SANDBOX": "false",
    "SENTRY_DSN": "https://0123456789abcdef0123456789abcdef@o1.ingest.de.sentry.io/2",
    "SENTRY_ENV": "production",
    "SENTRY_TRACES_SAMPLE_RATE": "0.1",
    "LOG_LEVEL": "info",
}
SECRETS = {
    "ISSUER_ADMIN_SECRET",
    "APP_JWT_SECRET",
    "SESSION_SECRET",
    "DATABASE_URL",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
    "APPLE_SHARED_SECRET",
    "COLLAB_PAY_WEBHOOK_SECRET",
}
GENERATED = ("issuer-admin-secret", "app-jwt-secret", "session-secret")


@pytest.mark.requirement("SN-05")
def test_the_environment_is_the_documented_one():
    spec = system(sentry_dsn=DOCUMENTED["SENTRY_DSN"])
    found = {name: value for name, value in config(spec).data.items() if not name.startswith("REDIS_")}
    assert found == DOCUMENTED
    assert {name for name in view(spec, "supernova-secrets").data if not name.startswith("REDIS_")} == SECRETS


@pytest.mark.requirement("SN-05")
def test_what_a_stack_says_comes_before_the_default():
    spec = system(
        allowed_origins=["https://play.example:8443"], rate_limits={"write": 60}, log_level="warn", app_url="https://play.example"
    )
    data = config(spec).data
    assert (data["CORS_ALLOWED_ORIGINS"], data["APP_URL"]) == ("https://play.example:8443", "https://play.example")
    assert (data["RATE_LIMIT_WRITE_MAX"], data["RATE_LIMIT_READ_MAX"], data["LOG_LEVEL"]) == ("60", "120", "warn")


@pytest.mark.requirement("SN-05")
@pytest.mark.parametrize(
    "origin", ["*", "https://*.example.com", "https://app.example.com/", "app.example.com", "https://", "https://a.b:"]
)
def test_an_origin_that_no_browser_sends_or_that_is_everybody_is_refused(origin: str):
    with pytest.raises(ValueError, match="without a path or a wildcard"):
        options(allowed_origins=[origin])


def opened(environment: Environment) -> list[str]:
    return list(mistakes(PROFILES[environment], options(dev_auth_open=True)))


@pytest.mark.requirement("SN-05")
def test_production_refuses_to_let_requests_pass_without_a_token():
    [line] = opened("production")
    assert line == "dev_auth_open: true given; allowed in production: false, since every request would pass without a token"
    with pytest.raises(ValueError, match="dev_auth_open: true given"):
        system(dev_auth_open=True)
    assert opened("staging") == opened("development") == []
    assert config(system("development", dev_auth_open=True)).data["DEV_AUTH_OPEN"] == "true"


@pytest.mark.requirement("SN-05")
def test_the_stack_files_settings_name_the_mistake_by_its_path():
    with pytest.raises(SettingsError) as raised:
        Settings.parse(configuration("supernova-prod", {"systems/supernova/dev_auth_open": True}))
    [line] = raised.value.lines
    assert line.startswith("eu-cloud:stack.systems.supernova.dev_auth_open: true given")


def violations(spec: SystemSpec) -> list[str]:
    item = config(spec)
    data: Properties = {name: value for name, value in item.data.items() if isinstance(value, str)}
    body: Properties = {"metadata": {"name": item.name, "namespace": item.namespace}, "data": data}
    return [violation.rule for violation in judged(Resource("kubernetes:core/v1:ConfigMap", item.name, body))]


@pytest.mark.requirement("SN-05")
def test_the_policy_pack_stops_what_the_settings_would_have_let_through():
    """The namespace of production with an open door, as a change of the table of environments would make it."""
    assert violations(system()) == violations(system("staging", dev_auth_open=True)) == violations(system("development")) == []
    open_ = system("staging", dev_auth_open=True)
    moved = config(open_).model_copy(update={"namespace": "supernova"})
    assert violations(open_.model_copy(update={"configs": (moved,)})) == ["IAM-07"]


@pytest.mark.requirement("SN-05")
@pytest.mark.parametrize(("more", "path"), [({"secrets_by": "plain"}, "secrets_by"), ({"app_url": "http://a.b"}, "app_url")])
def test_production_refuses_what_is_made_for_a_developers_machine(more: dict[str, str], path: str):
    assert [line.partition(":")[0] for line in mistakes(PROFILES["production"], options(**more))] == [path]
    assert list(mistakes(PROFILES["development"], options(**more))) == []


@pytest.mark.requirement("SN-05")
def test_test_purchases_count_outside_production_alone():
    assert {name: config(system(name)).data["IAP_USE_SANDBOX"] for name in ENVIRONMENTS} == {
        "production": "false",
        "staging": "true",
        "development": "true",
    }


@pytest.mark.requirement("SN-15")
def test_a_sentry_outside_the_eu_is_refused_without_repeating_its_key():
    with pytest.raises(ValueError, match="is not Sentry's EU ingest") as raised:
        options(sentry_dsn="https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/2")
    assert "0123456789abcdef" not in str(raised.value).partition("[type=")[0]


@pytest.mark.requirement("SN-06")
def test_what_is_random_is_generated_with_64_characters_and_the_rest_is_given():
    spec = system()
    values = spec.secrets.values
    assert {path: value.length for path, value in values.items() if isinstance(value, Generated)} == dict.fromkeys(GENERATED, 64)
    assert {value.key for value in values.values() if isinstance(value, Given)} == set(spec.given)
    assert set(spec.given) == {"collab-pay-webhook-secret", "google-service-account-key", "apple-shared-secret"}
    assert spec.secrets.store.prefix == "supernova/production"
    # Nothing of it is in a ConfigMap, where everybody who may look at the cluster reads it.
    assert not set(config(spec).data) & SECRETS


@pytest.mark.requirement("SN-06")
def test_the_day_of_a_rotation_makes_another_value_of_that_secret_alone():
    before, after = system().secrets.values, system(rotated={"session-secret": "2026-04-01"}).secrets.values
    assert {path for path in before if before[path] != after[path]} == {"session-secret"}
    later = system(rotated={"session-secret": "2026-07-01"}).secrets.values
    assert later["session-secret"] != after["session-secret"]
    database = system(rotated={"database": "2026-04-01"})
    assert {role.rotation for role in database.roles.values()} == {date(2026, 4, 1).toordinal()}
    assert database.jobs[0].content != system().jobs[0].content


@pytest.mark.requirement("SN-06")
def test_the_signing_key_is_mounted_as_the_server_reads_it():
    spec = system()
    [(folder, mount)] = server(spec).pod.secret_mounts.items()
    assert folder == "/app/server/auth/jwks/keys"
    paths = {mount.items[key]: item.path for key, item in view(spec, mount.secret).data.items()}
    assert set(paths) == {"supernova-1/private.pem", "jwks.json"}
    assert spec.secrets.values[paths["supernova-1/private.pem"] or ""] == PrivateKey(signing="jwks", which="current")
    assert spec.secrets.values[paths["jwks.json"] or ""] == KeySet(signing="jwks")


@pytest.mark.requirement("SN-06")
def test_a_rotation_of_the_signing_key_has_two_steps():
    first = system(signing={"generation": 2, "since": "2026-04-01"})
    second = system(signing={"generation": 2, "since": "2026-04-01", "previous": False})
    for spec, previous in ((first, True), (second, False)):
        assert (spec.signing["jwks"].generation, spec.signing["jwks"].previous) == (2, previous)
        [mount] = server(spec).pod.secret_mounts.values()
        assert mount.items["private.pem"] == "supernova-2/private.pem"
    with pytest.raises(ValueError, match="since is missing for generation 2"):
        options(signing={"generation": 2})


@pytest.mark.requirement("SN-10")
@pytest.mark.parametrize(("environment", "way"), [("production", "external"), ("staging", "sealed"), ("development", "plain")])
def test_secrets_reach_the_cluster_by_the_way_of_the_environment(environment: Environment, way: str):
    spec = system(environment)
    assert {item.delivery for item in spec.views if item.name != "supernova-db-roles"} == {way}
    # The administrator's password never passes through the engine.
    assert view(spec, "supernova-db-roles").delivery == "external"
    assert {item.delivery for item in system(environment, secrets_by="sealed").views} == {"sealed", "external"}


@pytest.mark.requirement("SN-07")
def test_the_server_runs_as_documented():
    deployment = server(system())
    assert (deployment.name, deployment.replicas, deployment.port, deployment.service_port) == ("supernova-server", 3, 3001, 80)
    assert deployment.liveness == HttpProbe(path="/healthz", delay=10, period=10)
    assert deployment.readiness == HttpProbe(path="/healthz", delay=5, period=5)
    assert deployment.pod.resources.model_dump() == {
        "requests_cpu": "500m",
        "requests_memory": "512Mi",
        "limits_cpu": "2",
        "limits_memory": "2Gi",
    }
    assert deployment.autoscale
    assert (deployment.autoscale.maximum, deployment.autoscale.cpu, deployment.autoscale.memory) == (10, 65, 70)
    # The document looks for its logs by this label.
    assert deployment.pod.labels == {"app": "supernova-server"}


@pytest.mark.requirement("SN-07")
def test_more_pods_than_the_most_are_refused():
    assert list(mistakes(PROFILES["production"], options(replicas=12))) == ["max_replicas: 10 given; allowed: more than replicas, 12"]
    assert server(system(replicas=12, max_replicas=15)).replicas == 12


@pytest.mark.requirement("SN-08")
def test_the_public_host_is_the_apis_and_shows_the_keys_that_verify_tokens():
    spec = system()
    [route] = spec.routes
    assert (route.host, route.tls_secret, route.service) == ("api.supernova.example", "supernova-tls", "supernova-server")
    path = str(config(spec).data["AUTH_JWKS_URL"]).removeprefix(f"https://{route.host}")
    assert not any(path.startswith(private) for private in route.private_paths)
    asked = next(item for item in spec.checks if isinstance(item, HttpCheck) and item.path == path)
    assert (asked.status, asked.contains) == (200, '"supernova-1"')


@pytest.mark.requirement("SN-16")
def test_the_image_comes_from_ghcr_through_the_stacks_own_registry():
    spec = system()
    image = CachedImage(registry="ghcr.io", repository="acme/supernova-server", tag="v1.2.3")
    assert [server(spec).pod.image, *(item.pod.image for item in spec.jobs[1:])] == [image] * 3


@pytest.mark.requirement("SN-16")
@pytest.mark.parametrize("name", ["supernova-prod", "supernova-staging", "supernova-dev"])
def test_every_stack_pulls_the_private_image_through_its_own_registry(name: str):
    assert Settings.parse(configuration(name)).mirrored
