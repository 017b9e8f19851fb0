from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components.backup.azure import AzureBackup
from components.backup.azure_plan import plan
from components.backup.spec import BackupSpec
from components.site import Site
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, record

NAME = "playnew-production-backup"
VAULT = "azure-native:dataprotection:BackupVault"
POLICY = "azure-native:dataprotection:BackupPolicy"
IRELAND = replace(wiring.SITE, region="northeurope")


def made(spec: BackupSpec, site: Site = wiring.SITE) -> Recording[Any]:
    return record(lambda: AzureBackup(NAME, spec, site, wiring.group(), wiring.key()), wiring.STATES)


def settings(registered: Recording[Any]) -> dict[str, Any]:
    return registered.one(VAULT).inputs["properties"]


@pytest.fixture(scope="module")
def production() -> Recording[Any]:
    return made(BackupSpec(start_hour_utc=2))


@pytest.mark.requirement("PN-22")
def test_databases_are_backed_up_daily_and_kept_thirty_days(production: Recording[Any]) -> None:
    policy = production.one(POLICY).inputs["properties"]
    assert policy["datasourceTypes"] == ["Microsoft.DBforPostgreSQL/flexibleServers"]
    keep, rule = policy["policyRules"]
    assert keep["lifecycles"][0]["deleteAfter"] == {"objectType": "AbsoluteDeleteOption", "duration": "P30D"}
    days = [f"R/2026-01-{day:02}T02:00:00+00:00/P1W" for day in range(4, 11)]
    assert rule["trigger"]["schedule"] == {"repeatingTimeIntervals": days, "timeZone": "UTC"}
    assert rule["backupParameters"] == {"objectType": "AzureBackupParams", "backupType": "Full"}
    # A backup is kept by the rule whose name its tag has.
    assert rule["trigger"]["taggingCriteria"][0]["tagInfo"]["tagName"] == keep["name"]


def test_another_policy_has_another_name_since_azure_changes_none(production: Recording[Any]) -> None:
    assert production.one(POLICY).inputs["backupPolicyName"] == "postgres-daily-0200-30d"
    names = {plan(NAME, BackupSpec(start_hour_utc=hour, backup_days=days), wiring.SITE).policy.name for hour in (2, 3) for days in (7, 30)}
    assert len(names) == 4
    assert not production.one(POLICY).protect


@pytest.mark.requirement("PN-22")
def test_an_hourly_recovery_point_is_the_servers_own_work() -> None:
    assert plan(NAME, BackupSpec(hourly=True), wiring.SITE) == plan(NAME, BackupSpec(), wiring.SITE)


def test_the_vault_is_encrypted_with_the_customer_key(production: Recording[Any]) -> None:
    vault = production.one(VAULT)
    [user] = vault.inputs["identity"]["userAssignedIdentities"]
    assert vault.inputs["identity"]["type"] == "SystemAssigned,UserAssigned"
    assert settings(production)["securitySettings"]["encryptionSettings"] == {
        "state": "Enabled",
        "infrastructureEncryption": "Enabled",
        "keyVaultProperties": {"keyUri": f"{wiring.URI}keys/platform"},
        "kekIdentity": {"identityType": "UserAssigned", "identityId": user},
    }
    assert f"{NAME}-encryption" in vault.depends_on


@pytest.mark.requirement("PN-01")
def test_backups_stay_in_the_zones_of_the_region(production: Recording[Any]) -> None:
    assert settings(production)["storageSettings"] == [{"datastoreType": "VaultStore", "type": "ZoneRedundant"}]
    features = settings(production)["featureSettings"]
    assert features["crossRegionRestoreSettings"] == {"state": "Disabled"}
    assert features["crossSubscriptionRestoreSettings"] == {"state": "Disabled"}
    assert plan(NAME, BackupSpec(), replace(wiring.SITE, zones=())).redundancy == "one"


