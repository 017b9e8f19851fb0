from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from pulumi_gcp import servicenetworking

from components import geography
from components.database.gcp import GcpDatabase
from components.database.gcp_admin import secret_prefix
from components.database.gcp_plan import Restore, instance_name, plan
from components.database.spec import DatabaseSpec, Window
from components.database.versions import MAJORS, unknown
from components.vocabulary import Cloud, Size
from tests.components import gcp_wiring as wiring
from tests.recorder import Recording, State, record

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
DATABASE = "gcp:sql/database:Database"
USER = "gcp:sql/user:User"
SECRET = "gcp:secretmanager/secret:Secret"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
NAME = "playnew-production-pn-agent-db"
SPEC = DatabaseSpec(database="pn_agent")
MILAN = geography.region(Cloud.GCP, "europe-west8")
STATES: Mapping[str, State] = {
    INSTANCE: lambda inputs: {"privateIpAddress": "10.20.32.7", "selfLink": f"https://sqladmin/{inputs['name']}"},
    "random:index/randomId:RandomId": {"hex": "0a1b"},
}


def spec(**changes: object) -> DatabaseSpec:
    return SPEC.model_copy(update=changes)


def database(wanted: DatabaseSpec = SPEC) -> Recording[GcpDatabase]:
    return record(lambda: GcpDatabase(NAME, wanted, wiring.SITE, wiring.project(), wiring.network(), wiring.key()), STATES)


@pytest.fixture(scope="module")
def production() -> Recording[GcpDatabase]:
    return database()


@pytest.mark.requirement("PN-05")
def test_the_database_is_postgresql_16_with_two_cpus_eight_gib_in_two_zones(production: Recording[GcpDatabase]) -> None:
    inputs = production.one(INSTANCE).inputs
    assert (inputs["databaseVersion"], inputs["region"], inputs["project"]) == ("POSTGRES_16", "europe-west8", wiring.PROJECT)
    settings = inputs["settings"]
    assert (settings["tier"], settings["availabilityType"]) == ("db-custom-2-8192", "REGIONAL")
    assert production.one(DATABASE).inputs["name"] == "pn_agent"
    alone = database(spec(highly_available=False)).one(INSTANCE).inputs
    assert alone["settings"]["availabilityType"] == "ZONAL"


def test_the_edition_is_said_since_postgresql_16_takes_another_that_has_no_such_machine(production: Recording[GcpDatabase]) -> None:
    assert production.one(INSTANCE).inputs["settings"]["edition"] == "ENTERPRISE"


@pytest.mark.requirement("PN-05")
def test_storage_starts_at_a_hundred_gib_of_ssd_and_grows_by_itself_and_is_never_made_small_again(
    production: Recording[GcpDatabase],
) -> None:
    settings = production.one(INSTANCE).inputs["settings"]
    assert (settings["diskType"], settings["diskSize"], settings["diskAutoresize"], settings["diskAutoresizeLimit"]) == (
        "PD_SSD",
        100,
        True,
        1000,
    )
    assert "settings.diskSize" in production.one(INSTANCE).ignore_changes


@pytest.mark.requirement("PN-05")
def test_storage_and_password_are_encrypted_with_the_customer_key(production: Recording[GcpDatabase]) -> None:
    assert production.one(INSTANCE).inputs["encryptionKeyName"] == wiring.KEY
    [replica] = production.one(SECRET).inputs["replication"]["userManaged"]["replicas"]
    assert replica == {"location": "europe-west8", "customerManagedEncryption": {"kmsKeyName": wiring.KEY}}


@pytest.mark.requirement("PN-05")
def test_the_database_refuses_plain_connections_and_renews_its_certificate(production: Recording[GcpDatabase]) -> None:
    addresses = production.one(INSTANCE).inputs["settings"]["ipConfiguration"]
    assert addresses["sslMode"] == "ENCRYPTED_ONLY"
    assert (addresses["serverCaMode"], addresses["serverCertificateRotationMode"]) == (
        "GOOGLE_MANAGED_CAS_CA",
        "AUTOMATIC_ROTATION_DURING_MAINTENANCE",
    )


@pytest.mark.requirement("PN-17")
def test_the_database_has_an_address_in_the_network_and_no_other_way_in(production: Recording[GcpDatabase]) -> None:
    settings = production.one(INSTANCE).inputs["settings"]
    addresses = settings["ipConfiguration"]
    assert addresses["ipv4Enabled"] is False
    assert addresses["privateNetwork"].endswith("/global/networks/playnew-production-network")
    assert not {"authorizedNetworks", "pscConfigs"} & set(addresses)
    assert settings["dataApiAccess"] == "DISALLOW_DATA_API"
    assert production.one("eucloud:gcp:Database").outputs["host"] == "10.20.32.7"


