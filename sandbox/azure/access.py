"""Who must be let in before a service can use what it is told to use: a key above all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sandbox.azure import arm
from sandbox.azure.lookup import IDENTITY, all_of, find, held, in_vault, items, keys, part, principal_of, vault
from sandbox.azure.roles import ASSIGN, JOIN, READ_SECRET, WRAP, ZONE_RECORDS, may
from sandbox.contract import Properties, Record, Refused, Request, World
from sandbox.walk import leaves


class Use(NamedTuple):
    """A key, by its identifier, and the user-assigned identity that uses it. `where` is the wire path of the key."""

    where: str
    key: str
    identity: str
    code: str


def _storage(inputs: Properties, world: World) -> Iterator[Use]:
    facts = part(inputs, "encryption.keyVaultProperties")
    if part(inputs, "encryption.keySource") == "Microsoft.Keyvault" and facts is not None:
        uri = "/".join(
            filter(None, (str(part(facts, "keyVaultUri")).rstrip("/"), "keys", part(facts, "keyName"), part(facts, "keyVersion")))
        )
        identity = part(inputs, "encryption.encryptionIdentity.encryptionUserAssignedIdentity")
        yield Use("encryption.keyVaultProperties", uri, str(identity or ""), "KeyVaultAuthenticationFailure")


def _database(inputs: Properties, world: World) -> Iterator[Use]:
    for key, identity in (("primaryKeyURI", "primaryUserAssignedIdentityId"), ("geoBackupKeyURI", "geoBackupUserAssignedIdentityId")):
        if uri := part(inputs, f"dataEncryption.{key}"):
            yield Use(f"dataEncryption.{key}", str(uri), str(part(inputs, f"dataEncryption.{identity}") or ""), "AzureKeyVaultForbidden")


def _registry(inputs: Properties, world: World) -> Iterator[Use]:
    """A registry names the identity by its client id."""
    if part(inputs, "encryption.status") == "enabled":
        client = part(inputs, "encryption.keyVaultProperties.identity")
        owner = next((r for r in world.all(IDENTITY) if arm.same(r.outputs.get("clientId"), client)), None)
        uri = str(part(inputs, "encryption.keyVaultProperties.keyIdentifier") or "")
        yield Use("encryption.keyVaultProperties.keyIdentifier", uri, owner.id if owner else "", "CannotAccessKeyVault")


def _disks(inputs: Properties, world: World) -> Iterator[Use]:
    if "UserAssigned" in str(part(inputs, "identity.type")) and (uri := part(inputs, "activeKey.keyUrl")):
        for identity in keys(part(inputs, "identity.userAssignedIdentities"))[:1]:
            yield Use("activeKey.keyUrl", str(uri), identity, "KeyVaultAccessForbidden")


def _cluster(inputs: Properties, world: World) -> Iterator[Use]:
    kms = part(inputs, "securityProfile.azureKeyVaultKms")
    if part(kms, "enabled") is True:
        for identity in keys(part(inputs, "identity.userAssignedIdentities"))[:1]:
            yield Use("securityProfile.azureKeyVaultKms.keyId", str(part(kms, "keyId") or ""), identity, "AzureKeyVaultKmsForbidden")


def _cache(inputs: Properties, world: World) -> Iterator[Use]:
    facts = "encryption.customerManagedKeyEncryption"
    if uri := part(inputs, f"{facts}.keyEncryptionKeyUrl"):
        identity = part(inputs, f"{facts}.keyEncryptionKeyIdentity.userAssignedIdentityResourceId")
        yield Use(f"{facts}.keyEncryptionKeyUrl", str(uri), str(identity or ""), "KeyVaultAccessForbidden")


def _backup_vault(inputs: Properties, world: World) -> Iterator[Use]:
    facts = part(inputs, "properties.securitySettings.encryptionSettings")
    if part(facts, "state") == "Enabled" and part(facts, "kekIdentity.identityType") == "UserAssigned":
        uri, identity = part(facts, "keyVaultProperties.keyUri"), part(facts, "kekIdentity.identityId")
        yield Use("properties.securitySettings.encryptionSettings", str(uri or ""), str(identity or ""), "CMKPermissionsMissing")


_USES: dict[str, Callable[[Properties, World], Iterator[Use]]] = {
    "azure-native:compute:DiskEncryptionSet": _disks,
    "azure-native:containerregistry:Registry": _registry,
    "azure-native:containerservice:ManagedCluster": _cluster,
    "azure-native:dataprotection:BackupVault": _backup_vault,
    "azure-native:dbforpostgresql:Server": _database,
    "azure-native:redisenterprise:RedisEnterprise": _cache,
    "azure-native:storage:StorageAccount": _storage,
}


def _key(request: Request, inputs: Properties, use: Use, world: World) -> None:
    what = in_vault(use.key)
    if what is None or what.kind != "keys":
        raise Refused(use.code, f"{use.where}: {use.key!r} is not the identifier of a key")
    above, key = vault(world, what.vault), held(world, what)
    if above is None or key is None:
        raise Refused("KeyNotFound", f"{use.where}: the key {use.key} was not found")
    if not use.identity:
        raise Refused(use.code, f"{use.where}: no user-assigned identity is given that could use the key")
    mine = keys(part(inputs, "identity.userAssignedIdentities"))
    if not any(arm.same(one, use.identity) for one in mine):
        raise Refused(use.code, f"{use.where}: the identity {use.identity} is not assigned to the resource")
    if part(above.inputs, "properties.enablePurgeProtection") is not True:
        raise Refused("KeyVaultPolicyError", f"The key vault {what.vault} needs soft delete and purge protection to hold an encryption key")
    _let_in(above, key, use, world)
    _reachable(request, above, use)


def _let_in(above: Record, key: Record, use: Use, world: World) -> None:
    principal = principal_of(world, use.identity)
    if part(above.inputs, "properties.enableRbacAuthorization") is True:
        if not may(world, principal, WRAP, key.id):
            raise Refused(
                use.code,
                f"The identity {use.identity} ({principal}) has no permission to wrap and unwrap with the key {key.outputs.get('keyUri')}:"
                " assign it the role Key Vault Crypto Service Encryption User before",
            )
        return
    policies = items(part(above.inputs, "properties.accessPolicies"))
    given = {
        str(right).lower()
        for one in policies
        if arm.same(part(one, "objectId"), principal)
        for right in items(part(one, "permissions.keys"))
    }
    if "all" not in given and not {"get", "wrapkey", "unwrapkey"} <= given:
        raise Refused(use.code, f"The identity {use.identity} has no get, wrapKey and unwrapKey in the access policies of {above.id}")


def _reachable(request: Request, above: Record, use: Use) -> None:
    """Services come from outside the network: as trusted ones, or not at all."""
    closed = part(above.inputs, "properties.publicNetworkAccess") in {"Disabled", "disabled"} or (
        part(above.inputs, "properties.networkAcls.defaultAction") == "Deny"
    )
    through_the_network = request.type == "azure-native:containerservice:ManagedCluster"
    if closed and not through_the_network and part(above.inputs, "properties.networkAcls.bypass") == "None":
        raise Refused(
            use.code, f"Access to the key vault {above.id} is forbidden by its firewall (networkAcls.bypass must be AzureServices)"
        )


def _cluster_rights(request: Request, inputs: Properties, world: World) -> None:
    """AKS checks these of the control plane's identity before it begins."""
    for identity in keys(part(inputs, "identity.userAssignedIdentities"))[:1]:
        principal = principal_of(world, identity)
        for leaf in leaves(inputs):
            if leaf.name in {"vnetSubnetID", "podSubnetID"} or leaf.path == "apiServerAccessProfile.subnetId":
                _needs(world, principal, JOIN, leaf.value, leaf.path, "a role with subnets/join/action, as Network Contributor")
        zone = part(inputs, "apiServerAccessProfile.privateDNSZone")
        if isinstance(zone, str) and arm.is_id(zone):
            _needs(world, principal, ZONE_RECORDS, zone, "apiServerAccessProfile.privateDNSZone", "Private DNS Zone Contributor")
        if kubelet := part(inputs, "identityProfile.kubeletidentity.resourceId"):
            _needs(world, principal, ASSIGN, str(kubelet), "identityProfile.kubeletidentity", "Managed Identity Operator")


