from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components.geography import UnknownRegion
from components.platforms.azure_group import AzureGroup, provider
from components.platforms.azure_vault import vault_name
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, record

NAME = "playnew-production-group"
VAULT = "azure-native:keyvault:Vault"


@pytest.fixture(scope="module")
def made() -> Recording[AzureGroup]:
    return record(lambda: AzureGroup(NAME, wiring.SITE), wiring.STATES, wiring.ANSWERS)


@pytest.mark.requirement("PN-01")
def test_the_provider_knows_one_subscription_one_region_and_no_other_cloud() -> None:
    inputs = record(lambda: provider("playnew-production", wiring.SITE)).one("pulumi:providers:azure-native").inputs
    assert (inputs["subscriptionId"], inputs["location"], inputs["environment"]) == (wiring.SUBSCRIPTION, "italynorth", "public")
    assert inputs["disablePulumiPartnerId"] in (True, "true")


@pytest.mark.parametrize("code", ["eastus", "brazilsouth", "global", "Europe"])
def test_no_provider_is_made_for_a_region_outside_europe(code: str) -> None:
    with pytest.raises(UnknownRegion, match="allowed: austriaeast"):
        record(lambda: provider("playnew-production", replace(wiring.SITE, region=code)))


@pytest.mark.requirement("PN-01")
def test_one_resource_group_of_the_region_holds_the_stack(made: Recording[Any]) -> None:
    group = made.one("azure-native:resources:ResourceGroup").inputs
    assert (group["resourceGroupName"], group["location"]) == ("playnew-production", "italynorth")
    assert group["tags"]["data-residency"] == "eu"
    outputs = made.one("eucloud:azure:Group").outputs
    assert (outputs["subscription"], outputs["tenant"], outputs["location"]) == (wiring.SUBSCRIPTION, wiring.TENANT, "italynorth")
    assert (outputs["vault"]["id"], outputs["workspace_id"]) == (f"{NAME}-vault-id", f"{NAME}-logs-id")
    assert "resource" not in outputs["vault"]


@pytest.mark.requirement("PN-08")
def test_a_deleted_vault_and_all_in_it_can_be_had_back_for_ninety_days_whoever_deleted_it(made: Recording[Any]) -> None:
    vault = made.one(VAULT).inputs["properties"]
    assert (vault["enableSoftDelete"], vault["enablePurgeProtection"], vault["softDeleteRetentionInDays"]) == (True, True, 90)
    assert (vault["sku"], vault["tenantId"]) == ({"family": "A", "name": "premium"}, wiring.TENANT)


@pytest.mark.requirement("PN-08")
def test_the_vault_is_reached_by_roles_and_not_from_the_internet(made: Recording[Any]) -> None:
    vault = made.one(VAULT).inputs["properties"]
    assert (vault["enableRbacAuthorization"], vault["accessPolicies"]) == (True, [])
    assert vault["publicNetworkAccess"] == "Disabled"
    assert vault["networkAcls"] == {"defaultAction": "Deny", "bypass": "AzureServices", "ipRules": [], "virtualNetworkRules": []}
    assert [key for key in vault if key.startswith("enabledFor") and vault[key]] == []


def test_who_used_the_vault_is_written_down(made: Recording[Any]) -> None:
    setting = made.one("azure-native:monitor:DiagnosticSetting").inputs
    assert (setting["resourceUri"], setting["workspaceId"]) == (f"{NAME}-vault-id", f"{NAME}-logs-id")
    assert setting["logs"] == [{"categoryGroup": "audit", "enabled": True}]


def test_logs_stay_in_the_region_for_ninety_days_and_take_no_shared_key(made: Recording[Any]) -> None:
    workspace = made.one("azure-native:operationalinsights:Workspace").inputs
    assert (workspace["location"], workspace["retentionInDays"], workspace["sku"]) == ("italynorth", 90, {"name": "PerGB2018"})
    assert workspace["features"]["disableLocalAuth"] is True
    assert workspace["publicNetworkAccessForIngestion"] == "Disabled"


def test_a_vaults_name_is_its_own_in_all_of_azure_and_in_each_life_of_the_stack(made: Recording[Any]) -> None:
    name, later = vault_name("playnew-production", "0a1b2c"), vault_name("playnew-production", "3d4e5f")
    assert name != later
    assert {len(name), len(later)} <= set(range(3, 25))
    assert vault_name("pn-dev", "0a1b2c") == "pn-dev-0a1b2c"
    mark = made.one("random:index/randomId:RandomId", f"{NAME}-vault-mark")
    assert made.one("azure-native:keyvault:Vault").inputs["vaultName"].endswith(mark.state["hex"])


@pytest.mark.parametrize("name", ["3m-production", "a--b", "pn_dev"])
def test_a_name_that_no_vault_can_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="beginning with a letter"):
        vault_name(name, "0a1b2c")


def test_everything_hangs_under_the_group_and_carries_the_stacks_tags(made: Recording[Any]) -> None:
    assert {item.parent for item in made if item.custom} == {NAME}
    tagged = [item for item in made if item.type.startswith("azure-native:") and "DiagnosticSetting" not in item.type]
    assert {item.inputs["tags"]["stack"] for item in tagged} == {"playnew-production"}
