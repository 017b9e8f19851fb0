"""What the provider would change in place and the service refuses to."""

from __future__ import annotations

from sandbox.azure.lookup import part
from sandbox.contract import Properties, Record, Refused, Request
from sandbox.reflection.changes import same

_FIXED: dict[str, tuple[str, str]] = {
    "azure-native:compute:DiskEncryptionSet": ("PropertyChangeNotAllowed", "encryptionType"),
    "azure-native:containerregistry:Registry": ("OperationNotAllowed", "encryption.status zoneRedundancy"),
    "azure-native:containerservice:AgentPool": (
        "PropertyChangeNotAllowed",
        "availabilityZones enableEncryptionAtHost enableFIPS enableNodePublicIP maxPods osDiskSizeGB osDiskType osType podSubnetID"
        " scaleSetEvictionPolicy scaleSetPriority spotMaxPrice type vnetSubnetID",
    ),
    "azure-native:containerservice:ManagedCluster": (
        "PropertyChangeNotAllowed",
        "enableRBAC identity.type nodeResourceGroupProfile.name apiServerAccessProfile.enablePrivateCluster"
        " apiServerAccessProfile.privateDNSZone apiServerAccessProfile.subnetId",
    ),
    "azure-native:dataprotection:BackupPolicy": ("BMSUserErrorPolicyUpdateNotSupported", "properties"),
    "azure-native:dataprotection:BackupVault": ("UserErrorStorageSettingsUpdateNotAllowed", "properties.storageSettings"),
    "azure-native:dbforpostgresql:Database": ("ParameterValueNotAllowed", "charset collation"),
    "azure-native:dbforpostgresql:Server": (
        "PropertyUpdateNotAllowed",
        "administratorLogin backup.geoRedundantBackup dataEncryption.type network.delegatedSubnetResourceId storage.type",
    ),
    "azure-native:keyvault:Key": ("Conflict", "properties.kty properties.keySize properties.curveName"),
    "azure-native:keyvault:Vault": (
        "BadRequest",
        "properties.tenantId properties.softDeleteRetentionInDays properties.enablePurgeProtection",
    ),
    "azure-native:network:NatGateway": ("NatGatewayZonesCannotBeChanged", "location zones sku"),
    "azure-native:network:PublicIPAddress": ("ResourceAvailabilityZonesCannotBeModified", "zones"),
    "azure-native:redisenterprise:Database": ("BadRequest", "clientProtocol modules port"),
    "azure-native:storage:BlobContainer": ("ContainerImmutableStorageWithVersioningImmutable", "immutableStorageWithVersioning"),
    "azure-native:storage:StorageAccount": (
        "AccountPropertyCannotBeUpdated",
        "kind encryption.requireInfrastructureEncryption encryption.services dnsEndpointType immutableStorageWithVersioning.enabled",
    ),
}
"""Code and object paths. A replacement has to be asked for by another name."""

_KEPT = frozenset(
    {
        ("azure-native:keyvault:Vault", "properties.enablePurgeProtection"),
        ("azure-native:storage:StorageAccount", "immutableStorageWithVersioning.enabled"),
    }
)
"""What stays as it was when an update leaves it out."""


def unchangeable(request: Request, inputs: Properties, prior: Record) -> None:
    """Raises Refused for the first change that the service does not make."""
    code, listed = _FIXED.get(request.type, ("", ""))
    for path in listed.split():
        old, new = part(prior.inputs, path), part(inputs, path)
        if not same(old, new) and not (new is None and (request.type, path) in _KEPT):
            raise Refused(code, f"Changing property '{path}' is not allowed (from {old!r} to {new!r})")
    if request.type == "azure-native:dbforpostgresql:Server":
        _server(inputs, prior)
    if request.type == "azure-native:containerservice:ManagedCluster":
        _upgrade(inputs, prior)
    if request.type.startswith("azure-native:redisenterprise:"):
        _cache(inputs, prior)


def _server(inputs: Properties, prior: Record) -> None:
    old, new = part(prior.inputs, "storage.storageSizeGB"), part(inputs, "storage.storageSizeGB")
    if isinstance(old, int) and isinstance(new, int) and new < old:
        raise Refused("StorageSizeDecreaseNotAllowed", f"The storage of a server cannot be made smaller (from {old} to {new} GiB)")
    before, after = prior.inputs.get("version"), inputs.get("version")
    if isinstance(before, str) and isinstance(after, str) and after.isdecimal() and before.isdecimal() and int(after) < int(before):
        raise Refused("VersionDowngradeNotSupported", f"A server cannot go back from version {before} to {after}")


def _cache(inputs: Properties, prior: Record) -> None:
    """Replicas are added and never taken away, and shards likewise."""
    before, after = prior.inputs.get("highAvailability"), inputs.get("highAvailability")
    if after == "Disabled" and before != "Disabled" and "sku" in inputs:
        raise Refused("BadRequest", "High availability cannot be disabled on an instance that has it")
    before, after = prior.inputs.get("clusteringPolicy"), inputs.get("clusteringPolicy")
    if before != after and before != "NoCluster" and "databaseName" in inputs:
        raise Refused("BadRequest", f"The clustering policy cannot be changed from {before or 'OSSCluster'} to {after}")


def _upgrade(inputs: Properties, prior: Record) -> None:
    before, after = _minor(prior.outputs.get("currentKubernetesVersion")), _minor(inputs.get("kubernetesVersion"))
    if before and after and after < before:
        raise Refused("OperationNotAllowed", f"Downgrading the cluster from 1.{before} to 1.{after} is not allowed")
    if before and after and after > before + 1:
        raise Refused("OperationNotAllowed", f"Upgrading the cluster from 1.{before} to 1.{after} would skip 1.{before + 1}")


def _minor(version: object) -> int:
    parts = str(version).split(".")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0
