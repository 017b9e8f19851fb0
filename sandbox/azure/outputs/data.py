"""Storage, databases, vaults, identities and the rest."""

from __future__ import annotations

import time
from typing import Any

from components.geography import Cloud, UnknownRegion, geo_redundant_target, region
from sandbox.azure.lookup import VAULT, items, named, part
from sandbox.azure.outputs.context import Context, Outputs, mapping, now
from sandbox.azure.outputs.generic import steady
from sandbox.azure.roles import built_in
from sandbox.contract import Properties
from sandbox.invent import hexadecimal, identifier

_SERVICES = ("blob", "dfs", "file", "queue", "table", "web")


def group(c: Context) -> Properties:
    return {"properties": {"provisioningState": "Succeeded"}}


def _pair(location: str) -> str:
    try:
        found = geo_redundant_target(region(Cloud.AZURE, location))
    except UnknownRegion:
        return ""
    return found.code if found else ""


def _endpoints(host: str) -> Properties:
    suffixes = {"web": "z6.web.core.windows.net"}
    return {service: f"https://{host}.{suffixes.get(service, f'{service}.core.windows.net')}/" for service in _SERVICES}


def account(c: Context) -> Properties:
    sku = c.text("sku.name")
    abroad = _pair(c.location) if "GRS" in sku or "GZRS" in sku else ""
    made: Properties = {
        "accountMigrationInProgress": False,
        "blobRestoreStatus": {"status": "", "failureReason": "", "parameters": None, "restoreId": ""},
        "enableHttpsTrafficOnly": c.inputs.get("enableHttpsTrafficOnly", True),
        "failoverInProgress": False,
        "isSkuConversionBlocked": False,
        "keyCreationTime": {"key1": now(), "key2": now()},
        "lastGeoFailoverTime": "",
        "primaryEndpoints": _endpoints(c.name),
        "primaryLocation": c.location,
        "privateEndpointConnections": [],
        "secondaryLocation": abroad,
        "sku": {"name": sku, "tier": sku.partition("_")[0]},
        "statusOfPrimary": "available",
        "statusOfSecondary": "available" if abroad else "",
        "publicNetworkAccess": c.text("publicNetworkAccess") or "Enabled",
    }
    if "RAGRS" in sku or "RAGZRS" in sku:
        made["secondaryEndpoints"] = _endpoints(f"{c.name}-secondary")
    return made


def container(c: Context) -> Properties:
    return {
        "deleted": False,
        "denyEncryptionScopeOverride": c.inputs.get("denyEncryptionScopeOverride", False),
        "defaultEncryptionScope": c.text("defaultEncryptionScope") or "$account-encryption-key",
        "hasImmutabilityPolicy": False,
        "hasLegalHold": False,
        "lastModifiedTime": now(),
        "leaseState": "Available",
        "leaseStatus": "Unlocked",
        "publicAccess": c.text("publicAccess") or "None",
    }


def blob_services(c: Context) -> Properties:
    return {"name": "default", "sku": {"name": "Standard_ZRS", "tier": "Standard"}}


def replication(c: Context) -> Properties:
    """Made at the destination as "default", it gets the ids by which the source's must go."""
    rules = [{**mapping(one), "ruleId": part(one, "ruleId") or steady(c.id, str(i))} for i, one in enumerate(items(c.inputs.get("rules")))]
    return {"policyId": c.name, "enabledTime": c.keep("enabledTime", now), "rules": rules}


def vault(c: Context) -> Properties:
    return {
        "properties": {
            "accessPolicies": items(c.at("properties.accessPolicies")),
            "enableSoftDelete": True,
            "hsmPoolResourceId": "",
            "privateEndpointConnections": [],
            "provisioningState": "Succeeded",
            "softDeleteRetentionInDays": c.at("properties.softDeleteRetentionInDays") or 90,
            "tenantId": c.text("properties.tenantId"),
            "vaultUri": f"https://{c.name.lower()}.vault.azure.net/",
        }
    }


def _host(c: Context) -> str:
    found = named(c.world, VAULT, c.text("vaultName"))
    return str(part(found.outputs, "properties.vaultUri")) if found else f"https://{c.text('vaultName')}.vault.azure.net/"


def _place(c: Context) -> str:
    found = named(c.world, VAULT, c.text("vaultName"))
    return str(found.outputs.get("location", "")) if found else c.location


def _same_inputs(c: Context, name: str) -> bool:
    return c.prior is not None and c.prior.inputs.get(name) == c.inputs.get(name)


def key(c: Context) -> Properties:
    """Any change of its properties makes a version."""
    uri = f"{_host(c)}keys/{c.name}"
    version = c.prior.outputs["keyUriWithVersion"] if c.prior and _same_inputs(c, "properties") else f"{uri}/{hexadecimal(32)}"
    kind = c.text("properties.kty")
    return {
        "attributes": {
            "created": int(time.time()),
            "enabled": True,
            "exportable": False,
            "recoveryLevel": "Recoverable",
            "updated": int(time.time()),
        }
        | mapping(c.at("properties.attributes")),
        "curveName": c.text("properties.curveName") or None,
        "keyOps": items(c.at("properties.keyOps")) or ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"],
        "keySize": c.at("properties.keySize") or (2048 if kind.startswith("RSA") else None),
        "keyUri": uri,
        "keyUriWithVersion": version,
        "kty": kind,
        "location": _place(c),
        "rotationPolicy": c.at("properties.rotationPolicy"),
    }


def secret(c: Context) -> Properties:
    """The value never comes back."""
    uri = f"{_host(c)}secrets/{c.name}"
    kept = part(c.prior.outputs, "properties.secretUriWithVersion") if c.prior and _same_inputs(c, "properties") else None
    times = {"created": int(time.time()), "enabled": True, "updated": int(time.time())}
    return {
        "location": _place(c),
        "properties": {
            "attributes": times | mapping(c.at("properties.attributes")),
            "secretUri": uri,
            "secretUriWithVersion": kept or f"{uri}/{hexadecimal(32)}",
            "value": None,
        },
    }


