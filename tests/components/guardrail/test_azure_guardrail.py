from __future__ import annotations

import json
from typing import Any

import pytest

from components.geography import UnknownRegion, eu_regions
from components.guardrail.azure import AzureGuardrail
from components.guardrail.azure_deny import LONGEST_NAME, assignments, target
from components.guardrail.spec import GuardrailSpec
from components.vocabulary import Cloud
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, record

NAME = "playnew-production-guardrail"
EU = tuple(region.code for region in eu_regions(Cloud.AZURE))
FULL = GuardrailSpec(allowed_regions=EU, deny_target="platform")
ASSIGNMENT = "azure-native:authorization:PolicyAssignment"
ACCOUNT = "azure-native:storage:StorageAccount"
BUILT_IN = "/providers/Microsoft.Authorization/policyDefinitions"


def made(spec: GuardrailSpec) -> Recording[Any]:
    return record(lambda: AzureGuardrail(NAME, spec, wiring.SITE, wiring.group(), wiring.key()), wiring.STATES)


@pytest.fixture(scope="module")
def full() -> Recording[Any]:
    return made(FULL)


@pytest.fixture(scope="module")
def alone() -> Recording[Any]:
    return made(GuardrailSpec(allowed_regions=EU, audit_days=90, deletion_protected=False))


def by_definition(registered: Recording[Any]) -> dict[str, dict[str, Any]]:
    return {item.inputs["policyDefinitionId"]: item.inputs for item in registered.of(ASSIGNMENT)}


@pytest.mark.requirement("PN-01")
@pytest.mark.parametrize("definition", ["e56962a6-4747-49cd-b67b-bf8b01975c4c", "e765b5de-1225-4ba3-bd56-1ac6695af988"])
def test_resources_and_their_groups_are_made_in_the_eu_alone(full: Recording[Any], definition: str) -> None:
    rule = by_definition(full)[f"{BUILT_IN}/{definition}"]
    assert rule["parameters"] == {"listOfAllowedLocations": {"value": list(EU)}}
    assert (rule["scope"], rule["enforcementMode"]) == ("/providers/Microsoft.Management/managementGroups/platform", "Default")
    assert not {"uksouth", "norwayeast", "switzerlandnorth"} & set(EU)


@pytest.mark.requirement("PN-01")
def test_what_audits_by_default_is_told_to_deny(full: Recording[Any]) -> None:
    rules = by_definition(full)
    told = {
        definition.rsplit("/", 1)[-1][:8]: rule["parameters"].get("effect", rule["parameters"].get("policyEffect"))
        for definition, rule in rules.items()
    }
    assert told == {
        "e56962a6": None,
        "e765b5de": None,
        "0473574d": {"value": "deny"},
        "92a89a79": {"value": "Deny"},
        "93c45b74": {"value": "Deny"},
        "c707daa0": {"value": "Deny"},
    }


def test_without_a_target_the_document_is_there_to_be_deployed_by_others(alone: Recording[Any], full: Recording[Any]) -> None:
    assert alone.of(ASSIGNMENT) == []
    document = json.loads(alone.one("eucloud:azure:Guardrail").outputs["deny_document"])
    attached = {item["policyAssignmentName"]: item["parameters"] for item in by_definition(full).values()}
    assert {item["name"]: item["properties"]["parameters"] for item in document["resources"]} == attached


def test_names_of_assignments_fit_a_management_group_and_differ() -> None:
    names = [each.name for each in assignments(FULL, wiring.SITE)]
    assert len(set(names)) == len(names) == 6
    assert max(map(len, names)) <= LONGEST_NAME


@pytest.mark.parametrize(
    ("given", "scope"),
    [
        (wiring.SUBSCRIPTION, f"/subscriptions/{wiring.SUBSCRIPTION}"),
        (f"/subscriptions/{wiring.SUBSCRIPTION.upper()}", f"/subscriptions/{wiring.SUBSCRIPTION}"),
        ("mg-eu", "/providers/Microsoft.Management/managementGroups/mg-eu"),
        ("/providers/Microsoft.Management/managementGroups/mg-eu", "/providers/Microsoft.Management/managementGroups/mg-eu"),
    ],
)
def test_a_target_is_a_subscription_or_a_management_group(given: str, scope: str) -> None:
    assert target(given) == scope


