"""Databases, storage, backups, disks."""

from __future__ import annotations

from collections.abc import Callable

from components.geography import Cloud, UnknownRegion, region
from sandbox.azure import arm
from sandbox.azure.fitting.network import delegated, network_of
from sandbox.azure.lookup import ACCOUNT, SUBNET, all_of, find, in_vault, items, named, part, vault
from sandbox.azure.roles import BUILT_IN
from sandbox.azure.subscription import plain
from sandbox.contract import Properties, Record, Refused, Request, World
from sandbox.postgres import strange

_SERVER = "Microsoft.DBforPostgreSQL/flexibleServers"
_LINK = "azure-native:privatedns:VirtualNetworkLink"
_BACKUP_ROLE = next(id_ for id_, name in BUILT_IN.items() if name.startswith("PostgreSQL Flexible Server Long Term"))


def _server(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    subnet = find(world, str(part(inputs, "network.delegatedSubnetResourceId") or ""), SUBNET)
    zone = str(part(inputs, "network.privateDnsZoneArmResourceId") or "")
    if subnet:
        if _SERVER not in delegated(subnet):
            raise Refused("DelegatedSubnetInvalid", f"The subnet {subnet.id} must be delegated to {_SERVER}")
        network = network_of(world, subnet.id)
        links = [r for r in world.all(_LINK) if arm.under(r.id, zone)]
        if network and not any(arm.same(part(link.inputs, "virtualNetwork.id"), network.id) for link in links):
            raise Refused("PrivateDnsZoneNotLinked", f"The private zone {zone} is not linked to the network {network.id}")
        if network and plain(str(network.outputs.get("location"))) != plain(str(inputs.get("location"))):
            raise Refused("VnetRegionMismatch", f"The network {network.id} is in another region than the server")
    _keys(inputs, world)


def _keys(inputs: Properties, world: World) -> None:
    """The server's key is in its own region, that of its copies in the paired one."""
    home = plain(str(inputs.get("location", "")))
    try:
        pair = region(Cloud.AZURE, home).pair
    except UnknownRegion:
        return
    for name, wanted in (("primaryKeyURI", home), ("geoBackupKeyURI", pair)):
        what = in_vault(str(part(inputs, f"dataEncryption.{name}") or ""))
        above = vault(world, what.vault) if what else None
        if above and wanted and plain(str(above.outputs.get("location"))) != wanted:
            raise Refused("AzureKeyVaultRegionMismatch", f"dataEncryption.{name}: the vault {above.id} must be in {wanted}")


def _disks(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    what = in_vault(str(part(inputs, "activeKey.keyUrl") or ""))
    above = vault(world, what.vault) if what else None
    if above and plain(str(above.outputs.get("location"))) != plain(str(inputs.get("location"))):
        raise Refused("InvalidParameter", f"The vault {above.id} must be in the disk encryption set's own region")
    source = part(inputs, "activeKey.sourceVault.id")
    if above and isinstance(source, str) and not arm.same(source, above.id):
        raise Refused("InvalidParameter", f"activeKey.sourceVault: the key is in {above.id}, not in {source}")


def _services(account: str, world: World) -> Record | None:
    found = world.all("azure-native:storage:BlobServiceProperties")
    return next((r for r in found if arm.same(arm.parent(r.id), account)), None)


def _replication(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    source, copy = (find(world, str(inputs.get(name) or ""), ACCOUNT) for name in ("sourceAccount", "destinationAccount"))
    own = named(world, ACCOUNT, inputs.get("accountName"))
    for account in filter(None, (source, copy)):
        services = _services(account.id, world)
        if services is None or services.inputs.get("isVersioningEnabled") is not True:
            raise Refused("ObjectReplicationPolicyVersioningDisabled", f"Blob versioning must be enabled on {account.id}")
        if account is source and part(services.inputs, "changeFeed.enabled") is not True:
            raise Refused("ObjectReplicationPolicyChangeFeedDisabled", f"The change feed must be enabled on the source {account.id}")
    for rule in items(inputs.get("rules")):
        for account, name in ((source, "sourceContainer"), (copy, "destinationContainer")):
            if account and find(world, f"{account.id}/blobServices/default/containers/{part(rule, name)}") is None:
                raise Refused("ContainerNotFound", f"{name}: {part(rule, name)} does not exist in {account.id}")
    asked = str(inputs.get("objectReplicationPolicyId"))
    if own and source and own.id == source.id and prior is None:
        made = [r for r in all_of(world, request.type) if copy and arm.under(r.id, copy.id) and r.outputs.get("policyId") == asked]
        if not made:
            raise Refused("ObjectReplicationPolicyNotFound", f"The policy {asked} must be made on the destination account first")
        rules = [part(rule, "ruleId") for rule in items(made[0].outputs.get("rules"))]
        if [part(rule, "ruleId") for rule in items(inputs.get("rules"))] != rules:
            raise Refused("ObjectReplicationRuleMismatch", f"The rules' ids must be the destination's: {', '.join(map(str, rules))}")


def _blob_services(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    account = named(world, ACCOUNT, inputs.get("accountName"))
    if account and account.inputs.get("isHnsEnabled") is True and inputs.get("isVersioningEnabled") is True:
        raise Refused("FeatureNotSupportedForAccount", "Versioning is not supported for an account with a hierarchical namespace")
    if account and part(account.inputs, "immutableStorageWithVersioning.enabled") is True and inputs.get("isVersioningEnabled") is not True:
        raise Refused("OperationNotAllowed", "Versioning cannot be disabled on an account with immutable versions")


def _lifecycle(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    account = named(world, ACCOUNT, inputs.get("accountName"))
    if account is None or "ZRS" not in str(part(account.inputs, "sku.name")):
        return
    for rule in items(part(inputs, "policy.rules")):
        if any(part(rule, f"definition.actions.{one}.tierToArchive") for one in ("baseBlob", "snapshot", "version")):
            raise Refused("InvalidRequest", f"The archive tier is not supported for accounts of SKU {part(account.inputs, 'sku.name')}")


def _instance(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    """The vault's identity must be let in on what it backs up, and read its group."""
    target = str(part(inputs, "properties.dataSourceInfo.resourceID") or part(inputs, "properties.dataSourceInfo.resourceId") or "")
    above = next(
        (r for r in world.all("azure-native:dataprotection:BackupVault") if arm.same(r.outputs.get("name"), inputs.get("vaultName"))), None
    )
    principal = part(above.outputs, "identity.principalId") if above else None
    if above is None or not target:
        return
    if not principal:
        raise Refused("UserErrorMissingPermissions", f"The backup vault {above.id} has no system-assigned identity")
    for role, scope in ((_BACKUP_ROLE, target), ("acdd72a7-3385-48ef-bd42-f606fba81ae7", target.partition("/providers/")[0])):
        if not _assigned(world, str(principal), role, scope):
            raise Refused("UserErrorMissingPermissions", f"The identity of {above.id} has not the role {BUILT_IN[role]} on {scope}")


def _assigned(world: World, principal: str, role: str, target: str) -> bool:
    return any(
        arm.same(r.inputs.get("principalId"), principal)
        and str(r.inputs.get("roleDefinitionId", "")).lower().endswith(role)
        and arm.under(target, f"/{str(r.inputs.get('scope', '')).strip('/')}")
        for r in world.all("azure-native:authorization:RoleAssignment")
    )


def _configuration(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    owner = named(world, "azure-native:dbforpostgresql:Server", inputs.get("serverName"))
    major = str(owner.outputs.get("version", "")) if owner else ""
    for name in strange(major, (str(inputs.get("configurationName")),)):
        raise Refused("ServerParameterNotFound", f"The server parameter {name!r} does not exist on PostgreSQL {major}")


RULES: dict[str, Callable[[Request, Properties, Record | None, World], None]] = {
    "azure-native:compute:DiskEncryptionSet": _disks,
    "azure-native:dataprotection:BackupInstance": _instance,
    "azure-native:dbforpostgresql:Configuration": _configuration,
    "azure-native:dbforpostgresql:Server": _server,
    "azure-native:storage:BlobServiceProperties": _blob_services,
    "azure-native:storage:ManagementPolicy": _lifecycle,
    "azure-native:storage:ObjectReplicationPolicy": _replication,
}
