"""What a store of secrets must be."""

from __future__ import annotations

from pydantic import Field

from components.vocabulary import Spec


class SecretsSpec(Spec):
    """Secrets `<prefix>/<path>` in the cloud's secret manager, in the site's region alone. Values are wired in as secret Outputs."""

    prefix: str = Field(pattern=r"^[a-z][a-z0-9/-]*[a-z0-9]$", description="First part of every path: `pn/production`.")
    recovery_days: int = Field(default=7, ge=7, le=30)
    deletion_protected: bool = False
