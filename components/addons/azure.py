"""What add-ons must know of Azure, as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi

from components.addons.dialect import StorageClass
from components.addons.values import velero_plugin
from components.azure_group import Group, tags
from components.bucket.outputs import BucketOutputs
from components.cluster.azure_disks import set_id
from components.cluster.outputs import ClusterOutputs
from components.dns.outputs import DnsOutputs
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.site import Site

VELERO_PLUGIN = "docker.io/velero/velero-plugin-for-microsoft-azure:v1.14.2"
"""1.14 is the plugin's minor for Velero 1.18; raise the two together."""

BLOB_SUFFIX = "blob.core.windows.net"
ZONES_OF_A_REGION = 3

_LOAD_BALANCER = "service.beta.kubernetes.io/azure-load-balancer"
_DNS_CONFIG = "eu-cloud/azure.json"


class AzureDialect:
    """Credentials appear nowhere: the workload identity webhook gives every add-on that talks to Azure a token of its own."""

    # AKS brings all of these.
    load_balancer_controller = False
    cluster_autoscaler = False
    metrics_server = False
    snapshot_controller = False
    core_dns = True

    def __init__(self, site: Site, group: Group) -> None:
        self._site = site
        self._group = group

    def storage_class(self, key: KeyOutputs) -> StorageClass:
        """`key` must be the cluster's: volumes are encrypted by the set that the cluster's component makes for it.

        Copies in all zones where the region has three: a pod that moves to another zone finds its volume there. Snapshots go to the stack's
        resource group: in the cluster's own they would be deleted with the cluster.
        """
        sku = "Premium_ZRS" if len(self._site.zones) >= ZONES_OF_A_REGION else "Premium_LRS"
        return StorageClass(
            "disk.csi.azure.com",
            {
                "skuName": sku,
                "diskEncryptionSetID": self._group.id.apply(lambda group: set_id(group, f"{self._site.name}-cluster")),
                "diskEncryptionType": "EncryptionAtRestWithCustomerKey",
                "networkAccessPolicy": "DenyAll",
                "publicNetworkAccess": "Disabled",
                "tags": _listed(tags(self._site)),
                "csi.storage.k8s.io/fstype": "ext4",
            },
            snapshots={"incremental": "true", "resourceGroup": self._group.name, "tags": _listed(tags(self._site))},
        )

    def gateway_service_annotations(self, network: NetworkOutputs) -> Mapping[str, pulumi.Input[str]]:
        """The cluster's Standard load balancer with a zone-redundant address. It passes packets on unchanged, so that proxies see the
        client's address; nodes without a proxy fail its probe and get none."""
        return {
            f"{_LOAD_BALANCER}-internal": "false",
            f"{_LOAD_BALANCER}-tcp-idle-timeout": "30",
            f"{_LOAD_BALANCER}-health-probe-interval": "5",
            f"{_LOAD_BALANCER}-health-probe-num-of-probe": "2",
            "service.beta.kubernetes.io/azure-pip-tags": _listed(tags(self._site)),
        }

    def secret_store(self, secrets_region: str) -> Mapping[str, Any]:
        """No `serviceAccountRef`: the controller's own identity reads. The vault is the stack's, in the stack's region."""
        return {"azurekv": {"authType": "WorkloadIdentity", "vaultUrl": self._group.vault.uri, "tenantId": self._group.tenant}}

    def external_dns(self, zone: DnsOutputs) -> Mapping[str, Any]:
        """The provider reads a file and nothing else. It is no secret: an annotation of the pod becomes the file, and no other object has
        to be there first."""
        config = pulumi.Output.all(self._group.tenant, self._group.name).apply(
            lambda known: json.dumps(
                {
                    "tenantId": known[0],
                    "subscriptionId": self._group.subscription,
                    "resourceGroup": known[1],
                    "useWorkloadIdentityExtension": True,
                },
                sort_keys=True,
            )
        )
        source = {"path": "azure.json", "fieldRef": {"fieldPath": f"metadata.annotations['{_DNS_CONFIG}']"}}
        return {
            "provider": {"name": "azure"},
            "podAnnotations": {_DNS_CONFIG: config},
            "extraVolumes": [{"name": "azure-config", "downwardAPI": {"items": [source]}}],
            "extraVolumeMounts": [{"name": "azure-config", "mountPath": "/etc/kubernetes", "readOnly": True}],
            # Matches the end of the zone's id.
            "extraArgs": [pulumi.Output.concat("--zone-id-filter=/", zone.zone_id)],
        }

    def object_storage(self, bucket: BucketOutputs) -> Mapping[str, Any]:
        return {
            "type": "azure",
            "bucketNames": {"chunks": bucket.name, "ruler": bucket.name},
            "azure": {"accountName": _account(bucket), "useManagedIdentity": False, "useFederatedToken": True},
        }

    def velero(self, bucket: BucketOutputs, cluster: ClusterOutputs) -> Mapping[str, Any]:
        """No location for snapshots: the cluster's driver takes them, and Velero's identity may not. The account is named by its URI, so
        that Velero need not be let to read it."""
        account = _account(bucket)
        return {
            "credentials": {"useSecret": False},
            "configuration": {
                "backupStorageLocation": [
                    {
                        "name": "default",
                        "default": True,
                        "provider": "azure",
                        "bucket": bucket.name,
                        "config": {
                            "resourceGroup": self._group.name,
                            "subscriptionId": self._group.subscription,
                            "storageAccount": account,
                            "storageAccountURI": pulumi.Output.concat("https://", account, ".", BLOB_SUFFIX),
                            # Else Velero asks for the account's keys, which are off.
                            "useAAD": "true",
                        },
                    }
                ],
                "volumeSnapshotLocation": [],
            },
            "initContainers": [velero_plugin(VELERO_PLUGIN)],
        }

    def load_balancer_values(self, cluster: ClusterOutputs, network: NetworkOutputs) -> Mapping[str, Any]:
        return {}

    def autoscaler_values(self, cluster: ClusterOutputs) -> Mapping[str, Any]:
        return {}


def _account(bucket: BucketOutputs) -> pulumi.Output[str]:
    """Raises ValueError for a bucket of another cloud."""
    if bucket.account is None:
        raise ValueError("bucket.account: None is in no storage account; allowed: the account's name")
    return bucket.account


def _listed(values: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in values.items())
