"""What an in-cluster Valkey with Sentinel must be: the mode that no cloud sells."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.vocabulary import Spec


class ValkeySpec(Spec):
    """Three servers in three zones, a sentinel beside each, behind one password. Sentinels elect a new primary within seconds.

    `master` is the name that clients ask sentinels for. `storage_gib` is each server's volume (append-only file).
    """

    namespace: str
    master: str = Field(default="mymaster", pattern=r"^[a-z][a-z0-9-]{0,30}$")
    memory_mib: int = Field(default=512, ge=128, le=16384, description="maxmemory of each server.")
    storage_gib: int = Field(default=8, ge=1)
    eviction: Literal["noeviction", "allkeys-lru", "volatile-lru"] = "noeviction"
    tls: bool = Field(
        default=False, description="Clients must then speak TLS to servers and sentinels, trusting the cluster's own authority."
    )
