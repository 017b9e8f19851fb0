"""What an object store bucket must be."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from components.vocabulary import Spec


class BucketSpec(Spec):
    """Private, versioned, encrypted with the customer key, TLS only. Days are counted from an object's last write."""

    purpose: str = Field(pattern=r"^[a-z][a-z0-9-]{1,24}$")
    cold_after_days: int | None = Field(default=None, ge=30)
    expire_after_days: int | None = Field(default=None, ge=1)
    keep_versions_days: int = Field(default=30, ge=1, description="Days that overwritten and deleted versions are kept.")
    copy_region: str | None = Field(default=None, description="A second EU region that receives a copy of every object.")
    deletion_protected: bool = True
    service_writers: tuple[Literal["audit"], ...] = Field(default=(), description="Cloud services that write by themselves.")

    @model_validator(mode="after")
    def _cold_before_gone(self) -> Self:
        if self.cold_after_days and self.expire_after_days and self.expire_after_days <= self.cold_after_days:
            raise ValueError(
                f"expire_after_days: {self.expire_after_days} is not after cold_after_days ({self.cold_after_days}): leave out one of them"
            )
        return self
