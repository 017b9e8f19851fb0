"""Where things stand in the Azure Resource Manager: the path of each type, as the REST API has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from sandbox.reflection.model import Scalar, Schema

GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
_SERVER, _VAULT, _ACCOUNT = "flexibleServers/{serverName}", "vaults/{vaultName}", "storageAccounts/{accountName}"
_CLUSTER, _REGISTRY, _NETWORK = "managedClusters/{resourceName}", "registries/{registryName}", "virtualNetworks/{virtualNetworkName}"
_CACHE = "redisEnterprise/{clusterName}"
_IDENTITY = "userAssignedIdentities/{resourceName}"

# Module, then type and path below the resource group's `providers/<namespace>/`; an absolute path begins with a slash.
_TABLE: dict[str, dict[str, str]] = {
    "authorization Microsoft.Authorization": {
        "ManagementLockAtResourceGroupLevel": "locks/{lockName}",
        "ManagementLockAtResourceLevel": (
            f"{GROUP}/providers/{{resourceProviderNamespace}}/{{parentResourcePath}}/{{resourceType}}/{{resourceName}}"
            "/providers/Microsoft.Authorization/locks/{lockName}"
        ),
        "ManagementLockAtSubscriptionLevel": "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/locks/{lockName}",
        "ManagementLockByScope": "/{scope}/providers/Microsoft.Authorization/locks/{lockName}",
        "PolicyAssignment": "/{scope}/providers/Microsoft.Authorization/policyAssignments/{policyAssignmentName}",
        "PolicyDefinition": "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/policyDefinitions/{policyDefinitionName}",
        "PolicyExemption": "/{scope}/providers/Microsoft.Authorization/policyExemptions/{policyExemptionName}",
        "PolicySetDefinition": (
            "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/policySetDefinitions/{policySetDefinitionName}"
        ),
        "RoleAssignment": "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        "RoleDefinition": "/{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
    },
    "compute Microsoft.Compute": {"DiskEncryptionSet": "diskEncryptionSets/{diskEncryptionSetName}"},
    "consumption Microsoft.Consumption": {"Budget": "/{scope}/providers/Microsoft.Consumption/budgets/{budgetName}"},
    "costmanagement Microsoft.CostManagement": {"Budget": "/{scope}/providers/Microsoft.CostManagement/budgets/{budgetName}"},
    "containerregistry Microsoft.ContainerRegistry": {
        "Registry": _REGISTRY,
        "CacheRule": f"{_REGISTRY}/cacheRules/{{cacheRuleName}}",
        "CredentialSet": f"{_REGISTRY}/credentialSets/{{credentialSetName}}",
        "Replication": f"{_REGISTRY}/replications/{{replicationName}}",
        "ScopeMap": f"{_REGISTRY}/scopeMaps/{{scopeMapName}}",
        "Task": f"{_REGISTRY}/tasks/{{taskName}}",
    },
    "containerservice Microsoft.ContainerService": {
        "ManagedCluster": _CLUSTER,
        "AgentPool": f"{_CLUSTER}/agentPools/{{agentPoolName}}",
        "MaintenanceConfiguration": f"{_CLUSTER}/maintenanceConfigurations/{{configName}}",
        "TrustedAccessRoleBinding": f"{_CLUSTER}/trustedAccessRoleBindings/{{trustedAccessRoleBindingName}}",
    },
    "dataprotection Microsoft.DataProtection": {
        "BackupVault": "backupVaults/{vaultName}",
        "BackupPolicy": "backupVaults/{vaultName}/backupPolicies/{backupPolicyName}",
        "BackupInstance": "backupVaults/{vaultName}/backupInstances/{backupInstanceName}",
    },
    "dbforpostgresql Microsoft.DBforPostgreSQL": {
        "Server": _SERVER,
        "Administrator": f"{_SERVER}/administrators/{{objectId}}",
        "AdministratorsMicrosoftEntra": f"{_SERVER}/administrators/{{objectId}}",
        "Backup": f"{_SERVER}/backups/{{backupName}}",
        "Configuration": f"{_SERVER}/configurations/{{configurationName}}",
        "Database": f"{_SERVER}/databases/{{databaseName}}",
        "FirewallRule": f"{_SERVER}/firewallRules/{{firewallRuleName}}",
    },
    "dns Microsoft.Network": {
        "DnssecConfig": "dnsZones/{zoneName}/dnssecConfigs/default",
        "RecordSet": "dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}",
        "Zone": "dnsZones/{zoneName}",
    },
    "keyvault Microsoft.KeyVault": {
        "Vault": _VAULT,
        "Key": f"{_VAULT}/keys/{{keyName}}",
        "Secret": f"{_VAULT}/secrets/{{secretName}}",
    },
    "managedidentity Microsoft.ManagedIdentity": {
        "UserAssignedIdentity": _IDENTITY,
        "FederatedIdentityCredential": f"{_IDENTITY}/federatedIdentityCredentials/{{federatedIdentityCredentialResourceName}}",
    },
    "monitor Microsoft.Insights": {
        "ActionGroup": "actionGroups/{actionGroupName}",
        "ActivityLogAlert": "activityLogAlerts/{activityLogAlertName}",
        "DiagnosticSetting": "/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
        "SubscriptionDiagnosticSetting": "/subscriptions/{subscriptionId}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    },
    "network Microsoft.Network": {
        "FlowLog": "networkWatchers/{networkWatcherName}/flowLogs/{flowLogName}",
        "NatGateway": "natGateways/{natGatewayName}",
        "NetworkSecurityGroup": "networkSecurityGroups/{networkSecurityGroupName}",
        "NetworkWatcher": "networkWatchers/{networkWatcherName}",
        "PrivateDnsZoneGroup": "privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}",
        "PrivateEndpoint": "privateEndpoints/{privateEndpointName}",
        "PublicIPAddress": "publicIPAddresses/{publicIpAddressName}",
        "PublicIPPrefix": "publicIPPrefixes/{publicIpPrefixName}",
        "Route": "routeTables/{routeTableName}/routes/{routeName}",
        "RouteTable": "routeTables/{routeTableName}",
        "SecurityRule": "networkSecurityGroups/{networkSecurityGroupName}/securityRules/{securityRuleName}",
        "Subnet": f"{_NETWORK}/subnets/{{subnetName}}",
        "VirtualNetwork": _NETWORK,
        "VirtualNetworkPeering": f"{_NETWORK}/virtualNetworkPeerings/{{virtualNetworkPeeringName}}",
    },
    "operationalinsights Microsoft.OperationalInsights": {
        "Workspace": "workspaces/{workspaceName}",
        "Table": "workspaces/{workspaceName}/tables/{tableName}",
    },
    "privatedns Microsoft.Network": {
        "PrivateZone": "privateDnsZones/{privateZoneName}",
        "PrivateRecordSet": "privateDnsZones/{privateZoneName}/{recordType}/{relativeRecordSetName}",
        "VirtualNetworkLink": "privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
    },
    "redisenterprise Microsoft.Cache": {
        "RedisEnterprise": _CACHE,
        "AccessPolicyAssignment": f"{_CACHE}/databases/{{databaseName}}/accessPolicyAssignments/{{accessPolicyAssignmentName}}",
        "Database": f"{_CACHE}/databases/{{databaseName}}",
    },
    "resources Microsoft.Resources": {
        "ResourceGroup": GROUP,
        "TagAtScope": "/{scope}/providers/Microsoft.Resources/tags/default",
    },
    "security Microsoft.Security": {"Pricing": "/{scopeId}/providers/Microsoft.Security/pricings/{pricingName}"},
    "storage Microsoft.Storage": {
        "StorageAccount": _ACCOUNT,
        "BlobContainer": f"{_ACCOUNT}/blobServices/default/containers/{{containerName}}",
        "BlobContainerImmutabilityPolicy": (
            f"{_ACCOUNT}/blobServices/default/containers/{{containerName}}/immutabilityPolicies/{{immutabilityPolicyName}}"
        ),
        "BlobServiceProperties": f"{_ACCOUNT}/blobServices/{{blobServicesName}}",
        "EncryptionScope": f"{_ACCOUNT}/encryptionScopes/{{encryptionScopeName}}",
        "FileServiceProperties": f"{_ACCOUNT}/fileServices/{{fileServicesName}}",
        "ManagementPolicy": f"{_ACCOUNT}/managementPolicies/{{managementPolicyName}}",
        "ObjectReplicationPolicy": f"{_ACCOUNT}/objectReplicationPolicies/{{objectReplicationPolicyId}}",
    },
}
_NAMESPACES = {key.split()[0]: key.split()[1] for key in _TABLE}
_PARAMETER = re.compile(r"\{(\w+)\}")
_VERSION = re.compile(r"/v\d{8}\w*$")


@cache
def _known() -> dict[str, str]:
    return {
        f"azure-native:{key.split()[0]}:{type_}": path if path.startswith("/") else f"{GROUP}/providers/{key.split()[1]}/{path}"
        for key, types in _TABLE.items()
        for type_, path in types.items()
    }


def types() -> tuple[str, ...]:
    """All types whose path is written down here."""
    return tuple(_known())


def path(token: str, schema: Schema) -> str:
    """The path's template. For a type that the table lacks it is derived from the parents that the SDK requires."""
    return _known().get(token) or _derived(token, schema)


