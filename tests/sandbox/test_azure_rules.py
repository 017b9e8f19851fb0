"""Values that Azure refuses before it looks at anything else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.azure_estate import GROUP, OPEN_VAULT, SUBSCRIPTION, TENANT, Bare, role

SERVER, CLUSTER, POOL = "dbforpostgresql:Server", "containerservice:ManagedCluster", "containerservice:AgentPool"
ACCOUNT, REGISTRY, KEY, VAULT = "storage:StorageAccount", "containerregistry:Registry", "keyvault:Key", "keyvault:Vault"
DATABASE: dict[str, Any] = {
    "version": "17",
    "administratorLogin": "platform_admin",
    "administratorLoginPassword": "aB3$aB3$aB3$",
    "sku": {"name": "Standard_D2ds_v5", "tier": "GeneralPurpose"},
    "storage": {"storageSizeGB": 128},
    "serverName": "playnew-db",
}
SYSTEM: dict[str, Any] = {"name": "system", "mode": "System", "vmSize": "Standard_D4s_v5", "count": 1}
STORAGE: dict[str, Any] = {"accountName": "playnew", "kind": "StorageV2", "sku": {"name": "Standard_ZRS"}}
PREMIUM: dict[str, Any] = {"registryName": "playnew", "sku": {"name": "Premium"}}
RSA: dict[str, Any] = {"keyName": "platform", "vaultName": "playnew"}
HOST: dict[str, Any] = {"agentPoolName": "host", "resourceName": "cluster", "vmSize": "Standard_D4s_v5"}
BUDGET: dict[str, Any] = {
    "scope": f"/subscriptions/{SUBSCRIPTION}",
    "category": "Cost",
    "timeGrain": "Monthly",
    "amount": 100,
    "timePeriod": {"startDate": "2026-11-01T00:00:00Z"},
}
OVERLAY = {"networkPlugin": "azure", "networkPluginMode": "overlay", "serviceCidr": "172.20.0.0/16", "dnsServiceIP": "172.20.0.10"}


def cluster(**changes: Any) -> dict[str, Any]:
    return {
        "resourceName": "cluster",
        "dnsPrefix": "playnew",
        "identity": {"type": "SystemAssigned"},
        "agentPoolProfiles": [SYSTEM],
        **changes,
    }


def with_network(**changes: Any) -> dict[str, Any]:
    return cluster(networkProfile={**OVERLAY, **changes})


def rule(**changes: Any) -> dict[str, Any]:
    every = {"sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "443"}
    one = {"name": "in", "access": "Allow", "direction": "Inbound", "protocol": "Tcp", "priority": 100, **every, **changes}
    return {"networkSecurityGroupName": "nodes", "securityRules": [{key: value for key, value in one.items() if value is not None}]}


def rotation(**changes: Any) -> dict[str, Any]:
    actions = [{"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P90D"}}]
    return {
        **RSA,
        "properties": {"kty": "RSA", "rotationPolicy": {"attributes": {"expiryTime": "P180D"}, "lifetimeActions": actions, **changes}},
    }


def kms(**changes: Any) -> dict[str, Any]:
    key = "https://playnew.vault.azure.net/keys/cluster/0123456789abcdef0123456789abcdef"
    return cluster(securityProfile={"azureKeyVaultKms": {"enabled": True, "keyId": key, **changes}})


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("resources:ResourceGroup", {"location": "eu-south-1"}, "location", "not an Azure location"),
    ("dns:Zone", {"zoneName": "playnew.ai", "location": "italynorth"}, "location", "allowed: global"),
    (VAULT, {"vaultName": "playnew", "location": "global", "properties": OPEN_VAULT}, "location", "needs a region"),
    ("resources:ResourceGroup", {"tags": {str(i): "x" for i in range(51)}}, "tags", "at most 50"),
    ("resources:ResourceGroup", {"tags": {"a/b": "x"}}, "tags.a/b", "may not contain"),
    ("resources:ResourceGroup", {"tags": {"Azure-x": "x"}}, "tags.Azure-x", "reserved"),
    ("resources:ResourceGroup", {"tags": {"a": "x" * 257}}, "tags.a", "at most 512 and a value of at most 256"),
    # AKS
    (CLUSTER, cluster(agentPoolProfiles=[{**SYSTEM, "mode": "User"}]), "agentPoolProfiles", "mode System"),
    (CLUSTER, cluster(agentPoolProfiles=[{**SYSTEM, "name": "system-1"}]), "agentPoolProfiles[0].name", "lower-case"),
    (CLUSTER, cluster(agentPoolProfiles=[{**SYSTEM, "osDiskSizeGB": 4096}]), "agentPoolProfiles[0].osDiskSizeGB", "0 and 2048"),
    (
        CLUSTER,
        cluster(agentPoolProfiles=[{**SYSTEM, "availabilityZones": ["4"]}]),
        "agentPoolProfiles[0].availabilityZones[0]",
        "not a zone",
    ),
    (CLUSTER, cluster(kubernetesVersion="1.20"), "kubernetesVersion", "NotSupported"),
    (CLUSTER, cluster(kubernetesVersion="v1.35"), "kubernetesVersion", "allowed: 1.32"),
    (CLUSTER, with_network(dnsServiceIP="10.0.0.10"), "networkProfile.dnsServiceIP", "not in the service CIDR"),
    (CLUSTER, with_network(dnsServiceIP="172.20.0.1"), "networkProfile.dnsServiceIP", "the API server's"),
    (CLUSTER, with_network(podCidr="172.20.128.0/17"), "networkProfile.podCidr", "overlaps the service CIDR"),
    (CLUSTER, with_network(serviceCidr="172.30.0.0/16", dnsServiceIP="172.30.0.10"), "networkProfile.serviceCidr", "keeps for itself"),
    (CLUSTER, with_network(networkPlugin="kubenet"), "networkProfile.networkPluginMode", "for the plugin azure"),
    (CLUSTER, with_network(networkPolicy="cilium"), "networkProfile.networkPolicy", "dataplane cilium"),
    (CLUSTER, with_network(outboundType="userAssignedNATGateway"), "networkProfile.outboundType", "subnet of one's own"),
    (
        CLUSTER,
        cluster(apiServerAccessProfile={"enablePrivateCluster": True, "authorizedIPRanges": ["203.0.113.0/24"]}),
        "apiServerAccessProfile.authorizedIPRanges",
        "private cluster",
    ),
    (CLUSTER, cluster(disableLocalAccounts=True), "disableLocalAccounts", "Entra"),
    (CLUSTER, cluster(securityProfile={"workloadIdentity": {"enabled": True}}), "securityProfile.workloadIdentity", "OIDC issuer"),
    (CLUSTER, kms(keyId="https://playnew.vault.azure.net/keys/cluster"), "securityProfile.azureKeyVaultKms.keyId", "key's version"),
    (CLUSTER, kms(keyVaultNetworkAccess="Private"), "securityProfile.azureKeyVaultKms.keyVaultResourceId", "must be given"),
    (CLUSTER, cluster(supportPlan="AKSLongTermSupport"), "supportPlan", "Premium"),
    (POOL, {**HOST, "enableAutoScaling": True, "minCount": 3, "maxCount": 2}, "minCount", "more than maxCount"),
    (POOL, {**HOST, "enableAutoScaling": True, "count": 9, "minCount": 1, "maxCount": 3}, "count", "not between minCount"),
    (POOL, {**HOST, "minCount": 1}, "minCount", "for autoscaling alone"),
    (POOL, {**HOST, "maxPods": 300}, "maxPods", "10 and 250"),
    (POOL, {**HOST, "vmSize": "m7i.large"}, "vmSize", "not a size"),
    (POOL, {**HOST, "nodeTaints": ["pool=host"]}, "nodeTaints[0]", "not a taint"),
    (POOL, {**HOST, "spotMaxPrice": -1}, "spotMaxPrice", "priority Spot alone"),
    (POOL, {**HOST, "scaleSetPriority": "Spot", "mode": "System"}, "scaleSetPriority", "cannot be of priority Spot"),
    (POOL, {**HOST, "mode": "system"}, "mode", "not a valid value"),
    (
        "containerservice:MaintenanceConfiguration",
        {
            "configName": "aksManagedAutoUpgradeSchedule",
            "resourceName": "cluster",
            "maintenanceWindow": {"durationHours": 2, "startTime": "03:00", "schedule": {"daily": {"intervalDays": 1}}},
        },
        "maintenanceWindow.durationHours",
        "4 and 24",
    ),
    # PostgreSQL
    (SERVER, {**DATABASE, "storage": {"storageSizeGB": 100}}, "storage.storageSizeGB", "allowed: 32, 64"),
    (SERVER, {**DATABASE, "sku": {"name": "Standard_B2s", "tier": "GeneralPurpose"}}, "sku.tier", "Burstable"),
    (SERVER, {**DATABASE, "backup": {"backupRetentionDays": 3}}, "backup.backupRetentionDays", "7 and 35"),
    (SERVER, {**DATABASE, "backup": {"geoRedundantBackup": "Enabled"}}, "backup.geoRedundantBackup", "no paired region"),
    (SERVER, {**DATABASE, "maintenanceWindow": {"dayOfWeek": 7}}, "maintenanceWindow.dayOfWeek", "0 and 6"),
    (SERVER, {**DATABASE, "highAvailability": {"mode": "Zone"}}, "highAvailability.mode", "not a valid value"),
    (
        SERVER,
        {**DATABASE, "availabilityZone": "1", "highAvailability": {"mode": "ZoneRedundant", "standbyAvailabilityZone": "1"}},
        "highAvailability.standbyAvailabilityZone",
        "the primary's own zone",
    ),
    (SERVER, {**DATABASE, "administratorLogin": "admin"}, "administratorLogin", "not allowed"),
    (SERVER, {**DATABASE, "administratorLoginPassword": "short"}, "administratorLoginPassword", "PasswordNotComplex"),
    (SERVER, {**DATABASE, "network": {"delegatedSubnetResourceId": "/s"}}, "network.privateDnsZoneArmResourceId", "both"),
    (
        SERVER,
        {**DATABASE, "location": "germanynorth", "highAvailability": {"mode": "ZoneRedundant"}},
        "highAvailability.mode",
        "no availability",
    ),
    # Storage and registries
    (ACCOUNT, {**STORAGE, "sku": {"name": "Standard_GRS"}}, "sku.name", "no paired region"),
    (ACCOUNT, {**STORAGE, "location": "germanynorth"}, "sku.name", "no availability zones"),
    (ACCOUNT, {**STORAGE, "minimumTlsVersion": "1.2"}, "minimumTlsVersion", "not a valid value"),
    (ACCOUNT, {**STORAGE, "encryption": {"keySource": "Microsoft.Keyvault"}}, "encryption.encryptionIdentity", "user-assigned"),
    (
        "storage:BlobServiceProperties",
        {"accountName": "a", "blobServicesName": "default", "deleteRetentionPolicy": {"enabled": True, "days": 366}},
        "deleteRetentionPolicy.days",
        "1 and 365",
    ),
    (
        REGISTRY,
        {"registryName": "playnew", "sku": {"name": "Basic"}, "publicNetworkAccess": "Disabled"},
        "publicNetworkAccess",
        "Premium alone",
    ),
    (REGISTRY, {**PREMIUM, "policies": {"exportPolicy": {"status": "disabled"}}}, "policies.exportPolicy.status", "publicNetworkAccess"),
    (REGISTRY, {**PREMIUM, "zoneRedundancy": "Yes"}, "zoneRedundancy", "not a valid value"),
    # Networks
    ("network:Subnet", {"virtualNetworkName": "n"}, "addressPrefix", "exactly one of addressPrefix, addressPrefixes"),
    (
        "network:Subnet",
        {"virtualNetworkName": "n", "addressPrefix": "10.0.0.0/24", "addressPrefixes": ["10.0.0.0/24"]},
        "addressPrefix",
        "exactly one",
    ),
    ("network:Subnet", {"virtualNetworkName": "n", "addressPrefix": "10.0.0.1/24"}, "addressPrefix", "host bits"),
    ("network:NetworkSecurityGroup", rule(priority=99), "securityRules[0].priority", "100 and 4096"),
    ("network:NetworkSecurityGroup", rule(destinationPortRange="99999"), "securityRules[0].destinationPortRange", "not a port"),
    ("network:NetworkSecurityGroup", rule(sourceAddressPrefix=None), "securityRules[0].sourceAddressPrefix", "exactly one"),
    (
        "network:NetworkSecurityGroup",
        rule(sourceAddressPrefix=None, sourceAddressPrefixes=["10.0.0.0/8", "Internet"]),
        "securityRules[0].sourceAddressPrefixes",
        "stands alone",
    ),
    ("network:PublicIPAddress", {"sku": {"name": "Standard"}, "publicIPAllocationMethod": "Dynamic"}, "publicIPAllocationMethod", "Static"),
    ("network:NatGateway", {"sku": {"name": "Standard"}, "zones": ["1", "2"]}, "zones", "one zone or in none"),
    (
        "dns:RecordSet",
        {"zoneName": "z.eu", "relativeRecordSetName": "@", "recordType": "CNAME", "ttl": 60, "cnameRecord": {"cname": "a.eu"}},
        "relativeRecordSetName",
        "top of a zone",
    ),
    (
        "dns:RecordSet",
        {"zoneName": "z.eu", "relativeRecordSetName": "a", "recordType": "A", "ttl": 60, "aRecords": [{"ipv4Address": "a.eu"}]},
        "aRecords[0].ipv4Address",
        "not an IPv4",
    ),
    # Vaults, rights, money
    (
        VAULT,
        {"vaultName": "playnew", "properties": {**OPEN_VAULT, "enablePurgeProtection": False}},
        "properties.enablePurgeProtection",
        "false",
    ),
    (
        VAULT,
        {"vaultName": "playnew", "properties": {**OPEN_VAULT, "softDeleteRetentionInDays": 3}},
        "properties.softDeleteRetentionInDays",
        "7 and",
    ),
    (KEY, {**RSA, "properties": {"kty": "RSA", "keySize": 1024}}, "properties.keySize", "2048, 3072, 4096"),
    (KEY, rotation(attributes={"expiryTime": "90 days"}), "properties.rotationPolicy.attributes.expiryTime", "ISO 8601"),
    (KEY, rotation(attributes={"expiryTime": "P91D"}), "properties.rotationPolicy.lifetimeActions[0].trigger.timeAfterCreate", "7 days"),
    (
        "authorization:RoleAssignment",
        {"scope": GROUP, "principalId": "platform", "roleDefinitionId": role(TENANT)},
        "principalId",
        "not an object id",
    ),
    (
        "authorization:RoleAssignment",
        {"scope": GROUP, "principalId": TENANT, "roleDefinitionId": "Reader"},
        "roleDefinitionId",
        "id of a role",
    ),
    ("authorization:ManagementLockByScope", {"scope": GROUP, "level": "Delete"}, "level", "not a valid value"),
    ("consumption:Budget", {**BUDGET, "timePeriod": {"startDate": "2026-11-15T00:00:00Z"}}, "timePeriod.startDate", "first day of a month"),
    (
        "consumption:Budget",
        {**BUDGET, "notifications": {"all": {"enabled": True, "operator": "GreaterThan", "threshold": 1001, "contactEmails": ["a@b.eu"]}}},
        "notifications.all.threshold",
        "0 and 1000",
    ),
    (
        "dataprotection:BackupVault",
        {"vaultName": "backup", "properties": {"storageSettings": [{"datastoreType": "VaultStore", "type": "GeoRedundant"}]}},
        "properties.storageSettings[0].type",
        "no paired region",
    ),
    ("operationalinsights:Workspace", {"workspaceName": "logs", "retentionInDays": 7}, "retentionInDays", "30 and 730"),
    (
        "managedidentity:FederatedIdentityCredential",
        {"resourceName": "i", "issuer": "https://a.eu", "subject": "s", "audiences": ["a", "b"]},
        "audiences",
        "exactly one",
    ),
]


@pytest.mark.parametrize(("type_", "inputs", "path", "reason"), REFUSED)
def test_azure_refuses(type_: str, inputs: dict[str, Any], path: str, reason: str):
    found = Bare().wrong(type_, **inputs)
    assert reason in found.get(path, ""), found


ADMITTED: list[tuple[str, dict[str, Any]]] = [
    (CLUSTER, cluster()),
    (CLUSTER, with_network(podCidr="10.244.0.0/16", networkDataplane="cilium", networkPolicy="cilium")),
    (CLUSTER, kms(keyVaultNetworkAccess="Public")),
    (POOL, {**HOST, "scaleSetPriority": "Spot", "scaleSetEvictionPolicy": "Delete", "spotMaxPrice": -1}),
    (POOL, {**HOST, "enableAutoScaling": True, "count": 0, "minCount": 0, "maxCount": 3, "nodeTaints": ["pool=host:NoSchedule"]}),
    (SERVER, {**DATABASE, "location": "francecentral", "backup": {"geoRedundantBackup": "Enabled", "backupRetentionDays": 35}}),
    (SERVER, {**DATABASE, "availabilityZone": "1", "highAvailability": {"mode": "ZoneRedundant", "standbyAvailabilityZone": "2"}}),
    (ACCOUNT, {**STORAGE, "sku": {"name": "Standard_GZRS"}, "location": "francecentral"}),
    (ACCOUNT, {**STORAGE, "location": "Italy North"}),
    ("network:NetworkSecurityGroup", rule(sourceAddressPrefix="Internet", destinationPortRange="30000-32767")),
    ("network:NetworkSecurityGroup", rule(sourceAddressPrefix=None, sourceAddressPrefixes=["10.0.0.0/8", "192.168.0.0/16"])),
    ("network:Subnet", {"virtualNetworkName": "n", "addressPrefix": "10.0.0.0/29"}),
    (KEY, rotation()),
    ("consumption:Budget", BUDGET),
]


@pytest.mark.parametrize(("type_", "inputs"), ADMITTED)
def test_azure_admits(type_: str, inputs: dict[str, Any]):
    assert Bare().wrong(type_, **inputs) == {}
