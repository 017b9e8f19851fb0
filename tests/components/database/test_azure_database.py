from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from components.database.azure import AzureDatabase
from components.database.azure_plan import plan
from components.database.spec import DatabaseSpec, Window
from components.database.versions import MAJORS, unknown
from components.site import Site
from components.vocabulary import Size
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, record

SERVER = "azure-native:dbforpostgresql:Server"
PARAMETER = "azure-native:dbforpostgresql:Configuration"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
LOCK = "azure-native:authorization:ManagementLockByScope"
SECRET = "azure-native:keyvault:Secret"
INSTANCE = "azure-native:dataprotection:BackupInstance"
NAME = "playnew-production-db"
SPEC = DatabaseSpec(database="pn_agent")
IRELAND = replace(wiring.SITE, region="northeurope")


def spec(**changes: object) -> DatabaseSpec:
    return SPEC.model_copy(update=changes)


def database(wanted: DatabaseSpec = SPEC, site: Site = wiring.SITE) -> Recording[AzureDatabase]:
    return record(lambda: AzureDatabase(NAME, wanted, site, wiring.group(), wiring.network(), wiring.key(), wiring.backup()), wiring.STATES)


@pytest.fixture(scope="module")
def production() -> Recording[AzureDatabase]:
    return database()


@pytest.mark.requirement("PN-05")
def test_the_database_is_postgresql_16_with_two_cpus_eight_gib_in_two_zones(production: Recording[AzureDatabase]) -> None:
    inputs = production.one(SERVER).inputs
    assert (inputs["version"], inputs["location"]) == ("16", "italynorth")
    assert inputs["sku"] == {"name": "Standard_D2ds_v5", "tier": "GeneralPurpose"}
    assert (inputs["availabilityZone"], inputs["highAvailability"]) == ("1", {"mode": "ZoneRedundant", "standbyAvailabilityZone": "2"})
    assert production.one("azure-native:dbforpostgresql:Database").inputs["databaseName"] == "pn_agent"


@pytest.mark.requirement("PN-05")
def test_a_fail_over_is_not_undone_by_the_next_update(production: Recording[AzureDatabase]) -> None:
    assert production.one(SERVER).ignore_changes == ("availabilityZone", "highAvailability.standbyAvailabilityZone")


@pytest.mark.requirement("PN-05")
def test_storage_is_the_next_size_that_azure_has_and_grows_by_itself(production: Recording[AzureDatabase]) -> None:
    assert production.one(SERVER).inputs["storage"] == {"type": "Premium_LRS", "storageSizeGB": 128, "autoGrow": "Enabled"}


