"""Managed Redis: its key, and what fits into which size."""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox.azure.lookup import in_vault, named, part, vault
from sandbox.azure.subscription import plain
from sandbox.contract import Properties, Record, Refused, Request, World

INSTANCE, DATABASE = "azure-native:redisenterprise:RedisEnterprise", "azure-native:redisenterprise:Database"
_LARGEST_UNSHARDED = 20
"""By the number in the SKU: 24 GB, the last below 25."""


def _instance(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    """The vault stands in the region of what it encrypts."""
    what = in_vault(str(part(inputs, "encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl") or ""))
    above = vault(world, what.vault) if what else None
    here = plain(str(inputs.get("location", "")))
    if above and here and plain(str(above.outputs.get("location", ""))) != here:
        raise Refused("InvalidCustomerManagedKey", f"The key vault {above.id} is in {above.outputs.get('location')}, the cache in {here}")


def _database(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    cluster = named(world, INSTANCE, inputs.get("clusterName"))
    size = re.search(r"_[A-Z](\d+)$", str(part(cluster.inputs, "sku.name"))) if cluster else None
    if inputs.get("clusteringPolicy") == "NoCluster" and size and int(size[1]) > _LARGEST_UNSHARDED:
        raise Refused(
            "BadRequest", f"NoCluster is for caches of up to 25 GB: {part(cluster.inputs if cluster else {}, 'sku.name')} is larger"
        )


RULES: dict[str, Callable[[Request, Properties, Record | None, World], None]] = {DATABASE: _database, INSTANCE: _instance}
