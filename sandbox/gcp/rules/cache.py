"""Memorystore's rules, and those of the policies by which it makes private endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.contract import Failure, Properties, Request
from sandbox.gcp.projects import region_of, zones
from sandbox.gcp.rules.base import duration, region, rfc1035
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, each, matches, one_of
from sandbox.walk import number, text, values

_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_EVICTION = (
    "noeviction",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
)
_VERSIONS = ("REDIS_3_2", "REDIS_4_0", "REDIS_5_0", "REDIS_6_X", "REDIS_7_0", "REDIS_7_2")
_PERIODS = ("ONE_HOUR", "SIX_HOURS", "TWELVE_HOURS", "TWENTY_FOUR_HOURS")
_NODES = ("SHARED_CORE_NANO", "STANDARD_SMALL", "STANDARD_LARGE", "HIGHCPU_MEDIUM", "HIGHMEM_MEDIUM", "HIGHMEM_XLARGE", "HIGHMEM_2XLARGE")
_SINGLE_NODES = ("CUSTOM_PICO", "CUSTOM_MICRO", "CUSTOM_MINI")
_MOST_NODES = 250
_WITH_REPLICAS = 5
"""GiB from which read replicas are had."""
_SETTING = re.compile(r"[a-z][a-z0-9-]*")
_WINDOW = "maintenancePolicy.weeklyMaintenanceWindows[]"


def _settings(path: str) -> Rule:
    def judge(value: Any) -> str | None:
        if not isinstance(value, dict):
            return None
        for name, given in value.items():  # pyright: ignore[reportUnknownVariableType] # wire value
            if not _SETTING.fullmatch(str(name)):  # pyright: ignore[reportUnknownArgumentType] # wire value
                return f"has no parameter {name}"
            if name == "maxmemory-policy" and given not in _EVICTION:
                return f"maxmemory-policy must be one of {', '.join(_EVICTION)}"
        return None

    return each(path, judge)


def _redis(request: Request, inputs: Properties) -> Iterator[Failure]:
    available = text(inputs, "tier") == "STANDARD_HA"
    replicas, memory = number(inputs, "replicaCount"), number(inputs, "memorySizeGb")
    reading = text(inputs, "readReplicasMode") == "READ_REPLICAS_ENABLED"
    if replicas is not None and not available and replicas:
        yield Failure("replicaCount", f"{replicas:g}: the basic tier has no replicas")
    if replicas is not None and available and not reading and replicas != 1:
        yield Failure("replicaCount", f"{replicas:g}: without read replicas the standard tier has exactly one")
    if reading and not available:
        yield Failure("readReplicasMode", "read replicas take the tier STANDARD_HA")
    if reading and memory is not None and memory < _WITH_REPLICAS:
        yield Failure("memorySizeGb", f"{memory:g}: read replicas take at least {_WITH_REPLICAS} GiB")
    if reading and replicas is not None and not 1 <= replicas <= 5:
        yield Failure("replicaCount", f"{replicas:g} is not between 1 and 5")
    yield from _zones(request, inputs, available=available)
    if text(inputs, "persistenceConfig.persistenceMode") == "RDB" and not text(inputs, "persistenceConfig.rdbSnapshotPeriod"):
        yield Failure("persistenceConfig.rdbSnapshotPeriod", "needed with the persistence mode RDB")


def _zones(request: Request, inputs: Properties, *, available: bool) -> Iterator[Failure]:
    home, listed = text(inputs, "locationId"), zones(region_of(request.instance, inputs))
    for name in ("locationId", "alternativeLocationId"):
        zone = text(inputs, name)
        if zone and zone not in listed:
            yield Failure(name, f"{show(zone)} is no zone of the region ({', '.join(listed)})")
    other = text(inputs, "alternativeLocationId")
    if other and not available:
        yield Failure("alternativeLocationId", "only the tier STANDARD_HA has a second zone")
    if other and other == home:
        yield Failure("alternativeLocationId", "must be another zone than locationId")


def _valkey(request: Request, inputs: Properties) -> Iterator[Failure]:
    alone = text(inputs, "mode") == "CLUSTER_DISABLED"
    node, shards = text(inputs, "nodeType"), number(inputs, "shardCount")
    if node in _SINGLE_NODES and not alone:
        yield Failure("nodeType", f"{node} is for instances without cluster mode")
    if alone and shards is not None and shards != 1:
        yield Failure("shardCount", f"{shards:g}: without cluster mode there is one shard")
    nodes = (shards or 1) * (1 + (number(inputs, "replicaCount") or 0))
    if nodes > _MOST_NODES:
        yield Failure("shardCount", f"{nodes:g} nodes with their replicas are more than {_MOST_NODES}")
    if not values(inputs, "desiredAutoCreatedEndpoints[]") and not values(inputs, "desiredPscAutoConnections[]"):
        yield Failure("desiredAutoCreatedEndpoints", "needed: a network in which the instance has its endpoints")
    if text(inputs, "serverCaMode") and text(inputs, "transitEncryptionMode") != "SERVER_AUTHENTICATION":
        yield Failure("serverCaMode", "takes transitEncryptionMode SERVER_AUTHENTICATION")


RULES: dict[str, tuple[Rule, ...]] = {
    "gcp:memorystore/instance:Instance": (
        matches("instanceId", r"[a-z0-9]([a-z0-9-]{2,61}[a-z0-9])", "is not an id: 4-63 lower-case letters, digits and '-', no '-' last"),
        region("location"),
        between("shardCount", 1, _MOST_NODES),
        between("replicaCount", 0, 5),
        one_of("mode", "CLUSTER", "CLUSTER_DISABLED"),
        one_of("nodeType", *_NODES, *_SINGLE_NODES),
        matches("engineVersion", r"VALKEY_(7_2|8_0|9_0)", "is not a version of Valkey that is generally available"),
        # Tokens are switched on where they are made, which no resource of the provider does.
        one_of("authorizationMode", "AUTH_DISABLED", "IAM_AUTH"),
        one_of("transitEncryptionMode", "TRANSIT_ENCRYPTION_DISABLED", "SERVER_AUTHENTICATION"),
        one_of("serverCaMode", "GOOGLE_MANAGED_PER_INSTANCE_CA", "GOOGLE_MANAGED_SHARED_CA", "CUSTOMER_MANAGED_CAS_CA"),
        one_of("persistenceConfig.mode", "DISABLED", "RDB", "AOF"),
        one_of("persistenceConfig.rdbConfig.rdbSnapshotPeriod", *_PERIODS),
        one_of("zoneDistributionConfig.mode", "MULTI_ZONE", "SINGLE_ZONE"),
        duration("automatedBackupConfig.retention", 86_400, 365 * 86_400),
        between("automatedBackupConfig.fixedFrequencySchedule.startTime.hours", 0, 23),
        one_of(f"{_WINDOW}.day", *_DAYS),
        between(f"{_WINDOW}.startTime.hours", 0, 23),
        _settings("engineConfigs"),
        _valkey,
    ),
    "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy": (
        rfc1035(),
        region("location"),
        matches("serviceClass", r"(gcp|google)-[a-z0-9-]+|[a-z][a-z0-9-]*-[a-z0-9]{6}", "is not a class of services"),
    ),
    "gcp:redis/instance:Instance": (
        rfc1035(longest=40),
        region("region"),
        one_of("tier", "BASIC", "STANDARD_HA"),
        between("memorySizeGb", 1, 300),
        one_of("redisVersion", *_VERSIONS),
        one_of("connectMode", "DIRECT_PEERING", "PRIVATE_SERVICE_ACCESS"),
        one_of("readReplicasMode", "READ_REPLICAS_DISABLED", "READ_REPLICAS_ENABLED"),
        one_of("transitEncryptionMode", "SERVER_AUTHENTICATION", "DISABLED"),
        one_of("persistenceConfig.persistenceMode", "DISABLED", "RDB"),
        one_of("persistenceConfig.rdbSnapshotPeriod", *_PERIODS),
        one_of(f"{_WINDOW}.day", *_DAYS),
        between(f"{_WINDOW}.startTime.hours", 0, 23),
        between(f"{_WINDOW}.startTime.minutes", 0, 59),
        _settings("redisConfigs"),
        _redis,
    ),
}
