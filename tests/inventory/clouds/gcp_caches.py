"""Where GCP has what the rows ask of caches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.inventory.clouds.facts import Cache
from tests.recorder import Recording, Registered

INSTANCE, CLUSTER = "gcp:redis/instance:Instance", "gcp:memorystore/instance:Instance"
TIERS = {"BASIC": "single", "STANDARD_HA": "replicated"}
MEMORY = {"STANDARD_SMALL": 5, "HIGHMEM_MEDIUM": 10, "HIGHMEM_XLARGE": 46}
"""GB of a node of Memorystore for Valkey that hold keys."""


def caches(registered: Recording[Any], keys: Mapping[str, str]) -> list[Cache]:
    return [
        *(_instance(item, keys) for item in registered.of(INSTANCE)),
        *(_cluster(item, keys) for item in registered.of(CLUSTER)),
    ]


def _instance(item: Registered, keys: Mapping[str, str]) -> Cache:
    inputs = item.inputs
    return Cache(
        name=inputs["name"],
        engine=_engine(inputs["redisVersion"]),
        mode=TIERS[inputs["tier"]],
        memory_gib=inputs["memorySizeGb"],
        replicas=int(inputs["replicaCount"]),
        fails_over=inputs["tier"] == "STANDARD_HA" and inputs["alternativeLocationId"] != inputs["locationId"],
        eviction=inputs["redisConfigs"]["maxmemory-policy"],
        tls_only=inputs["transitEncryptionMode"] == "SERVER_AUTHENTICATION",
        password=inputs["authEnabled"],
        key=keys[inputs["customerManagedKey"]],
        public=inputs["connectMode"] != "PRIVATE_SERVICE_ACCESS" or not inputs["authorizedNetwork"],
        maintenance=_hour(inputs["maintenancePolicy"]),
        snapshots=inputs["persistenceConfig"]["persistenceMode"] == "RDB",
        protected=item.protect and inputs["deletionProtection"],
    )


def _cluster(item: Registered, keys: Mapping[str, str]) -> Cache:
    inputs = item.inputs
    return Cache(
        name=inputs["instanceId"],
        engine=_engine(inputs["engineVersion"]),
        mode={"CLUSTER": "cluster"}[inputs["mode"]],
        memory_gib=int(inputs["shardCount"]) * MEMORY[inputs["nodeType"]],
        replicas=int(inputs["replicaCount"]),
        fails_over=inputs["replicaCount"] > 0 and inputs["zoneDistributionConfig"]["mode"] == "MULTI_ZONE",
        eviction=inputs["engineConfigs"]["maxmemory-policy"],
        tls_only=inputs["transitEncryptionMode"] == "SERVER_AUTHENTICATION",
        password=False,
        key=keys[inputs["kmsKey"]],
        public=not all(one["network"] for one in inputs["desiredAutoCreatedEndpoints"]),
        maintenance=_hour(inputs["maintenancePolicy"]),
        snapshots="automatedBackupConfig" in inputs,
        protected=item.protect and inputs["deletionProtectionEnabled"],
    )


def _engine(version: str) -> str:
    """`REDIS_7_2` is redis 7.2."""
    name, _, number = version.lower().partition("_")
    return f"{name} {number.replace('_', '.')}"


def _hour(policy: Mapping[str, Any]) -> tuple[str, str, str]:
    """Memorystore takes an hour from when it starts."""
    (window,) = policy["weeklyMaintenanceWindows"]
    hour, minute = int(window["startTime"]["hours"]), int(window["startTime"].get("minutes", 0))
    return window["day"][:3].lower(), f"{hour:02}:{minute:02}", f"{(hour + 1) % 24:02}:{minute:02}"
