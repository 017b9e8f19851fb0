"""What a PostgreSQL database must be."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.vocabulary import Durable, Size
from components.vocabulary import Window as Window


class DatabaseSpec(Durable):
    """Encrypted with the customer key, TLS only, reachable from the cluster's nodes and pods alone."""

    major: Literal["15", "16", "17"] = "16"
    database: str = Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$", description="Name of the first database.")
    admin: str = Field(default="platform_admin", pattern=r"^[a-z_][a-z0-9_]{0,62}$")
    size: Size = Size.SMALL
    storage_gib: int = Field(default=100, ge=20)
    max_storage_gib: int = Field(default=1000, ge=20, description="Storage grows by itself up to this.")
    highly_available: bool = True
    replicas: int = Field(default=0, ge=0, le=5)
    maintenance: Window = Window()
    weekly_backup_days: int | None = Field(
        default=None, ge=35, le=3650, description="Days that a weekly full backup is kept, beside the daily ones."
    )
    backup_region: str | None = Field(default=None, description="A second EU region for copies of the automatic backups.")
    slow_query_ms: int = Field(default=1000, ge=0)
    restore_from: str | None = Field(
        default=None,
        min_length=1,
        description="What the instance is made from, in the cloud's words: see README.md. Read when it is made, never after.",
    )
