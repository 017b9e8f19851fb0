"""What others compose with a budget."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class BudgetOutputs:
    name: pulumi.Output[str]
