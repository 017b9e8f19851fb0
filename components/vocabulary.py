"""The shared vocabulary: the same words mean the same thing in every spec, on every cloud."""

from __future__ import annotations

from enum import StrEnum

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


class Spec(BaseModel):
    """Intent: plain values only. Never holds an Output, since `bool(Output)` is always true and `len` raises."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Durable(Spec):
    """Something that holds data: it outlives a mistake."""

    backup_days: int = Field(default=30, ge=1, le=35, description="Days that automatic backups are kept.")
    deletion_protected: bool = Field(default=True, description="Neither the engine nor the cloud's own API deletes it.")
