"""Inputs whose change makes a new thing: the path always does, and what the provider's metadata marks as unchangeable."""

from __future__ import annotations

from sandbox.azure.paths import parameters, path
from sandbox.reflection.model import Schema

_NETWORK_PROFILE = (
    "serviceCidr serviceCidrs dnsServiceIP networkMode networkPlugin networkPluginMode podCidr networkDataplane networkPolicy outboundType"
)

_TABLE: dict[str, str] = {
    "azure-native:authorization:RoleAssignment": "principalId scope",
    "azure-native:compute:DiskEncryptionSet": "location",
    "azure-native:containerregistry:Registry": "location",
    "azure-native:containerservice:ManagedCluster": " ".join(
        (
            "diskEncryptionSetID dnsPrefix fqdnSubdomain linuxProfile location nodeResourceGroup windowsProfile",
            *(f"networkProfile.{name}" for name in _NETWORK_PROFILE.split()),
        )
    ),
    "azure-native:containerservice:AgentPool": "gpuInstanceProfile vmSize networkProfile.nodePublicIPTags",
    "azure-native:dataprotection:BackupVault": "location",
    "azure-native:dbforpostgresql:Server": "location",
    "azure-native:dns:Zone": "location",
    "azure-native:keyvault:Vault": "location",
    "azure-native:managedidentity:UserAssignedIdentity": "location",
    "azure-native:network:PrivateEndpoint": "location subnet",
    "azure-native:network:PublicIPAddress": "location publicIPAddressVersion publicIPPrefix sku",
    "azure-native:network:Subnet": "",
    "azure-native:network:VirtualNetwork": "location",
    "azure-native:operationalinsights:Workspace": "location",
    "azure-native:redisenterprise:Database": "",
    "azure-native:redisenterprise:RedisEnterprise": "location zones",
    "azure-native:resources:ResourceGroup": "location",
    "azure-native:storage:BlobContainer": "",
    "azure-native:storage:StorageAccount": "isHnsEnabled location",
}
"""Object paths, separated by spaces; an empty text says: looked up, only the path forces a new one."""


def immutable(token: str, schema: Schema) -> frozenset[str]:
    own = _TABLE.get(token)
    listed = own.split() if own is not None else ["location"] if "location" in schema.inputs else []
    return frozenset({*parameters(path(token, schema)), *listed})
