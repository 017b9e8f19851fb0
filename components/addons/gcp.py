"""What add-ons must know of GCP, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from components.addons.dialect import StorageClass
from components.addons.values import velero_plugin
from components.bucket.outputs import BucketOutputs
from components.cluster.outputs import ClusterOutputs
from components.dns.outputs import DnsOutputs
from components.gcp_project import Project, labels
from components.identity.gcp_plan import email
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.site import Site

VELERO_PLUGIN = "docker.io/velero/velero-plugin-for-gcp:v1.14.2"
"""1.14 is the plugin's minor for Velero 1.18; raise the two together."""


class GcpDialect:
    """Credentials appear nowhere: every add-on that talks to Google obtains its own through Workload Identity."""

    # GKE brings all of these.
    load_balancer_controller = False
    cluster_autoscaler = False
    metrics_server = False
    snapshot_controller = False
    # kube-dns, whose numbers Google keeps to itself.
    core_dns = False

    def __init__(self, site: Site, project: Project) -> None:
        self._site = site
        self._project = project

    def storage_class(self, key: KeyOutputs) -> StorageClass:
        """`key` must serve `nodes`: Compute Engine's agent encrypts disks with it."""
        parameters: dict[str, pulumi.Input[str]] = {
            "type": "pd-balanced",
            "disk-encryption-kms-key": key.ref,
            "csi.storage.k8s.io/fstype": "ext4",
            # The provider's default labels do not reach what the driver makes.
            "labels": ",".join(f"{name}={value}" for name, value in labels(self._site).items()),
        }
        # Left out, a snapshot goes to the multi-region around, where the key of one region does not serve.
        return StorageClass("pd.csi.storage.gke.io", parameters, {"storage-locations": self._site.region})

    def gateway_service_annotations(self, network: NetworkOutputs) -> Mapping[str, pulumi.Input[str]]:
        """A regional load balancer that passes packets on as they come, so that the proxies see the client's address. It is made with a
        backend service, which has health checks by zone and drains; read at creation only.

        Nodes with more proxies get more: without weights all that have one are equal.
        """
        return {
            "cloud.google.com/l4-rbs": "enabled",
            "networking.gke.io/weighted-load-balancing": "pods-per-node",
        }

    def secret_store(self, secrets_region: str) -> Mapping[str, Any]:
        """No `auth`: the controller's own identity reads. No `location`: that is for secrets of the regional kind, while these are kept in
        the region by their replication."""
        return {"gcpsm": {"projectID": self._project.id}}

    def external_dns(self, zone: DnsOutputs) -> Mapping[str, Any]:
        return {
            "provider": {"name": "google"},
            "extraArgs": [
                f"--google-project={self._project.id}",
                "--google-zone-visibility=public",
                pulumi.Output.concat("--zone-id-filter=", zone.zone_id),
            ],
        }

    def object_storage(self, bucket: BucketOutputs) -> Mapping[str, Any]:
        return {
            "type": "gcs",
            "bucketNames": {"chunks": bucket.name, "ruler": bucket.name},
            "gcs": {"chunkBufferSize": 0, "requestTimeout": "0s", "enableHttp2": True},
        }

    def velero(self, bucket: BucketOutputs, cluster: ClusterOutputs) -> Mapping[str, Any]:
        """No location of snapshots: volumes are saved through GKE's storage driver, and Velero has no rights on disks."""
        return {
            "credentials": {"useSecret": False},
            "configuration": {
                "backupStorageLocation": [
                    {
                        "name": "default",
                        "default": True,
                        "provider": "gcp",
                        "bucket": bucket.name,
                        # The account signs links to what a backup holds; it cannot be read from a token.
                        "config": {
                            "kmsKeyName": bucket.key.ref,
                            "serviceAccount": email(f"{self._site.name}-velero", self._project.id),
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
