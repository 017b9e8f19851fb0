"""Flow logs of a VNet in a storage account of their own."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import network, storage

from components.azure_group import Group, tags
from components.identity.azure_roles import Role, assign
from components.key.azure_user import KeyUser, key_name, key_user, vault_uri
from components.key.outputs import KeyOutputs
from components.naming import worldwide
from components.site import Site

WATCHERS = "NetworkWatcherRG"
"""Azure makes this resource group, and in it one watcher per region, with a subscription's first network there. It takes no second one."""


def flow_log(
    name: str, days: int, site: Site, group: Group, vnet: network.VirtualNetwork, key: KeyOutputs, child: pulumi.ResourceOptions
) -> None:
    """Every flow, accepted and denied. One identity encrypts the account with the key and writes to it: the account has no keys."""
    writer = key_user(f"{name}-flows", site, group, key, child)
    account = _account(name, site, group, writer, key, child)
    writes = assign(f"{name}-flows-writer", Role.BLOB_DATA_CONTRIBUTOR, account.id, writer.principal, group.subscription, child)
    network.FlowLog(
        f"{name}-flow-log",
        flow_log_name=name,
        network_watcher_name=f"NetworkWatcher_{site.region}",
        resource_group_name=WATCHERS,
        location=group.location,
        target_resource_id=vnet.id,
        storage_id=account.id,
        enabled=True,
        format=network.FlowLogFormatParametersArgs(type=network.FlowLogFormatType.JSON, version=2),
        retention_policy=network.RetentionPolicyParametersArgs(enabled=True, days=days),
        identity=network.ManagedServiceIdentityArgs(type=network.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[writer.id]),
        tags=tags(site),
        # No output of the account's tells that the identity may write to it.
        opts=pulumi.ResourceOptions(parent=child.parent, depends_on=[writes]),
    )


def _account(name: str, site: Site, group: Group, writer: KeyUser, key: KeyOutputs, opts: pulumi.ResourceOptions) -> storage.StorageAccount:
    everything = storage.EncryptionServiceArgs(enabled=True, key_type=storage.KeyType.ACCOUNT)
    return storage.StorageAccount(
        f"{name}-flows",
        account_name=worldwide(f"{name}-flows", site.account, 24, hyphens=False),
        resource_group_name=group.name,
        location=group.location,
        kind=storage.Kind.STORAGE_V2,
        sku=storage.SkuArgs(name=storage.SkuName.STANDARD_ZRS),
        access_tier=storage.AccessTier.HOT,
        identity=storage.IdentityArgs(type=storage.IdentityType.USER_ASSIGNED, user_assigned_identities=[writer.id]),
        encryption=storage.EncryptionArgs(
            key_source=storage.KeySource.MICROSOFT_KEYVAULT,
            # Without a version of the key: the account follows its rotation.
            key_vault_properties=storage.KeyVaultPropertiesArgs(key_vault_uri=vault_uri(key), key_name=key_name(key)),
            encryption_identity=storage.EncryptionIdentityArgs(encryption_user_assigned_identity=writer.id),
            require_infrastructure_encryption=True,
            services=storage.EncryptionServicesArgs(blob=everything, file=everything, queue=everything, table=everything),
        ),
        allow_shared_key_access=False,
        default_to_o_auth_authentication=True,
        is_local_user_enabled=False,
        enable_https_traffic_only=True,
        minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
        allow_blob_public_access=False,
        allow_cross_tenant_replication=False,
        allowed_copy_scope=storage.AllowedCopyScope.AAD,
        public_network_access=storage.PublicNetworkAccess.DISABLED,
        # Network Watcher is one of the services that storage trusts, and passes both.
        network_rule_set=storage.NetworkRuleSetArgs(
            default_action=storage.DefaultAction.DENY, bypass=storage.Bypass.AZURE_SERVICES, ip_rules=[], virtual_network_rules=[]
        ),
        dns_endpoint_type=storage.DnsEndpointType.STANDARD,
        tags=tags(site),
        opts=opts,
    )
