"""Who the control plane and the kubelets are, and what the control plane may do before there is a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import compute, managedidentity

from components.azure_group import Group
from components.identity.azure_roles import Role, assign, custom
from components.key.outputs import KeyOutputs

SNAPSHOT_ACTIONS = (
    "Microsoft.Compute/snapshots/beginGetAccess/action",
    "Microsoft.Compute/snapshots/delete",
    "Microsoft.Compute/snapshots/endGetAccess/action",
    "Microsoft.Compute/snapshots/read",
    "Microsoft.Compute/snapshots/write",
)


@dataclass(frozen=True)
class Identities:
    """`rights` must stand before the cluster: AKS looks for them when it is made, and uses them while it is deleted."""

    control_plane: managedidentity.UserAssignedIdentity
    kubelet: managedidentity.UserAssignedIdentity
    rights: tuple[pulumi.Resource, ...]


def identities(
    name: str,
    group: Group,
    subnets: Mapping[str, pulumi.Output[str]],
    key: KeyOutputs,
    disks: compute.DiskEncryptionSet,
    tags: Mapping[str, str],
    child: pulumi.ResourceOptions,
) -> Identities:
    """`subnets` are those that the cluster puts something into, by their purpose.

    AKS would make identities of its own, but those of the control plane get their rights too late to read the key, and the kubelets' would
    be others in every new cluster.
    """

    def identity(part: str) -> managedidentity.UserAssignedIdentity:
        return managedidentity.UserAssignedIdentity(
            f"{name}-{part}-identity",
            resource_name_=f"{name}-{part}",
            resource_group_name=group.name,
            location=group.location,
            tags=tags,
            opts=child,
        )

    control_plane, kubelet = identity("control-plane"), identity("kubelet")
    # Volume snapshots are kept beside the cluster, not in its own resource group, with which they would go (see AzureDialect).
    snapshots = custom(
        f"{name}-snapshots", "Snapshots of the cluster's volumes in the stack's resource group", list(SNAPSHOT_ACTIONS), group.id, child
    )
    needs: dict[str, tuple[Role | pulumi.Output[str], pulumi.Output[str]]] = {
        # Network interfaces of nodes, of load balancers and of the API server.
        **{f"{subnet}-subnet": (Role.NETWORK_CONTRIBUTOR, id_) for subnet, id_ in subnets.items()},
        "kubelet": (Role.MANAGED_IDENTITY_OPERATOR, kubelet.id),
        "key": (Role.VAULT_CRYPTO_USER, key.id),
        # To accept the API server's private endpoint at the vault, the role that AKS asks for; it reads no key and no secret.
        "vault": (Role.VAULT_CONTRIBUTOR, group.vault.id),
        "disks": (Role.READER, disks.id),
        "snapshots": (snapshots, group.id),
    }
    rights = tuple(
        assign(f"{name}-control-plane-{need}", role, scope, control_plane.principal_id, group.subscription, child)
        for need, (role, scope) in needs.items()
    )
    return Identities(control_plane, kubelet, rights)