@pytest.mark.parametrize("given", ["/subscriptions/x", "arn:aws:organizations::1:ou/o", "mg eu"])
def test_another_target_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=r"^deny_target: .* is no scope; allowed"):
        target(given)


def test_exemptions_are_scopes_since_azure_lets_places_through() -> None:
    scope = f"{wiring.GROUP}-edge"
    exempt = made(GuardrailSpec(allowed_regions=EU, deny_target="platform", exempt=(scope,)))
    assert {tuple(item.inputs["notScopes"]) for item in exempt.of(ASSIGNMENT)} == {(scope,)}
    with pytest.raises(ValueError, match=r"^exempt: 'cloudfront:\*' is no scope"):
        made(GuardrailSpec(allowed_regions=EU, exempt=("cloudfront:*",)))


def test_a_region_that_azure_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownRegion, match="eu-south-1"):
        made(GuardrailSpec(allowed_regions=("eu-south-1",)))


def test_the_activity_log_goes_to_the_workspace_and_to_an_account_of_its_own(full: Recording[Any]) -> None:
    trail = full.one("azure-native:monitor:SubscriptionDiagnosticSetting")
    assert (trail.inputs["storageAccountId"], trail.inputs["workspaceId"]) == (f"{NAME}-audit-account-id", wiring.WORKSPACE)
    logs = {item["category"]: item["enabled"] for item in trail.inputs["logs"]}
    assert {"Administrative", "Policy", "Security"} <= set(logs)
    assert set(logs.values()) == {True}
    assert trail.protect
    assert full.one("eucloud:azure:Guardrail").outputs["audit_trail"] == f"{NAME}-trail-id"


def test_the_audit_trail_is_encrypted_stays_at_home_and_cannot_be_changed(full: Recording[Any]) -> None:
    account = full.one(ACCOUNT).inputs
    assert (account["location"], account["sku"]["name"], account["publicNetworkAccess"]) == ("italynorth", "Standard_ZRS", "Disabled")
    assert account["encryption"]["keyVaultProperties"]["keyName"] == "platform"
    assert account["immutableStorageWithVersioning"] == {
        "enabled": True,
        "immutabilityPolicy": {"immutabilityPeriodSinceCreationInDays": 365, "state": "Unlocked", "allowProtectedAppendWrites": True},
    }
    # Azure Monitor comes from outside the network.
    assert (account["networkRuleSet"]["defaultAction"], account["networkRuleSet"]["bypass"]) == ("Deny", "AzureServices")
    lock = full.one("azure-native:authorization:ManagementLockByScope")
    assert (lock.inputs["scope"], lock.inputs["level"]) == (f"{NAME}-audit-account-id", "CanNotDelete")


@pytest.mark.parametrize(("recording", "days"), [("full", 366), ("alone", 91)])
def test_audit_records_go_when_they_may_be_deleted(recording: str, days: int, request: pytest.FixtureRequest) -> None:
    registered: Recording[Any] = request.getfixturevalue(recording)
    rules = {rule["name"]: rule["definition"] for rule in registered.one("azure-native:storage:ManagementPolicy").inputs["policy"]["rules"]}
    assert rules["expire"]["actions"]["baseBlob"] == {"delete": {"daysAfterModificationGreaterThan": days}}
    # The activity log is written as append blobs.
    assert "appendBlob" in rules["expire"]["filters"]["blobTypes"]


def test_a_trail_that_may_go_is_neither_locked_nor_immutable(alone: Recording[Any]) -> None:
    assert "immutableStorageWithVersioning" not in alone.one(ACCOUNT).inputs
    assert alone.of("azure-native:authorization:ManagementLockByScope") == []
    assert not [item for item in alone if item.protect]


def test_a_recorder_of_configuration_is_refused_since_azure_records_by_itself() -> None:
    with pytest.raises(ValueError, match=r"^record_configuration: true has no counterpart on Azure"):
        made(GuardrailSpec(allowed_regions=EU, record_configuration=True))
