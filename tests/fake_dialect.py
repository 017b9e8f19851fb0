"""How add-ons are told of a cloud that is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components.addons.dialect import StorageClass
from components.bucket.outputs import BucketOutputs
from components.cluster.outputs import ClusterOutputs
from components.dns.outputs import DnsOutputs
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from tests.fake_outputs import REGION


@dataclass
class FakeDialect:
    load_balancer_controller: bool = True
    cluster_autoscaler: bool = True
    metrics_server: bool = True
    snapshot_controller: bool = True
    core_dns: bool = True

    def storage_class(self, key: KeyOutputs) -> StorageClass:
        return StorageClass("disk.csi.fake", {"encrypted": "true", "key": key.ref})

    def gateway_service_annotations(self, network: NetworkOutputs) -> Mapping[str, pulumi.Input[str]]:
        return {"fake/load-balancer-type": "external", "fake/network": network.id}

    def secret_store(self, secrets_region: str) -> Mapping[str, Any]:
        return {"aws": {"service": "SecretsManager", "region": secrets_region}}

    def external_dns(self, zone: DnsOutputs) -> Mapping[str, Any]:
        return {"provider": {"name": "aws"}, "extraArgs": [pulumi.Output.concat("--zone-id-filter=", zone.zone_id)]}

    def object_storage(self, bucket: BucketOutputs) -> Mapping[str, Any]:
        return {
            "type": "s3",
            "bucketNames": {"chunks": bucket.name, "ruler": bucket.name, "admin": bucket.name},
            "s3": {"region": bucket.region},
        }

    def velero(self, bucket: BucketOutputs, cluster: ClusterOutputs) -> Mapping[str, Any]:
        return {
            "configuration": {
                "backupStorageLocation": [
                    {"name": "default", "provider": "fake", "bucket": bucket.name, "default": True, "config": {"region": bucket.region}}
                ],
                "volumeSnapshotLocation": [{"name": "default", "provider": "fake", "config": {"region": bucket.region}}],
            },
            "initContainers": [
                {
                    "name": "plugin",
                    "image": "docker.io/velero/velero-plugin-for-fake:v1.0.0",
                    "volumeMounts": [{"mountPath": "/target", "name": "plugins"}],
                }
            ],
        }

    def load_balancer_values(self, cluster: ClusterOutputs, network: NetworkOutputs) -> Mapping[str, Any]:
        return {"clusterName": cluster.name, "vpcId": network.id, "region": REGION} if self.load_balancer_controller else {}

    def autoscaler_values(self, cluster: ClusterOutputs) -> Mapping[str, Any]:
        return {"autoDiscovery": {"clusterName": cluster.name}, "awsRegion": REGION} if self.cluster_autoscaler else {}