def _needs(world: World, principal: str, action: str, target: str, where: str, role: str) -> None:
    if not may(world, principal, action, target):
        code = "CustomKubeletIdentityMissingPermissionError" if action == ASSIGN else "LinkedAuthorizationFailed"
        raise Refused(
            code, f"{where}: the identity {principal} has no permission to perform '{action}' on '{target}': assign it {role} before"
        )


def _federated(request: Request, inputs: Properties, world: World) -> None:
    """A token's issuer is compared letter by letter: one that no cluster has is a slip, unless it is somebody else's."""
    issuer = str(inputs.get("issuer", ""))
    found = (part(r.outputs, "oidcIssuerProfile.issuerURL") for r in all_of(world, "azure-native:containerservice:ManagedCluster"))
    clusters = [str(one) for one in found if one]
    if ".oic.prod-aks.azure.com/" in issuer and issuer not in clusters:
        raise Refused("BadRequest", f"no cluster issues tokens as {issuer!r} (issuers: {', '.join(clusters) or 'none'})")


def _credentials(request: Request, inputs: Properties, world: World) -> None:
    """Azure makes a rule with a set that reads nothing, calls the set unhealthy, and pulls fail: it is told here."""
    reference = str(inputs.get("credentialSetResourceId") or "")
    accounts = find(world, reference, "azure-native:containerregistry:CredentialSet") if reference else None
    for one in items(part(accounts.inputs, "authCredentials")) if accounts else ():
        for name in ("usernameSecretIdentifier", "passwordSecretIdentifier"):
            what = in_vault(str(part(one, name)))
            above, secret = (vault(world, what.vault), held(world, what)) if what else (None, None)
            if above is None or secret is None:
                continue  # what is named there was found when the set was made
            principal = str(part(accounts.outputs if accounts else {}, "identity.principalId") or "")
            if not may(world, principal, READ_SECRET, secret.id):
                raise Refused(
                    "CredentialSetUnhealthy",
                    f"The set {reference} ({principal}) may not read {secret.id}: assign it Key Vault Secrets User",
                )
            _reachable(request, above, Use(name, str(part(one, name)), reference, "CredentialSetUnhealthy"))


_MORE: dict[str, Callable[[Request, Properties, World], None]] = {
    "azure-native:containerregistry:CacheRule": _credentials,
    "azure-native:containerservice:ManagedCluster": _cluster_rights,
    "azure-native:managedidentity:FederatedIdentityCredential": _federated,
}


def admit(request: Request, inputs: Properties, world: World) -> None:
    """Raises Refused where somebody is not let in."""
    for use in _USES.get(request.type, _none)(inputs, world):
        _key(request, inputs, use, world)
    if more := _MORE.get(request.type):
        more(request, inputs, world)


def _none(inputs: Any, world: Any) -> Iterator[Use]:
    return iter(())
