"""Finding things of the world by what Azure knows them by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from sandbox.azure import arm
from sandbox.contract import Record, World
from sandbox.walk import leaves

PACKAGE = "azure-native"
GROUP, VAULT, KEY = "azure-native:resources:ResourceGroup", "azure-native:keyvault:Vault", "azure-native:keyvault:Key"
CLUSTER, IDENTITY = "azure-native:containerservice:ManagedCluster", "azure-native:managedidentity:UserAssignedIdentity"
NETWORK, SUBNET = "azure-native:network:VirtualNetwork", "azure-native:network:Subnet"
ACCOUNT, ASSIGNMENT = "azure-native:storage:StorageAccount", "azure-native:authorization:RoleAssignment"

_VAULT_URI = re.compile(
    r"https://(?P<vault>[a-z0-9-]+)\.vault\.azure\.net(?::443)?(?:/(?:(?P<kind>keys|secrets|certificates)/(?P<name>[^/]+)(?:/(?P<version>[^/]+))?)?)?/?",
    re.IGNORECASE,
)
_OF_THE_SERVICE = re.compile(
    r"/(blobServices|fileServices|queueServices|tableServices|managementPolicies)/default$|/connections/|/privateEndpointConnections/"
    r"|/frontendIPConfigurations/|/ipConfigurations/",
    re.IGNORECASE,
)
_INLINE = {"subnets": "subnets", "securityrules": "securityRules", "routes": "routes", "agentpools": "agentPoolProfiles"}


def part(value: Any, path: str) -> Any:
    """What stands at `a.b.c`; None where it does not."""
    for name in path.split("."):
        value = cast("Mapping[str, Any]", value).get(name) if isinstance(value, Mapping) else None
    return value


def items(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def keys(value: Any) -> list[str]:
    """The ids of a set, which the SDK gives as a list or as a mapping to nothing."""
    return [str(one) for one in (cast("Mapping[Any, Any]", value) if isinstance(value, Mapping) else items(value))]


def all_of(world: World, type_: str | None = None) -> list[Record]:
    return list(world.all(type_, None if type_ else PACKAGE))


def find(world: World, id_: str, type_: str | None = None) -> Record | None:
    return next((record for record in all_of(world, type_) if arm.same(record.id, id_)), None)


def named(world: World, type_: str, name: Any) -> Record | None:
    return next((record for record in world.all(type_) if name and arm.same(record.outputs.get("name"), str(name))), None)


def members(world: World, id_: str) -> Iterator[Record]:
    """Everything below, not the thing itself."""
    return (record for record in all_of(world) if arm.under(record.id, id_) and not arm.same(record.id, id_))


def exists(world: World, id_: str) -> bool:
    """Also what comes with other things: an account's blob service, a subnet inside a network, all in a cluster's own group."""
    found = arm.parse(id_)
    if found is None:
        return False
    elsewhere = (found.group == "" and not found.kind) or found.kind.lower() == "microsoft.management/managementgroups"
    if elsewhere or find(world, id_) is not None:
        return True
    if found.group and _by_azure(world, found.subscription, found.group):
        return True
    return _inside(world, id_, found) or any(arm.same(leaf.value, id_) for r in all_of(world) for leaf in leaves(made(r)))


def made(record: Record) -> dict[str, Any]:
    """What Azure computed: outputs that nobody put in."""
    return {name: value for name, value in record.outputs.items() if name not in record.inputs}


def _by_azure(world: World, subscription: str, group: str) -> bool:
    if group.lower() == "networkwatcherrg":
        return True
    clusters = (record for record in world.all(CLUSTER) if f"/{subscription}/".lower() in record.id.lower())
    return any(arm.same(record.outputs.get("nodeResourceGroup"), group) for record in clusters)


def _inside(world: World, id_: str, found: arm.Id) -> bool:
    match = _OF_THE_SERVICE.search(id_)
    if match:
        return find(world, id_[: match.start()]) is not None
    above = find(world, arm.parent(id_)) if len(found.names) > 1 else None
    listed = _INLINE.get(found.kind.rpartition("/")[2].lower())
    return above is not None and listed is not None and any(arm.same(part(i, "name"), found.name) for i in items(above.inputs.get(listed)))


class InVault(NamedTuple):
    """`kind` is keys or secrets; empty where the vault itself is meant."""

    vault: str
    kind: str
    name: str
    version: str


def in_vault(value: str) -> InVault | None:
    match = _VAULT_URI.fullmatch(value)
    return InVault(match["vault"], (match["kind"] or "").lower(), match["name"] or "", match["version"] or "") if match else None


def vault(world: World, name: str) -> Record | None:
    return named(world, VAULT, name)


def held(world: World, what: InVault) -> Record | None:
    """The key or secret; None also where it lacks that version."""
    above = vault(world, what.vault)
    record = find(world, f"{above.id}/{what.kind}/{what.name}") if above else None
    if record is None or not what.version:
        return record
    return (
        record
        if str(record.outputs.get("keyUriWithVersion") or part(record.outputs, "properties.secretUriWithVersion"))
        .lower()
        .endswith(what.version.lower())
        else None
    )


def principals(world: World) -> dict[str, Record]:
    """Object ids of the identities that stand in the world, each with its owner."""
    found: dict[str, Record] = {}
    for record in all_of(world):
        for leaf in leaves(record.outputs):
            if leaf.name == "principalId" and record.type != ASSIGNMENT and leaf.value:
                found.setdefault(leaf.value.lower(), record)
            if leaf.name == "objectId" and "identit" in leaf.path.lower() and leaf.value:
                found.setdefault(leaf.value.lower(), record)
    return found


def principal_of(world: World, identity: str) -> str:
    """Object id of a user-assigned identity; empty where it does not exist."""
    record = find(world, identity, IDENTITY)
    return str(record.outputs.get("principalId", "")) if record else ""
