"""What others compose with a cluster."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.key.outputs import KeyOutputs


@dataclass(frozen=True)
class ClusterOutputs:
    """`ref` is the full reference (ARN, resource name, resource id). `kubeconfig` asks the cloud's own CLI for a token and holds no
    credential. `client_group` is the network identity of nodes and pods by which databases and caches let the cluster in: a security group
    id on AWS, the nodes' network tag on GCP, their subnet's id on Azure."""

    name: pulumi.Output[str]
    ref: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    version: str
    kubeconfig: pulumi.Output[str]
    client_group: pulumi.Output[str]
    pools: tuple[str, ...]
    ready: tuple[pulumi.Resource, ...] = ()
    """What must exist before a pod can run with an identity and find others by name: node pools, the identity agent, DNS. For `depends_on`
    only. On destroy it outlives the pods, whose controllers clean up to the end."""
    volumes: tuple[pulumi.Resource, ...] = ()
    """The drivers of volumes and of snapshots, where the cluster does not bring them: for `depends_on` of what makes either, so that on
    destroy a driver goes after its volumes."""
    issuer: pulumi.Output[str] | None = None
    """URL of the issuer of service account tokens, where the cloud trusts it by name (Azure)."""
    puller: pulumi.Output[str] | None = None
    """Who pulls images: the nodes' service account (e-mail, GCP) or the kubelets' identity (object id, Azure). On AWS a managed policy."""
    key: KeyOutputs | None = None
    """The key that encrypts the nodes' disks and the volumes: whoever restores a volume needs it."""