def test_the_instance_waits_for_the_networks_connection_to_services() -> None:
    def declare() -> GcpDatabase:
        connection = servicenetworking.Connection(
            "connection", network="network", service="servicenetworking.googleapis.com", reserved_peering_ranges=["data"]
        )
        network = replace(wiring.network(), data_ready=(connection,))
        return GcpDatabase(NAME, spec(replicas=1), wiring.SITE, wiring.project(), network, wiring.key())

    primary, *replicas = record(declare, STATES).of(INSTANCE)
    assert "connection" in primary.depends_on
    assert all(primary.name in replica.depends_on for replica in replicas)


@pytest.mark.requirement("PN-05")
def test_slow_statements_and_connections_are_logged(production: Recording[GcpDatabase]) -> None:
    flags = {item["name"]: item["value"] for item in production.one(INSTANCE).inputs["settings"]["databaseFlags"]}
    assert flags["log_min_duration_statement"] == "1000"
    assert (flags["log_connections"], flags["log_disconnections"]) == ("on", "on")
    # Nobody logs in by IAM.
    assert "cloudsql.iam_authentication" not in flags


@pytest.mark.requirement("PN-05")
def test_backups_are_kept_thirty_days_at_home_and_outlive_the_database(production: Recording[GcpDatabase]) -> None:
    settings = production.one(INSTANCE).inputs["settings"]
    backups = settings["backupConfiguration"]
    assert (backups["enabled"], backups["location"]) == (True, "europe-west8")
    assert backups["backupRetentionSettings"] == {"retainedBackups": 30, "retentionUnit": "COUNT"}
    assert (settings["retainBackupsOnDelete"], settings["finalBackupConfig"]) == (True, {"enabled": True, "retentionDays": 30})
    assert database(spec(deletion_protected=False)).one(INSTANCE).inputs["settings"]["retainBackupsOnDelete"] is True


@pytest.mark.requirement("PN-22")
@pytest.mark.parametrize(("days", "log_days"), [(30, 7), (7, 7), (1, 1)])
def test_the_log_of_changes_is_kept_as_long_as_the_edition_and_the_backups_allow(days: int, log_days: int) -> None:
    backups = database(spec(backup_days=days)).one(INSTANCE).inputs["settings"]["backupConfiguration"]
    assert (backups["pointInTimeRecoveryEnabled"], backups["transactionLogRetentionDays"]) == (True, log_days)


@pytest.mark.requirement("PN-22")
def test_backups_lie_in_a_second_eu_region_where_one_is_asked_for() -> None:
    backups = database(spec(backup_region="europe-west3")).one(INSTANCE).inputs["settings"]["backupConfiguration"]
    assert backups["location"] == "europe-west3"


@pytest.mark.requirement("PN-05")
def test_maintenance_on_saturday_night_in_central_europe_is_told_in_utc(production: Recording[GcpDatabase]) -> None:
    settings = production.one(INSTANCE).inputs["settings"]
    assert settings["maintenanceWindow"] == {"day": 6, "hour": 1, "updateTrack": "stable"}
    assert settings["backupConfiguration"]["startTime"] == "20:00"


@pytest.mark.requirement("PN-05")
def test_a_protected_database_is_deleted_neither_by_the_engine_nor_by_the_cloud(production: Recording[GcpDatabase]) -> None:
    instance = production.one(INSTANCE)
    assert (instance.protect, instance.inputs["deletionProtection"], instance.inputs["settings"]["deletionProtectionEnabled"]) == (
        True,
        True,
        True,
    )
    assert (production.one(DATABASE).protect, production.one(USER).protect, production.one(SECRET).protect) == (True, True, True)
    released = database(spec(deletion_protected=False))
    instance = released.one(INSTANCE)
    assert (instance.protect, instance.inputs["deletionProtection"], instance.inputs["settings"]["deletionProtectionEnabled"]) == (
        False,
        False,
        False,
    )
    assert "finalBackupConfig" not in instance.inputs["settings"]
    assert (released.one(SECRET).protect, released.one(SECRET).inputs["deletionProtection"]) == (False, False)


