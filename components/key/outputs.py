"""What others compose with a key."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class KeyOutputs:
    """`ref` is the full reference that other services take (ARN, resource name, key identifier URL); `alias` the stable human name.

    An `exclusive` key must be granted to a workload on the key itself: the account's own policies do not reach it.
    """

    id: pulumi.Output[str]
    ref: pulumi.Output[str]
    alias: pulumi.Output[str]
    exclusive: bool = False
    versioned: pulumi.Output[str] | None = None
    """The newest version that the program knows of, for services that do not follow a key's rotation by themselves (Azure: identifier URL
    with version, of disks and of the cluster's secrets)."""
