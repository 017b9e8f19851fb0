"""Storage, registries, backups, disks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from components.geography import Cloud, regions
from sandbox.azure.lookup import items, part
from sandbox.azure.rules.durations import duration
from sandbox.azure.subscription import plain
from sandbox.contract import UNKNOWN, Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, each, ip_network, matches, one_of
from sandbox.walk import text

_PLACES = {region.code: region for region in regions(Cloud.AZURE)}
_CACHED = (
    r"(docker\.io|mcr\.microsoft\.com|public\.ecr\.aws|quay\.io|registry\.k8s\.io|ghcr\.io|nvcr\.io|[\w.-]+\.pkg\.dev|gcr\.io"
    r"|[\w-]+\.azurecr\.io)/[\w./*-]+"
)


def _redundancy(request: Request, inputs: Properties) -> Iterator[Failure]:
    sku, place = text(inputs, "sku.name") or "", _PLACES.get(plain(str(inputs.get("location", ""))))
    if place and ("GRS" in sku or "GZRS" in sku) and place.pair is None:
        yield Failure("sku.name", f"{sku!r}: RedundancyConfigurationNotAvailableInRegion, {place.code} has no paired region")
    if place and "ZRS" in sku and not place.zones:
        yield Failure("sku.name", f"{sku!r}: RedundancyConfigurationNotAvailableInRegion, {place.code} has no availability zones")


def _account(request: Request, inputs: Properties) -> Iterator[Failure]:
    kind = text(inputs, "kind")
    if kind == "StorageV2" and (text(inputs, "sku.name") or "").startswith("Premium_ZRS"):
        yield Failure("sku.name", "'Premium_ZRS' does not go with the kind StorageV2")
    if kind == "BlobStorage" and inputs.get("accessTier") is None:
        yield Failure("accessTier", "missing required property for the kind BlobStorage")
    if inputs.get("enableNfsV3") is True and inputs.get("isHnsEnabled") is not True:
        yield Failure("enableNfsV3", "takes a hierarchical namespace")
    if inputs.get("isSftpEnabled") is True and inputs.get("isHnsEnabled") is not True:
        yield Failure("isSftpEnabled", "takes a hierarchical namespace")
    if part(inputs, "immutableStorageWithVersioning.enabled") is True and inputs.get("isHnsEnabled") is True:
        yield Failure("immutableStorageWithVersioning", "does not go with a hierarchical namespace")
    if text(inputs, "immutableStorageWithVersioning.immutabilityPolicy.state") == "Locked":
        yield Failure("immutableStorageWithVersioning.immutabilityPolicy.state", "'Locked': a policy is made Unlocked or Disabled")
    for index, rule in enumerate(items(part(inputs, "networkRuleSet.ipRules"))):
        network = ip_network(part(rule, "iPAddressOrRange"))
        if network is None or network.is_private or (network.prefixlen > 30 and network.prefixlen != 32):
            yield Failure(f"networkRuleSet.ipRules[{index}]", "must be a public address or a public range of at most /30")


def _key(request: Request, inputs: Properties) -> Iterator[Failure]:
    source, facts = text(inputs, "encryption.keySource"), part(inputs, "encryption.keyVaultProperties")
    if source == "Microsoft.Keyvault":
        for name in ("keyName", "keyVaultUri"):
            if part(facts, name) is None:
                yield Failure(f"encryption.keyVaultProperties.{name}", "missing required property with keySource Microsoft.Keyvault")
        if part(inputs, "encryption.encryptionIdentity.encryptionUserAssignedIdentity") is None:
            yield Failure("encryption.encryptionIdentity", "a new account under a key of one's own takes a user-assigned identity")
        if "UserAssigned" not in str(part(inputs, "identity.type")):
            yield Failure("identity", "must hold the user-assigned identity of encryption.encryptionIdentity")
    elif facts is not None:
        yield Failure("encryption.keyVaultProperties", "takes keySource Microsoft.Keyvault")


def _blobs(request: Request, inputs: Properties) -> Iterator[Failure]:
    for name in ("deleteRetentionPolicy", "containerDeleteRetentionPolicy"):
        if part(inputs, f"{name}.enabled") is True and part(inputs, f"{name}.days") is None:
            yield Failure(f"{name}.days", "missing required property with enabled")
    if part(inputs, "restorePolicy.enabled") is True:
        if inputs.get("isVersioningEnabled") is not True or part(inputs, "changeFeed.enabled") is not True:
            yield Failure("restorePolicy", "takes versioning and the change feed")
        days, kept = part(inputs, "restorePolicy.days"), part(inputs, "deleteRetentionPolicy.days")
        if isinstance(days, int) and isinstance(kept, int) and days >= kept:
            yield Failure("restorePolicy.days", f"{days} is not less than deleteRetentionPolicy.days {kept}")


def _lifecycle(request: Request, inputs: Properties) -> Iterator[Failure]:
    rules = items(part(inputs, "policy.rules"))
    names = [part(rule, "name") for rule in rules]
    if not rules:
        yield Failure("policy.rules", "at least one rule must be given")
    for index, rule in enumerate(rules):
        if names[index] in names[:index]:
            yield Failure(f"policy.rules[{index}].name", f"{show(names[index])} is another rule's name")
        actions, kinds = part(rule, "definition.actions"), items(part(rule, "definition.filters.blobTypes"))
        tiers = [
            n
            for one in ("baseBlob", "snapshot", "version")
            for n in ("tierToCool", "tierToCold", "tierToArchive")
            if part(actions, f"{one}.{n}")
        ]
        if "appendBlob" in kinds and tiers:
            yield Failure(f"policy.rules[{index}].definition.filters.blobTypes", f"{tiers[0]} is for blockBlob alone")
        if not kinds:
            yield Failure(f"policy.rules[{index}].definition.filters.blobTypes", "missing required property")


def _registry(request: Request, inputs: Properties) -> Iterator[Failure]:
    tier, closed = text(inputs, "sku.name"), inputs.get("publicNetworkAccess") == "Disabled"
    premium = {
        "dataEndpointEnabled": inputs.get("dataEndpointEnabled") is True,
        "encryption": part(inputs, "encryption.status") == "enabled",
        "networkRuleSet": inputs.get("networkRuleSet") is not None,
        "policies.retentionPolicy": part(inputs, "policies.retentionPolicy.status") == "enabled",
        "policies.trustPolicy": part(inputs, "policies.trustPolicy.status") == "enabled",
        "policies.exportPolicy": part(inputs, "policies.exportPolicy.status") == "disabled",
        "publicNetworkAccess": closed,
        "zoneRedundancy": inputs.get("zoneRedundancy") == "Enabled",
    }
    if tier and tier != "Premium":
        yield from (Failure(name, f"is for the SKU Premium alone, not {tier}") for name, used in premium.items() if used)
    if premium["policies.exportPolicy"] and not closed:
        yield Failure("policies.exportPolicy.status", "'disabled' takes publicNetworkAccess Disabled")
    if tier == "Basic" and inputs.get("anonymousPullEnabled") is True:
        yield Failure("anonymousPullEnabled", "is not for the SKU Basic")
    if premium["encryption"]:
        for name in ("identity", "keyIdentifier"):
            if part(inputs, f"encryption.keyVaultProperties.{name}") is None:
                yield Failure(f"encryption.keyVaultProperties.{name}", "missing required property")
        if part(inputs, "policies.trustPolicy.status") == "enabled":
            yield Failure("policies.trustPolicy", "content trust does not go with a key of one's own")
    if part(inputs, "policies.softDeletePolicy.status") == "enabled" and premium["policies.retentionPolicy"]:
        yield Failure("policies.softDeletePolicy", "does not go with the retention policy")
    place = _PLACES.get(plain(str(inputs.get("location", ""))))
    if premium["zoneRedundancy"] and place and not place.zones:
        yield Failure("zoneRedundancy", f"'Enabled': {place.code} has no availability zones")


def _credential_set(request: Request, inputs: Properties) -> Iterator[Failure]:
    accounts = items(part(inputs, "authCredentials"))
    if [part(one, "name") for one in accounts] != ["Credential1"]:
        yield Failure("authCredentials", "takes exactly one, called Credential1")
    for index, one in enumerate(accounts):
        for name in ("usernameSecretIdentifier", "passwordSecretIdentifier"):
            if part(one, name) is None:
                yield Failure(f"authCredentials[{index}].{name}", "missing required property")
    if part(inputs, "identity.type") != "SystemAssigned":
        yield Failure("identity.type", "must be SystemAssigned: the set itself reads the secrets")


def _backup_vault(request: Request, inputs: Properties) -> Iterator[Failure]:
    place = _PLACES.get(plain(str(inputs.get("location", ""))))
    settings = items(part(inputs, "properties.storageSettings"))
    kinds = [part(one, "type") for one in settings]
    if not settings:
        yield Failure("properties.storageSettings", "at least one must be given")
    if "GeoRedundant" in kinds and place and place.pair is None:
        yield Failure("properties.storageSettings[0].type", f"'GeoRedundant': {place.code} has no paired region")
    if "ZoneRedundant" in kinds and place and not place.zones:
        yield Failure("properties.storageSettings[0].type", f"'ZoneRedundant': {place.code} has no availability zones")
    if part(inputs, "properties.featureSettings.crossRegionRestoreSettings.state") == "Enabled" and "GeoRedundant" not in kinds:
        yield Failure("properties.featureSettings.crossRegionRestoreSettings", "takes storage of type GeoRedundant")
    kind = text(inputs, "identity.type")
    if kind and {one.strip() for one in kind.split(",")} - {"SystemAssigned", "UserAssigned", "None"}:
        yield Failure(
            "identity.type", f"{kind!r} is not a valid value (allowed: SystemAssigned, UserAssigned, SystemAssigned,UserAssigned, None)"
        )


def _policy(request: Request, inputs: Properties) -> Iterator[Failure]:
    rules = items(part(inputs, "properties.policyRules"))
    kept = [rule for rule in rules if part(rule, "objectType") == "AzureRetentionRule"]
    if not any(part(rule, "isDefault") is True or part(rule, "name") == "Default" for rule in kept):
        yield Failure("properties.policyRules", "a retention rule called Default must be given")
    names = {part(rule, "name") for rule in kept}
    for index, rule in enumerate(rules):
        for tag in items(part(rule, "trigger.taggingCriteria")):
            name = part(tag, "tagInfo.tagName")
            if name is not UNKNOWN and name not in names:
                yield Failure(f"properties.policyRules[{index}].trigger.taggingCriteria", f"{show(name)} is no retention rule's name")
            if part(tag, "isDefault") is False and not items(part(tag, "criteria")):
                yield Failure(f"properties.policyRules[{index}].trigger.taggingCriteria", f"{show(name)} is no default and needs criteria")
    if "Microsoft.DBforPostgreSQL/flexibleServers" in items(part(inputs, "properties.datasourceTypes")):
        yield from _weeks(rules)


def _weeks(rules: list[Any]) -> Iterator[Failure]:
    """Flexible servers are backed up on days of the week, each a weekly interval of its own."""
    for index, rule in enumerate(rules):
        intervals = items(part(rule, "trigger.schedule.repeatingTimeIntervals"))
        where = f"properties.policyRules[{index}].trigger.schedule.repeatingTimeIntervals"
        if any(isinstance(one, str) and not one.endswith("/P1W") for one in intervals):
            yield Failure(where, f"{show(intervals[0])}: BMSUserErrorDPPBackupPolicyBackupFrequencyNotMatchingRule, allowed: P1W")
        days = [str(one).partition("T")[0] for one in intervals]
        if len(set(days)) < len(days):
            yield Failure(where, "a server is backed up once a day at most")


def _disks(request: Request, inputs: Properties) -> Iterator[Failure]:
    url = text(inputs, "activeKey.keyUrl")
    if inputs.get("activeKey") is None:
        yield Failure("activeKey", "missing required property")
    if url and url.rstrip("/").count("/") < 5 and inputs.get("rotationToLatestKeyVersionEnabled") is not True:
        yield Failure("activeKey.keyUrl", f"{url!r} names no version, which takes rotationToLatestKeyVersionEnabled")


_NO_SECRET = "is not the identifier of a secret"
RULES: dict[str, tuple[Rule, ...]] = {
    "azure-native:compute:DiskEncryptionSet": (_disks,),
    "azure-native:containerregistry:CacheRule": (
        matches("sourceRepository", _CACHED, "is not a repository of an upstream that a registry can cache"),
        matches("targetRepository", r"[a-z0-9._/*-]{1,255}", "is not a repository"),
    ),
    "azure-native:containerregistry:CredentialSet": (
        matches("loginServer", r"[a-z0-9-]+(\.[a-z0-9-]+)+", "is not the host of a registry"),
        matches("authCredentials[].usernameSecretIdentifier", r"https://[a-z0-9-]+\.vault\.azure\.net/secrets/[^/]+(/[^/]+)?", _NO_SECRET),
        matches("authCredentials[].passwordSecretIdentifier", r"https://[a-z0-9-]+\.vault\.azure\.net/secrets/[^/]+(/[^/]+)?", _NO_SECRET),
        _credential_set,
    ),
    "azure-native:containerregistry:Registry": (between("policies.retentionPolicy.days", 0, 365), _registry),
    "azure-native:dataprotection:BackupPolicy": (
        each("properties.policyRules[].lifecycles[].deleteAfter.duration", duration(1, 3650)),
        matches(
            "properties.policyRules[].trigger.schedule.repeatingTimeIntervals[]",
            r"R/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})/P(T\d+H|\d+[DWMY])",
            "is not a repeating interval like R/2026-01-01T03:00:00+00:00/P1D",
        ),
        _policy,
    ),
    "azure-native:dataprotection:BackupVault": (
        between("properties.securitySettings.softDeleteSettings.retentionDurationInDays", 14, 180),
        _backup_vault,
    ),
    "azure-native:storage:BlobContainer": (one_of("publicAccess", "None", "Blob", "Container"),),
    "azure-native:storage:BlobContainerImmutabilityPolicy": (between("immutabilityPeriodSinceCreationInDays", 1, 146000),),
    "azure-native:storage:BlobServiceProperties": (
        between("deleteRetentionPolicy.days", 1, 365),
        between("containerDeleteRetentionPolicy.days", 1, 365),
        between("changeFeed.retentionInDays", 1, 146000),
        _blobs,
    ),
    "azure-native:storage:ManagementPolicy": (
        matches("policy.rules[].name", r"[A-Za-z0-9-]{1,256}", "is not a name of a rule: letters, digits and '-'"),
        one_of("policy.rules[].definition.filters.blobTypes[]", "blockBlob", "appendBlob"),
        _lifecycle,
    ),
    "azure-native:storage:StorageAccount": (
        between("immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays", 1, 146000),
        *(_redundancy, _account, _key),
    ),
}
