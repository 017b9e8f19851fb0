"""Where Azure has what the rows ask of caches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.inventory.clouds.facts import Cache
from tests.recorder import Recording, Registered

INSTANCE, DATABASE = "azure-native:redisenterprise:RedisEnterprise", "azure-native:redisenterprise:Database"
LOCK = "azure-native:authorization:ManagementLockByScope"
MEMORY = {"Balanced_B3": 3, "Balanced_B5": 6, "Balanced_B10": 12, "Balanced_B20": 24, "Balanced_B50": 60}
"""GB of a whole instance, of which a fifth is Azure's."""
EVICTION = {"NoEviction": "noeviction", "AllKeysLRU": "allkeys-lru", "VolatileLRU": "volatile-lru"}


def caches(registered: Recording[Any], keys: Mapping[str, str]) -> list[Cache]:
    """One instance for each keyspace. `keys` are by address without a version."""
    return [_cache(registered, item, keys) for item in registered.of(INSTANCE)]


def _cache(registered: Recording[Any], item: Registered, keys: Mapping[str, str]) -> Cache:
    inputs = item.inputs
    (database,) = [one.inputs for one in registered.of(DATABASE) if one.inputs["clusterName"] == inputs["clusterName"]]
    available = inputs["highAvailability"] == "Enabled"
    key, _, version = inputs["encryption"]["customerManagedKeyEncryption"]["keyEncryptionKeyUrl"].rpartition("/")
    assert version, "a key without one is refused"
    return Cache(
        name=inputs["clusterName"],
        engine="redis",
        mode="cluster" if database["clusteringPolicy"] == "OSSCluster" else "replicated" if available else "single",
        memory_gib=0.8 * MEMORY[inputs["sku"]["name"]],
        replicas=1 if available else 0,
        fails_over=available,  # its nodes stand in the region's zones by themselves
        eviction=EVICTION[database["evictionPolicy"]],
        tls_only=database["clientProtocol"] == "Encrypted" and inputs["minimumTlsVersion"] == "1.2",
        password=database["accessKeysAuthentication"] == "Enabled",
        key=keys[key],
        public=inputs["publicNetworkAccess"] != "Disabled",
        maintenance=None,
        snapshots=database["persistence"]["rdbEnabled"] or database["persistence"]["aofEnabled"],
        protected=item.protect and f"{item.name}-id" in {lock.inputs["scope"] for lock in registered.of(LOCK)},
    )
