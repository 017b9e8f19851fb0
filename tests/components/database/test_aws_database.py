from __future__ import annotations

import json

import pytest

from components import geography
from components.database.aws import AwsDatabase
from components.database.aws_plan import plan
from components.database.spec import DatabaseSpec, Window
from components.database.versions import MAJORS, unknown
from components.site import Site
from components.vocabulary import Cloud, Size
from tests.components import aws_wiring as wiring
from tests.recorder import Recording, record

INSTANCE = "aws:rds/instance:Instance"
COPIES = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
NAME = "playnew-production-db"
SPEC = DatabaseSpec(database="pn_agent")
MILAN = geography.region(Cloud.AWS, "eu-south-1")


def spec(**changes: object) -> DatabaseSpec:
    return SPEC.model_copy(update=changes)


def database(wanted: DatabaseSpec = SPEC, site: Site = wiring.SITE) -> Recording[AwsDatabase]:
    return record(lambda: AwsDatabase(NAME, wanted, site, wiring.network(), wiring.key(), wiring.cluster(), wiring.backup()), wiring.STATES)


@pytest.fixture(scope="module")
def production() -> Recording[AwsDatabase]:
    return database()


@pytest.mark.requirement("PN-05")
def test_the_database_is_postgresql_16_with_two_cpus_eight_gib_in_two_zones(production: Recording[AwsDatabase]) -> None:
    inputs = production.one(INSTANCE).inputs
    assert (inputs["engine"], inputs["engineVersion"], inputs["dbName"]) == ("postgres", "16", "pn_agent")
    assert (inputs["instanceClass"], inputs["multiAz"]) == ("db.m6g.large", True)


@pytest.mark.requirement("PN-05")
def test_storage_starts_at_a_hundred_gib_of_ssd_and_grows_by_itself(production: Recording[AwsDatabase]) -> None:
    inputs = production.one(INSTANCE).inputs
    assert (inputs["storageType"], inputs["allocatedStorage"], inputs["maxAllocatedStorage"]) == ("gp3", 100, 1000)


@pytest.mark.requirement("PN-05")
def test_storage_insights_logs_and_password_are_encrypted_with_the_customer_key(production: Recording[AwsDatabase]) -> None:
    inputs = production.one(INSTANCE).inputs
    assert inputs["storageEncrypted"] is True
    assert {inputs["kmsKeyId"], inputs["performanceInsightsKmsKeyId"], inputs["masterUserSecretKmsKeyId"]} == {wiring.KEY_ARN}
    groups = production.of("aws:cloudwatch/logGroup:LogGroup")
    assert {group.inputs["name"] for group in groups} == {f"/aws/rds/instance/{NAME}/{kind}" for kind in ("postgresql", "upgrade")}
    assert {group.inputs["kmsKeyId"] for group in groups} == {wiring.KEY_ARN}
    assert {group.name for group in groups} <= set(production.one(INSTANCE).depends_on)


@pytest.mark.requirement("PN-05")
def test_the_database_refuses_plain_connections(production: Recording[AwsDatabase]) -> None:
    group = production.one("aws:rds/parameterGroup:ParameterGroup").inputs
    parameters = {item["name"]: (item["value"], item["applyMethod"]) for item in group["parameters"]}
    assert group["family"] == "postgres16"
    assert parameters["rds.force_ssl"] == ("1", "immediate")
    assert parameters["log_min_duration_statement"] == ("1000", "immediate")
    assert parameters["shared_preload_libraries"] == ("pg_stat_statements", "pending-reboot")


@pytest.mark.requirement("PN-05")
def test_backups_are_kept_thirty_days_and_outlive_the_database(production: Recording[AwsDatabase]) -> None:
    inputs = production.one(INSTANCE).inputs
    assert (inputs["backupRetentionPeriod"], inputs["deleteAutomatedBackups"]) == (30, False)
    assert (inputs["skipFinalSnapshot"], inputs["finalSnapshotIdentifier"]) == (False, f"{NAME}-final")


@pytest.mark.requirement("PN-05")
def test_maintenance_on_saturday_night_in_central_europe_is_told_in_utc(production: Recording[AwsDatabase]) -> None:
    inputs = production.one(INSTANCE).inputs
    assert (inputs["maintenanceWindow"], inputs["backupWindow"]) == ("sat:01:00-sat:03:00", "23:00-00:00")
    assert inputs["applyImmediately"] is False


@pytest.mark.requirement("PN-05")
def test_a_protected_database_is_deleted_neither_by_the_engine_nor_by_the_cloud(production: Recording[AwsDatabase]) -> None:
    assert (production.one(INSTANCE).protect, production.one(INSTANCE).inputs["deletionProtection"]) == (True, True)
    released = database(spec(deletion_protected=False)).one(INSTANCE)
    assert (released.protect, released.inputs["deletionProtection"], released.inputs["skipFinalSnapshot"]) == (False, False, True)