@pytest.mark.requirement("PN-05")
def test_the_server_is_encrypted_with_the_customer_key_by_an_identity_of_its_own(production: Recording[AzureDatabase]) -> None:
    server, identity = production.one(SERVER), production.one("azure-native:managedidentity:UserAssignedIdentity")
    user = identity.state.get("id", f"{identity.name}-id")
    assert server.inputs["dataEncryption"] == {
        "type": "AzureKeyVault",
        "primaryKeyURI": f"{wiring.URI}keys/platform",
        "primaryUserAssignedIdentityId": user,
    }
    assert server.inputs["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {user: {}}}
    right = production.one(ASSIGNMENT, f"{NAME}-encryption")
    assert right.inputs["scope"] == f"{wiring.VAULT}/keys/platform"
    assert right.inputs["roleDefinitionId"].endswith("/e147488a-f6f5-4113-8e2d-b22465e65bf6")
    assert right.inputs["principalType"] == "ServicePrincipal"
    # Azure tries the key out while it makes the server.
    assert right.name in server.depends_on


@pytest.mark.requirement("PN-05")
def test_the_database_refuses_plain_connections_and_logs_slow_statements(production: Recording[AzureDatabase]) -> None:
    values = {item.inputs["configurationName"]: (item.inputs["value"], item.inputs["source"]) for item in production.of(PARAMETER)}
    assert values["require_secure_transport"] == ("on", "user-override")
    assert values["ssl_min_protocol_version"] == ("TLSv1.2", "user-override")
    assert values["log_min_duration_statement"] == ("1000", "user-override")
    assert values["password_encryption"] == ("scram-sha-256", "user-override")
    assert values["azure.extensions"] == ("PG_STAT_STATEMENTS", "user-override")


def test_a_server_is_changed_one_thing_after_another(production: Recording[AzureDatabase]) -> None:
    order = [production.one("azure-native:dbforpostgresql:Database"), *production.of(PARAMETER)]
    assert len(order) == 11
    for before, after in pairwise(order):
        assert before.name in after.depends_on
    assert order[-1].name in production.one(INSTANCE).depends_on


@pytest.mark.requirement("PN-05")
def test_backups_are_kept_thirty_days_in_the_region(production: Recording[AzureDatabase]) -> None:
    assert production.one(SERVER).inputs["backup"] == {"backupRetentionDays": 30, "geoRedundantBackup": "Disabled"}


@pytest.mark.requirement("PN-05")
def test_maintenance_on_saturday_night_in_central_europe_is_told_in_utc(production: Recording[AzureDatabase]) -> None:
    window = production.one(SERVER).inputs["maintenanceWindow"]
    assert window == {"customWindow": "Enabled", "dayOfWeek": 6, "startHour": 1, "startMinute": 0}


@pytest.mark.requirement("PN-05")
def test_a_protected_database_is_deleted_neither_by_the_engine_nor_by_the_cloud(production: Recording[AzureDatabase]) -> None:
    lock = production.one(LOCK)
    assert (lock.inputs["level"], lock.inputs["scope"]) == ("CanNotDelete", f"{NAME}-id")
    # What stands below the lock could not be deleted while it stands.
    below = [production.one(ASSIGNMENT, f"{NAME}-backup"), production.one("azure-native:monitor:DiagnosticSetting")]
    assert all(item.protect for item in (production.one(SERVER), production.one(SECRET)))
    # So it comes last and goes first, and no protection keeps an update from withdrawing it.
    assert {item.urn for item in below} <= lock.after
    assert not lock.protect
    released = database(spec(deletion_protected=False))
    assert released.of(LOCK) == []
    assert not [item for item in released if item.protect]


@pytest.mark.requirement("PN-17")
def test_the_server_has_an_address_inside_the_network_and_no_other(production: Recording[AzureDatabase]) -> None:
    assert production.one(SERVER).inputs["network"] == {
        "delegatedSubnetResourceId": f"{wiring.NETWORK}/subnets/data",
        "privateDnsZoneArmResourceId": (
            f"{wiring.GROUP}/providers/Microsoft.Network/privateDnsZones/playnew-production.private.postgres.database.azure.com"
        ),
        "publicNetworkAccess": "Disabled",
    }
    assert production.of("azure-native:dbforpostgresql:FirewallRule") == []


def test_the_administrators_password_is_made_here_and_lies_in_the_vault(production: Recording[AzureDatabase]) -> None:
    server, secret = production.one(SERVER), production.one(SECRET)
    assert "administratorLoginPassword" in server.secrets
    assert "properties.value" in secret.secrets or "properties" in secret.secrets
    password = server.inputs["administratorLoginPassword"]
    assert json.loads(secret.inputs["properties"]["value"]) == {"username": "platform_admin", "password": password}
    outputs = production.one("eucloud:azure:Database").outputs
    assert outputs["admin_secret"] == secret.inputs["secretName"] == f"{server.inputs['serverName']}-postgres-admin"
    assert (outputs["admin_secret_key"], outputs["port"]) == ("password", 5432)
    made = production.one("random:index/randomPassword:RandomPassword").inputs
    assert (made["length"], made["special"], made["minUpper"], made["minLower"], made["minNumeric"]) == (40, False, 1, 1, 1)


def test_roles_come_in_by_password_alone(production: Recording[AzureDatabase]) -> None:
    ways = production.one(SERVER).inputs["authConfig"]
    assert (ways["passwordAuth"], ways["activeDirectoryAuth"]) == ("Enabled", "Disabled")


@pytest.mark.requirement("PN-22")
def test_the_backup_vault_backs_the_server_up_and_is_let_in_on_it_alone(production: Recording[AzureDatabase]) -> None:
    instance, right = production.one(INSTANCE), production.one(ASSIGNMENT, f"{NAME}-backup")
    properties = instance.inputs["properties"]
    assert instance.inputs["vaultName"] == "playnew-production-backup"
    assert properties["policyInfo"]["policyId"].endswith("/backupPolicies/postgres")
    source = properties["dataSourceInfo"]
    assert (source["resourceID"], source["datasourceType"]) == (f"{NAME}-id", "Microsoft.DBforPostgreSQL/flexibleServers")
    assert right.inputs["roleDefinitionId"].endswith("/c088a766-074b-43ba-90d4-1fb21feae531")
    assert (right.inputs["scope"], right.inputs["principalId"]) == (f"{NAME}-id", wiring.PRINCIPAL)
    assert right.name in instance.depends_on


@pytest.mark.requirement("PN-05")
def test_phase_1_has_four_cpus_and_a_read_replica_as_safe_as_its_primary() -> None:
    registered = database(spec(size=Size.MEDIUM, replicas=1))
    primary, replica = registered.one(SERVER, NAME), registered.one(SERVER, f"{NAME}-replica-1")
    assert primary.inputs["sku"]["name"] == replica.inputs["sku"]["name"] == "Standard_D4ds_v5"
    assert (replica.inputs["createMode"], replica.inputs["sourceServerResourceId"]) == ("Replica", f"{NAME}-id")
    assert replica.inputs["availabilityZone"] == "3"
    for same in ("dataEncryption", "identity", "network", "storage"):
        assert replica.inputs[same] == primary.inputs[same]
    # What a replica takes from its primary, or must not have.
    assert not {"version", "administratorLogin", "administratorLoginPassword", "backup", "highAvailability"} & set(replica.inputs)
    assert registered.of(PARAMETER)[-1].name in replica.depends_on
    assert len(registered.of(LOCK)) == 2
    assert len(registered.one("eucloud:azure:Database").outputs["replica_hosts"]) == 1


@pytest.mark.requirement("PN-22")
def test_a_database_may_be_made_from_a_moment_of_another_which_is_then_forgotten() -> None:
    registered = database(spec(restore_from="playnew-production-pn-agent-db-0a1b2c@2026-05-01T10:00:00Z"))
    restored = registered.one(SERVER)
    assert (restored.inputs["createMode"], restored.inputs["pointInTimeUTC"]) == ("PointInTimeRestore", "2026-05-01T10:00:00Z")
    source = f"{wiring.GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers/playnew-production-pn-agent-db-0a1b2c"
    assert restored.inputs["sourceServerResourceId"] == source
    assert {"createMode", "sourceServerResourceId", "pointInTimeUTC"} <= set(restored.ignore_changes)
    # It comes with the administrator of its source, and with its databases.
    assert not {"administratorLogin", "administratorLoginPassword", "version", "storage"} & set(restored.inputs)
    assert registered.of(SECRET) == registered.of("azure-native:dbforpostgresql:Database") == []
    outputs = registered.one("eucloud:azure:Database").outputs
    assert outputs["admin_secret"] == "playnew-production-pn-agent-db-0a1b2c-postgres-admin"


@pytest.mark.requirement("PN-22")
def test_backups_are_copied_to_the_paired_region_under_a_key_of_that_region() -> None:
    registered = database(spec(backup_region="westeurope"), IRELAND)
    server, vault = registered.one(SERVER), registered.one("azure-native:keyvault:Vault")
    assert server.inputs["backup"]["geoRedundantBackup"] == "Enabled"
    encryption = server.inputs["dataEncryption"]
    assert encryption["geoBackupKeyURI"] == f"https://{vault.name}.vault.azure.net/keys/{NAME}-copy-key"
    assert encryption["geoBackupUserAssignedIdentityId"] != encryption["primaryUserAssignedIdentityId"]
    assert len(server.inputs["identity"]["userAssignedIdentities"]) == 2
    assert vault.inputs["location"] == "westeurope"
    closed = vault.inputs["properties"]
    assert (closed["publicNetworkAccess"], closed["enablePurgeProtection"], closed["enableRbacAuthorization"]) == ("Disabled", True, True)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Window(), (6, 1, 0)),
        (Window(day="sat", start="00:30", end="02:00"), (5, 23, 30)),
        (Window(day="sun", start="00:30", end="01:30"), (6, 23, 30)),
        (Window(day="sat", start="22:15", end="23:15", utc_offset_hours=-5), (0, 3, 15)),
    ],
)
def test_windows_move_to_utc_over_midnight_and_over_the_week(window: Window, expected: tuple[int, int, int]) -> None:
    decided = plan(NAME, spec(maintenance=window), wiring.SITE)
    assert (decided.day, decided.hour, decided.minute) == expected


