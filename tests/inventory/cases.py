"""The stacks that are recorded: a new system, cloud or environment is tested by being listed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from components.vocabulary import Cloud
from tests.inventory.clouds import view
from tests.inventory.clouds.facts import View
from tests.recorder import Recording
from tests.stacks import ROOT, configuration, stack

FOLDER = ROOT / "tests" / "inventories"


@dataclass(frozen=True)
class Case:
    """A stack file, and what is changed in it. Its name is `<cloud>-<variant>`."""

    system: str
    name: str
    stack: str
    changes: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def file(self) -> Path:
        return FOLDER / self.system / f"{self.name}.yaml"

    @property
    def cloud(self) -> Cloud:
        return Cloud(self.name.partition("-")[0])

    @property
    def view(self) -> View:
        return view(self.cloud)

    @property
    def configuration(self) -> dict[str, Any]:
        return configuration(self.stack, self.changes)

    def recorded(self, more: Mapping[str, Any] | None = None) -> Recording[None]:
        """Recorded once per process; with `more` changes another time."""
        return stack(self.stack, {**self.changes, **(more or {})})

    def __str__(self) -> str:
        return f"{self.system}-{self.name}"


PHASE1: Mapping[str, Any] = {
    "systems/play-new/phase": 1,
    "systems/play-new/orgs": [{"id": f"org-{number}"} for number in range(10)],
}
STAGING: Mapping[str, Any] = {"environment": "staging", "backup_region": None}

AT: Mapping[Cloud, Mapping[str, Any]] = {
    Cloud.AWS: {},
    Cloud.GCP: {
        "cloud": "gcp",
        "region": "europe-west8",
        "account": "platform-prod-4711",
        "cluster/admin_principals": ["group:platform-admins@example.eu"],
        "mail/host": "smtp-relay.example.eu:587",
    },
    Cloud.AZURE: {
        "cloud": "azure",
        "region": "italynorth",
        "account": "0b1f6471-1bf0-4dda-aec3-cb9272f09590",
        "cluster/admin_principals": ["3f2504e0-4f89-41d3-9a0c-0305e82c3301"],
        "mail/host": "smtp-relay.example.eu:587",
    },
}
"""What moves a stack of AWS to another cloud: where it is, who may touch it, and how mail leaves."""
SECOND: Mapping[Cloud, str | None] = {Cloud.AWS: "eu-central-1", Cloud.GCP: "europe-west12", Cloud.AZURE: None}
"""Where production's backups are copied to. Italy North has no pair."""


def everywhere(system: str, variant: str, stack: str) -> tuple[Case, ...]:
    """A stack file of AWS, and what it is on each cloud."""
    second = variant == "production"
    return tuple(
        Case(system, f"{cloud}-{variant}", stack, {**place, "backup_region": SECOND[cloud] if second else None})
        for cloud, place in AT.items()
    )


CASES = (
    Case("play-new", "aws-production", "prod"),
    Case("play-new", "aws-staging", "staging"),
    Case("play-new", "aws-production-phase1", "prod", PHASE1),
    Case("play-new", "gcp-production", "play-new-gcp"),
    Case("play-new", "gcp-staging", "play-new-gcp", STAGING),
    Case("play-new", "gcp-production-phase1", "play-new-gcp", PHASE1),
    Case("play-new", "azure-production", "play-new-azure"),
    Case("play-new", "azure-staging", "play-new-azure", STAGING),
    Case("play-new", "azure-production-phase1", "play-new-azure", PHASE1),
    *everywhere("ai-agents", "production", "ai-agents-prod"),
    *everywhere("supernova", "production", "supernova-prod"),
    *everywhere("supernova", "staging", "supernova-staging"),
    *everywhere("supernova", "development", "supernova-dev"),
)


def params(cases: Iterable[Case] = CASES) -> list[ParameterSet]:
    """For fixtures and tests over stacks: all that look at one stack run in one process, which records it once."""
    return [pytest.param(one, id=str(one), marks=pytest.mark.xdist_group(str(one))) for one in cases]


CLOUDS = tuple(dict.fromkeys(case.cloud for case in CASES))


def case(cloud: Cloud, variant: str, system: str = "play-new") -> Case:
    """Raises StopIteration for one that is not listed."""
    return next(one for one in CASES if (one.system, one.name) == (system, f"{cloud}-{variant}"))
