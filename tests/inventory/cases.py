"""The stacks that are recorded: a new system, cloud or environment is tested by being listed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
)
CLOUDS = tuple(dict.fromkeys(case.cloud for case in CASES))


def case(cloud: Cloud, variant: str, system: str = "play-new") -> Case:
    """Raises StopIteration for one that is not listed."""
    return next(one for one in CASES if (one.system, one.name) == (system, f"{cloud}-{variant}"))
