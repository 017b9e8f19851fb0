"""What others compose with a cluster."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.key.outputs import KeyOutputs


@dataclass(frozen=True)
class ClusterOutputs:
    """`kubeconfig` asks the cloud's own CLI for a token and holds no credential. `client_group` is the network identity of
    nodes and pods (a security group id on AWS), by which databases and caches let the cluster in."""

    name: pulumi.Output[str]
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
    key: KeyOutputs | None = None
    """The key that encrypts the nodes' disks and the volumes: whoever restores a volume needs it."""
