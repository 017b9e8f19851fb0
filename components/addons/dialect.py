"""What add-ons must know of a cloud, as data: the differences live in components/addons/<cloud>.py and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pulumi

from components.bucket.outputs import BucketOutputs
from components.cluster.outputs import ClusterOutputs
from components.dns.outputs import DnsOutputs
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs


@dataclass(frozen=True)
class StorageClass:
    """The default class for persistent volumes: encrypted, expandable, bound when the pod is placed. `snapshots` are the parameters of the
    class of their snapshots."""

    provisioner: str
    parameters: Mapping[str, pulumi.Input[str]]
    snapshots: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, "pulumi.Input[str]"])


class Dialect(Protocol):
    """Pure data, asked for by the add-ons of components/addons."""

    load_balancer_controller: bool
    """True where the cloud's load balancers need a controller in the cluster (AWS)."""
    cluster_autoscaler: bool
    """True where node pools need an autoscaler in the cluster (AWS); GKE and AKS bring their own."""
    metrics_server: bool
    """True where the cluster does not bring the metrics API itself (EKS)."""
    snapshot_controller: bool
    core_dns: bool
    """True where the cluster's DNS is CoreDNS in pods of its own, which can be measured (EKS, AKS)."""

    def storage_class(self, key: KeyOutputs) -> StorageClass: ...

    def gateway_service_annotations(self, network: NetworkOutputs) -> Mapping[str, pulumi.Input[str]]:
        """Annotations of the Service of type LoadBalancer in front of the gateway."""
        ...

    def secret_store(self, secrets_region: str) -> Mapping[str, Any]:
        """`spec.provider` of the ClusterSecretStore."""
        ...

    def external_dns(self, zone: DnsOutputs) -> Mapping[str, Any]:
        """Values of the external-dns chart that choose and limit the provider."""
        ...

    def object_storage(self, bucket: BucketOutputs) -> Mapping[str, Any]:
        """Values of the loki chart under `loki.storage` (chunks, ruler and admin in one bucket)."""
        ...

    def velero(self, bucket: BucketOutputs, cluster: ClusterOutputs) -> Mapping[str, Any]:
        """Values of the velero chart: `configuration` locations and `initContainers` plugins."""
        ...

    def load_balancer_values(self, cluster: ClusterOutputs, network: NetworkOutputs) -> Mapping[str, Any]:
        """Values of the load balancer controller's chart; empty where `load_balancer_controller` is false."""
        ...

    def autoscaler_values(self, cluster: ClusterOutputs) -> Mapping[str, Any]:
        """Values of the cluster-autoscaler chart; empty where `cluster_autoscaler` is false."""
        ...
