"""What an input names must exist, and whoever uses a key must be let in on it first."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from sandbox.contract import Properties, Record
from tests.sandbox.azure_estate import ENCRYPTION_USER, GROUP, NETWORK_CONTRIBUTOR, OPEN_VAULT, SUBSCRIPTION, TENANT, Bare, Estate, role

GONE = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/gone/subnets/gone"
PERSON = str(uuid.UUID(int=7))
STORAGE: dict[str, Any] = {"kind": "StorageV2", "sku": {"name": "Standard_ZRS"}}


def under_key(estate: Estate, identity: str | None = None, key: str = "platform") -> dict[str, Any]:
    user = identity or estate.identity.id
    return {
        **STORAGE,
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [user]},
        "encryption": {
            "keySource": "Microsoft.Keyvault",
            "keyVaultProperties": {"keyName": key, "keyVaultUri": "https://playnew-vault.vault.azure.net/"},
            "encryptionIdentity": {"encryptionUserAssignedIdentity": user},
        },
    }


def stranger(estate: Estate) -> Record:
    return estate.make("managedidentity:UserAssignedIdentity", "stranger", resourceName="stranger")


def test_a_resource_group_must_stand_first():
    bare = Bare()
    assert bare.refused("storage:StorageAccount", resourceGroupName="gone", accountName="logs", **STORAGE).startswith(
        "ResourceGroupNotFound"
    )


def test_a_parent_must_stand_first():
    bare = Bare()
    assert bare.refused("keyvault:Key", vaultName="gone", keyName="k", properties={"kty": "RSA"}).startswith("ParentResourceNotFound")
    assert bare.refused("storage:BlobContainer", accountName="gone", containerName="logs").startswith("ParentResourceNotFound")


def test_the_services_of_an_account_come_with_it():
    bare = Bare()
    bare.make("storage:StorageAccount", accountName="logs", **STORAGE)
    bare.make("storage:BlobContainer", accountName="logs", containerName="logs")


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        ("network:NatGateway", {"sku": {"name": "Standard"}, "publicIpAddresses": [{"id": GONE}]}),
        ("managedidentity:FederatedIdentityCredential", {}),
    ],
)
def test_an_id_must_be_of_something_that_exists(type_: str, inputs: Properties):
    bare = Bare()
    if not inputs:
        inputs = {"resourceName": "gone", "issuer": "https://a.eu", "subject": "s", "audiences": ["a"]}
    assert bare.refused(type_, **inputs).split(":")[0] in {"InvalidResourceReference", "ParentResourceNotFound"}


def test_ids_are_found_in_any_case():
    estate = Estate()
    estate.make(
        "storage:StorageAccount",
        accountName="logs",
        **under_key(estate, estate.identity.id.upper().replace("/SUBSCRIPTIONS", "/subscriptions")),
    )


def test_what_is_not_an_id_is_told_as_such():
    estate = Estate()
    assert estate.refused("storage:StorageAccount", accountName="logs", **under_key(estate, f"{estate.identity.id}/")).startswith(
        "LinkedInvalidPropertyId"
    )


def test_roles_are_those_of_azure_or_our_own():
    estate = Estate()
    given = {"principalId": PERSON, "principalType": "User", "scope": GROUP}
    assert "RoleDefinitionDoesNotExist" in estate.refused("authorization:RoleAssignment", **given, roleDefinitionId=role(TENANT))
    own = estate.make(
        "authorization:RoleDefinition",
        roleName="own",
        scope=GROUP,
        assignableScopes=[GROUP],
        permissions=[{"actions": ["Microsoft.Network/*/read"]}],
    )
    assert own.id.startswith(f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/")
    estate.make("authorization:RoleAssignment", "own", **given, roleDefinitionId=own.id)
    above = {**given, "scope": f"/subscriptions/{SUBSCRIPTION}"}
    assert "cannot be assigned at" in estate.refused("authorization:RoleAssignment", **above, roleDefinitionId=own.id)


def test_a_policy_must_be_one_of_azure():
    bare = Bare()
    scope = f"/subscriptions/{SUBSCRIPTION}"
    assigned = {"scope": scope, "policyDefinitionId": f"/providers/Microsoft.Authorization/policyDefinitions/{TENANT}"}
    assert "PolicyDefinitionNotFound" in bare.refused("authorization:PolicyAssignment", **assigned)
    kept = "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c"
    bare.make("authorization:PolicyAssignment", scope=scope, policyDefinitionId=kept)
    at_a_group = "/providers/Microsoft.Management/managementGroups/eu"
    assert "longer than 24" in bare.refused(
        "authorization:PolicyAssignment", scope=at_a_group, policyDefinitionId=kept, policyAssignmentName="a" * 25
    )


@pytest.mark.parametrize(
    ("kind", "code"), [(None, "PrincipalNotFound"), ("User", "UnmatchedPrincipalType"), ("ServicePrincipal", "RoleAssignmentExists")]
)
def test_an_identity_is_assigned_as_a_service_principal_and_once(kind: str | None, code: str):
    estate = Estate()
    given = {"principalId": estate.identity.outputs["principalId"], "scope": estate.key.id, "roleDefinitionId": role(ENCRYPTION_USER)}
    assert estate.refused("authorization:RoleAssignment", **given, principalType=kind).startswith(code)


def test_an_unknown_identity_cannot_be_let_in():
    estate = Estate()
    given = {"principalId": PERSON, "principalType": "ServicePrincipal", "scope": GROUP, "roleDefinitionId": role(ENCRYPTION_USER)}
    assert estate.refused("authorization:RoleAssignment", **given).startswith("PrincipalNotFound")


@pytest.mark.parametrize("scope", ["key", "vault", "group", "subscription"])
def test_a_key_is_used_by_whoever_is_let_in_on_it_or_above(scope: str):
    estate = Estate()
    identity = stranger(estate)
    account = {"accountName": "logs", **under_key(estate, identity.id)}
    assert "has no permission to wrap" in estate.refused("storage:StorageAccount", **account)
    scopes = {"key": estate.key.id, "vault": estate.vault.id, "group": GROUP, "subscription": f"/subscriptions/{SUBSCRIPTION}"}
    estate.let_in(identity.outputs["principalId"], ENCRYPTION_USER, scopes[scope], "stranger")
    estate.make("storage:StorageAccount", **account)


def test_another_key_or_another_right_does_not_let_in():
    estate = Estate()
    estate.make("keyvault:Key", "other", keyName="other", vaultName="playnew-vault", properties={"kty": "RSA"})
    assert "has no permission to wrap" in estate.refused("storage:StorageAccount", accountName="logs", **under_key(estate, key="other"))
    identity = stranger(estate)
    estate.let_in(identity.outputs["principalId"], NETWORK_CONTRIBUTOR, estate.key.id, "stranger")
    assert "has no permission to wrap" in estate.refused("storage:StorageAccount", accountName="logs", **under_key(estate, identity.id))


def test_a_key_must_exist_and_its_vault_keep_it():
    estate = Estate()
    assert "KeyNotFound" in estate.refused("storage:StorageAccount", accountName="logs", **under_key(estate, key="gone"))
    loose = {name: value for name, value in OPEN_VAULT.items() if name != "enablePurgeProtection"}
    vault = estate.make("keyvault:Vault", "loose", vaultName="loose-vault", properties=loose)
    estate.make("keyvault:Key", "loose", keyName="platform", vaultName="loose-vault", properties={"kty": "RSA"})
    account = under_key(estate)
    account["encryption"]["keyVaultProperties"]["keyVaultUri"] = vault.outputs["properties"]["vaultUri"]
    assert "purge protection" in estate.refused("storage:StorageAccount", accountName="logs", **account)


def test_a_closed_vault_lets_in_trusted_services_alone():
    estate = Estate()
    closed = {**OPEN_VAULT, "publicNetworkAccess": "Disabled", "networkAcls": {"defaultAction": "Deny", "bypass": "None"}}
    vault = estate.change(estate.vault, properties=closed)
    assert "forbidden by its firewall" in estate.refused("storage:StorageAccount", accountName="logs", **under_key(estate))
    estate.change(vault, properties={**closed, "networkAcls": {"defaultAction": "Deny", "bypass": "AzureServices"}})
    estate.make("storage:StorageAccount", accountName="logs", **under_key(estate))


def test_other_services_use_keys_by_the_same_rule():
    estate = Estate()
    identity = stranger(estate)
    user = {"type": "UserAssigned", "userAssignedIdentities": [identity.id]}
    disks: dict[str, Any] = {
        "identity": user,
        "activeKey": {"keyUrl": estate.key.outputs["keyUriWithVersion"], "sourceVault": {"id": estate.vault.id}},
    }
    registry: dict[str, Any] = {
        "sku": {"name": "Premium"},
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity.id: {}}},
        "encryption": {
            "status": "enabled",
            "keyVaultProperties": {"identity": identity.outputs["clientId"], "keyIdentifier": estate.key.outputs["keyUri"]},
        },
    }
    for type_, inputs in (("compute:DiskEncryptionSet", disks), ("containerregistry:Registry", registry)):
        assert "has no permission to wrap" in estate.refused(type_, **inputs)
    estate.let_in(identity.outputs["principalId"], ENCRYPTION_USER, estate.key.id, "stranger")
    made = estate.make("compute:DiskEncryptionSet", **disks)
    assert made.outputs["identity"]["userAssignedIdentities"][identity.id]["clientId"] == identity.outputs["clientId"]
    assert estate.make("containerregistry:Registry", registryName="playnew", **registry).outputs["loginServer"] == "playnew.azurecr.io"