def test_the_administrators_password_is_a_secret_wherever_it_passes(production: Recording[GcpDatabase]) -> None:
    user, version = production.one(USER), production.one(VERSION)
    assert (user.inputs["name"], user.inputs["type"]) == ("platform_admin", "BUILT_IN")
    assert "password" in user.secrets
    assert "secretData" in version.secrets
    assert json.loads(version.inputs["secretData"]) == {"username": "platform_admin", "password": user.inputs["password"]}
    outputs = production.one("eucloud:gcp:Database").outputs
    assert (outputs["admin_secret_key"], outputs["admin"]) == ("password", "platform_admin")


def test_the_administrators_secret_has_a_name_that_the_right_to_read_it_rests_on(production: Recording[GcpDatabase]) -> None:
    name = production.one(SECRET).inputs["secretId"]
    assert name == "playnew-production-db-admin-pn-agent-db"
    assert name.startswith(secret_prefix(wiring.SITE))
    assert production.one("eucloud:gcp:Database").outputs["admin_secret"] == name


def test_nobody_may_log_in_as_postgres(production: Recording[GcpDatabase]) -> None:
    assert not {"rootPassword", "rootPasswordWo"} & set(production.one(INSTANCE).inputs)
    assert [user.inputs["name"] for user in production.of(USER)] == ["platform_admin"]


def test_user_and_database_go_with_their_instance(production: Recording[GcpDatabase]) -> None:
    assert {production.one(kind).inputs["deletionPolicy"] for kind in (USER, DATABASE)} == {"ABANDON"}


def test_one_operation_at_a_time_reaches_the_instance(production: Recording[GcpDatabase]) -> None:
    assert f"{NAME}-admin-user" in production.one(DATABASE).depends_on


def test_a_second_life_has_another_name_as_the_first_ones_is_taken_for_a_week(production: Recording[GcpDatabase]) -> None:
    assert production.one(INSTANCE).inputs["name"] == f"{NAME}-0a1b"
    assert production.one("eucloud:gcp:Database").outputs["identifier"] == NAME


def test_labels_reach_the_instance_though_the_providers_defaults_do_not(production: Recording[GcpDatabase]) -> None:
    assert production.one(INSTANCE).inputs["settings"]["userLabels"]["stack"] == "playnew-production"


@pytest.mark.requirement("PN-05")
def test_phase_1_has_four_cpus_and_a_read_replica_as_closed_as_its_primary() -> None:
    registered = database(spec(size=Size.MEDIUM, replicas=1))
    primary, replica = registered.one(INSTANCE, NAME), registered.one(INSTANCE, f"{NAME}-replica-1")
    assert primary.inputs["settings"]["tier"] == replica.inputs["settings"]["tier"] == "db-custom-4-16384"
    assert replica.inputs["masterInstanceName"] == primary.inputs["name"]
    assert replica.inputs["settings"]["ipConfiguration"] == primary.inputs["settings"]["ipConfiguration"]
    assert replica.inputs["settings"]["availabilityType"] == "ZONAL"
    # What a replica takes from its primary, and must not be told.
    assert not {"backupConfiguration", "maintenanceWindow", "finalBackupConfig", "retainBackupsOnDelete"} & set(replica.inputs["settings"])
    assert "encryptionKeyName" not in replica.inputs
    assert len(registered.one("eucloud:gcp:Database").outputs["replica_hosts"]) == 1


@pytest.mark.requirement("PN-22")
def test_an_instance_may_be_made_from_a_backup_which_is_then_forgotten(production: Recording[GcpDatabase]) -> None:
    registered = database(spec(restore_from="playnew-production-pn-agent-db-0a1b/1714521600000"))
    restored = registered.one(INSTANCE)
    assert restored.inputs["restoreBackupContext"] == {
        "backupRunId": 1714521600000,
        "instanceId": "playnew-production-pn-agent-db-0a1b",
        "project": wiring.PROJECT,
    }
    assert {"restoreBackupContext", "clone"} <= set(restored.ignore_changes)
    assert not {"restoreBackupContext", "clone"} & set(production.one(INSTANCE).inputs)
    # It comes with the backup; making it again would fail.
    assert registered.of(DATABASE) == []


@pytest.mark.requirement("PN-22")
def test_an_instance_may_be_made_as_another_was_at_a_point_in_time() -> None:
    registered = database(spec(restore_from="pn-agent-db-0a1b@2026-05-01T10:00:00Z"))
    assert registered.one(INSTANCE).inputs["clone"] == {"sourceInstanceName": "pn-agent-db-0a1b", "pointInTime": "2026-05-01T10:00:00Z"}
    assert registered.of(DATABASE) == []


def test_backups_are_told_by_number_and_moments_by_time() -> None:
    assert plan(spec(restore_from="a-b/12"), MILAN).restore == Restore("a-b", backup=12)
    assert plan(spec(restore_from="a-b@2026-05-01T10:00:00.5Z"), MILAN).restore == Restore("a-b", time="2026-05-01T10:00:00.5Z")
    assert plan(SPEC, MILAN).restore is None