@pytest.mark.requirement("PN-17")
def test_only_the_cluster_reaches_the_database_and_the_database_reaches_nobody(production: Recording[AwsDatabase]) -> None:
    rule = production.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").inputs
    assert rule["referencedSecurityGroupId"] == wiring.NODES_GROUP
    assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 5432, 5432)
    group = production.one("aws:ec2/securityGroup:SecurityGroup").inputs
    assert not {"ingress", "egress"} & set(group)
    assert production.types()["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"] == 0
    assert production.one(INSTANCE).inputs["publiclyAccessible"] is False
    assert production.one("aws:rds/subnetGroup:SubnetGroup").inputs["subnetIds"] == ["data-a", "data-b", "data-c"]


def test_the_administrators_password_never_passes_through_the_engine(production: Recording[AwsDatabase]) -> None:
    inputs = production.one(INSTANCE).inputs
    assert inputs["manageMasterUserPassword"] is True
    assert "password" not in inputs
    outputs = production.one("eucloud:aws:Database").outputs
    assert outputs["admin_secret"].endswith(":secret:rds!db-1234-AbCdEf")
    assert (outputs["admin_secret_key"], outputs["admin"]) == ("password", "platform_admin")


@pytest.mark.requirement("PN-22")
def test_the_backup_plan_finds_the_database_by_its_tag(production: Recording[AwsDatabase]) -> None:
    assert production.one(INSTANCE).inputs["tags"] == {"backup": "playnew-production"}


@pytest.mark.requirement("PN-05")
def test_phase_1_has_four_cpus_and_a_read_replica_as_safe_as_its_primary() -> None:
    registered = database(spec(size=Size.MEDIUM, replicas=1))
    primary, replica = registered.one(INSTANCE, NAME), registered.one(INSTANCE, f"{NAME}-replica-1")
    assert primary.inputs["instanceClass"] == replica.inputs["instanceClass"] == "db.m6g.xlarge"
    assert replica.inputs["replicateSourceDb"] == NAME
    assert replica.inputs["storageEncrypted"] is True
    assert replica.inputs["parameterGroupName"] == primary.inputs["parameterGroupName"]
    # What a replica must not have.
    assert not {"username", "dbName", "engine", "dbSubnetGroupName", "manageMasterUserPassword", "tags"} & set(replica.inputs)
    # RDS takes the primary's key, and refuses to be told one for a replica in the same region.
    assert "kmsKeyId" not in replica.inputs
    assert len(registered.one("eucloud:aws:Database").outputs["replica_hosts"]) == 1


@pytest.mark.requirement("PN-05")
def test_beside_a_replica_the_password_is_ours_since_rds_replicates_no_instance_whose_password_it_manages() -> None:
    registered = database(spec(replicas=1))
    primary = registered.one(INSTANCE, NAME)
    assert not {"manageMasterUserPassword", "masterUserSecretKmsKeyId"} & set(primary.inputs)
    assert "password" in primary.secrets
    secret = registered.one("aws:secretsmanager/secret:Secret")
    assert (secret.inputs["name"], secret.inputs["kmsKeyId"], secret.protect) == (f"{NAME}/admin", wiring.KEY_ARN, True)
    version = registered.one("aws:secretsmanager/secretVersion:SecretVersion")
    assert "secretString" in version.secrets
    assert json.loads(version.inputs["secretString"]) == {"username": "platform_admin", "password": primary.inputs["password"]}
    assert registered.one("eucloud:aws:Database").outputs["admin_secret"] == version.state["secretArn"]


@pytest.mark.requirement("PN-22")
def test_automatic_backups_outlive_even_a_database_that_may_go() -> None:
    assert database(spec(deletion_protected=False)).one(INSTANCE).inputs["deleteAutomatedBackups"] is False


def test_monitoring_may_write_before_the_instance_is_made(production: Recording[AwsDatabase]) -> None:
    right = production.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert f"{NAME}-monitoring" == right.name
    assert production.one(INSTANCE).depends_on.count(right.name) == 2


@pytest.mark.requirement("PN-22")
def test_backups_are_copied_to_a_second_eu_region_under_a_key_of_that_region() -> None:
    registered = database(spec(backup_region="eu-central-1"))
    copies, key = registered.one(COPIES), registered.one("aws:kms/key:Key")
    assert (copies.inputs["region"], key.inputs["region"]) == ("eu-central-1", "eu-central-1")
    assert copies.inputs["kmsKeyId"] == key.state["arn"]
    assert copies.inputs["retentionPeriod"] == 30
    assert (key.protect, key.inputs["enableKeyRotation"]) == (True, True)


def test_without_a_second_region_nothing_is_copied(production: Recording[AwsDatabase]) -> None:
    assert production.of(COPIES) == []


