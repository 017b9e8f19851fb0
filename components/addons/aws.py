"""What add-ons must know of AWS, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from components.addons.dialect import StorageClass
from components.addons.values import velero_plugin
from components.bucket.outputs import BucketOutputs
from components.cluster.outputs import ClusterOutputs
from components.dns.outputs import DnsOutputs
from components.identity.documents import where
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.site import Site

VELERO_PLUGIN = "docker.io/velero/velero-plugin-for-aws:v1.14.2"
"""1.14 is the plugin's minor for Velero 1.18; raise the two together."""

_LOAD_BALANCER = "service.beta.kubernetes.io/aws-load-balancer"


class AwsDialect:
    """Credentials appear nowhere: every add-on that talks to AWS obtains its own through Pod Identity."""

    load_balancer_controller = True
    cluster_autoscaler = True
    metrics_server = True
    # An EKS add-on, made with the cluster: see components/cluster/aws_addons.py.
    snapshot_controller = False
    core_dns = True

    def __init__(self, site: Site) -> None:
        self._site = site
        self._suffix = where(site).dns_suffix

    def storage_class(self, key: KeyOutputs) -> StorageClass:
        """`key` must be the cluster's: it is the one that the storage driver may use."""
        parameters = {"type": "gp3", "encrypted": "true", "kmsKeyId": key.ref, "csi.storage.k8s.io/fstype": "ext4"}
        return StorageClass("ebs.csi.aws.com", parameters)

    def gateway_service_annotations(self, network: NetworkOutputs) -> Mapping[str, pulumi.Input[str]]:
        """A network load balancer that sends to pods and keeps the client's address, by which rate limits count.

        Cross-zone: with fewer proxies than zones, a zone without one would answer nothing.
        """
        annotations: dict[str, pulumi.Input[str]] = {
            f"{_LOAD_BALANCER}-type": "external",
            f"{_LOAD_BALANCER}-nlb-target-type": "ip",
            f"{_LOAD_BALANCER}-scheme": "internet-facing",
            f"{_LOAD_BALANCER}-ip-address-type": "ipv4",
            f"{_LOAD_BALANCER}-subnets": pulumi.Output.all(*network.public_subnet_ids).apply(",".join),
            f"{_LOAD_BALANCER}-attributes": "load_balancing.cross_zone.enabled=true",
            f"{_LOAD_BALANCER}-target-group-attributes": "preserve_client_ip.enabled=true,deregistration_delay.timeout_seconds=60",
            f"{_LOAD_BALANCER}-healthcheck-protocol": "tcp",
            f"{_LOAD_BALANCER}-healthcheck-port": "traffic-port",
            f"{_LOAD_BALANCER}-healthcheck-interval": "10",
            f"{_LOAD_BALANCER}-healthcheck-healthy-threshold": "2",
            f"{_LOAD_BALANCER}-healthcheck-unhealthy-threshold": "2",
        }
        if self._site.tags:
            annotations[f"{_LOAD_BALANCER}-additional-resource-tags"] = ",".join(f"{key}={value}" for key, value in self._site.tags.items())
        return annotations

    def secret_store(self, secrets_region: str) -> Mapping[str, Any]:
        """No `auth`: the controller's own identity reads."""
        return {"aws": {"service": "SecretsManager", "region": secrets_region}}

    def external_dns(self, zone: DnsOutputs) -> Mapping[str, Any]:
        """The region only tells the SDK its partition: Route 53 has none."""
        return {
            "provider": {"name": "aws"},
            "env": [{"name": name, "value": self._site.region} for name in ("AWS_REGION", "AWS_DEFAULT_REGION")],
            "extraArgs": ["--aws-zone-type=public", pulumi.Output.concat("--zone-id-filter=", zone.zone_id)],
        }

    def object_storage(self, bucket: BucketOutputs) -> Mapping[str, Any]:
        """The endpoint is named because the SDK in Loki derives wrong ones in partitions that it does not know."""
        return {
            "type": "s3",
            "bucketNames": {"chunks": bucket.name, "ruler": bucket.name},
            "s3": {"endpoint": f"s3.{bucket.region}.{self._suffix}", "region": bucket.region, "s3ForcePathStyle": False, "insecure": False},
        }

    def velero(self, bucket: BucketOutputs, cluster: ClusterOutputs) -> Mapping[str, Any]:
        return {
            "credentials": {"useSecret": False},
            "configuration": {
                "backupStorageLocation": [
                    {
                        "name": "default",
                        "default": True,
                        "provider": "aws",
                        "bucket": bucket.name,
                        "config": {"region": bucket.region, "kmsKeyId": bucket.key.ref},
                    }
                ],
                "volumeSnapshotLocation": [{"name": "default", "provider": "aws", "config": {"region": self._site.region}}],
            },
            "initContainers": [velero_plugin(VELERO_PLUGIN)],
        }

    def load_balancer_values(self, cluster: ClusterOutputs, network: NetworkOutputs) -> Mapping[str, Any]:
        """Region and network are told, since pods cannot ask the metadata service for them (one hop).

        What is switched off has no rights either: see components/identity/aws_load_balancing.py.
        """
        return {
            "clusterName": cluster.name,
            "region": self._site.region,
            "vpcId": network.id,
            "defaultTargetType": "ip",
            "enableShield": False,
            "enableWaf": False,
            "enableWafv2": False,
            "defaultTags": dict(self._site.tags),
            # A new certificate with every upgrade would leave the API server distrusting the webhook for a while.
            "keepTLSSecret": True,
        }

    def autoscaler_values(self, cluster: ClusterOutputs) -> Mapping[str, Any]:
        """EKS tags the groups of managed node groups for the discovery itself."""
        return {"cloudProvider": "aws", "awsRegion": self._site.region, "autoDiscovery": {"clusterName": cluster.name}}
