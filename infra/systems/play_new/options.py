"""What a stack says about Play New."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, field_validator, model_validator

from components.vocabulary import Spec
from infra.systems import restoring, sentry

DATABASE = "pn-agent-db"

Rotated = Literal["database", "jwt-secret", "anthropic-api-key", "openai-api-key"]


class Org(Spec):
    """One organisation. Its objects in the cluster carry the id in their names, so that an id never changes."""

    id: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", description="Lower-case letters, digits and dashes, up to 40.")
    own_anthropic_key: bool = Field(
        default=False, description="Uses the secret `anthropic-api-key-<id>` that people give, instead of the shared key."
    )
    context: dict[str, str] = Field(default_factory=dict, description="Files of the organisation's context: name to text.")


class Restored(Spec):
    """A second instance, made from a backup beside the running one."""

    name: str = Field(default=f"{DATABASE}-restored", pattern=restoring.NAME)
    snapshot: str = Field(description=restoring.SNAPSHOT, min_length=1)


class DatabaseOptions(Spec):
    """A restore goes to a new instance: set `restored`, verify, then name it in `active`; that switches DATABASE_URL and nothing else."""

    active: str = DATABASE
    restored: Restored | None = None

    @model_validator(mode="after")
    def _known(self) -> DatabaseOptions:
        restoring.check(DATABASE, self.active, self.restored.name if self.restored else None)
        return self


class PlayNewOptions(Spec):
    """`phase` is 0 (150 users, 3 organisations) or 1 (2,000 users, 10 organisations): sizes, replicas, alerts and traces follow from it."""

    phase: Literal[0, 1] = 0
    version: str = Field(description="Tag of both images, such as 0.1.0.", pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")
    orgs: tuple[Org, ...] = ()
    log_level: Literal["debug", "info", "warn", "error"] = "info"
    interactive_fallback: Literal["openai"] | None = Field(
        default=None, description="Provider that interactive sessions use while Anthropic is down."
    )
    sentry_dsn: str | None = Field(default=None, description=f"Errors go to Sentry in the EU: {sentry.EXAMPLE}.")
    alert_emails: tuple[str, ...] = Field(default=(), description="Who hears alerts; the stack's `ops_email` by default.")
    budget_eur: int | None = Field(default=None, gt=0, description="A month; the phase's own by default.")
    replicas: int = Field(default=2, ge=1, le=20, description="Pods of the host.")
    agents_at_once: int | None = Field(default=None, ge=1, le=500, description="Agent pods that fit at once; the phase's own by default.")
    database: DatabaseOptions = DatabaseOptions()
    database_pool: int = Field(
        default=10, ge=1, description="Connections in each host pod's pool: the alert on exhaustion compares with it."
    )
    rotations: dict[Rotated, int] = Field(
        default_factory=dict[Rotated, int],
        description="Raise a number to rotate: generated secrets are made anew, and what reads the secret rolls.",
    )
    skills: dict[str, str] = Field(default_factory=dict, description="Files that all agents share: name to text.")

    @field_validator("orgs")
    @classmethod
    def _once(cls, value: tuple[Org, ...]) -> tuple[Org, ...]:
        if twice := _doubles(org.id for org in value):
            raise ValueError(f"organisation id {', '.join(map(repr, twice))} is given more than once; allowed: each id once")
        return value

    @field_validator("sentry_dsn")
    @classmethod
    def _in_the_eu(cls, value: str | None) -> str | None:
        return sentry.in_the_eu(value)

    @field_validator("rotations")
    @classmethod
    def _forward(cls, value: dict[Rotated, int]) -> dict[Rotated, int]:
        if wrong := [f"{name}: {number}" for name, number in value.items() if number < 0]:
            raise ValueError(f"{', '.join(wrong)} given; allowed: 0 and up")
        return value


def _doubles(values: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return list(dict.fromkeys(value for value in values if value in seen or seen.add(value)))
