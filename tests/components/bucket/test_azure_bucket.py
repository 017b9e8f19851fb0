from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.bucket.azure import AzureBucket
from components.bucket.azure_plan import plan
from components.bucket.spec import BucketSpec
from components.geography import UnknownRegion
from components.site import Site
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, record

NAME = "playnew-production-logs"
ACCOUNT = "azure-native:storage:StorageAccount"
REPLICATION = "azure-native:storage:ObjectReplicationPolicy"
MOST = BucketSpec(purpose="logs", cold_after_days=90, expire_after_days=365, keep_versions_days=7, copy_region="francecentral")
LEAST = BucketSpec(purpose="logs", deletion_protected=False)


def made(spec: BucketSpec, site: Site = wiring.SITE) -> Recording[Any]:
    return record(lambda: AzureBucket(NAME, spec, site, wiring.group(), wiring.network(), wiring.key()), wiring.STATES)


@pytest.fixture(scope="module")
def most() -> Recording[Any]:
    return made(MOST)


@pytest.fixture(scope="module")
def least() -> Recording[Any]:
    return made(LEAST)


def test_a_bucket_is_encrypted_with_the_customer_key(least: Recording[Any]) -> None:
    account = least.one(ACCOUNT)
    encryption = account.inputs["encryption"]
    assert (encryption["keySource"], encryption["requireInfrastructureEncryption"]) == ("Microsoft.Keyvault", True)
    # Without a version: storage follows the key's rotation by itself.
    assert encryption["keyVaultProperties"] == {"keyVaultUri": wiring.URI, "keyName": "platform"}
    [user] = account.inputs["identity"]["userAssignedIdentities"]
    assert encryption["encryptionIdentity"] == {"encryptionUserAssignedIdentity": user}
    assert {kind: each["keyType"] for kind, each in encryption["services"].items()} == dict.fromkeys(
        ("blob", "file", "queue", "table"), "Account"
    )
    right = least.one("azure-native:authorization:RoleAssignment")
    assert right.inputs["roleDefinitionId"].endswith("/e147488a-f6f5-4113-8e2d-b22465e65bf6")
    assert right.name in account.depends_on


def test_a_bucket_is_never_public_and_has_no_keys_of_its_own(least: Recording[Any]) -> None:
    inputs = least.one(ACCOUNT).inputs
    assert (inputs["publicNetworkAccess"], inputs["networkRuleSet"]["defaultAction"], inputs["networkRuleSet"]["bypass"]) == (
        "Disabled",
        "Deny",
        "None",
    )
    assert (inputs["allowBlobPublicAccess"], inputs["allowSharedKeyAccess"], inputs["allowCrossTenantReplication"]) == (False, False, False)
    assert (inputs["enableHttpsTrafficOnly"], inputs["minimumTlsVersion"]) == (True, "TLS1_2")
    assert (inputs["isLocalUserEnabled"], inputs["defaultToOAuthAuthentication"]) == (False, True)
    assert least.one("azure-native:storage:BlobContainer").inputs["publicAccess"] == "None"


@pytest.mark.requirement("PN-01")
@pytest.mark.parametrize(("zones", "sku"), [(("1", "2", "3"), "Standard_ZRS"), ((), "Standard_LRS")])
def test_copies_stay_in_the_region(zones: tuple[str, ...], sku: str) -> None:
    account = made(LEAST, replace(wiring.SITE, zones=zones)).one(ACCOUNT)
    assert (account.inputs["sku"], account.inputs["location"]) == ({"name": sku}, "italynorth")


def test_versions_are_kept_and_what_was_deleted_comes_back(least: Recording[Any]) -> None:
    service = least.one("azure-native:storage:BlobServiceProperties").inputs
    assert (service["isVersioningEnabled"], service["changeFeed"]["enabled"]) == (True, True)
    assert service["deleteRetentionPolicy"] == {"enabled": True, "days": 30, "allowPermanentDelete": False}
    assert service["containerDeleteRetentionPolicy"] == {"enabled": True, "days": 30}
    # Nothing is written before versions are kept.
    assert f"{NAME}-versions" in least.one("azure-native:storage:BlobContainer").depends_on


def test_objects_turn_cold_and_go_in_time(most: Recording[Any]) -> None:
    policy = most.one("azure-native:storage:ManagementPolicy", f"{NAME}-lifecycle").inputs["policy"]
    rules = {rule["name"]: rule["definition"] for rule in policy["rules"]}
    assert rules["versions"]["actions"]["version"] == {"delete": {"daysAfterCreationGreaterThan": 7}}
    assert rules["expire"]["actions"]["baseBlob"] == {"delete": {"daysAfterModificationGreaterThan": 365}}
    assert rules["cold"]["actions"]["baseBlob"] == {"tierToCold": {"daysAfterModificationGreaterThan": 90}}
    # Azure moves block blobs alone between tiers.
    assert rules["cold"]["filters"]["blobTypes"] == ["blockBlob"]


def test_below_ninety_days_cold_is_the_tier_that_bills_thirty() -> None:
    registered = made(BucketSpec(purpose="logs", cold_after_days=30))
    rules = registered.one("azure-native:storage:ManagementPolicy").inputs["policy"]["rules"]
    assert rules[-1]["definition"]["actions"]["baseBlob"] == {"tierToCool": {"daysAfterModificationGreaterThan": 30}}


