"""The server: Deployment, public route, configuration, secrets, signing keys."""

from __future__ import annotations

from components.workloads.spec import (
    AccountSpec,
    Autoscale,
    Calls,
    ConfigSpec,
    DeploymentSpec,
    HttpProbe,
    PodSpec,
    Resources,
    RouteSpec,
    SecretItem,
    SecretMount,
    SecretSpec,
    Uses,
)
from components.workloads.values import CachedImage, Generated, Given, KeySet, PlainValue, PrivateKey, SecretValue
from infra.profiles import Profile
from infra.signing import kid
from infra.smoke import Check, HttpCheck, RedirectCheck, TlsCheck
from infra.system import Place, SigningSpec
from infra.systems.supernova import database, redis
from infra.systems.supernova.environments import Values
from infra.systems.supernova.metrics import SERVER
from infra.systems.supernova.options import Rotated, SupernovaOptions

CONFIG, SECRETS, KEYS = "supernova-env", "supernova-secrets", "supernova-jwks"
SIGNING = "jwks"
PORT = 3001
JWKS_PATH = "/auth/.well-known/jwks.json"
METRICS_PATH = "/metrics"
GENERATED: tuple[Rotated, ...] = ("issuer-admin-secret", "app-jwt-secret", "session-secret")
# Made by others: the payment service signs its webhooks with the first, the stores give out the other two.
GIVEN: tuple[Rotated, ...] = ("collab-pay-webhook-secret", "google-service-account-key", "apple-shared-secret")


def image(options: SupernovaOptions) -> CachedImage:
    return CachedImage(registry="ghcr.io", repository=f"{options.org}/supernova-server", tag=options.version)


def signing(options: SupernovaOptions) -> dict[str, SigningSpec]:
    chosen = options.signing
    return {SIGNING: SigningSpec(prefix="supernova", generation=chosen.generation, previous=chosen.previous)}


def config(options: SupernovaOptions, values: Values, profile: Profile, place: Place) -> ConfigSpec:
    limits = options.rate_limits
    origins = options.allowed_origins or tuple(f"https://{host}.{place.domain}" for host in ("app", "console"))
    sentry = {"SENTRY_DSN": options.sentry_dsn} if options.sentry_dsn else {}
    data: dict[str, PlainValue] = {
        "AUTH_JWKS_URL": f"https://api.{place.domain}{JWKS_PATH}",
        "AUTH_ISSUER": options.auth_issuer,
        "AUTH_AUDIENCE": options.auth_audience,
        "APP_URL": options.app_url or f"https://app.{place.domain}",
        "DEV_AUTH_OPEN": str(options.dev_auth_open).lower(),
        "CORS_ALLOWED_ORIGINS": ",".join(origins),
        "RATE_LIMIT_WINDOW_MS": str(limits.window_ms),
        "RATE_LIMIT_READ_MAX": str(limits.read),
        "RATE_LIMIT_WRITE_MAX": str(limits.write),
        "RATE_LIMIT_WEBHOOK_MAX": str(limits.webhook),
        "IAP_STRICT": "true",
        "IAP_USE_SANDBOX": str(values.iap_sandbox).lower(),
        "GOOGLE_PACKAGE_NAME": options.google_package_name,
        "APPLE_BUNDLE_ID": options.apple_bundle_id,
        **sentry,
        "SENTRY_ENV": profile.environment,
        "SENTRY_TRACES_SAMPLE_RATE": "0.1",
        "LOG_LEVEL": options.log_level,
        **redis.connection(values).plain,
    }
    return ConfigSpec(name=CONFIG, namespace=values.namespace, data=data)


def secrets(options: SupernovaOptions, values: Values) -> dict[str, SecretValue]:
    """What is in the store beside the database's. The day of a rotation is its number: another day is another value."""

    def number(path: Rotated) -> int:
        day = options.rotated.get(path)
        return day.toordinal() if day else 0

    return {
        **{path: Generated(length=64, rotation=number(path)) for path in GENERATED},
        **{path: Given(key=path, rotation=number(path)) for path in GIVEN},
        **{_path(variable): value for variable, value in redis.connection(values).secret.items()},
        "jwks-private-key": PrivateKey(signing=SIGNING),
        "jwks": KeySet(signing=SIGNING),
    }


def views(values: Values) -> tuple[SecretSpec, ...]:
    paths = ("database-url", *map(_path, redis.connection(values).secret), *GENERATED, *GIVEN)
    return (
        SecretSpec(
            name=SECRETS,
            namespace=values.namespace,
            delivery=values.secrets_by,
            data={path.upper().replace("-", "_"): SecretItem(path=path) for path in paths},
        ),
        SecretSpec(
            name=KEYS,
            namespace=values.namespace,
            delivery=values.secrets_by,
            data={"private.pem": SecretItem(path="jwks-private-key"), "jwks.json": SecretItem(path="jwks")},
        ),
    )


def account(values: Values) -> AccountSpec:
    """Without rights of any kind, here or in the cloud: the server needs none."""
    return AccountSpec(name=SERVER, namespace=values.namespace)


def deployment(options: SupernovaOptions, values: Values) -> DeploymentSpec:
    return DeploymentSpec(
        name=SERVER,
        namespace=values.namespace,
        replicas=values.replicas,
        port=PORT,
        service_port=80,
        liveness=HttpProbe(path="/healthz", delay=10, period=10),
        readiness=HttpProbe(path="/healthz", delay=5, period=5),
        metrics_path=METRICS_PATH,
        autoscale=Autoscale(maximum=values.max_replicas, cpu=65, memory=70) if values.max_replicas else None,
        pod=PodSpec(
            image=image(options),
            account=SERVER,
            labels={"app": SERVER},
            env=redis.trusted(values),
            config=(CONFIG,),
            secrets=(SECRETS,),
            mounts=redis.mounts(values),
            # The tree that the server reads. What signed before is in jwks.json alone: its private half signs no more.
            secret_mounts={
                options.jwks_folder: SecretMount(
                    secret=KEYS, items={"private.pem": f"{kid(signing(options)[SIGNING])}/private.pem", "jwks.json": "jwks.json"}
                )
            },
            resources=Resources(requests_cpu="500m", requests_memory="512Mi", limits_cpu="2", limits_memory="2Gi"),
            node_labels=values.node_labels,
            uses=(Uses(resource=f"database:{options.database.active}"), redis.uses(values)),
            # Google's and Apple's receipts, Sentry, and its own public address for the keys that verify tokens.
            calls=(Calls(target="internet"),),
        ),
        after=(database.MIGRATE_JOB,) if options.migrations == "before" else (database.ROLES_JOB,),
    )


def route(values: Values, place: Place) -> RouteSpec:
    """Everything but metrics is public, the keys that verify tokens too."""
    return RouteSpec(
        name="supernova",
        namespace=values.namespace,
        host=f"api.{place.domain}",
        service=SERVER,
        tls_secret="supernova-tls",
        private_paths=(METRICS_PATH,),
    )


def checks(options: SupernovaOptions) -> tuple[Check, ...]:
    return (
        HttpCheck(name="health", path="/healthz"),
        HttpCheck(name="published keys", path=JWKS_PATH, contains=f'"{kid(signing(options)[SIGNING])}"'),
        HttpCheck(name="metrics are not public", path=METRICS_PATH, status=404),
        TlsCheck(name="certificate"),
        RedirectCheck(name="redirect", path="/healthz"),
    )


def _path(variable: str) -> str:
    return variable.lower().replace("_", "-")
