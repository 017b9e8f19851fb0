from __future__ import annotations

from typing import Any

import pytest

from sandbox.contract import Record
from tests.sandbox.moto.life import Case, Ground, live
from tests.sandbox.moto.stage import REGION, Bench

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
SLOW = {"destination": "/queue/slow", "destinationType": "cloudwatch-logs", "logFormat": "json", "logType": "slow-log"}


def given(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "replicationGroupId": name,
        "description": "A queue",
        "engine": "valkey",
        "engineVersion": "8.1",
        "nodeType": "cache.t4g.small",
        "clusterMode": "disabled",
        "numCacheClusters": 3,
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "atRestEncryptionEnabled": True,
        "kmsKeyId": KEY,
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "authToken": "a" * 64,
        "snapshotRetentionLimit": 7,
        "logDeliveryConfigurations": [SLOW],
        "tags": {"a": "b"},
        **changes,
    }


def cache(client: Any, thing: Record) -> dict[str, Any]:
    (found,) = client.describe_replication_groups(ReplicationGroupId=thing.id)["ReplicationGroups"]
    (logs,) = found["LogDeliveryConfigurations"]
    return {
        "description": found["Description"],
        "node": found["CacheNodeType"],
        "members": len(found["MemberClusters"]),
        "fails over": (found["AutomaticFailover"], found["MultiAZ"]),
        "key": found["KmsKeyId"],
        "guarded": (found["TransitEncryptionEnabled"], found["AtRestEncryptionEnabled"], found["AuthTokenEnabled"]),
        "days": found["SnapshotRetentionLimit"],
        "logs": logs["DestinationDetails"]["CloudWatchLogsDetails"]["LogGroup"],
        "tags": {one["Key"]: one["Value"] for one in client.list_tags_for_resource(ResourceName=found["ARN"])["TagList"]},
    }


def shown(ground: Ground, **changes: Any) -> dict[str, Any]:
    return {
        "description": "A queue",
        "node": "cache.t4g.small",
        "members": 3,
        "fails over": ("enabled", "enabled"),
        "key": KEY,
        "guarded": (True, True, True),
        "days": 7,
        "logs": "/queue/slow",
        "tags": {"a": "b"},
        **changes,
    }


CASE = Case(
    GROUP,
    "elasticache",
    given=lambda ground: given("lives"),
    show=cache,
    made=shown,
    change=lambda ground: {"nodeType": "cache.m7g.large", "snapshotRetentionLimit": 14, "tags": {"c": "d"}},
    changed=lambda ground: shown(ground, node="cache.m7g.large", days=14, tags={"c": "d"}),
    meddle=lambda client, thing, ground: client.modify_replication_group(ReplicationGroupId="lives", MultiAZEnabled=False),
    drift=lambda ground: {"multiAzEnabled": False},
)


def test_it_lives_in_moto_from_creation_to_deletion(ground: Ground):
    live(CASE, ground)


def test_a_cluster_has_its_shards_there(bench: Bench):
    shards = {"clusterMode": "enabled", "numCacheClusters": None, "numNodeGroups": 3, "replicasPerNodeGroup": 1}
    inputs = {name: value for name, value in given("shards", **shards).items() if value is not None}
    made = bench.make(GROUP, inputs)
    (found,) = bench.boto3("elasticache").describe_replication_groups(ReplicationGroupId="shards")["ReplicationGroups"]
    assert [len(one["NodeGroupMembers"]) for one in found["NodeGroups"]] == [2, 2, 2]
    assert bench.drifted(made) == {}


def test_what_comes_again_under_a_name_does_not_get_the_tags_of_the_first(bench: Bench):
    bench.remove(bench.make(GROUP, given("again", tags={"old": "tag"})))
    made = bench.make(GROUP, given("again", tags={}))
    assert bench.drifted(made) == {}
    assert cache(bench.boto3("elasticache"), made)["tags"] == {}


@pytest.mark.parametrize("changes", [{"numCacheClusters": 2}, {"authToken": "b" * 64}, {"maintenanceWindow": "sat:01:00-sat:03:00"}])
def test_what_moto_cannot_change_is_no_drift(bench: Bench, changes: dict[str, Any]):
    made = bench.make(GROUP, given(f"fixed-{next(iter(changes)).lower()}"))
    assert bench.drifted(bench.change(made, changes)) == {}