@pytest.mark.requirement("PN-17")
def test_a_bucket_is_reached_at_a_private_address(least: Recording[Any]) -> None:
    endpoint = least.one("azure-native:network:PrivateEndpoint").inputs
    assert endpoint["subnet"]["id"] == f"{wiring.NETWORK}/subnets/endpoints"
    [connection] = endpoint["privateLinkServiceConnections"]
    assert (connection["privateLinkServiceId"], connection["groupIds"]) == (f"{NAME}-account-id", ["blob"])
    [zone] = least.one("azure-native:network:PrivateDnsZoneGroup").inputs["privateDnsZoneConfigs"]
    assert zone["privateDnsZoneId"].endswith("/privateDnsZones/privatelink.blob.core.windows.net")


def test_clients_get_container_account_and_reference(least: Recording[Any]) -> None:
    outputs = least.one("eucloud:azure:Bucket").outputs
    container, account = least.one("azure-native:storage:BlobContainer"), least.one(ACCOUNT)
    assert (outputs["name"], outputs["account"]) == (container.state["name"], account.state["name"])
    assert (outputs["ref"], outputs["region"]) == (f"{NAME}-container-id", "italynorth")


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_bucket_keeps_what_closes_and_encrypts_it(protected: bool) -> None:
    registered = made(LEAST.model_copy(update={"deletion_protected": protected}))
    held = ("StorageAccount", "BlobContainer", "BlobServiceProperties", "ManagementPolicy")
    assert {registered.one(f"azure-native:storage:{kind}").protect for kind in held} == {protected}
    assert registered.one("azure-native:managedidentity:UserAssignedIdentity").protect is protected
    assert not registered.one("azure-native:authorization:RoleAssignment").protect, "its principal is unknown while an identity is updated"


@pytest.mark.requirement("PN-01")
def test_copies_go_to_a_second_region_of_the_eu_under_a_key_of_that_region(most: Recording[Any]) -> None:
    copy = most.one(ACCOUNT, f"{NAME}-copy-account")
    vault = most.one("azure-native:keyvault:Vault")
    assert {copy.inputs["location"], vault.inputs["location"]} == {"francecentral"}
    assert copy.inputs["encryption"]["keyVaultProperties"] == {
        "keyVaultUri": f"https://{vault.name}.vault.azure.net/",
        "keyName": f"{NAME}-copy-key",
    }
    assert copy.inputs["publicNetworkAccess"] == "Disabled"
    assert most.types()["azure-native:network:PrivateEndpoint"] == 1


def test_both_accounts_tell_the_same_copying_and_the_receiver_is_told_first(most: Recording[Any]) -> None:
    receiving, sending = most.one(REPLICATION, f"{NAME}-copy-in"), most.one(REPLICATION, f"{NAME}-copy-out")
    assert receiving.inputs["objectReplicationPolicyId"] == "default"
    assert sending.inputs["objectReplicationPolicyId"] == receiving.state["policyId"]
    assert sending.inputs["rules"][0]["ruleId"] == receiving.state["rules"][0]["ruleId"]
    for each in (receiving, sending):
        # Full ids: without them an account could be another tenant's.
        assert (each.inputs["sourceAccount"], each.inputs["destinationAccount"]) == (f"{NAME}-account-id", f"{NAME}-copy-account-id")
        # Both sides keep versions before they copy.
        assert {f"{NAME}-versions", f"{NAME}-copy-versions"} <= set(each.depends_on)


@pytest.mark.requirement("PN-01")
@pytest.mark.parametrize("region", ["uksouth", "switzerlandnorth", "norwayeast", "eastus", "atlantis"])
def test_a_copy_outside_the_eu_is_refused(region: str) -> None:
    with pytest.raises(UnknownRegion, match=region):
        made(BucketSpec(purpose="backups", copy_region=region))


def test_a_copy_at_home_is_refused() -> None:
    with pytest.raises(ValueError, match="'italynorth' is the stack's own region"):
        made(BucketSpec(purpose="backups", copy_region="italynorth"))


def test_without_a_second_region_nothing_is_copied(least: Recording[Any]) -> None:
    assert least.of(REPLICATION) == least.of("azure-native:keyvault:Vault") == []


def test_versions_longer_than_azure_keeps_them_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^keep_versions_days: 400 is longer than Azure keeps them; allowed: 1 to 365$"):
        plan(NAME, BucketSpec(purpose="logs", keep_versions_days=400), wiring.SITE)


@given(st.from_regex(r"[a-z]([a-z0-9]|-(?!-)){0,100}[a-z0-9]", fullmatch=True))
def test_any_name_becomes_names_that_storage_takes(name: str) -> None:
    decided = plan(name, LEAST, wiring.SITE)
    assert re.fullmatch(r"[a-z0-9]{3,24}", decided.account)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", decided.container)
    assert len(decided.container) <= 63


def test_two_subscriptions_do_not_want_the_same_account() -> None:
    other = replace(wiring.SITE, account="11111111-2222-3333-4444-555555555555")
    assert plan(NAME, LEAST, wiring.SITE).account != plan(NAME, LEAST, other).account
