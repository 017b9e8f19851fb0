"""The connection contract: which variables a client of a cache gets, by the mode of the cache, and no others. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from components.workloads.values import CacheNodes, CachePassword, CacheUrl, PlainValue, SecretValue, Sentinels

Mode = Literal["single", "sentinel", "cluster"]

VARIABLES: dict[Mode, tuple[str, ...]] = {
    "single": ("REDIS_URL",),
    "sentinel": ("REDIS_SENTINEL", "REDIS_MASTER"),
    "cluster": ("REDIS_CLUSTER_NODES",),
}
"""Whose presence tells a client the mode: two modes' variables together would leave it to guess."""
CREDENTIALS = ("REDIS_PASSWORD", "REDIS_TLS")
"""Beside addresses, which have no room for them. Of the servers: whoever reaches a sentinel may ask without a password, and sending one is
an error there."""


@dataclass(frozen=True)
class Variables:
    """`secret` go through the store, `plain` into a ConfigMap."""

    secret: dict[str, SecretValue] = field(default_factory=dict[str, SecretValue])
    plain: dict[str, PlainValue] = field(default_factory=dict[str, PlainValue])

    @property
    def names(self) -> frozenset[str]:
        return frozenset((*self.secret, *self.plain))


def variables(mode: Mode, name: str, *, master: str = "mymaster", tls: bool = True) -> Variables:
    """`name` is the cache's; in mode sentinel the in-cluster Valkey's, whose `master` and `tls` are then asked for. Managed caches speak
    TLS always."""
    match mode:
        case "single":
            return Variables(secret={"REDIS_URL": CacheUrl(cache=name)})
        case "sentinel":
            plain: dict[str, PlainValue] = {"REDIS_SENTINEL": Sentinels(valkey=name), "REDIS_MASTER": master}
            return Variables({"REDIS_PASSWORD": CachePassword(cache=name)}, {**plain, **({"REDIS_TLS": "true"} if tls else {})})
        case "cluster":
            return Variables(
                {"REDIS_PASSWORD": CachePassword(cache=name)}, {"REDIS_CLUSTER_NODES": CacheNodes(cache=name), "REDIS_TLS": "true"}
            )
