"""ElastiCache: what it refuses, what it answers, and what must go before what."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.contract import Record, Refused
from tests.sandbox.accounts import OWNER, Account, Site, policy

GROUP, SUBNETS = "aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/subnetGroup:SubnetGroup"
PARAMETERS, LOGS = "aws:elasticache/parameterGroup:ParameterGroup", "aws:cloudwatch/logGroup:LogGroup"
WALL = "aws:ec2/securityGroup:SecurityGroup"
CACHE: dict[str, Any] = {
    "replicationGroupId": "queue",
    "description": "Queue",
    "engine": "valkey",
    "engineVersion": "8.1",
    "nodeType": "cache.t4g.small",
    "numCacheClusters": 2,
    "automaticFailoverEnabled": True,
    "transitEncryptionEnabled": True,
    "authToken": "a" * 64,
}
SHARDS: dict[str, Any] = {
    **{name: value for name, value in CACHE.items() if name != "numCacheClusters"},
    "clusterMode": "enabled",
    "numNodeGroups": 3,
    "replicasPerNodeGroup": 1,
}
SLOW = {"destination": "/queue/slow", "destinationType": "cloudwatch-logs", "logFormat": "json", "logType": "slow-log"}


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        ({"replicationGroupId": "a" * 41}, "replicationGroupId", "1-40 letters"),
        ({"replicationGroupId": "play--new"}, "replicationGroupId", "no two '-'"),
        ({"replicationGroupId": "9queue"}, "replicationGroupId", "a letter first"),
        ({"replicationGroupId": "queue-"}, "replicationGroupId", "none at the end"),
        ({"description": " "}, "description", "must not be empty"),
        ({"nodeType": "db.m7g.large"}, "nodeType", "cache.m7g.large"),
        ({"nodeType": "cache.r6gd.xlarge"}, "dataTieringEnabled", "they need it"),
        ({"dataTieringEnabled": True}, "dataTieringEnabled", "for nodes of r6gd"),
        ({"engine": "keydb"}, "engine", "redis, valkey"),
        ({"engineVersion": "8"}, "engineVersion", "Cannot find version 8 for valkey"),
        ({"engine": "redis", "engineVersion": "7.2"}, "engineVersion", "Cannot find version 7.2 for redis"),
        ({"numCacheClusters": 1}, "numCacheClusters", "at least 2"),
        ({"numCacheClusters": 7}, "numCacheClusters", "between 1 and 6"),
        ({"numNodeGroups": 2}, "numCacheClusters", "conflicts with numNodeGroups"),
        ({"automaticFailoverEnabled": False, "multiAzEnabled": True}, "multiAzEnabled", "automaticFailoverEnabled must be true"),
        ({"authToken": "short"}, "authToken", "Invalid AuthToken"),
        ({"authToken": "a" * 20 + "/@"}, "authToken", "Invalid AuthToken"),
        ({"transitEncryptionEnabled": False}, "authToken", "needs transitEncryptionEnabled"),
        ({"transitEncryptionMode": "on"}, "transitEncryptionMode", "preferred, required"),
        ({"userGroupIds": ["people"]}, "authToken", "conflicts with userGroupIds"),
        ({"kmsKeyId": "k", "atRestEncryptionEnabled": False}, "kmsKeyId", "needs atRestEncryptionEnabled"),
        ({"engine": "redis", "engineVersion": "7.1", "kmsKeyId": "k"}, "kmsKeyId", "needs atRestEncryptionEnabled"),
        ({"maintenanceWindow": "sat:01:00-sat:01:30"}, "maintenanceWindow", "at least 60 minutes"),
        ({"maintenanceWindow": "01:00-03:00"}, "maintenanceWindow", "ddd:hh:mm-ddd:hh:mm"),
        ({"snapshotWindow": "01:00-01:30"}, "snapshotWindow", "at least 60 minutes"),
        ({"snapshotWindow": "02:00-03:00", "maintenanceWindow": "sat:01:00-sat:03:00"}, "snapshotWindow", "must not overlap"),
        ({"snapshotRetentionLimit": 36}, "snapshotRetentionLimit", "between 0 and 35"),
        ({"networkType": "IPV4"}, "networkType", "ipv4, ipv6, dual_stack"),
        ({"logDeliveryConfigurations": [SLOW, SLOW]}, "logDeliveryConfigurations", "slow-log is given 2 times"),
        (
            {"logDeliveryConfigurations": [{**SLOW, "logType": "slowlog"}]},
            "logDeliveryConfigurations[0].logType",
            "slow-log, engine-log",
        ),
    ],
)
def test_elasticache_refuses(given: dict[str, Any], path: str, reason: str) -> None:
    found = Account().failures(GROUP, {**CACHE, **given})
    assert reason in found.get(path, ""), found


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        ({"automaticFailoverEnabled": False}, "automaticFailoverEnabled", "cannot be created with auto failover turned off"),
        ({"replicasPerNodeGroup": 0, "multiAzEnabled": True}, "multiAzEnabled", "at least one replica"),
        ({"replicasPerNodeGroup": 6}, "replicasPerNodeGroup", "between 0 and 5"),
    ],
)
def test_elasticache_refuses_of_clusters(given: dict[str, Any], path: str, reason: str) -> None:
    found = Account().failures(GROUP, {**SHARDS, **given})
    assert reason in found.get(path, ""), found


@pytest.mark.parametrize(
    ("type_", "given", "path"),
    [
        (PARAMETERS, {"family": "valkey8.1"}, "family"),
        (PARAMETERS, {"family": "valkey8", "parameters": [{"name": "maxmemory-policy", "value": "none"}]}, "parameters[0]"),
        (PARAMETERS, {"family": "valkey8", "parameters": [{"name": "cluster-enabled", "value": "true"}]}, "parameters[0]"),
        (SUBNETS, {"name": "a b", "subnetIds": ["s"]}, "name"),
        (SUBNETS, {"subnetIds": []}, "subnetIds"),
    ],
)
def test_elasticache_refuses_of_groups(type_: str, given: dict[str, Any], path: str) -> None:
    assert path in Account().failures(type_, given)


@pytest.mark.parametrize(
    "given",
    [CACHE, SHARDS, {**SHARDS, "replicasPerNodeGroup": 0}, {**CACHE, "numCacheClusters": 1, "automaticFailoverEnabled": False}],
)
def test_elasticache_admits(given: dict[str, Any]) -> None:
    assert Account().failures(GROUP, given) == {}


def parameters(account: Account, name: str = "parameters", family: str = "valkey8", enabled: str = "no") -> Record:
    return account.make(PARAMETERS, name, family=family, parameters=[{"name": "cluster-enabled", "value": enabled}])


def test_a_cache_takes_parameters_of_its_engine_and_of_its_mode() -> None:
    account = Account()
    plain, sharded, old = parameters(account), parameters(account, "sharded", enabled="yes"), parameters(account, "old", "valkey7")
    assert "Expected a parameter group of family valkey8 but found one of family valkey7" in account.refused(
        GROUP, **CACHE, parameterGroupName=old.id
    )
    assert "does not fit the cluster mode" in account.refused(GROUP, **CACHE, parameterGroupName=sharded.id)
    assert "does not fit the cluster mode" in account.refused(GROUP, **SHARDS, parameterGroupName=plain.id)
    account.make(GROUP, **CACHE, parameterGroupName=plain.id)
    account.make(GROUP, "shards", **SHARDS | {"replicationGroupId": "shards"}, parameterGroupName=sharded.id)


def test_a_cache_names_groups_that_exist() -> None:
    account = Account()
    assert account.refused(GROUP, **CACHE, subnetGroupName="none").startswith("CacheSubnetGroupNotFoundFault:")
    assert account.refused(GROUP, **CACHE, parameterGroupName="none").startswith("CacheParameterGroupNotFound:")
    assert "/queue/slow does not exist" in account.refused(GROUP, **CACHE, logDeliveryConfigurations=[SLOW])
    account.make(LOGS, name="/queue/slow")
    account.make(GROUP, **CACHE, logDeliveryConfigurations=[SLOW])


def test_a_cache_over_zones_needs_subnets_in_two_and_a_wall_in_their_network() -> None:
    site = Site()
    narrow = site.make(SUBNETS, "narrow", subnetIds=site.ids[:1])
    assert "over two availability zones" in site.refused(GROUP, **CACHE, multiAzEnabled=True, subnetGroupName=narrow.id)
    elsewhere = site.make("aws:ec2/vpc:Vpc", "elsewhere", cidrBlock="10.9.0.0/16")
    wall = site.make(WALL, vpcId=elsewhere.id)
    wide = site.make(SUBNETS, "wide", subnetIds=site.ids)
    assert "different networks" in site.refused(GROUP, **CACHE, subnetGroupName=wide.id, securityGroupIds=[wall.id])
    foreign = site.make("aws:ec2/subnet:Subnet", "foreign", vpcId=elsewhere.id, cidrBlock="10.9.0.0/24", availabilityZone="eu-central-1a")
    assert "in one VPC" in site.refused(SUBNETS, subnetIds=[site.ids[0], foreign.id])


@pytest.mark.parametrize(
    ("type_", "given", "code"),
    [
        (GROUP, CACHE, "ReplicationGroupAlreadyExists"),
        (PARAMETERS, {"name": "p", "family": "valkey8"}, "CacheParameterGroupAlreadyExists"),
    ],
)
def test_a_name_is_given_once(type_: str, given: dict[str, Any], code: str) -> None:
    account = Account()
    account.make(type_, "first", **given)
    assert account.refused(type_, "second", **given).startswith(f"{code}:")


@pytest.mark.parametrize(
    ("region", "suffix"), [("eu-central-1", r"euc1\.cache\.amazonaws\.com"), ("eusc-de-east-1", r"euscdee1\.cache\.amazonaws\.eu")]
)
def test_hosts_are_named_after_what_answers(region: str, suffix: str) -> None:
    made = Account(region).make(GROUP, **CACHE).outputs
    assert re.fullmatch(rf"master\.queue\.[0-9a-f]{{6}}\.{suffix}", made["primaryEndpointAddress"])
    assert re.fullmatch(rf"replica\.queue\.[0-9a-f]{{6}}\.{suffix}", made["readerEndpointAddress"])
    assert made["memberClusters"] == ["queue-001", "queue-002"]
    assert (made["clusterEnabled"], made["configurationEndpointAddress"]) == (False, "")
    sharded = Account(region).make(GROUP, **SHARDS).outputs
    assert re.fullmatch(rf"clustercfg\.queue\.[0-9a-f]{{6}}\.{suffix}", sharded["configurationEndpointAddress"])
    assert (sharded["clusterEnabled"], sharded["primaryEndpointAddress"], len(sharded["memberClusters"])) == (True, "", 6)
    assert made["arn"].endswith(f":elasticache:{region}:{OWNER}:replicationgroup:queue")


def test_an_update_keeps_the_host_and_tells_the_new_members() -> None:
    account = Account()
    made = account.make(GROUP, **CACHE)
    grown = account.change(made, numCacheClusters=3, engineVersion="8.2").outputs
    assert grown["primaryEndpointAddress"] == made.outputs["primaryEndpointAddress"]
    assert (len(grown["memberClusters"]), grown["engineVersionActual"]) == (3, "8.2.0")


def changed(record: Record, account: Account, **inputs: Any) -> str:
    with pytest.raises(Refused, match="InvalidParameterValue") as refusal:
        account.change(record, **inputs)
    return str(refusal.value)


def test_versions_go_up_and_modes_only_step_by_step() -> None:
    account = Account()
    made = account.make(GROUP, **CACHE)
    assert "Cannot downgrade from 8.1 to 8.0" in changed(made, account, engineVersion="8.0")
    assert "from disabled to enabled" in changed(made, account, clusterMode="enabled")
    shards = account.make(GROUP, "shards", **SHARDS | {"replicationGroupId": "shards"})
    assert "from enabled to disabled" in changed(shards, account, clusterMode="disabled")


@pytest.mark.parametrize(
    ("given", "replaces"),
    [
        ({"kmsKeyId": "another"}, ("kmsKeyId",)),
        ({"atRestEncryptionEnabled": False}, ("atRestEncryptionEnabled",)),
        ({"subnetGroupName": "another"}, ("subnetGroupName",)),
        ({"nodeType": "cache.m7g.large"}, ()),
        ({"numCacheClusters": 3}, ()),
        ({"authToken": "b" * 64}, ()),
    ],
)
def test_what_a_change_replaces(given: dict[str, Any], replaces: tuple[str, ...]) -> None:
    olds = {**CACHE, "atRestEncryptionEnabled": True, "kmsKeyId": "one", "subnetGroupName": "one"}
    assert Account().diff(GROUP, olds, {**olds, **given}).replaces == replaces


def test_groups_go_after_the_cache_that_is_in_them() -> None:
    site = Site()
    subnets, wall, group = site.make(SUBNETS, subnetIds=site.ids), site.make(WALL, vpcId=site.vpc.id), parameters(site)
    cache = site.make(GROUP, **CACHE, subnetGroupName=subnets.id, parameterGroupName=group.id, securityGroupIds=[wall.id])
    assert site.held(subnets).startswith("CacheSubnetGroupInUse")
    assert site.held(group).startswith("InvalidCacheParameterGroupState")
    assert site.held(wall).startswith("DependencyViolation")
    assert site.held(cache) == ""
    site.world.remove(cache)
    assert (site.held(subnets), site.held(group), site.held(wall)) == ("", "", "")


def test_an_account_has_ten_policies_of_logs_in_a_region() -> None:
    account = Account()
    kind = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
    statement = policy(Principal={"Service": "delivery.logs.amazonaws.com"}, Action="logs:PutLogEvents")
    for index in range(10):
        account.make(kind, f"p{index}", policyName=f"p{index}", policyDocument=statement)
    assert account.refused(kind, "p10", policyName="p10", policyDocument=statement).startswith("LimitExceededException:")
