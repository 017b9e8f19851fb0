"""What others compose with a backup plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi


@dataclass(frozen=True)
class BackupOutputs:
    vault: pulumi.Output[str]
    plan: pulumi.Output[str]
    principal: pulumi.Output[str] | None = None
    """Object id of the identity that takes the backups, which each database must let in (Azure)."""
    weekly: Mapping[int, pulumi.Output[str]] = field(default_factory=dict[int, "pulumi.Output[str]"])
    """Plans that keep weekly backups too, by the days that they keep them. None where databases keep their own (GCP)."""

    def keeping(self, days: int) -> pulumi.Output[str]:
        """The plan for a database that wants weekly backups. Raises ValueError where there is none of so many days."""
        if days not in self.weekly:
            kept = ", ".join(map(str, self.weekly)) or "none"
            raise ValueError(f"weekly_backup_days: {days} is not kept by the stack's backups; allowed: {kept} (weekly_days of BackupSpec)")
        return self.weekly[days]
