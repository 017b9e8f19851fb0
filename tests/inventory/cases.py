"""The stacks that are recorded: a new system, cloud or environment is tested by being listed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.recorder import Recording
from tests.stacks import ROOT, stack

FOLDER = ROOT / "tests" / "inventories"


@dataclass(frozen=True)
class Case:
    """A stack file, and what is changed in it."""

    system: str
    name: str
    stack: str
    changes: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def file(self) -> Path:
        return FOLDER / self.system / f"{self.name}.yaml"

    def recorded(self) -> Recording[None]:
        """Recorded once per process."""
        return stack(self.stack, self.changes)

    def __str__(self) -> str:
        return f"{self.system}-{self.name}"


CASES = (
    Case("play-new", "aws-production", "prod"),
    Case("play-new", "aws-staging", "staging"),
    Case(
        "play-new",
        "aws-production-phase1",
        "prod",
        {"systems/play-new/phase": 1, "systems/play-new/orgs": [{"id": f"org-{number}"} for number in range(10)]},
    ),
)
