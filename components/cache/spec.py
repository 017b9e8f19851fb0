"""What a Redis-compatible cache must be."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from components.vocabulary import Spec, Window


class CacheSpec(Spec):
    """Encrypted with the customer key and in transit, behind a password, reachable from the cluster's nodes and pods alone.

    `single` is one node; `replicated` one shard with replicas in other zones and automatic fail-over; `cluster` several such shards, whose
    clients speak the cluster protocol. Redis 7, or what replaces it compatibly.
    """

    mode: Literal["single", "replicated", "cluster"] = "replicated"
    memory_gib: int = Field(default=1, ge=1, le=50, description="Of each shard, at least: the clouds' sizes are rounded up to.")
    shards: int = Field(default=1, ge=1, le=20)
    replicas: int = Field(default=1, ge=0, le=5, description="Of each shard, in other zones.")
    databases: int = Field(
        default=1,
        ge=1,
        le=4,
        description="Separate keyspaces (`/0`, `/1`). Where the product has one database only, each is an instance of its own.",
    )
    eviction: Literal["noeviction", "allkeys-lru", "volatile-lru"] = Field(
        default="noeviction", description="What goes when memory is full. A queue must refuse writes rather than lose tasks."
    )
    maintenance: Window = Window()
    snapshot_days: int = Field(default=0, ge=0, le=35, description="Days that daily snapshots are kept; none at 0.")
    deletion_protected: bool = True

    @model_validator(mode="after")
    def _shape(self) -> Self:
        if self.mode == "single" and (self.shards, self.replicas) != (1, 0):
            raise ValueError(f"mode single has shards 1 and replicas 0; {self.shards} and {self.replicas} given")
        if self.mode == "replicated" and (self.shards != 1 or self.replicas == 0):
            raise ValueError(f"mode replicated has shards 1 and replicas 1 to 5; {self.shards} and {self.replicas} given")
        if self.mode == "cluster" and (self.shards < 2 or self.databases != 1):
            raise ValueError(f"mode cluster has 2 to 20 shards and one database; {self.shards} and {self.databases} given")
        return self
