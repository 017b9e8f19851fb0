from __future__ import annotations

import json
from typing import Any

import pytest

from components.cache.aws import AwsCache
from components.cache.aws_plan import plan
from components.cache.spec import CacheSpec
from components.site import Site
from components.vocabulary import Window
from tests.components import aws_wiring as wiring
from tests.recorder import Recording, Registered, record

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup"
NAME = "playnew-production-queue"
SPEC = CacheSpec(databases=2, snapshot_days=7)
SINGLE = CacheSpec(mode="single", replicas=0)
CLUSTER = CacheSpec(mode="cluster", shards=3, replicas=1)


def cache(wanted: CacheSpec = SPEC, name: str = NAME, site: Site = wiring.SITE) -> Recording[AwsCache]:
    return record(lambda: AwsCache(name, wanted, site, wiring.network(), wiring.key(), wiring.cluster()), wiring.STATES)


@pytest.fixture(scope="module")
def production() -> Recording[AwsCache]:
    return cache()


@pytest.fixture(scope="module")
def group(production: Recording[AwsCache]) -> Registered:
    return production.one(GROUP)


def parameters(registered: Recording[AwsCache]) -> dict[str, str]:
    return {item["name"]: item["value"] for item in registered.one(PARAMETERS).inputs["parameters"]}


@pytest.mark.requirement("AA-03")
def test_a_replicated_cache_fails_over_by_itself_to_another_zone(group: Registered) -> None:
    inputs = group.inputs
    assert (inputs["engine"], inputs["engineVersion"], inputs["clusterMode"]) == ("valkey", "8.1", "disabled")
    assert (inputs["numCacheClusters"], inputs["automaticFailoverEnabled"], inputs["multiAzEnabled"]) == (2, True, True)
    assert not {"numNodeGroups", "replicasPerNodeGroup"} & set(inputs)


@pytest.mark.requirement("SN-04")
def test_a_single_node_promises_no_fail_over() -> None:
    inputs = cache(SINGLE).one(GROUP).inputs
    assert (inputs["numCacheClusters"], inputs["automaticFailoverEnabled"], inputs["multiAzEnabled"]) == (1, False, False)


@pytest.mark.requirement("SN-04")
def test_a_cluster_has_shards_with_replicas_of_their_own_and_one_place_to_learn_of_them() -> None:
    registered = cache(CLUSTER)
    inputs = registered.one(GROUP).inputs
    assert (inputs["clusterMode"], inputs["numNodeGroups"], inputs["replicasPerNodeGroup"]) == ("enabled", 3, 1)
    assert "numCacheClusters" not in inputs
    assert parameters(registered)["cluster-enabled"] == "yes"
    outputs = registered.one("eucloud:aws:Cache").outputs
    assert outputs["endpoints"] == [{"host": f"clustercfg.{NAME}.abcdef.eus1.cache.amazonaws.com", "port": 6379, "database": 0}]


def test_shards_without_replicas_are_still_told_to_fail_over_as_elasticache_asks() -> None:
    inputs = cache(CacheSpec(mode="cluster", shards=2, replicas=0)).one(GROUP).inputs
    assert (inputs["automaticFailoverEnabled"], inputs["multiAzEnabled"]) == (True, False)


@pytest.mark.requirement("AA-03")
def test_each_keyspace_has_its_number_on_the_one_host(production: Recording[AwsCache]) -> None:
    outputs = production.one("eucloud:aws:Cache").outputs
    host = f"master.{NAME}.abcdef.eus1.cache.amazonaws.com"
    assert outputs["endpoints"] == [{"host": host, "port": 6379, "database": 0}, {"host": host, "port": 6379, "database": 1}]
    assert len(outputs["passwords"]) == 2
    assert (outputs.get("authority"), outputs["ports"], outputs["identifier"]) == (None, [[6379, 6379]], NAME)
    assert outputs["cidrs"] == ["10.20.3.0/24", "10.20.4.0/24", "10.20.5.0/24"]


