from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.contract import Intent, Properties, Record, Refused
from tests.sandbox.moto.stage import REGION, Bench

INSTANCE = "aws:rds/instance:Instance"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
SUBNETS = "aws:rds/subnetGroup:SubnetGroup"
ROLE = "arn:aws:iam::123456789012:role/monitoring"


@dataclass
class Place:
    """Where instances stand: three subnets, a subnet group of two of them, a security group, a parameter group, a key."""

    subnets: list[str]
    group: Record
    security_group: str
    parameters: Record
    key: str


@pytest.fixture(scope="module")
def place(bench: Bench) -> Place:
    ec2 = bench.boto3("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    blocks = ((f"10.77.{index}.0/24", f"{REGION}{zone}") for index, zone in enumerate("abc"))
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"] for cidr, zone in blocks]
    security_group = ec2.create_security_group(GroupName="db", Description="d", VpcId=vpc)["GroupId"]
    group = bench.make(SUBNETS, {"name": "place", "description": "d", "subnetIds": subnets[:2]})
    parameters = bench.make(PARAMETERS, {"name": "place", "family": "postgres16", "description": "d"})
    return Place(subnets, group, security_group, parameters, bench.boto3("kms").create_key()["KeyMetadata"]["Arn"])


def instance(place: Place, name: str, **more: Any) -> Properties:
    return {
        "identifier": name,
        "engine": "postgres",
        "engineVersion": "16",
        "instanceClass": "db.m6g.large",
        "allocatedStorage": 100,
        "username": "platform_admin",
        "dbSubnetGroupName": "place",
        "parameterGroupName": "place",
        "vpcSecurityGroupIds": [place.security_group],
        "skipFinalSnapshot": True,
        **more,
    }


def described(bench: Bench, name: str) -> dict[str, Any]:
    (found,) = bench.boto3("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    return found


def snapshots(bench: Bench, kind: str, name: str) -> list[str]:
    found = bench.boto3("rds").describe_db_snapshots(SnapshotType=kind, DBInstanceIdentifier=name)["DBSnapshots"]
    return [one["DBSnapshotIdentifier"] for one in found]


def test_an_instance_is_made_as_declared(bench: Bench, place: Place):
    made = bench.make(
        INSTANCE,
        instance(
            place,
            "made",
            password="correct-horse",
            storageEncrypted=True,
            kmsKeyId=place.key,
            multiAz=True,
            port=5433,
            backupRetentionPeriod=30,
            backupWindow="23:00-00:00",
            maintenanceWindow="sat:01:00-sat:03:00",
            caCertIdentifier="rds-ca-rsa2048-g1",
            monitoringInterval=60,
            monitoringRoleArn=ROLE,
            enabledCloudwatchLogsExports=["postgresql", "upgrade"],
            networkType="IPV4",
            performanceInsightsKmsKeyId=place.key,
            performanceInsightsRetentionPeriod=7,
            tags={"backup": "yes"},
        ),
    )

    there = described(bench, "made")
    assert there["DBInstanceArn"] == made.outputs["arn"] == f"arn:aws:rds:{REGION}:123456789012:db:made"
    assert (made.outputs["address"], made.outputs["port"]) == (there["Endpoint"]["Address"], 5433)
    assert made.outputs["endpoint"] == f"{there['Endpoint']['Address']}:5433"
    assert there["KmsKeyId"] == there["PerformanceInsightsKMSKeyId"] == place.key
    assert (there["MultiAZ"], there["BackupRetentionPeriod"], there["EngineVersion"]) == (True, 30, "16")
    assert (there["PreferredBackupWindow"], there["PreferredMaintenanceWindow"]) == ("23:00-00:00", "sat:01:00-sat:03:00")
    assert there["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"
    assert sorted(there["EnabledCloudwatchLogsExports"]) == ["postgresql", "upgrade"]
    assert (there["NetworkType"], there["PerformanceInsightsRetentionPeriod"]) == ("IPV4", 7)
    assert there["VpcSecurityGroups"][0]["VpcSecurityGroupId"] == place.security_group
    assert there["TagList"] == [{"Key": "backup", "Value": "yes"}]
    assert bench.drifted(made) == {}


def test_a_managed_password_lies_in_a_secret_of_moto_and_goes_with_the_instance(bench: Bench, place: Place):
    made = bench.make(INSTANCE, instance(place, "managed", manageMasterUserPassword=True, masterUserSecretKmsKeyId=place.key))
    (secret,) = made.outputs["masterUserSecrets"]
    manager = bench.boto3("secretsmanager")

    assert manager.describe_secret(SecretId=secret["secretArn"])["OwningService"] == "rds"
    assert (secret["kmsKeyId"], secret["secretStatus"]) == (place.key, "active")
    bench.change(made, {"allocatedStorage": 200})
    assert described(bench, "managed")["MasterUserSecret"]["SecretArn"] == secret["secretArn"]

    bench.remove(made)
    with pytest.raises(manager.exceptions.ResourceNotFoundException):
        manager.describe_secret(SecretId=secret["secretArn"])


def test_a_password_of_one_s_own_takes_the_place_of_the_managed_one(bench: Bench, place: Place):
    made = bench.make(INSTANCE, instance(place, "own-password", manageMasterUserPassword=True))

    made = bench.change(made, {"manageMasterUserPassword": None, "password": "correct-horse"})
    assert "MasterUserSecret" not in described(bench, "own-password")

    bench.change(made, {"manageMasterUserPassword": True, "password": None})
    assert described(bench, "own-password")["MasterUserSecret"]["SecretStatus"] in ("creating", "active")


CHANGES = {
    "instanceClass": ("db.m6g.xlarge", "DBInstanceClass"),
    "allocatedStorage": (300, "AllocatedStorage"),
    "maxAllocatedStorage": (2000, "MaxAllocatedStorage"),
    "backupRetentionPeriod": (14, "BackupRetentionPeriod"),
    "backupWindow": ("22:00-23:00", "PreferredBackupWindow"),
    "maintenanceWindow": ("sun:01:00-sun:03:00", "PreferredMaintenanceWindow"),
    "caCertIdentifier": ("rds-ca-rsa4096-g1", "CACertificateIdentifier"),
    "multiAz": (True, "MultiAZ"),
    "deletionProtection": (True, "DeletionProtection"),
    "engineVersion": ("17", "EngineVersion"),
    "copyTagsToSnapshot": (True, "CopyTagsToSnapshot"),
    "iamDatabaseAuthenticationEnabled": (True, "IAMDatabaseAuthenticationEnabled"),
    "publiclyAccessible": (True, "PubliclyAccessible"),
    "networkType": ("DUAL", "NetworkType"),
    "performanceInsightsRetentionPeriod": (31, "PerformanceInsightsRetentionPeriod"),
    "enabledCloudwatchLogsExports": (["upgrade"], "EnabledCloudwatchLogsExports"),
}


@pytest.fixture(scope="module")
def changing(bench: Bench, place: Place) -> Record:
    return bench.make(INSTANCE, instance(place, "changing", maxAllocatedStorage=500, enabledCloudwatchLogsExports=["postgresql"]))


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen_by_everybody(bench: Bench, changing: Record, name: str):
    value, member = CHANGES[name]
    changed = bench.change(changing, {name: value})
    assert described(bench, "changing")[member] == value
    assert bench.drifted(changed) == {}
    bench.change(changed, dict(changing.inputs) | {"deletionProtection": False})


def test_tags_of_instances_and_groups_are_seen_by_everybody(bench: Bench, place: Place):
    rds = bench.boto3("rds")
    for record in (bench.make(INSTANCE, instance(place, "tagged", tags={"a": "b"})), place.group, place.parameters):
        bench.change(record, {"tags": {"c": "d"}})
        assert rds.list_tags_for_resource(ResourceName=record.outputs["arn"])["TagList"] == [{"Key": "c", "Value": "d"}]


def test_another_identifier_is_the_same_instance_elsewhere(bench: Bench, place: Place):
    made = bench.make(INSTANCE, instance(place, "before"))
    renamed = bench.change(made, {"identifier": "after"})

    assert bench.drifted(renamed) == {}
    assert renamed.outputs["address"] == described(bench, "after")["Endpoint"]["Address"]
    assert renamed.outputs["arn"] == described(bench, "after")["DBInstanceArn"]
    with pytest.raises(bench.boto3("rds").exceptions.DBInstanceNotFoundFault):
        described(bench, "before")


def test_what_others_change_is_drift(bench: Bench, place: Place):
    made = bench.make(INSTANCE, instance(place, "drifting", backupRetentionPeriod=30, deletionProtection=True))

    bench.boto3("rds").modify_db_instance(DBInstanceIdentifier="drifting", BackupRetentionPeriod=1, DeletionProtection=False)
    assert bench.drifted(made) == {"backupRetentionPeriod": 1, "deletionProtection": False}

    bench.boto3("rds").delete_db_instance(DBInstanceIdentifier="drifting", SkipFinalSnapshot=True)
    assert bench.drifted(made) is None


def test_a_replica_follows_its_primary_until_it_is_promoted(bench: Bench, place: Place):
    primary = bench.make(
        INSTANCE, instance(place, "primary", multiAz=True, deletionProtection=True, enabledCloudwatchLogsExports=["upgrade"])
    )
    replica = bench.make(
        INSTANCE,
        {
            "identifier": "replica",
            "replicateSourceDb": "primary",
            "instanceClass": "db.m6g.xlarge",
            "maintenanceWindow": "sat:01:00-sat:03:00",
            "enabledCloudwatchLogsExports": ["upgrade"],
            "skipFinalSnapshot": True,
            "tags": {"a": "b"},
        },
    )

    there = described(bench, "replica")
    assert there["ReadReplicaSourceDBInstanceIdentifier"] == "primary"
    assert (there["MultiAZ"], there["DeletionProtection"], there["DBInstanceClass"]) == (False, False, "db.m6g.xlarge")
    assert (there["PreferredMaintenanceWindow"], there["TagList"]) == ("sat:01:00-sat:03:00", [{"Key": "a", "Value": "b"}])
    assert described(bench, "primary")["ReadReplicaDBInstanceIdentifiers"] == ["replica"]
    assert bench.drifted(replica) == bench.drifted(primary) == {}
    assert replica.id != primary.id

    promoted = bench.change(replica, {"replicateSourceDb": None})
    assert bench.drifted(promoted) == {}
    bench.remove(promoted)
    assert bench.drifted(promoted) is None


def test_a_replica_that_goes_is_forgotten_by_its_primary(bench: Bench, place: Place):
    bench.make(INSTANCE, instance(place, "left-behind"))
    replica = bench.make(
        INSTANCE, {"identifier": "going", "replicateSourceDb": "left-behind", "instanceClass": "db.m6g.large", "skipFinalSnapshot": True}
    )

    bench.remove(replica)
    assert described(bench, "left-behind")["ReadReplicaDBInstanceIdentifiers"] == []


def test_a_last_snapshot_stays_and_makes_the_instance_again(bench: Bench, place: Place):
    given = instance(place, "mortal", backupRetentionPeriod=30, deletionProtection=False)
    last = {"skipFinalSnapshot": False, "finalSnapshotIdentifier": "mortal-final", "deleteAutomatedBackups": True}
    bench.remove(bench.make(INSTANCE, given | last))

    assert snapshots(bench, "manual", "mortal") == ["mortal-final"]
    assert snapshots(bench, "automated", "mortal") == []
    restored = bench.make(
        INSTANCE, given | {"identifier": "risen", "snapshotIdentifier": "mortal-final", "allocatedStorage": 200, "multiAz": True}
    )
    there = described(bench, "risen")
    assert (there["MasterUsername"], there["AllocatedStorage"], there["MultiAZ"]) == ("platform_admin", 200, True)
    assert there["DBParameterGroups"][0]["DBParameterGroupName"] == "place"
    assert bench.drifted(restored) == {}


def test_kept_backups_do_not_keep_the_name(bench: Bench, place: Place):
    given = instance(place, "again", deleteAutomatedBackups=False)
    bench.remove(bench.make(INSTANCE, given))

    assert len(snapshots(bench, "automated", "again")) == 1
    assert bench.drifted(bench.make(INSTANCE, given)) == {}


def test_without_a_last_snapshot_nothing_stays(bench: Bench, place: Place):
    bench.remove(bench.make(INSTANCE, instance(place, "traceless", finalSnapshotIdentifier="unwanted")))
    assert snapshots(bench, "manual", "traceless") == snapshots(bench, "automated", "traceless") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"identifier": "place--"}, "InvalidParameterValue"),
        ({"engine": "postgresql"}, "InvalidParameterValue"),
        ({"parameterGroupName": "nowhere"}, "DBParameterGroupNotFound"),
        ({"dbSubnetGroupName": "nowhere"}, "DBSubnetGroupNotFoundFault"),
        ({"monitoringInterval": 60}, "InvalidParameterCombination"),
        ({"backupWindow": "01:00-02:00", "maintenanceWindow": "sat:01:00-sat:03:00"}, "InvalidParameterValue"),
        ({"maxAllocatedStorage": 50}, "InvalidParameterCombination"),
        ({"identifier": "taken"}, "DBInstanceAlreadyExists"),
    ],
)
def test_moto_refuses_what_aws_refuses(bench: Bench, place: Place, changes: Properties, code: str):
    if changes.get("identifier") == "taken":
        bench.make(INSTANCE, instance(place, "taken"))

    with pytest.raises(Refused) as refused:
        bench.make(INSTANCE, instance(place, "refused") | changes)
    assert refused.value.code.startswith(code)


def test_a_protected_instance_stays(bench: Bench, place: Place):
    made = bench.make(INSTANCE, instance(place, "protected", deletionProtection=True))

    with pytest.raises(Refused, match="InvalidParameterCombination: Cannot delete protected DB Instance"):
        bench.remove(made)
    assert bench.drifted(made) == {}


def test_an_instance_whose_maker_died_goes_although_it_is_protected(bench: Bench, place: Place):
    made = bench.make(INSTANCE, instance(place, "unheard", deletionProtection=True, skipFinalSnapshot=False))
    intent = Intent(made.urn, "aws", INSTANCE, made.urn, made.account, made.region, json.dumps({"identifier": "unheard"}))

    assert bench.judge.settle(intent)
    assert bench.drifted(made) is None
    assert snapshots(bench, "automated", "unheard") == []
