"""What others compose with a pooler."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class PoolerOutputs:
    """`host` is known before anything is made. `ready` exists once pods answer: for `depends_on`."""

    host: str
    port: int
    ready: pulumi.Resource
