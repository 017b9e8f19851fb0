"""What others compose with a backup plan."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class BackupOutputs:
    vault: pulumi.Output[str]
    plan: pulumi.Output[str]
    principal: pulumi.Output[str] | None = None
    """Object id of the identity that takes the backups, which each database must let in (Azure)."""