@pytest.mark.parametrize(("asked", "made"), [(20, 32), (32, 32), (100, 128), (129, 256), (5000, 8192), (16384, 16384)])
def test_storage_is_rounded_up_to_what_azure_has(asked: int, made: int) -> None:
    assert plan(NAME, spec(storage_gib=asked), wiring.SITE).storage_gib == made


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"maintenance": Window(start="02:00", end="02:30")}, r"^maintenance: 02:00-02:30 lasts 30 minutes; allowed: 60 and more"),
        ({"backup_days": 3}, r"^backup_days: 3 is not what Azure keeps; allowed: 7 to 35$"),
        ({"storage_gib": 20000}, r"^storage_gib: 20000 is more than a server holds; allowed: up to 16384$"),
        ({"admin": "pg_boss"}, r"^admin: 'pg_boss' is reserved by Azure"),
        ({"restore_from": "pn-manual-20260501"}, r"^restore_from: 'pn-manual-20260501' is no point in time .*allowed: <server>@<UTC time>"),
        ({"backup_region": "uksouth"}, r"^backup_region: 'uksouth' is in London, GB, outside the eu profile"),
        ({"backup_region": "westeurope"}, r"^backup_region: 'westeurope' cannot hold copies of italynorth, which has no paired region"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_path_value_and_what_is_allowed(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        plan(NAME, spec(**changes), wiring.SITE)
    assert "\n" not in str(refusal.value)


def test_a_region_that_is_not_the_pair_is_refused_with_the_pair() -> None:
    with pytest.raises(ValueError, match=r"^backup_region: 'francecentral' is not the paired region of northeurope; allowed: westeurope$"):
        plan(NAME, spec(backup_region="francecentral"), IRELAND)


def test_a_region_without_zones_has_no_standby() -> None:
    site = replace(wiring.SITE, region="swedensouth", zones=())
    with pytest.raises(ValueError, match=r"^highly_available: true takes two zones, and swedensouth is used with none"):
        plan(NAME, SPEC, site)
    assert plan(NAME, spec(highly_available=False), site).standby_zone is None


def test_names_of_servers_fit_and_are_marked_by_the_subscription() -> None:
    name = plan("a" * 80, SPEC, wiring.SITE).server
    assert len(name) <= 63
    other = replace(wiring.SITE, account="11111111-2222-3333-4444-555555555555")
    assert plan(NAME, SPEC, wiring.SITE).server != plan(NAME, SPEC, other).server


@pytest.mark.requirement("SN-03")
def test_weekly_backups_are_taken_by_the_policy_that_keeps_them_as_long_as_asked(production: Recording[AzureDatabase]) -> None:
    weekly = database(spec(weekly_backup_days=90)).one(INSTANCE).inputs["properties"]["policyInfo"]["policyId"]
    plain = production.one(INSTANCE).inputs["properties"]["policyInfo"]["policyId"]
    assert (plain.rpartition("/")[2], weekly.rpartition("/")[2]) == ("postgres", "postgres-weekly-90d")


def test_weekly_backups_that_no_policy_keeps_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^weekly_backup_days: 180 is not kept by the stack's backups; allowed: 90 "):
        database(spec(weekly_backup_days=180))


@pytest.mark.requirement("SN-03")
@pytest.mark.parametrize("major", MAJORS)
def test_each_major_has_parameters_that_it_knows(major: str) -> None:
    registered = database(spec(major=major))
    assert registered.one(SERVER).inputs["version"] == major
    assert list(unknown(major, (item.inputs["configurationName"] for item in registered.of(PARAMETER)))) == []
