"""Roles and policies that Azure itself keeps, and who may do what by them."""

from __future__ import annotations

import fnmatch
from typing import Any

from sandbox.azure import arm
from sandbox.azure.lookup import ASSIGNMENT, find
from sandbox.contract import World
from sandbox.walk import texts

_KEPT = """
8e3af657-a8ff-443c-a75c-2fe8c4bcb635 Owner
b24988ac-6180-42a0-ab88-20f7382dd24c Contributor
acdd72a7-3385-48ef-bd42-f606fba81ae7 Reader
18d7d88d-d35e-4fb5-a5c3-7773c20a72d9 User Access Administrator
f58310d9-a9f6-439a-9e8d-f62e7b41a168 Role Based Access Control Administrator
00482a5a-887f-4fb3-b363-3b7fe8e74483 Key Vault Administrator
21090545-7ca7-4776-b22c-e363652d74d2 Key Vault Reader
b86a8fe4-44ce-4948-aee5-eccb2c155cd7 Key Vault Secrets Officer
4633458b-17de-408a-b874-0445c86b69e6 Key Vault Secrets User
14b46e9e-c2b7-41b4-b07b-48a6ebf60603 Key Vault Crypto Officer
12338af0-0e69-4776-bea7-57ae8d297424 Key Vault Crypto User
e147488a-f6f5-4113-8e2d-b22465e65bf6 Key Vault Crypto Service Encryption User
08bbd89e-9f13-488c-ac41-acfcb10c90ab Key Vault Crypto Service Release User
a4417e6f-fecd-4de8-b567-7b0420556985 Key Vault Certificates Officer
db79e9a7-68ee-4b58-9aeb-b90e7c24fcba Key Vault Certificate User
f25e0fa2-a7c8-4377-a976-54943a77a395 Key Vault Contributor
8b54135c-b56d-4d72-a534-26097cfdc8d8 Key Vault Data Access Administrator
ba92f5b4-2d11-453d-a403-e96b0029c9fe Storage Blob Data Contributor
b7e6dc6d-f1e8-4753-8033-0f276bb0955b Storage Blob Data Owner
2a2b9908-6ea1-4ae2-8e65-a410df84e7d1 Storage Blob Data Reader
db58b8e5-c6ad-4a2a-8342-4190687cbf4a Storage Blob Delegator
17d1049b-9a84-46fb-8f53-869881c3d3ab Storage Account Contributor
e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1 Storage Account Backup Contributor
c12c1c16-33a1-487b-954d-41c89c60f349 Reader and Data Access
7f951dda-4ed3-4680-a7ca-43fe172d538d AcrPull
8311e382-0749-4cb8-b61a-304f252e45ec AcrPush
c2f4ef07-c644-48eb-af81-4b1b4947fb11 AcrDelete
b93aa761-3e63-49ed-ac28-beffa264f7ac Container Registry Repository Reader
0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8 Azure Kubernetes Service Cluster Admin Role
4abbcc35-e782-43d8-92c5-2d3f1bd2253f Azure Kubernetes Service Cluster User Role
ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8 Azure Kubernetes Service Contributor Role
3498e952-d568-435e-9b2c-8d77e338d7f7 Azure Kubernetes Service RBAC Admin
b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b Azure Kubernetes Service RBAC Cluster Admin
7f6c6a51-bcf8-42ba-9220-52d62157d7db Azure Kubernetes Service RBAC Reader
a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb Azure Kubernetes Service RBAC Writer
4d97b98b-1d4f-4787-a291-c67834d212e7 Network Contributor
befefa01-2a29-4197-83a8-272ff33ce314 DNS Zone Contributor
b12aa53e-6015-4669-85d0-8515ebb3ae7f Private DNS Zone Contributor
f1a07417-d97a-45cb-824c-7a7467783830 Managed Identity Operator
e40ec5ca-96e0-45a2-b4ff-59039f2c2b59 Managed Identity Contributor
9980e02c-c2be-4d73-94e8-173b1dc7cf3c Virtual Machine Contributor
3e5e47e6-65f7-47ef-90b5-e5dd4d455f24 Disk Backup Reader
7efff54f-a5b4-42b5-a1c5-5411624893ce Disk Snapshot Contributor
b50d9833-a0cb-478e-945f-707fcc997c13 Disk Restore Operator
5e467623-bb1f-42f4-a55d-6e525e11384b Backup Contributor
00c29273-979b-4161-815c-10b084fb9324 Backup Operator
a795c7a0-d4a2-40c1-ae25-d81f01202912 Backup Reader
c088a766-074b-43ba-90d4-1fb21feae531 PostgreSQL Flexible Server Long Term Retention Backup Role
3913510d-42f4-4e42-8a64-420c390055eb Monitoring Metrics Publisher
43d0d8ad-25c7-4714-9337-8ba259a9fe05 Monitoring Reader
749f88d5-cbae-40b8-bcfc-e573ddc772fa Monitoring Contributor
92aaf0da-9dab-42b6-94a3-d43ce8d16293 Log Analytics Contributor
73c42c96-874c-492b-b04d-ab87d138a893 Log Analytics Reader
36243c78-bf99-498c-9df9-86d9f8d28608 Resource Policy Contributor
72fafb9e-0641-4937-9268-a91bfd8191a3 Cost Management Reader
4a9ae827-6dc8-4573-8ac7-8239d42aa03f Tag Contributor
fb1c8493-542b-48eb-b624-b4c8fea62acd Security Admin
39bc4728-0917-49c7-9d2c-d95423bc2eb4 Security Reader
"""
BUILT_IN: dict[str, str] = {line.partition(" ")[0]: line.partition(" ")[2] for line in _KEPT.strip().splitlines()}
"""Names by id: those that platforms use. An id that is not here may be Azure's too, but is more often a slip of the pen."""

