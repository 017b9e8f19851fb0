"""A container registry on Azure: ACR inside the network, under a customer key, and a cache of public registries."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import authorization, containerregistry, managedidentity, monitor

from components.azure_group import Group, tags
from components.cluster.outputs import ClusterOutputs
from components.core import Component
from components.identity.azure_roles import Role, assign
from components.key.outputs import KeyOutputs
from components.network.azure_endpoint import reach
from components.network.outputs import NetworkOutputs
from components.platforms.azure_lock import lock
from components.registry.azure_credentials import Account, keep
from components.registry.azure_plan import UNTAGGED_DAYS, Plan, plan
from components.registry.credentials import NONE, Credentials, matching
from components.registry.outputs import RegistryOutputs
from components.registry.spec import RegistrySpec
from components.site import Site

LOGS = ("ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents")


class AzureRegistry(Component[RegistryOutputs]):
    """Repositories are made by the first push: here they are names. Those of the registry's outputs are known when the pullers may pull
    and the registry's private name is found."""

    TYPE = "azure:Registry"

    def __init__(
        self,
        name: str,
        spec: RegistrySpec,
        site: Site,
        group: Group,
        net: NetworkOutputs,
        pullers: ClusterOutputs,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
        credentials: Credentials = NONE,
    ) -> None:
        super().__init__(name, opts)
        decided = plan(name, spec, site)
        given = matching(spec, credentials)
        kept = self.protected(spec.deletion_protected)
        registry = self._registry(name, decided, site, group, key, kept)
        logs = monitor.DiagnosticSetting(
            f"{name}-logs",
            name="audit",
            resource_uri=registry.id,
            workspace_id=group.workspace_id,
            log_analytics_destination_type="Dedicated",
            logs=[monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True) for category in LOGS],
            opts=self.child,
        )
        found = reach(name, "registry", registry.id, net, site, group, self.child)
        pull = self._pull(name, group, pullers, registry)
        accounts = {
            host: keep(name, decided.caches[host], host, site, group, registry.name, account, spec.deletion_protected, self)
            for host, account in given.items()
        }
        rules = {host: self._cache(name, prefix, host, group, registry, accounts.get(host)) for host, prefix in decided.caches.items()}
        below = [set_ for account in accounts.values() for set_ in account.below]
        lock(name, registry.id, spec.deletion_protected, self, [logs, pull, *below, *rules.values()])
        url = pulumi.Output.all(registry.login_server, found, pull.id).apply(lambda known: str(known[0]))
        self.publish(
            RegistryOutputs(
                url=url,
                repositories={repository: pulumi.Output.concat(url, "/", repository) for repository in spec.repositories},
                caches={
                    host: pulumi.Output.all(url, rules[host].id).apply(lambda known, prefix=prefix: f"{known[0]}/{prefix}")
                    for host, prefix in decided.caches.items()
                },
            )
        )

    def _registry(
        self, name: str, decided: Plan, site: Site, group: Group, key: KeyOutputs, kept: pulumi.ResourceOptions
    ) -> containerregistry.Registry:
        identity = managedidentity.UserAssignedIdentity(
            f"{name}-encryption",
            resource_name_=f"{name}-encryption",
            resource_group_name=group.name,
            location=group.location,
            tags=tags(site),
            opts=kept,
        )
        right = assign(f"{name}-encryption", Role.VAULT_CRYPTO_SERVICE_USER, key.id, identity.principal_id, group.subscription, kept)
        on, off = containerregistry.PolicyStatus.ENABLED, containerregistry.PolicyStatus.DISABLED
        return containerregistry.Registry(
            f"{name}-registry",
            registry_name=decided.registry,
            resource_group_name=group.name,
            location=group.location,
            # Private endpoints, customer keys, zones and retention are Premium's alone.
            sku=containerregistry.SkuArgs(name=containerregistry.SkuName.PREMIUM),
            zone_redundancy=(
                containerregistry.ZoneRedundancy.ENABLED if decided.zone_redundant else containerregistry.ZoneRedundancy.DISABLED
            ),
            admin_user_enabled=False,
            anonymous_pull_enabled=False,
            public_network_access=containerregistry.PublicNetworkAccess.DISABLED,
            network_rule_set=containerregistry.NetworkRuleSetArgs(default_action=containerregistry.DefaultAction.DENY, ip_rules=[]),
            # By this way, Defender for Containers finds the images that it scans: nothing else does it.
            network_rule_bypass_options=containerregistry.NetworkRuleBypassOptions.AZURE_SERVICES,
            # Layers come from the registry's own name, and not from one that it shares with all of Azure's storage.
            data_endpoint_enabled=True,
            identity=containerregistry.IdentityPropertiesArgs(
                type=containerregistry.ResourceIdentityType.USER_ASSIGNED,
                user_assigned_identities=identity.id.apply(lambda id_: {id_: containerregistry.UserIdentityPropertiesArgs()}),
            ),
            encryption=containerregistry.EncryptionPropertyArgs(
                status=containerregistry.EncryptionStatus.ENABLED,
                # Without a version: the registry follows the key's rotation within an hour.
                key_vault_properties=containerregistry.KeyVaultPropertiesArgs(identity=identity.client_id, key_identifier=key.ref),
            ),
            policies=containerregistry.PoliciesArgs(
                retention_policy=containerregistry.RetentionPolicyArgs(status=on, days=UNTAGGED_DAYS),
                # Soft delete and retention exclude one another.
                soft_delete_policy=containerregistry.SoftDeletePolicyArgs(status=off),
                # No image leaves for another registry by Azure's own transfer.
                export_policy=containerregistry.ExportPolicyArgs(status=containerregistry.ExportPolicyStatus.DISABLED),
                quarantine_policy=containerregistry.QuarantinePolicyArgs(status=off),
                # Kubelets trade tokens for Azure's own API.
                azure_ad_authentication_as_arm_policy=containerregistry.AzureADAuthenticationAsArmPolicyArgs(
                    status=containerregistry.AzureADAuthenticationAsArmPolicyStatus.ENABLED
                ),
            ),
            tags=tags(site),
            # The registry tries its key when it is made.
            opts=pulumi.ResourceOptions(parent=self, protect=kept.protect, depends_on=[right]),
        )

    def _pull(self, name: str, group: Group, pullers: ClusterOutputs, registry: containerregistry.Registry) -> authorization.RoleAssignment:
        if pullers.puller is None:
            raise ValueError("pullers.puller: None cannot be let in; allowed: the object id of the kubelets' identity")
        return assign(f"{name}-pull", Role.ACR_PULL, registry.id, pullers.puller, group.subscription, self.child)

    def _cache(
        self, name: str, prefix: str, host: str, group: Group, registry: containerregistry.Registry, account: Account | None
    ) -> containerregistry.CacheRule:
        return containerregistry.CacheRule(
            f"{name}-{prefix}",
            cache_rule_name=f"cache-{prefix}",
            registry_name=registry.name,
            resource_group_name=group.name,
            source_repository=f"{host}/*",
            target_repository=f"{prefix}/*",
            credential_set_resource_id=account.ref if account else None,
            opts=self.child,
        )
