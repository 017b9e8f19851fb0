"""What a stack says about Supernova."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from components.vocabulary import Spec
from components.workloads.spec import Delivery
from infra.systems import restoring, sentry

DATABASE = "supernova-db"
Redis: TypeAlias = Literal["single", "sentinel", "cluster"]
Rotated = Literal[
    "database",
    "issuer-admin-secret",
    "app-jwt-secret",
    "session-secret",
    "collab-pay-webhook-secret",
    "google-service-account-key",
    "apple-shared-secret",
]


class RateLimits(Spec):
    """Requests that one client may make in a window; what is above answers 429."""

    window_ms: int = Field(default=60_000, ge=1000)
    read: int = Field(default=120, ge=1)
    write: int = Field(default=30, ge=1)
    webhook: int = Field(default=1200, ge=1)


class Signing(Spec):
    """The key pair that signs tokens. A rotation raises `generation` by one and names its day; a week later `previous: false` ends it."""

    generation: int = Field(default=1, ge=1)
    since: date | None = Field(default=None, description="Day on which this generation was made, such as 2026-04-01.")
    previous: bool = Field(default=True, description="Accept what the generation before has signed.")

    @model_validator(mode="after")
    def _dated(self) -> Signing:
        if self.generation > 1 and self.since is None:
            raise ValueError(f"since is missing for generation {self.generation}; allowed: the day of the rotation, such as 2026-04-01")
        return self


class Restored(Spec):
    """A second instance, made from a backup beside the running one."""

    name: str = Field(default=f"{DATABASE}-restored", pattern=restoring.NAME)
    snapshot: str = Field(description=restoring.SNAPSHOT, min_length=1)


class DatabaseOptions(Spec):
    """A restore goes to a new instance: set `restored`, verify, then name it in `active`; that switches DATABASE_URL and its pooler."""

    active: str = DATABASE
    restored: Restored | None = None

    @model_validator(mode="after")
    def _known(self) -> DatabaseOptions:
        restoring.check(DATABASE, self.active, self.restored.name if self.restored else None)
        return self


class SupernovaOptions(Spec):
    """Sizes, replicas, the mode of Redis and how secrets arrive follow from the environment; what is set here comes before that."""

    version: str = Field(description="Tag of the image, such as v1.2.3.", pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")
    org: str = Field(
        description="Owner of the image ghcr.io/<org>/supernova-server, in lower case.", pattern=r"^[a-z0-9](-?[a-z0-9]){0,38}$"
    )
    replicas: int | None = Field(default=None, ge=1, le=20, description="Pods of the server; with autoscaling the fewest.")
    max_replicas: int | None = Field(default=None, ge=2, le=50, description="The most pods that autoscaling makes.")

    app_url: str | None = Field(default=None, pattern=r"^https?://\S+$", description="Of the web application; https://app.<domain>.")
    allowed_origins: tuple[str, ...] = Field(
        default=(), description="Web pages that may call the API; those of https://app.<domain> and https://console.<domain>."
    )
    auth_issuer: str = Field(default="https://collab.supernova.auth", pattern=r"^https://\S+$")
    auth_audience: str = Field(default="supernova-api", min_length=1)
    dev_auth_open: bool = Field(default=False, description="Lets requests pass without a token; refused in production.")
    jwks_folder: str = Field(
        default="/app/server/auth/jwks/keys", pattern=r"^/[^:]*[^/:]$", description="Where the image's server reads its signing keys."
    )
    rate_limits: RateLimits = RateLimits()
    google_package_name: str = Field(default="com.collab.supernova", min_length=1)
    apple_bundle_id: str = Field(default="com.collab.supernova", min_length=1)
    log_level: Literal["debug", "info", "warn", "error"] = "info"
    sentry_dsn: str | None = Field(default=None, description=f"Errors go to Sentry in the EU: {sentry.EXAMPLE}.")

    redis: Redis | None = Field(
        default=None, description="One address of a managed cache, three servers with sentinels in the cluster, or a managed cluster."
    )
    migrations: Literal["before", "after"] = Field(default="after", description="The roll-out: breaking changes of the schema go before.")
    seed: Literal["once", "always", "never"] = Field(default="once", description="At the first installation, or with every version.")
    secrets_by: Delivery | None = Field(default=None, description="How secrets reach the cluster; plain is refused in production.")
    database: DatabaseOptions = DatabaseOptions()

    rotated: dict[Rotated, date] = Field(
        default_factory=dict[Rotated, date],
        description="Name today to rotate: generated secrets are made anew, what reads the secret rolls, and its age counts from that day.",
    )
    rotation_days: int = Field(default=90, ge=1, description="Age at which an alert reminds of the next rotation.")
    signing: Signing = Signing()

    alert_emails: tuple[str, ...] = Field(default=(), description="Who hears alerts; the stack's `ops_email` by default.")
    slack_channel: str | None = Field(
        default=None, pattern=r"^#[a-z0-9_-]+$", description="Where warnings go; #supernova-ops in production."
    )
    budget_eur: int | None = Field(default=None, gt=0, description="A month; the environment's own by default.")

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Scheme, host and port alone, as a browser sends them: a path or a wildcard would never match, or match everybody."""
        if wrong := [item for item in value if not _origin(item)]:
            raise ValueError(f"{', '.join(map(repr, wrong))} given; allowed: https://app.example.com, without a path or a wildcard")
        return value

    @field_validator("sentry_dsn")
    @classmethod
    def _in_the_eu(cls, value: str | None) -> str | None:
        return sentry.in_the_eu(value)


def _origin(text: str) -> bool:
    scheme, _, rest = text.partition("://")
    host, _, port = rest.partition(":")
    named = all(part.replace("-", "").isalnum() for part in host.split("."))
    return scheme in ("http", "https") and named and (not port or port.isdecimal()) and not rest.endswith(":")