def parameters(template: str) -> tuple[str, ...]:
    """`subscriptionId` is no input: the provider knows it."""
    return tuple(name for name in _PARAMETER.findall(template) if name != "subscriptionId")


def _derived(token: str, schema: Schema) -> str:
    _, module, type_ = token.split(":")
    service = _VERSION.sub("", module)
    namespace = _NAMESPACES.get(service) or f"Microsoft.{service[:1].upper()}{service[1:]}"
    texts = [name for name, property_ in schema.inputs.items() if property_.type == Scalar("string")]
    parents = [n for n in texts if schema.inputs[n].required and n.endswith("Name") and n != "resourceGroupName"]
    own = _own(type_, [name for name in texts if not schema.inputs[name].required and name.endswith(("Name", "name"))])
    steps = [f"{_plural(name.removesuffix('Name'))}/{{{name}}}" for name in parents]
    last = f"{_plural(type_[:1].lower() + type_[1:])}/{{{own}}}"
    scope = next((f"/{{{name}}}" for name in ("scope", "resourceUri") if name in schema.inputs), "")
    above = GROUP if "resourceGroupName" in schema.inputs else scope or "/subscriptions/{subscriptionId}"
    return "/".join((above, "providers", namespace, *steps, last))


def _own(type_: str, candidates: list[str]) -> str:
    """Of several optional names the one that is most like the type's."""

    def likeness(name: str) -> int:
        stem = name.removesuffix("Name").lower()
        return len(stem) if stem and (stem in type_.lower() or type_.lower() in stem) else -1 if name != "name" else 0

    return max(candidates, key=likeness, default="name")


def _plural(name: str) -> str:
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch")) else f"{name}s"


def steps(template: str) -> Iterator[str]:
    """The templates of everything that must exist before: resource group, then each parent."""
    parts = template.split("/")
    start = next((i for i, part in enumerate(parts) if part == "providers"), len(parts))
    for end in range(start + 4, len(parts) - 1, 2):
        yield "/".join(parts[:end])
