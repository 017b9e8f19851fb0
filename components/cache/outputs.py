"""What others compose with a cache."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class Endpoint:
    """Where one keyspace is written and read. `database` is the number in the URL. In cluster mode: where clients learn of the shards."""

    host: pulumi.Output[str]
    port: int
    database: int


@dataclass(frozen=True)
class CacheOutputs:
    """`endpoints` by keyspace, in order; `passwords` are theirs (secret), none where the product knows no passwords (said in README.md).

    `authority` is the PEM of a certificate authority that clients must trust; None where the public ones serve. `cidrs` and `ports`
    (first, last) are what network policies must let through.
    """

    endpoints: tuple[Endpoint, ...]
    passwords: tuple[pulumi.Output[str], ...]
    authority: pulumi.Output[str] | None
    cidrs: tuple[str, ...]
    ports: tuple[tuple[int, int], ...]
    identifier: str
