"""A storage account that holds one bucket: encrypted with the customer key, closed to the Internet, versioned."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import storage

from components.azure_group import Group, tags
from components.bucket.azure_plan import Plan
from components.bucket.spec import BucketSpec
from components.key.azure_user import key_name, key_user, vault_uri
from components.key.outputs import KeyOutputs
from components.platforms.azure_lock import lock
from components.site import Site

BLOCKS, APPENDS = "blockBlob", "appendBlob"
CHANGES_DAYS = 30
"""How long the feed of changes is kept, which object replication reads."""


@dataclass(frozen=True)
class Account:
    """`name` and `id` are known when the account keeps versions: what is written before has none."""

    name: pulumi.Output[str]
    id: pulumi.Output[str]
    made: storage.StorageAccount


def account(
    name: str,
    spec: BucketSpec,
    site: Site,
    group: Group,
    decided: Plan,
    key: KeyOutputs,
    parent: pulumi.Resource,
    *,
    immutable_days: int = 0,
) -> Account:
    """`immutable_days` keeps every new version from change and deletion for so long, whoever asks; only extendable once it is locked."""
    kept = pulumi.ResourceOptions(parent=parent, protect=spec.deletion_protected)
    user = key_user(name, site, group, key, kept)
    made = storage.StorageAccount(
        f"{name}-account",
        account_name=decided.account,
        resource_group_name=group.name,
        location=site.region,
        kind=storage.Kind.STORAGE_V2,
        sku=storage.SkuArgs(name=storage.SkuName.STANDARD_ZRS if decided.zonal else storage.SkuName.STANDARD_LRS),
        access_tier=storage.AccessTier.HOT,
        identity=storage.IdentityArgs(type=storage.IdentityType.USER_ASSIGNED, user_assigned_identities=[user.id]),
        encryption=_encryption(key, user.id),
        # Identities alone: no account keys and nothing signed with them.
        allow_shared_key_access=False,
        default_to_o_auth_authentication=True,
        is_local_user_enabled=False,
        is_sftp_enabled=False,
        is_hns_enabled=False,
        enable_nfs_v3=False,
        enable_https_traffic_only=True,
        minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
        allow_blob_public_access=False,
        allow_cross_tenant_replication=False,
        allowed_copy_scope=storage.AllowedCopyScope.AAD,
        public_network_access=storage.PublicNetworkAccess.DISABLED,
        network_rule_set=storage.NetworkRuleSetArgs(
            default_action=storage.DefaultAction.DENY,
            # Azure Monitor delivers the audit trail as a service that storage trusts; nobody else comes from outside.
            bypass=storage.Bypass.AZURE_SERVICES if "audit" in spec.service_writers else storage.Bypass.NONE,
            ip_rules=[],
            virtual_network_rules=[],
        ),
        immutable_storage_with_versioning=_immutable(immutable_days) if immutable_days else None,
        dns_endpoint_type=storage.DnsEndpointType.STANDARD,
        tags=tags(site) | {"purpose": spec.purpose},
        opts=kept,
    )
    service = storage.BlobServiceProperties(
        f"{name}-versions",
        account_name=made.name,
        resource_group_name=group.name,
        blob_services_name="default",
        is_versioning_enabled=True,
        change_feed=storage.ChangeFeedArgs(enabled=True, retention_in_days=CHANGES_DAYS),
        delete_retention_policy=storage.DeleteRetentionPolicyArgs(enabled=True, days=decided.versions_days, allow_permanent_delete=False),
        container_delete_retention_policy=storage.DeleteRetentionPolicyArgs(enabled=True, days=decided.versions_days),
        opts=kept,
    )
    ready = pulumi.Output.all(made.name, made.id, service.id)
    result = Account(name=ready.apply(lambda known: known[0]), id=ready.apply(lambda known: known[1]), made=made)
    lifecycle = storage.ManagementPolicy(
        f"{name}-lifecycle",
        account_name=result.name,
        resource_group_name=group.name,
        management_policy_name="default",
        policy=storage.ManagementPolicySchemaArgs(rules=_rules(decided)),
        opts=kept,
    )
    if "audit" in spec.service_writers:
        # Not on accounts that workloads are let in on: no grant below a lock could be taken back.
        lock(name, made.id, spec.deletion_protected, parent, [service, lifecycle])
    return result


def _encryption(key: KeyOutputs, user: pulumi.Output[str]) -> storage.EncryptionArgs:
    """No version of the key is named, so that storage follows its rotation within a day."""
    everything = storage.EncryptionServiceArgs(enabled=True, key_type=storage.KeyType.ACCOUNT)
    return storage.EncryptionArgs(
        key_source=storage.KeySource.MICROSOFT_KEYVAULT,
        key_vault_properties=storage.KeyVaultPropertiesArgs(key_vault_uri=vault_uri(key), key_name=key_name(key)),
        encryption_identity=storage.EncryptionIdentityArgs(encryption_user_assigned_identity=user),
        # A second layer below, with Azure's own key. Chosen at creation, for ever; it costs nothing.
        require_infrastructure_encryption=True,
        # Queues and tables are outside the customer key unless they are put under the account's at creation.
        services=storage.EncryptionServicesArgs(blob=everything, file=everything, queue=everything, table=everything),
    )


def _immutable(days: int) -> storage.ImmutableStorageAccountArgs:
    return storage.ImmutableStorageAccountArgs(
        enabled=True,
        immutability_policy=storage.AccountImmutabilityPolicyPropertiesArgs(
            immutability_period_since_creation_in_days=days,
            # Azure takes no policy that is made locked: locking is a step by hand, which cannot be undone.
            state=storage.AccountImmutabilityPolicyState.UNLOCKED,
            allow_protected_append_writes=True,  # logs grow by appending
        ),
    )


def _rules(decided: Plan) -> list[storage.ManagementPolicyRuleArgs]:
    """Azure counts a version's days from when it was written, not from when it was overwritten. What the rule drops stays for as many days
    again as a deleted version, so that nothing is lost before its time."""
    gone = storage.DateAfterCreationArgs(days_after_creation_greater_than=decided.versions_days)
    rules = [
        _rule(
            "versions",
            [BLOCKS, APPENDS],
            storage.ManagementPolicyActionArgs(
                version=storage.ManagementPolicyVersionArgs(delete=gone), snapshot=storage.ManagementPolicySnapShotArgs(delete=gone)
            ),
        )
    ]
    if decided.expire_days:
        after = storage.DateAfterModificationArgs(days_after_modification_greater_than=decided.expire_days)
        delete = storage.ManagementPolicyBaseBlobArgs(delete=after)
        rules.append(_rule("expire", [BLOCKS, APPENDS], storage.ManagementPolicyActionArgs(base_blob=delete)))
    if decided.cold:
        days, tier = decided.cold
        after = storage.DateAfterModificationArgs(days_after_modification_greater_than=days)
        move = (
            storage.ManagementPolicyBaseBlobArgs(tier_to_cold=after)
            if tier == "cold"
            else storage.ManagementPolicyBaseBlobArgs(tier_to_cool=after)
        )
        # Tiers are for block blobs alone.
        rules.append(_rule("cold", [BLOCKS], storage.ManagementPolicyActionArgs(base_blob=move)))
    return rules


def _rule(name: str, kinds: list[str], actions: storage.ManagementPolicyActionArgs) -> storage.ManagementPolicyRuleArgs:
    return storage.ManagementPolicyRuleArgs(
        name=name,
        enabled=True,
        type=storage.RuleType.LIFECYCLE,
        definition=storage.ManagementPolicyDefinitionArgs(actions=actions, filters=storage.ManagementPolicyFilterArgs(blob_types=kinds)),
    )
