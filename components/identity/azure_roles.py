"""Azure's rights: built-in roles by their ids, and assignments whose names say what they are for."""

from __future__ import annotations

import uuid
from enum import StrEnum

import pulumi
from pulumi_azure_native import authorization


class Role(StrEnum):
    """Built-in roles; the ids are the same in every tenant."""

    READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
    MANAGED_IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
    ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
    BLOB_DATA_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
    BLOB_DATA_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
    VAULT_CONTRIBUTOR = "f25e0fa2-a7c8-4377-a976-54943a77a395"
    VAULT_CRYPTO_USER = "12338af0-0e69-4776-bea7-57ae8d297424"
    VAULT_CRYPTO_SERVICE_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
    VAULT_SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
    CLUSTER_USER = "4abbcc35-e782-43d8-92c5-2d3f1bd2253f"
    POSTGRES_BACKUP = "c088a766-074b-43ba-90d4-1fb21feae531"
    CLUSTER_RBAC_ADMIN = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"


def definition(subscription: str, role: Role) -> str:
    """In the subscription's form: Azure answers with it, whatever was sent, and another form would show as a change for ever."""
    return f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role.value}"


def assignment_name(scope: str, role: str, principal: str) -> str:
    """The GUID that an assignment goes by. The same right has the same one: a second assignment of it is refused by Azure, and one that was
    made but not recorded is found again by its name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "|".join((scope.lower(), role.lower(), principal.lower()))))


def assign(
    name: str,
    role: Role | pulumi.Output[str],
    scope: pulumi.Output[str],
    principal: pulumi.Input[str],
    subscription: str,
    opts: pulumi.ResourceOptions,
    principal_type: authorization.PrincipalType | None = authorization.PrincipalType.SERVICE_PRINCIPAL,
) -> authorization.RoleAssignment:
    """Lets `principal` (an object id) do on `scope` what `role` (built in, or the id of a definition) says.

    The type of principal keeps Azure from looking a new identity up in a directory that may not know it yet. None where it is not known
    (a person, a group): Azure looks it up.

    Never protected, whatever `opts` say: while an identity is being updated (a tag is enough) the provider knows no principal at preview,
    so that the assignment seems to be replaced, and a protected one stops the preview. What stands on it keeps it at a destroy.
    """
    granted = pulumi.Output.from_input(definition(subscription, role) if isinstance(role, Role) else role)
    return authorization.RoleAssignment(
        name,
        role_assignment_name=pulumi.Output.all(scope, granted, principal).apply(lambda known: assignment_name(*known)),
        scope=scope,
        role_definition_id=granted,
        principal_id=principal,
        # The SDK makes `User` of None, and Azure refuses that for a group; of an Output it makes nothing.
        principal_type=principal_type or pulumi.Output.from_input(None),
        opts=pulumi.ResourceOptions(parent=opts.parent, depends_on=opts.depends_on),
    )


def custom(
    name: str,
    description: str,
    actions: list[str],
    group: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """The id of a role of our own, assignable in the resource group `group` alone. Its GUID comes from its name and group, so that it stays
    the same; Azure wants the display name to be unique in the tenant: `name` begins with the stack's."""
    made = authorization.RoleDefinition(
        name,
        role_definition_id=group.apply(lambda scope: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.lower()}|{name}"))),
        role_name=name,
        role_type="CustomRole",
        description=description,
        scope=group,
        assignable_scopes=[group],
        permissions=[authorization.PermissionArgs(actions=actions, not_actions=[], data_actions=[], not_data_actions=[])],
        opts=opts,
    )
    return made.id