def test_monitoring_writes_for_this_database_alone(production: Recording[AwsDatabase]) -> None:
    role = production.one("aws:iam/role:Role")
    condition = wiring.statements(role.inputs["assumeRolePolicy"])[0]["Condition"]
    assert condition["ArnLike"]["aws:SourceArn"] == f"arn:aws:rds:eu-south-1:{wiring.ACCOUNT}:db:{NAME}*"


@pytest.mark.requirement("PN-05")
@pytest.mark.parametrize(
    ("window", "maintenance", "backup"),
    [
        (Window(), "sat:01:00-sat:03:00", "23:00-00:00"),
        (Window(day="sat", start="00:30", end="02:00"), "fri:23:30-sat:01:00", "21:30-22:30"),
        (Window(day="mon", start="00:30", end="01:30"), "sun:23:30-mon:00:30", "21:30-22:30"),
        (Window(day="sun", start="23:00", end="03:00", utc_offset_hours=0), "sun:23:00-mon:03:00", "21:00-22:00"),
        (Window(day="sun", start="22:00", end="23:30", utc_offset_hours=-5), "mon:03:00-mon:04:30", "01:00-02:00"),
    ],
)
def test_windows_move_to_utc_over_midnight_and_over_the_week(window: Window, maintenance: str, backup: str) -> None:
    decided = plan(spec(maintenance=window), MILAN)
    assert (decided.maintenance_window, decided.backup_window) == (maintenance, backup)


@pytest.mark.parametrize(
    ("size", "region", "expected"),
    [
        (Size.SMALL, "eu-south-1", "db.m6g.large"),
        (Size.MEDIUM, "eu-south-1", "db.m6g.xlarge"),
        (Size.XLARGE, "eu-west-1", "db.m6g.4xlarge"),
        (Size.LARGE, "eusc-de-east-1", "db.m7g.2xlarge"),
    ],
)
def test_sizes_become_instance_classes(size: Size, region: str, expected: str) -> None:
    assert plan(spec(size=size), geography.region(Cloud.AWS, region)).instance_class == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"maintenance": Window(start="02:00", end="02:00")}, r"^maintenance: 02:00-02:00 lasts 0 minutes; allowed: 30 to 720 minutes$"),
        ({"maintenance": Window(start="02:00", end="16:00")}, r"^maintenance: 02:00-16:00 lasts 840 minutes"),
        ({"max_storage_gib": 50}, r"^max_storage_gib: 50 is not a tenth above storage_gib, as RDS asks; allowed: 110 and more$"),
        ({"storage_gib": 105, "max_storage_gib": 115}, r"allowed: 116 and more$"),
        ({"backup_region": "eu-west-2"}, r"^backup_region: 'eu-west-2' is in London, GB, outside the eu profile; allowed: .*eu-central-1"),
        ({"backup_region": "eu-south-1"}, r"^backup_region: 'eu-south-1' is no second region of aws; allowed: .*eu-central-1"),
        ({"backup_region": "eusc-de-east-1"}, r"^backup_region: 'eusc-de-east-1' is no second region of aws"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_path_value_and_what_is_allowed(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        plan(spec(**changes), MILAN)
    assert "\n" not in str(refusal.value)


@pytest.mark.requirement("PN-22")
def test_an_instance_may_be_made_from_a_snapshot_which_is_then_forgotten(production: Recording[AwsDatabase]) -> None:
    restored = database(spec(restore_from="pn-manual-20260501")).one(INSTANCE)
    assert restored.inputs["snapshotIdentifier"] == "pn-manual-20260501"
    assert restored.ignore_changes == ("snapshotIdentifier",)
    assert "snapshotIdentifier" not in production.one(INSTANCE).inputs


@pytest.mark.requirement("SN-03")
def test_weekly_backups_are_taken_by_the_plan_that_keeps_them_as_long_as_asked(production: Recording[AwsDatabase]) -> None:
    weekly = database(spec(weekly_backup_days=90)).one(INSTANCE).inputs["tags"]
    assert weekly == {"backup": "playnew-production", "backup-weekly": "playnew-production-90"}
    assert production.one(INSTANCE).inputs["tags"] == {"backup": "playnew-production"}


def test_weekly_backups_that_no_plan_keeps_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^weekly_backup_days: 180 is not kept by the stack's backups; allowed: 90 "):
        database(spec(weekly_backup_days=180))


@pytest.mark.requirement("SN-03")
@pytest.mark.parametrize("major", MAJORS)
def test_each_major_has_parameters_of_its_own_family_that_it_knows(major: str) -> None:
    registered = database(spec(major=major))
    group = registered.one("aws:rds/parameterGroup:ParameterGroup").inputs
    assert (registered.one(INSTANCE).inputs["engineVersion"], group["family"]) == (major, f"postgres{major}")
    assert list(unknown(major, (item["name"] for item in group["parameters"]))) == []
