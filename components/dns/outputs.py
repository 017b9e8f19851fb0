"""What others compose with a zone."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class DnsOutputs:
    """`name_servers` go to the registrar of the domain."""

    domain: str
    zone_id: pulumi.Output[str]
    ref: pulumi.Output[str]
    name_servers: pulumi.Output[list[str]]