@pytest.mark.requirement("AA-03")
def test_clients_need_tls_and_a_password_that_stays_a_secret(production: Recording[AwsCache], group: Registered) -> None:
    assert (group.inputs["transitEncryptionEnabled"], group.inputs["transitEncryptionMode"]) == (True, "required")
    assert group.secrets == ("authToken",)
    assert group.inputs["authToken"] == production.one("random:index/randomPassword:RandomPassword").state["result"]


def test_the_password_is_what_elasticache_takes_and_needs_no_escaping_in_an_address(production: Recording[AwsCache]) -> None:
    made = production.one("random:index/randomPassword:RandomPassword").inputs
    assert (made["length"], made["special"]) == (64, False)
    assert min(made["minLower"], made["minUpper"], made["minNumeric"]) == 1


def test_another_password_is_let_in_beside_the_one_before(group: Registered) -> None:
    assert group.inputs["authTokenUpdateStrategy"] == "ROTATE"


def test_disks_snapshots_and_logs_are_encrypted_with_the_customer_key(production: Recording[AwsCache], group: Registered) -> None:
    assert (group.inputs["atRestEncryptionEnabled"], group.inputs["kmsKeyId"]) == (True, wiring.KEY_ARN)
    logs = production.of("aws:cloudwatch/logGroup:LogGroup")
    assert {log.inputs["name"] for log in logs} == {f"/aws/elasticache/{NAME}/{kind}" for kind in ("slow-log", "engine-log")}
    assert {(log.inputs["kmsKeyId"], log.inputs["retentionInDays"]) for log in logs} == {(wiring.KEY_ARN, 30)}


def test_logs_go_to_groups_that_may_be_written_before_the_cache_asks(production: Recording[AwsCache], group: Registered) -> None:
    delivered = {item["logType"]: item["destination"] for item in group.inputs["logDeliveryConfigurations"]}
    assert delivered == {kind: f"/aws/elasticache/{NAME}/{kind}" for kind in ("slow-log", "engine-log")}
    right = production.one("aws:cloudwatch/logResourcePolicy:LogResourcePolicy")
    assert right.name in group.depends_on
    [statement] = wiring.statements(right.inputs["policyDocument"])
    groups = [log.state["arn"] for log in production.of("aws:cloudwatch/logGroup:LogGroup")]
    assert statement["Resource"] == [f"{arn}:log-stream:*" for arn in groups]
    assert statement["Principal"] == {"Service": ["delivery.logs.amazonaws.com"]}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": [wiring.ACCOUNT]}
    assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": [f"arn:aws:logs:eu-south-1:{wiring.ACCOUNT}:*"]}


def test_only_the_cluster_reaches_the_cache_and_the_cache_reaches_nobody(production: Recording[AwsCache], group: Registered) -> None:
    rule = production.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").inputs
    assert rule["referencedSecurityGroupId"] == wiring.NODES_GROUP
    assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 6379, 6379)
    wall = production.one("aws:ec2/securityGroup:SecurityGroup")
    assert not {"ingress", "egress"} & set(wall.inputs)
    assert group.inputs["securityGroupIds"] == [f"{wall.name}-id"]
    assert production.one("aws:elasticache/subnetGroup:SubnetGroup").inputs["subnetIds"] == ["data-a", "data-b", "data-c"]


def test_a_queue_refuses_writes_when_memory_is_full_and_a_cache_forgets() -> None:
    assert parameters(cache())["maxmemory-policy"] == "noeviction"
    assert parameters(cache(CacheSpec(eviction="allkeys-lru")))["maxmemory-policy"] == "allkeys-lru"


def test_snapshots_are_taken_before_the_maintenance_and_kept(group: Registered) -> None:
    inputs = group.inputs
    assert (inputs["maintenanceWindow"], inputs["snapshotWindow"]) == ("sat:01:00-sat:03:00", "23:00-00:00")
    assert (inputs["snapshotRetentionLimit"], inputs["applyImmediately"]) == (7, False)


