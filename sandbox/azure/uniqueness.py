"""Names and places that only one thing may have."""

from __future__ import annotations

from typing import Any, NamedTuple

from sandbox.azure import arm, deleted
from sandbox.azure.identity import spelled
from sandbox.azure.lookup import all_of
from sandbox.azure.naming import name_property
from sandbox.contract import Properties, Record, Refused, Request, World
from sandbox.reflection.model import Schema


class Worldwide(NamedTuple):
    code: str
    message: str


_WORLDWIDE: dict[str, Worldwide] = {
    "azure-native:containerregistry:Registry": Worldwide("AlreadyInUse", "The registry DNS name {}.azurecr.io is already in use."),
    "azure-native:dbforpostgresql:Server": Worldwide("ServerNameAlreadyExists", "Specified server name '{}' is already used."),
    "azure-native:keyvault:Vault": Worldwide(
        "VaultAlreadyExists",
        "The vault name '{}' is already in use. Vault names are globally unique so it is possible that the name is already taken.",
    ),
    "azure-native:redisenterprise:RedisEnterprise": Worldwide("NameNotAvailable", "An error occurred: the DNS name '{}' is not available."),
    "azure-native:storage:StorageAccount": Worldwide("StorageAccountAlreadyTaken", "The storage account named {} is already taken."),
}
"""Names that all customers share, since hosts are called by them."""


class Once(NamedTuple):
    """Inputs that together may occur once among things with one parent. All of them missing is no occurrence."""

    inputs: tuple[str, ...]
    code: str
    message: str


_ONCE: dict[str, Once] = {
    "azure-native:authorization:RoleAssignment": Once(
        ("scope", "roleDefinitionId", "principalId"), "RoleAssignmentExists", "The role assignment already exists."
    ),
    "azure-native:authorization:RoleDefinition": Once(
        ("roleName",), "RoleDefinitionWithSameNameExists", "A custom role with the name {roleName} already exists in the directory."
    ),
    "azure-native:managedidentity:FederatedIdentityCredential": Once(
        ("resourceGroupName", "resourceName", "issuer", "subject"),
        "BadRequest",
        "Issuer and subject combination already exists for this Managed Identity: {issuer} {subject}",
    ),
    "azure-native:monitor:DiagnosticSetting": Once(
        ("resourceUri", "workspaceId"),
        "Conflict",
        "Data sink '{workspaceId}' is already used in another diagnostic setting for the resource '{resourceUri}'",
    ),
    "azure-native:privatedns:VirtualNetworkLink": Once(
        ("resourceGroupName", "privateZoneName", "virtualNetwork"),
        "Conflict",
        "A virtual network cannot be linked to the private zone {privateZoneName} twice",
    ),
}
_SHARED_SINK = {"azure-native:monitor:DiagnosticSetting": "workspaceId"}


def _plain(name: str, value: Any) -> Any:
    """As Azure compares: without case, roles by their last part, which alone tells them apart."""
    if not isinstance(value, str):
        return {k: _plain(k, v) for k, v in value.items()} if isinstance(value, dict) else value  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] # wire value
    text = value.lower().strip("/")
    return text.rpartition("/")[2] if name == "roleDefinitionId" else text


def _others(request: Request, prior: Record | None, world: World) -> list[Record]:
    return [r for r in world.all(request.type) if prior is None or not arm.same(r.id, prior.id)]


def _free(request: Request, schema: Schema, inputs: Properties, world: World) -> None:
    id_ = spelled(request, schema, inputs)
    for record in all_of(world):
        if arm.same(record.id, id_):
            raise Refused("Conflict", f"cannot create already existing resource '{record.id}'")
    rule, name = _WORLDWIDE.get(request.type), inputs.get(name_property(request.type, schema) or "")
    if rule and any(arm.same(record.outputs.get("name"), name) for record in world.all(request.type)):
        raise Refused(rule.code, rule.message.format(name))


def admit(request: Request, schema: Schema, inputs: Properties, prior: Record | None, world: World) -> None:
    """Raises Refused for a name or a place that is taken."""
    if prior is None:
        _free(request, schema, inputs, world)
        deleted.admit(request, schema, inputs, world)
    rule = _ONCE.get(request.type)
    if rule is None or inputs.get(_SHARED_SINK.get(request.type, rule.inputs[0])) is None:
        return
    wanted = [_plain(name, inputs.get(name)) for name in rule.inputs]
    for record in _others(request, prior, world):
        if [_plain(name, record.inputs.get(name)) for name in rule.inputs] == wanted:
            raise Refused(rule.code, rule.message.format_map({name: inputs.get(name) for name in rule.inputs}))
