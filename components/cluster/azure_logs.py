"""The control plane's logs, in a workspace of the cluster's own: retention belongs to a workspace, and this cluster's is its own wish."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import containerservice, monitor, operationalinsights

from components.azure_group import Group
from components.naming import fit

CATEGORIES = (
    "kube-apiserver",
    # Without reads: with them (`kube-audit`) the volume is some twenty times larger.
    "kube-audit-admin",
    "guard",
    "kube-controller-manager",
    "kube-scheduler",
    "cluster-autoscaler",
    "cloud-controller-manager",
    "csi-azuredisk-controller",
    "csi-snapshot-controller",
)


def workspace(name: str, group: Group, days: int, tags: Mapping[str, str], child: pulumi.ResourceOptions) -> operationalinsights.Workspace:
    return operationalinsights.Workspace(
        f"{name}-logs",
        workspace_name=fit(f"{name}-logs", 63),
        resource_group_name=group.name,
        location=group.location,
        sku=operationalinsights.WorkspaceSkuArgs(name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018),
        retention_in_days=days,
        features=operationalinsights.WorkspaceFeaturesArgs(disable_local_auth=True, enable_log_access_using_only_resource_permissions=True),
        # Azure's own services write from inside; people read with their Entra accounts.
        public_network_access_for_ingestion=operationalinsights.PublicNetworkAccessType.DISABLED,
        public_network_access_for_query=operationalinsights.PublicNetworkAccessType.ENABLED,
        tags=tags,
        opts=child,
    )


def send(
    name: str,
    cluster: containerservice.ManagedCluster,
    to: operationalinsights.Workspace,
    child: pulumi.ResourceOptions,
) -> monitor.DiagnosticSetting:
    return monitor.DiagnosticSetting(
        f"{name}-logs-setting",
        name=f"{name}-logs",
        resource_uri=cluster.id,
        workspace_id=to.id,
        # Tables of their own per kind, instead of one that all of Azure shares.
        log_analytics_destination_type="Dedicated",
        logs=[monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True) for category in CATEGORIES],
        opts=child,
    )