def database(c: Context) -> Properties:
    zone = "postgres.database.azure.com"
    version = c.text("version") or "17"
    high: Properties = {"mode": "Disabled", "state": "NotEnabled"}
    if c.text("highAvailability.mode") in {"ZoneRedundant", "SameZone"}:
        high = {
            "mode": c.text("highAvailability.mode"),
            "state": "Healthy",
            "standbyAvailabilityZone": c.text("highAvailability.standbyAvailabilityZone") or "2",
        }
    private = bool(c.text("network.delegatedSubnetResourceId"))
    return {
        "administratorLoginPassword": None,
        "authConfig": {"activeDirectoryAuth": "Disabled", "passwordAuth": "Enabled", "tenantId": c.tenant} | mapping(c.at("authConfig")),
        "availabilityZone": c.text("availabilityZone") or "1",
        "backup": {"earliestRestoreDate": now(), "backupRetentionDays": 7, "geoRedundantBackup": "Disabled"} | mapping(c.at("backup")),
        "fullyQualifiedDomainName": f"{c.name}.{zone}",
        "highAvailability": high,
        "minorVersion": {"14": "19", "15": "14", "16": "10", "17": "6", "18": "1"}.get(version, "0"),
        "network": {"publicNetworkAccess": "Disabled" if private else c.text("network.publicNetworkAccess") or "Enabled"},
        "privateEndpointConnections": [],
        "replica": {"capacity": 5, "role": "Primary"},
        "replicaCapacity": 5,
        "replicationRole": "Primary",
        "state": "Ready",
        "version": version,
    }


def setting(c: Context) -> Properties:
    facts = {"allowedValues": "", "dataType": "String", "description": "", "documentationLink": "", "unit": ""}
    return {
        **facts,
        "defaultValue": "",
        "isConfigPendingRestart": False,
        "isDynamicConfig": True,
        "isReadOnly": False,
        "source": "user-override",
    }


def identity(c: Context) -> Properties:
    return {"clientId": c.keep("clientId", identifier), "principalId": c.keep("principalId", identifier), "tenantId": c.tenant}


def disk_encryption(c: Context) -> Properties:
    return {
        "lastKeyRotationTimestamp": now(),
        "previousKeys": [],
        "encryptionType": c.text("encryptionType") or "EncryptionAtRestWithCustomerKey",
    }


def role(c: Context) -> Properties:
    """The answer has the full id of the role, in the subscription, whatever form was asked with."""
    given = c.text("roleDefinitionId")
    if built_in(given) is None:
        return {}
    id_ = f"/subscriptions/{c.subscription}/providers/Microsoft.Authorization/roleDefinitions/{given.rpartition('/')[2]}"
    return {"roleDefinitionId": id_, "principalType": c.text("principalType") or "User"}


def role_definition(c: Context) -> Properties:
    return {"roleType": "CustomRole"}


def workspace(c: Context) -> Properties:
    return {
        "customerId": c.keep("customerId", identifier),
        "privateLinkScopedResources": [],
        "retentionInDays": c.inputs.get("retentionInDays", 30),
        "sku": {"lastSkuUpdate": now(), "name": c.text("sku.name") or "PerGB2018"},
    }


def backup_vault(c: Context) -> Properties:
    return {"properties": {"isVaultProtectedByResourceGuard": False, "provisioningState": "Succeeded", "secureScore": "Adequate"}}


def backup_instance(c: Context) -> Properties:
    facts = {
        "currentProtectionState": "ProtectionConfigured",
        "provisioningState": "Succeeded",
        "protectionStatus": {"status": "ProtectionConfigured"},
    }
    return {"properties": facts | {"protectionErrorDetails": None}}


def budget(c: Context) -> Properties:
    period: dict[str, Any] = {"endDate": "2036-12-31T00:00:00Z"} | mapping(c.at("timePeriod"))
    return {
        "currentSpend": {"amount": 0.0, "unit": "EUR"},
        "forecastSpend": {"amount": 0.0, "unit": "EUR"},
        "timePeriod": period,
        "eTag": f'"{hexadecimal(16)}"',
    }


def policy(c: Context) -> Properties:
    return {"instanceId": steady(c.id), "effectiveDefinitionVersion": "1.*.*", "latestDefinitionVersion": "1.0.0"}


OUTPUTS: dict[str, Outputs] = {
    "azure-native:authorization:PolicyAssignment": policy,
    "azure-native:authorization:RoleAssignment": role,
    "azure-native:authorization:RoleDefinition": role_definition,
    "azure-native:compute:DiskEncryptionSet": disk_encryption,
    "azure-native:consumption:Budget": budget,
    "azure-native:costmanagement:Budget": budget,
    "azure-native:dataprotection:BackupInstance": backup_instance,
    "azure-native:dataprotection:BackupVault": backup_vault,
    "azure-native:dbforpostgresql:Configuration": setting,
    "azure-native:dbforpostgresql:Server": database,
    "azure-native:keyvault:Key": key,
    "azure-native:keyvault:Secret": secret,
    "azure-native:keyvault:Vault": vault,
    "azure-native:managedidentity:UserAssignedIdentity": identity,
    "azure-native:operationalinsights:Workspace": workspace,
    "azure-native:resources:ResourceGroup": group,
    "azure-native:storage:BlobContainer": container,
    "azure-native:storage:BlobServiceProperties": blob_services,
    "azure-native:storage:ObjectReplicationPolicy": replication,
    "azure-native:storage:StorageAccount": account,
}
