"""What a stack says about AI Agents."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from components.vocabulary import Size, Spec
from infra.systems import restoring

DATABASE = "ai-agents-db"
TAG = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$"
EMAIL = r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$"
OPENAI_EU = "https://eu.api.openai.com/v1"
# Requests to these are processed outside the EU.
OPENAI_ELSEWHERE = re.compile(r"(us\.)?api\.openai\.com")

Image = Literal["api", "worker", "migrations"]
Rotated = Literal["database", "openai-api-key", "servicedesk"]


class Workers(Spec):
    """How many pods the autoscaler keeps."""

    minimum: int = Field(default=3, ge=1, le=100)
    maximum: int = Field(default=10, ge=2, le=100)
    concurrency: int = Field(default=4, ge=1, le=32, description="Tasks that one pod does at once.")

    @model_validator(mode="after")
    def _range(self) -> Workers:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}; allowed: at most that")
        return self


class Downgrade(Spec):
    """Takes the database's schema back, once: a Job that runs before the pods of an older version roll."""

    revision: str = Field(
        pattern=r"^(-[1-9][0-9]?|[0-9a-f]{4,40})$",
        description="Alembic's: the id of the older version's newest migration, or -1 for one step back.",
    )
    version: str = Field(pattern=TAG, description="Tag of the migrations' image that knows the way back: the newer one.")


class Restored(Spec):
    """A second instance, made from a backup beside the running one."""

    name: str = Field(default=f"{DATABASE}-restored", pattern=restoring.NAME)
    snapshot: str = Field(description=restoring.SNAPSHOT, min_length=1)


class DatabaseOptions(Spec):
    """A restore goes to a new instance: set `restored`, verify, then name it in `active`; that switches DATABASE_URL and nothing else."""

    size: Size = Size.SMALL
    active: str = DATABASE
    restored: Restored | None = None
    downgrade: Downgrade | None = None

    @model_validator(mode="after")
    def _known(self) -> DatabaseOptions:
        restoring.check(DATABASE, self.active, self.restored.name if self.restored else None)
        return self


class AiAgentsOptions(Spec):
    """Without more than `version`, a stack is what the deployment runbook describes."""

    version: str = Field(description="Tag of the three images, such as v1.0.0.", pattern=TAG)
    versions: dict[Image, str] = Field(
        default_factory=dict[Image, str], description="Another tag for one image: what is rolled back alone."
    )
    replicas: int = Field(default=2, ge=1, le=20, description="Pods of the API.")
    workers: Workers = Workers()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    readiness_path: str = Field(default="/health", pattern=r"^/[a-z0-9/_-]*$", description="Where the API says that it takes requests.")
    public_metrics: bool = Field(
        default=True, description="/metrics answers from outside too, as the smoke tests expect; false hides it and its test."
    )
    openai_base_url: str = Field(
        default=OPENAI_EU, description="The key must belong to a project whose data stay in Europe: no other is served there."
    )
    servicedesk_port: int = Field(default=443, ge=1, le=65535, description="Of ServiceDesk Plus, where it is not the cloud's.")
    alert_emails: tuple[str, ...] = Field(default=(), description="Who hears alerts; the stack's `ops_email` by default.")
    pagerduty: bool = Field(default=False, description="Critical alerts open incidents, at PagerDuty's EU endpoint.")
    slack_channel: str | None = Field(default=None, pattern=r"^#[a-z0-9_-]+$", description="Where warnings go, such as #production-ops.")
    budget_eur: int = Field(default=2500, gt=0, description="A month.")
    database: DatabaseOptions = DatabaseOptions()
    rotations: dict[Rotated, int] = Field(
        default_factory=dict[Rotated, int],
        description="Raise a number to rotate: generated passwords are made anew, and what reads the secret rolls.",
    )

    def tag(self, image: Image) -> str:
        return self.versions.get(image, self.version)

    @field_validator("versions")
    @classmethod
    def _tags(cls, value: dict[Image, str]) -> dict[Image, str]:
        if wrong := [f"{name}: {tag!r}" for name, tag in value.items() if not re.fullmatch(TAG, tag)]:
            raise ValueError(f"{', '.join(wrong)} is no image tag; allowed: letters, digits, dots, dashes and underscores, such as v0.9.0")
        return value

    @field_validator("openai_base_url")
    @classmethod
    def _in_the_eu(cls, value: str) -> str:
        address = urlsplit(value)
        if address.scheme != "https" or not address.hostname or OPENAI_ELSEWHERE.fullmatch(address.hostname):
            raise ValueError(f"{value!r} is not HTTPS to an endpoint in the EU; allowed: {OPENAI_EU}, or a gateway of your own")
        return value

    @field_validator("alert_emails")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [address for address in value if not re.fullmatch(EMAIL, address)]:
            raise ValueError(f"{', '.join(map(repr, wrong))} given; allowed: e-mail addresses")
        return value

    @field_validator("rotations")
    @classmethod
    def _forward(cls, value: dict[Rotated, int]) -> dict[Rotated, int]:
        if wrong := [f"{name}: {number}" for name, number in value.items() if number < 0]:
            raise ValueError(f"{', '.join(wrong)} given; allowed: 0 and up")
        return value
