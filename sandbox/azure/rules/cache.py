"""Managed Redis."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.azure.lookup import items, part
from sandbox.contract import UNKNOWN, Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, one_of
from sandbox.walk import text

_MANAGED = ("Balanced", "ComputeOptimized", "FlashOptimized", "MemoryOptimized")


def _instance(request: Request, inputs: Properties) -> Iterator[Failure]:
    sku = text(inputs, "sku.name") or ""
    tier = sku.partition("_")[0]
    if tier.startswith("Enterprise"):
        yield Failure("sku.name", f"{sku!r}: Creation of new Azure Cache for Redis Enterprise resources is no longer supported")
    if tier in _MANAGED:
        for path, value in (("zones", items(inputs.get("zones"))), ("sku.capacity", part(inputs, "sku.capacity"))):
            if value:
                yield Failure(path, f"{show(value)}: Managed Redis takes none")
    url = text(inputs, "encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl")
    if url and url.rstrip("/").count("/") < 5:
        yield Failure("encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl", f"{url!r} names no version of the key")
    if url and "UserAssigned" not in str(part(inputs, "identity.type")):
        yield Failure("identity", "must hold the user-assigned identity by which the key is used")


def _database(request: Request, inputs: Properties) -> Iterator[Failure]:
    kept = part(inputs, "persistence")
    if kept is None or kept is UNKNOWN:
        return
    log, snapshots = part(kept, "aofEnabled") is True, part(kept, "rdbEnabled") is True
    if log and snapshots:
        yield Failure("persistence", "at most one of aofEnabled and rdbEnabled may be true")
    if snapshots and not part(kept, "rdbFrequency"):
        yield Failure("persistence.rdbFrequency", "missing required property with rdbEnabled")
    if log and not part(kept, "aofFrequency"):
        yield Failure("persistence.aofFrequency", "missing required property with aofEnabled")


RULES: dict[str, tuple[Rule, ...]] = {
    "azure-native:redisenterprise:Database": (
        between("port", 10000, 10000),
        _database,
    ),
    "azure-native:redisenterprise:RedisEnterprise": (
        one_of("minimumTlsVersion", "1.2"),
        # An instance knows its key by a user-assigned identity alone.
        one_of("encryption.customerManagedKeyEncryption.keyEncryptionKeyIdentity.identityType", "userAssignedIdentity"),
        _instance,
    ),
}