@pytest.mark.requirement("PN-05")
@pytest.mark.parametrize(
    ("window", "day", "hour", "backup"),
    [
        (Window(), 6, 1, "20:00"),
        (Window(day="sat", start="00:00", end="02:00"), 5, 23, "18:00"),
        (Window(day="mon", start="00:00", end="01:00"), 7, 23, "18:00"),
        (Window(day="sun", start="23:00", end="03:00", utc_offset_hours=0), 7, 23, "18:00"),
        (Window(day="sun", start="22:00", end="23:30", utc_offset_hours=-5), 1, 3, "22:00"),
    ],
)
def test_windows_move_to_utc_over_midnight_and_over_the_week(window: Window, day: int, hour: int, backup: str) -> None:
    decided = plan(spec(maintenance=window), MILAN)
    assert (decided.maintenance_day, decided.maintenance_hour, decided.backup_start) == (day, hour, backup)


@pytest.mark.parametrize(
    ("size", "tier"),
    [
        (Size.SMALL, "db-custom-2-8192"),
        (Size.MEDIUM, "db-custom-4-16384"),
        (Size.LARGE, "db-custom-8-32768"),
        (Size.XLARGE, "db-custom-16-65536"),
    ],
)
def test_sizes_become_machines_of_four_gib_for_each_cpu(size: Size, tier: str) -> None:
    assert plan(spec(size=size), MILAN).tier == tier


@pytest.mark.parametrize("major", ["15", "16", "17"])
def test_every_major_has_its_version(major: str) -> None:
    assert plan(spec(major=major), MILAN).version == f"POSTGRES_{major}"


def test_a_long_name_leaves_room_for_project_and_suffix() -> None:
    name = instance_name("a" * 200, "p" * 30)
    assert len(f"{'p' * 30}:{name}-0a1b") == 98


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"maintenance": Window(start="02:30", end="04:00")}, r"^maintenance: 02:30-04:00 does not begin on the hour"),
        ({"maintenance": Window(start="02:00", end="02:30")}, r"^maintenance: 02:00-02:30 lasts 30 minutes; allowed: 60 minutes and more"),
        ({"maintenance": Window(start="02:00", end="02:00")}, r"^maintenance: 02:00-02:00 lasts 0 minutes"),
        ({"max_storage_gib": 50}, r"^max_storage_gib: 50 is out of range; allowed: 100 to 65536$"),
        ({"max_storage_gib": 70000}, r"^max_storage_gib: 70000 is out of range"),
        (
            {"backup_region": "europe-west2"},
            r"^backup_region: 'europe-west2' is in London, GB, outside the eu profile; allowed: .*europe-west3",
        ),
        ({"backup_region": "europe-west8"}, r"^backup_region: 'europe-west8' is no second region; allowed: .*europe-west3"),
        ({"restore_from": "pn-manual-20260501"}, r"^restore_from: 'pn-manual-20260501' names no backup, .*allowed: <instance>/<backup id>"),
        ({"restore_from": "pn-agent-db@yesterday"}, r"^restore_from: 'pn-agent-db@yesterday' names no backup"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_path_value_and_what_is_allowed(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        plan(spec(**changes), MILAN)
    assert "\n" not in str(refusal.value)


@pytest.mark.requirement("SN-03")
def test_weekly_backups_are_among_daily_ones_that_are_kept_as_long() -> None:
    """Cloud SQL keeps a number of backups, one a day, under the instance's own key and in its place."""
    settings = database(spec(backup_days=30, weekly_backup_days=90)).one(INSTANCE).inputs["settings"]
    assert settings["backupConfiguration"]["backupRetentionSettings"] == {"retainedBackups": 90, "retentionUnit": "COUNT"}
    assert settings["finalBackupConfig"]["retentionDays"] == 90


def test_more_backups_than_cloud_sql_keeps_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^weekly_backup_days: 400 is more than .*; allowed: up to 365$"):
        plan(spec(weekly_backup_days=400), MILAN)


@pytest.mark.requirement("SN-03")
@pytest.mark.parametrize("major", MAJORS)
def test_each_major_has_flags_that_it_knows(major: str) -> None:
    made = database(spec(major=major)).one(INSTANCE).inputs
    assert made["databaseVersion"] == f"POSTGRES_{major}"
    assert list(unknown(major, (flag["name"] for flag in made["settings"]["databaseFlags"]))) == []
