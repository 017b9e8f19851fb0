from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pulumi_gcp import servicenetworking

from components.database.gcp import GcpDatabase
from components.database.gcp_admin import secret_prefix
from components.database.versions import MAJORS, unknown
from components.vocabulary import Size
from tests.components import gcp_wiring as wiring
from tests.components.database.gcp_database import DATABASE, INSTANCE, NAME, SECRET, STATES, USER, VERSION, database, spec
from tests.recorder import Recording, record


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


@pytest.mark.requirement("SN-03")
@pytest.mark.parametrize("major", MAJORS)
def test_each_major_has_flags_that_it_knows(major: str) -> None:
    made = database(spec(major=major)).one(INSTANCE).inputs
    assert made["databaseVersion"] == f"POSTGRES_{major}"
    assert list(unknown(major, (flag["name"] for flag in made["settings"]["databaseFlags"]))) == []