def test_without_days_no_snapshots_are_taken() -> None:
    inputs = cache(SINGLE).one(GROUP).inputs
    assert inputs["snapshotRetentionLimit"] == 0
    assert "snapshotWindow" not in inputs


def test_a_protected_cache_is_not_deleted_and_leaves_a_last_snapshot(group: Registered) -> None:
    assert (group.protect, group.inputs["finalSnapshotIdentifier"]) == (True, f"{NAME}-final")
    released = cache(SPEC.model_copy(update={"deletion_protected": False})).one(GROUP)
    assert released.protect is False
    assert "finalSnapshotIdentifier" not in released.inputs


def test_no_minor_comes_by_itself_since_the_provider_would_replace_the_cache_to_go_back(group: Registered) -> None:
    assert group.inputs["autoMinorVersionUpgrade"] is False


def test_another_mode_is_another_cache_with_another_parameter_group(production: Recording[AwsCache], group: Registered) -> None:
    assert group.replace_on_changes == ("clusterMode",)
    assert cache(CLUSTER).one(PARAMETERS).name != production.one(PARAMETERS).name


def test_a_long_name_becomes_an_id_that_elasticache_takes() -> None:
    registered = cache(name="a-company-of-many-words-production-background-queue")
    identifier = registered.one(GROUP).inputs["replicationGroupId"]
    assert len(identifier) <= 40
    assert identifier.startswith("a-company-of-many-words")
    assert "--" not in identifier
    assert registered.one("eucloud:aws:Cache").outputs["identifier"] == identifier


@pytest.mark.parametrize(
    ("memory", "node"),
    [
        (1, "cache.t4g.small"),
        (2, "cache.t4g.medium"),
        (3, "cache.m7g.large"),
        (5, "cache.r7g.large"),
        (10, "cache.r7g.xlarge"),
        (20, "cache.r7g.2xlarge"),
        (50, "cache.r7g.4xlarge"),
    ],
)
def test_memory_is_for_data_beside_what_the_node_keeps_free(memory: int, node: str) -> None:
    assert plan(CacheSpec(memory_gib=memory)).node_type == node


@pytest.mark.parametrize(
    ("window", "maintenance", "snapshots"),
    [
        (Window(day="sat", start="00:30", end="02:00"), "fri:23:30-sat:01:00", "21:30-22:30"),
        (Window(day="mon", start="00:30", end="01:30"), "sun:23:30-mon:00:30", "21:30-22:30"),
        (Window(day="sun", start="23:00", end="03:00", utc_offset_hours=0), "sun:23:00-mon:03:00", "21:00-22:00"),
    ],
)
def test_windows_move_to_utc_over_midnight_and_over_the_week(window: Window, maintenance: str, snapshots: str) -> None:
    decided = plan(CacheSpec(maintenance=window, snapshot_days=1))
    assert (decided.maintenance_window, decided.snapshot_window) == (maintenance, snapshots)


@pytest.mark.parametrize(("end", "lasts"), [("02:30", 30), ("02:00", 0), ("01:00", 1380)])
def test_a_window_that_elasticache_refuses_is_told_in_one_line(end: str, lasts: int) -> None:
    with pytest.raises(ValueError, match=rf"^maintenance: 02:00-{end} lasts {lasts} minutes; allowed: 60 to 1320 minutes$"):
        plan(CacheSpec(maintenance=Window(start="02:00", end=end)))


def test_in_the_sovereign_cloud_the_logs_are_delivered_within_its_partition() -> None:
    registered = cache(site=wiring.SOVEREIGN)
    document: dict[str, Any] = json.loads(registered.one("aws:cloudwatch/logResourcePolicy:LogResourcePolicy").inputs["policyDocument"])
    [statement] = document["Statement"]
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"] == [f"arn:aws-eusc:logs:eusc-de-east-1:{wiring.ACCOUNT}:*"]
