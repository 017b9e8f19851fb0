"""ElastiCache rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.aws.outputs.caches import clustered
from sandbox.aws.rules.data import meet, window
from sandbox.contract import Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, each, known, matches, not_both, one_of
from sandbox.walk import find, number, text

_VERSIONS = {
    "redis": re.compile(r"4\.0\.10|5\.0\.\d|6\.(x|0|2)|7\.[01]"),
    "valkey": re.compile(r"7\.2|8\.[012]|9\.0"),
}
FAMILIES = ("redis4.0", "redis5.0", "redis6.x", "redis7", "valkey7", "valkey8", "valkey9", "memcached1.6")
_POLICIES = (
    *("noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"),
)
_AUTH_TOKEN = re.compile(r"[A-Za-z0-9!&#$^<>-]{16,128}")


def _engine(request: Request, inputs: Properties) -> Iterator[Failure]:
    engine, version = text(inputs, "engine") or "redis", text(inputs, "engineVersion")
    if version and (allowed := _VERSIONS.get(engine)) and not allowed.fullmatch(version):
        yield Failure("engineVersion", f"Cannot find version {version} for {engine} (as major.minor, like 8.1 of valkey or 7.1 of redis)")


def _windows(request: Request, inputs: Properties) -> Iterator[Failure]:
    parsed: dict[str, tuple[int, int]] = {}
    for name, weekly, form in (("snapshotWindow", False, "hh:mm-hh:mm"), ("maintenanceWindow", True, "ddd:hh:mm-ddd:hh:mm")):
        if (value := text(inputs, name)) is None:
            continue
        if (found := window(value, weekly)) is None:
            yield Failure(name, f"{show(value)} is not a window of the form {form} (UTC)")
        elif found[1] < 60:
            yield Failure(name, f"{show(value)} must be at least 60 minutes long")
        else:
            parsed[name] = found
    if len(parsed) == 2 and meet(parsed["snapshotWindow"], parsed["maintenanceWindow"]):
        yield Failure("snapshotWindow", "The snapshot window and maintenance window must not overlap.")


def _nodes(request: Request, inputs: Properties) -> Iterator[Failure]:
    together, nodes = clustered(inputs), number(inputs, "numCacheClusters")
    fails_over, zones = inputs.get("automaticFailoverEnabled") is True, inputs.get("multiAzEnabled") is True
    if known(inputs.get("replicasPerNodeGroup")) and inputs.get("numNodeGroups") is None:
        yield Failure("replicasPerNodeGroup", "needs numNodeGroups")
    if together and inputs.get("automaticFailoverEnabled") in (None, False):
        yield Failure("automaticFailoverEnabled", "Redis with cluster mode enabled cannot be created with auto failover turned off.")
    if not together and (fails_over or zones) and (1 if nodes is None else nodes) < 2 and not number(inputs, "replicasPerNodeGroup"):
        yield Failure("numCacheClusters", "must be at least 2 if automatic failover or multi-AZ is on")
    if zones and inputs.get("automaticFailoverEnabled") in (None, False):
        yield Failure("multiAzEnabled", "automaticFailoverEnabled must be true if multiAzEnabled is")
    if zones and together and inputs.get("replicasPerNodeGroup") in (None, 0):
        yield Failure("multiAzEnabled", "multi-AZ needs at least one replica in each shard")


def _encryption(request: Request, inputs: Properties) -> Iterator[Failure]:
    # Valkey encrypts at rest unless told otherwise.
    plain = inputs.get("atRestEncryptionEnabled") in ((False,) if text(inputs, "engine") == "valkey" else (None, False))
    if known(inputs.get("kmsKeyId")) and plain:
        yield Failure("kmsKeyId", "needs atRestEncryptionEnabled")
    open_ = inputs.get("transitEncryptionEnabled") in (None, False)
    for name in ("authToken", "authTokenWo", "transitEncryptionMode", "userGroupIds"):
        if inputs.get(name) is not None and open_:
            yield Failure(name, "needs transitEncryptionEnabled")
    if inputs.get("authTokenUpdateStrategy") in ("SET", "ROTATE") and all(inputs.get(n) is None for n in ("authToken", "authTokenWo")):
        yield Failure("authTokenUpdateStrategy", "needs authToken")


def _tiers(request: Request, inputs: Properties) -> Iterator[Failure]:
    tiered = (text(inputs, "nodeType") or "").startswith("cache.r6gd.")
    if tiered != (inputs.get("dataTieringEnabled") is True) and isinstance(inputs.get("nodeType"), str):
        yield Failure("dataTieringEnabled", "is for nodes of r6gd, and they need it")


def _logs(request: Request, inputs: Properties) -> Iterator[Failure]:
    kinds = Counter(value for _, value in find(inputs, "logDeliveryConfigurations[].logType"))
    for kind, count in kinds.items():
        if count > 1:
            yield Failure("logDeliveryConfigurations", f"{kind} is given {count} times (allowed: once)")


def _token(value: Any) -> str | None:
    """Says nothing of the value, which is a secret."""
    fits = not isinstance(value, str) or _AUTH_TOKEN.fullmatch(value)
    return None if fits else "InvalidParameterValue: Invalid AuthToken provided."


def _auth_token(request: Request, inputs: Properties) -> Iterator[Failure]:
    for name in ("authToken", "authTokenWo"):
        for where, value in find(inputs, name):
            if reason := _token(value):
                yield Failure(where, reason)


def _parameters(request: Request, inputs: Properties) -> Iterator[Failure]:
    allowed = {"cluster-enabled": ("yes", "no"), "maxmemory-policy": _POLICIES}
    for where, parameter in find(inputs, "parameters[]"):
        name, value = text(parameter, "name"), text(parameter, "value")
        if name in allowed and value is not None and value not in allowed[name]:
            yield Failure(where, f"{show(value)} is no value of {name} (allowed: {', '.join(allowed[name])})")


RULES: dict[str, tuple[Rule, ...]] = {
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        matches(
            "replicationGroupId",
            r"[A-Za-z](?!.*--)[A-Za-z0-9-]{0,39}(?<!-)",
            "is not a replication group id: 1-40 letters, digits and '-', a letter first, no two '-' together and none at the end",
        ),
        matches("description", r"(?s).*\S.*", "must not be empty"),
        matches("nodeType", r"cache\.[a-z]+\d+[a-z]*\.(micro|small|medium|(\d*x)?large)", "is not a node type like cache.m7g.large"),
        one_of("engine", "redis", "valkey"),
        one_of("clusterMode", "enabled", "disabled", "compatible"),
        one_of("transitEncryptionMode", "preferred", "required"),
        one_of("authTokenUpdateStrategy", "SET", "ROTATE", "DELETE"),
        one_of("networkType", "ipv4", "ipv6", "dual_stack"),
        one_of("ipDiscovery", "ipv4", "ipv6"),
        one_of("logDeliveryConfigurations[].destinationType", "cloudwatch-logs", "kinesis-firehose"),
        one_of("logDeliveryConfigurations[].logFormat", "json", "text"),
        one_of("logDeliveryConfigurations[].logType", "slow-log", "engine-log"),
        between("numCacheClusters", 1, 6),
        between("numNodeGroups", 1, 500),
        between("replicasPerNodeGroup", 0, 5),
        between("snapshotRetentionLimit", 0, 35),
        matches("finalSnapshotIdentifier", r"[A-Za-z](?!.*--)[A-Za-z0-9-]{0,254}(?<!-)", "is not a snapshot name"),
        not_both("numCacheClusters", "numNodeGroups"),
        not_both("numCacheClusters", "replicasPerNodeGroup"),
        not_both("preferredCacheClusterAzs", "nodeGroupConfigurations"),
        not_both("authToken", "userGroupIds"),
        not_both("authToken", "authTokenWo"),
        _engine,
        _windows,
        _nodes,
        _encryption,
        _tiers,
        _logs,
        _auth_token,
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": (
        matches("name", r"[A-Za-z](?!.*--)[A-Za-z0-9-]{0,254}(?<!-)", "is not a parameter group name"),
        one_of("family", *FAMILIES),
        _parameters,
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": (
        matches("name", r"(?!default$)[A-Za-z0-9-]{1,255}", "is not a subnet group name: letters, digits and '-'"),
        each("subnetIds", lambda ids: None if ids else "at least one subnet is needed"),
    ),
}
