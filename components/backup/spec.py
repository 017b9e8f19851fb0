"""What the platform's own backups must be, beside what each database keeps by itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from components.vocabulary import Durable


class BackupSpec(Durable):
    """Backups of everything tagged `backup: <site name>` in one vault. Times are UTC.

    `hourly` adds an hourly rule (kept two days) for a recovery point objective under one hour. `weekly_days` are for databases whose
    `weekly_backup_days` is one of them: each is a plan of its own, so that nothing is kept longer than somebody asked for.
    """

    start_hour_utc: int = Field(default=3, ge=0, le=23)
    hourly: bool = False
    weekly_days: tuple[Annotated[int, Field(ge=35, le=3650)], ...] = Field(
        default=(), description="Days that a weekly full backup of the databases that ask for just these is kept, beside the daily ones."
    )
    copy_region: str | None = Field(default=None, description="A second EU region that receives a copy of each daily backup.")
    locked: bool = Field(default=False, description="Lock the vault: not even the account's root shortens retention.")