@pytest.mark.requirement("PN-01")
def test_copies_go_to_the_paired_region_where_the_pair_is_in_the_eu() -> None:
    registered = made(BackupSpec(copy_region="westeurope"), IRELAND)
    assert settings(registered)["storageSettings"][0]["type"] == "GeoRedundant"
    assert settings(registered)["featureSettings"]["crossRegionRestoreSettings"] == {"state": "Enabled"}


@pytest.mark.requirement("PN-01")
@pytest.mark.parametrize(
    ("site", "region", "message"),
    [
        (wiring.SITE, "francecentral", r"^copy_region: 'francecentral' cannot hold copies of italynorth, which has no paired region"),
        (IRELAND, "francecentral", r"^copy_region: 'francecentral' is not the paired region of northeurope; allowed: westeurope$"),
        (IRELAND, "uksouth", r"^copy_region: 'uksouth' is in London, GB, outside the eu profile"),
        (IRELAND, "atlantis", r"^copy_region: 'atlantis' is no azure region"),
    ],
)
def test_a_copy_that_azure_would_not_make_is_refused(site: Site, region: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        made(BackupSpec(copy_region=region), site)


@pytest.mark.parametrize(
    ("spec", "immutability", "soft_delete"),
    [
        (BackupSpec(), "Unlocked", "On"),
        (BackupSpec(locked=True), "Locked", "On"),
        (BackupSpec(deletion_protected=False), "Disabled", "Off"),
        (BackupSpec(deletion_protected=False, locked=True), "Locked", "On"),
    ],
)
def test_a_lock_is_locked_and_a_stack_that_may_go_leaves_nothing(spec: BackupSpec, immutability: str, soft_delete: str) -> None:
    security = settings(made(spec))["securitySettings"]
    assert security["immutabilitySettings"] == {"state": immutability}
    assert security["softDeleteSettings"]["state"] == soft_delete


def test_the_vault_reads_its_group_and_says_who_it_is(production: Recording[Any]) -> None:
    right = production.one("azure-native:authorization:RoleAssignment", f"{NAME}-reads")
    assert (right.inputs["scope"], right.inputs["principalId"]) == (wiring.GROUP, wiring.PRINCIPAL)
    assert right.inputs["roleDefinitionId"].endswith("/acdd72a7-3385-48ef-bd42-f606fba81ae7")
    outputs = production.one("eucloud:azure:Backup").outputs
    assert (outputs["vault"], outputs["plan"], outputs["principal"]) == (f"{NAME}-vault-id", f"{NAME}-policy-id", wiring.PRINCIPAL)


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_vault_outlives_a_mistake(protected: bool) -> None:
    assert made(BackupSpec(deletion_protected=protected)).one(VAULT).protect is protected


@pytest.mark.requirement("SN-03")
def test_the_first_backup_of_a_week_is_kept_longer_by_a_policy_of_its_own() -> None:
    registered = made(BackupSpec(start_hour_utc=2, weekly_days=(90,)))
    weekly = registered.one(POLICY, f"{NAME}-weekly-90-policy").inputs
    assert weekly["backupPolicyName"] == "postgres-daily-0200-30d-weekly-90d"
    daily_rule, weekly_rule, backup = weekly["properties"]["policyRules"]
    assert [(rule["name"], rule["isDefault"], rule["lifecycles"][0]["deleteAfter"]["duration"]) for rule in (daily_rule, weekly_rule)] == [
        ("Default", True, "P30D"),
        ("Weekly", False, "P90D"),
    ]
    first, rest = backup["trigger"]["taggingCriteria"]
    assert (first["tagInfo"]["tagName"], first["isDefault"], rest["tagInfo"]["tagName"], rest["isDefault"]) == (
        "Weekly",
        False,
        "Default",
        True,
    )
    assert first["criteria"] == [{"objectType": "ScheduleBasedBackupCriteria", "absoluteCriteria": ["FirstOfWeek"]}]
    assert first["taggingPriority"] < rest["taggingPriority"]
    assert registered.one("eucloud:azure:Backup").outputs["weekly"].keys() == {"90"}