POLICIES: dict[str, str] = {
    "e56962a6-4747-49cd-b67b-bf8b01975c4c": "Allowed locations",
    "e765b5de-1225-4ba3-bd56-1ac6695af988": "Allowed locations for resource groups",
    "6c112d4e-5bc7-47ae-a041-ea2d9dccd749": "Not allowed resource types",
    "a08ec900-254a-4555-9bf5-e42af04b5c5c": "Allowed resource types",
    "b2982f36-99f2-4db5-8eff-283140c09693": "Storage accounts should disable public network access",
    "4fa4b6c0-31ca-4c0d-b10d-24b96f62a751": "Storage account public access should be disallowed",
    "404c3081-a854-4457-ae30-26a93ef643f9": "Secure transfer to storage accounts should be enabled",
    "83a86a26-fd1f-447c-b59d-e51f44264114": "Network interfaces should not have public IPs",
    "405c5871-3e91-4644-8a63-58e19d68ff5b": "Azure Key Vault should disable public network access",
    "0b60c0b2-2dc2-4e1c-b5c9-abbed971de53": "Key vaults should have deletion protection enabled",
    "0473574d-2d43-4217-aefe-941fcdf7e684": "Azure Cosmos DB allowed locations",
    "92a89a79-6c52-4a7e-a03f-61306fc49312": "Storage accounts should prevent cross tenant object replication",
    "93c45b74-42a1-4967-b25d-82c4dc630921": "Communication service resource should use allow listed data location",
    "c707daa0-b93b-454d-9e1e-8ac59866316c": "Azure Maps accounts should not process data in other regions",
}
POLICY_SETS: dict[str, str] = {"1f3afdf9-d0c9-4c3d-847f-89da613e70a8": "Microsoft cloud security benchmark"}

_WRAP = "Microsoft.KeyVault/vaults/keys/wrap/action"
_ALLOWING: dict[str, frozenset[str]] = {
    _WRAP: frozenset(
        {"Key Vault Administrator", "Key Vault Crypto Officer", "Key Vault Crypto User", "Key Vault Crypto Service Encryption User"}
    ),
    "Microsoft.KeyVault/vaults/secrets/getSecret/action": frozenset(
        {"Key Vault Administrator", "Key Vault Secrets Officer", "Key Vault Secrets User"}
    ),
    "Microsoft.Network/virtualNetworks/subnets/join/action": frozenset({"Owner", "Contributor", "Network Contributor"}),
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action": frozenset({"Owner", "Contributor", "Managed Identity Operator"}),
    "Microsoft.Network/privateDnsZones/A/write": frozenset({"Owner", "Contributor", "Private DNS Zone Contributor"}),
    "Microsoft.Compute/diskEncryptionSets/read": frozenset({"Owner", "Contributor", "Reader", "Virtual Machine Contributor"}),
    "Microsoft.Storage/storageAccounts/blobServices/containers/read": frozenset({"Owner", "Contributor"}),
}
WRAP = _WRAP
"""What a service does with the key that encrypts its own key."""
READ_SECRET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action"
ASSIGN = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
ZONE_RECORDS = "Microsoft.Network/privateDnsZones/A/write"
DISK_ENCRYPTION = "Microsoft.Compute/diskEncryptionSets/read"


def built_in(definition: str) -> str | None:
    """The name of a role of Azure's; None for one that is not in the table."""
    return BUILT_IN.get(definition.rpartition("/")[2].lower())


def may(world: World, principal: str, action: str, target: str) -> bool:
    """Whether a role assignment at the target or above it gives the right. Conditions are taken to hold."""
    for record in world.all(ASSIGNMENT):
        mine, scope = arm.same(record.inputs.get("principalId"), principal), f"/{str(record.inputs.get('scope', '')).strip('/')}"
        if mine and arm.under(target, scope) and _allows(world, str(record.inputs.get("roleDefinitionId", "")), action):
            return True
    return False


def _allows(world: World, definition: str, action: str) -> bool:
    if name := built_in(definition):
        return name in _ALLOWING[action]
    wanted = definition.rpartition("/")[2]
    record = find(world, definition) or next(
        (r for r in world.all("azure-native:authorization:RoleDefinition") if arm.same(r.outputs.get("name"), wanted)), None
    )
    if record is None:
        return False
    given = [*texts(record.inputs, "permissions[].actions[]"), *texts(record.inputs, "permissions[].dataActions[]")]
    taken = [*texts(record.inputs, "permissions[].notActions[]"), *texts(record.inputs, "permissions[].notDataActions[]")]
    return _any(given, action) and not _any(taken, action)


def _any(patterns: list[Any], action: str) -> bool:
    return any(fnmatch.fnmatch(action.lower(), str(pattern).lower()) for pattern in patterns)
