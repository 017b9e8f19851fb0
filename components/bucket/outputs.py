"""What others compose with a bucket."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.key.outputs import KeyOutputs


@dataclass(frozen=True)
class BucketOutputs:
    """`name` is what clients take; `ref` the full reference (ARN, self link, resource id)."""

    name: pulumi.Output[str]
    ref: pulumi.Output[str]
    region: str
    key: KeyOutputs
    account: pulumi.Output[str] | None = None
    """Name of the storage account that holds the bucket (Azure, where `name` is the container's)."""
