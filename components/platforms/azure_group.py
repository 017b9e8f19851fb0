"""What a stack on Azure stands in: the explicit provider of one subscription, and one resource group with its vault and its logs."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import Provider, authorization, monitor, operationalinsights, resources

from components import geography
from components.azure_group import Group, tags
from components.core import Component
from components.platforms.azure_vault import make_vault
from components.site import Site
from components.vocabulary import Cloud

LOG_DAYS = 90
"""How long the workspace keeps logs; up to 31 days cost nothing."""


def provider(name: str, site: Site, opts: pulumi.ResourceOptions | None = None) -> Provider:
    """No ambient subscription, location or cloud gets in. Credentials come from the environment. Raises geography.UnknownRegion for a
    region outside Europe."""
    return Provider(
        name,
        subscription_id=site.account,
        location=geography.eu_region(Cloud.AZURE, site.region, geography.Profile.EEA_ADEQUACY).code,
        environment="public",
        disable_pulumi_partner_id=True,  # else every call tells Microsoft whose program this is
        opts=opts,
    )


class AzureGroup(Component[Group]):
    TYPE = "azure:Group"

    def __init__(self, name: str, site: Site, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name, self._site = name, site
        group = resources.ResourceGroup(
            f"{name}-resources", resource_group_name=site.name, location=site.region, tags=tags(site), opts=self.child
        )
        # Azure puts the tenant's id into whatever trusts it, and a subscription's id does not tell it.
        tenant = authorization.get_client_config_output(opts=pulumi.InvokeOutputOptions(parent=self)).tenant_id
        workspace = self._workspace(group)
        vault = make_vault(f"{name}-vault", site.name, site, group.name, tenant, self.child)
        monitor.DiagnosticSetting(
            f"{name}-vault-audit",
            name="audit",
            resource_uri=vault.id,
            workspace_id=workspace.id,
            log_analytics_destination_type="Dedicated",
            logs=[monitor.DiagnosticsLogSettingsArgs(category_group="audit", enabled=True)],
            opts=self.child,
        )
        self.publish(
            Group(
                name=group.name,
                id=group.id,
                location=site.region,
                subscription=site.account,
                tenant=tenant,
                vault=vault,
                workspace_id=workspace.id,
            )
        )

    def _workspace(self, group: resources.ResourceGroup) -> operationalinsights.Workspace:
        return operationalinsights.Workspace(
            f"{self._name}-logs",
            workspace_name=self._site.name,
            resource_group_name=group.name,
            location=self._site.region,
            sku=operationalinsights.WorkspaceSkuArgs(name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018),
            retention_in_days=LOG_DAYS,
            features=operationalinsights.WorkspaceFeaturesArgs(
                disable_local_auth=True,  # no workspace keys
                enable_log_access_using_only_resource_permissions=False,  # reading a resource does not give reading its logs
            ),
            # Diagnostic settings write on Azure's own ways. Reading takes an identity with a role; to close it too takes a private link
            # scope, which changes how the whole network finds Azure Monitor.
            public_network_access_for_ingestion=operationalinsights.PublicNetworkAccessType.DISABLED,
            public_network_access_for_query=operationalinsights.PublicNetworkAccessType.ENABLED,
            tags=tags(self._site),
            opts=self.child,
        )
