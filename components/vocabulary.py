"""The shared vocabulary: the same words mean the same thing in every spec, on every cloud."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from components.geography import Cloud as Cloud


class Size(StrEnum):
    """An outcome, not a product: each cloud's table picks the SKU (vCPU / GiB of memory)."""

    SMALL = "small"  # 2 vCPU, 8 GiB
    MEDIUM = "medium"  # 4 vCPU, 16 GiB
    LARGE = "large"  # 8 vCPU, 32 GiB
    XLARGE = "xlarge"  # 16 vCPU, 64 GiB


class Access(StrEnum):
    """What a workload may do with a resource; each cloud turns it into the least rights that allow it."""

    READ = "read"
    READ_WRITE = "read-write"
    USE = "use"  # keys: encrypt and decrypt; databases: connect


def unset(value: object) -> bool:
    """For `Field(exclude_if=unset)`: a field that came later stays out of digests of a spec until it is used, so that nothing that
    stands is made anew for it."""
    return not value


class Spec(BaseModel):
    """Intent: plain values only. Never holds an Output, since `bool(Output)` is always true and `len` raises."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Durable(Spec):
    """Something that holds data: it outlives a mistake."""

    backup_days: int = Field(default=30, ge=1, le=35, description="Days that automatic backups are kept.")
    deletion_protected: bool = Field(default=True, description="Neither the engine nor the cloud's own API deletes it.")


class Window(Spec):
    """A weekly window in local time of a named time zone; the clouds' fields are UTC, so `plan()` converts.

    Windows are converted with the zone's standard time (CET = UTC+1 all year), as maintenance contracts are written.
    """

    day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "sat"
    start: str = Field(default="02:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    end: str = Field(default="04:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    utc_offset_hours: int = Field(default=1, ge=-12, le=14, description="1 is CET.")
