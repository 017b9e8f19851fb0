"""What diagnostic settings can send, by type of resource in lower case."""

from __future__ import annotations

CATEGORIES: dict[str, tuple[str, ...]] = {
    "microsoft.cache/redisenterprise": (),
    "microsoft.cache/redisenterprise/databases": ("ConnectionEvents",),
    "microsoft.containerregistry/registries": ("ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"),
    "microsoft.containerservice/managedclusters": (
        *("kube-apiserver", "kube-audit", "kube-audit-admin", "kube-controller-manager", "kube-scheduler", "cluster-autoscaler"),
        *("cloud-controller-manager", "guard", "csi-azuredisk-controller", "csi-azurefile-controller", "csi-snapshot-controller"),
        *("fleet-member-agent", "fleet-member-net-controller-manager", "fleet-mcs-controller-manager"),
    ),
    "microsoft.dbforpostgresql/flexibleservers": (
        *("PostgreSQLLogs", "PostgreSQLFlexSessions", "PostgreSQLFlexQueryStoreRuntime", "PostgreSQLFlexQueryStoreWaitStats"),
        *("PostgreSQLFlexTableStats", "PostgreSQLFlexDatabaseXacts"),
    ),
    "microsoft.keyvault/vaults": ("AuditEvent", "AzurePolicyEvaluationDetails"),
    "microsoft.network/networksecuritygroups": ("NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"),
    "microsoft.storage/storageaccounts": (),
    "microsoft.storage/storageaccounts/blobservices": ("StorageRead", "StorageWrite", "StorageDelete"),
}
GROUPS: dict[str, tuple[str, ...]] = {"microsoft.storage/storageaccounts": ()}
"""Where they differ from audit and allLogs."""
