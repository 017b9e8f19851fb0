"""What encrypts the disks of nodes and volumes with the customer key."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import compute

from components.azure_group import Group, tags
from components.key.azure_user import key_user
from components.key.outputs import KeyOutputs
from components.site import Site


def set_name(cluster: str) -> str:
    """Known beforehand: the storage class of volumes names it too."""
    return f"{cluster}-disks"


def set_id(group: str, cluster: str) -> str:
    return f"{group}/providers/Microsoft.Compute/diskEncryptionSets/{set_name(cluster)}"


def versioned(key: KeyOutputs) -> pulumi.Output[str]:
    """Raises ValueError for a key of another cloud."""
    if key.versioned is None:
        raise ValueError("key.versioned: None names no version; allowed: the identifier URL of a key's version")
    return key.versioned


def disk_encryption_set(name: str, site: Site, group: Group, key: KeyOutputs, child: pulumi.ResourceOptions) -> compute.DiskEncryptionSet:
    user = key_user(f"{name}-disks", site, group, key, child)
    return compute.DiskEncryptionSet(
        f"{name}-disks",
        disk_encryption_set_name=set_name(name),
        resource_group_name=group.name,
        location=group.location,
        encryption_type=compute.DiskEncryptionSetType.ENCRYPTION_AT_REST_WITH_CUSTOMER_KEY,
        identity=compute.EncryptionSetIdentityArgs(
            type=compute.DiskEncryptionSetIdentityType.USER_ASSIGNED, user_assigned_identities=[user.id]
        ),
        active_key=compute.KeyForDiskEncryptionSetArgs(key_url=versioned(key), source_vault=compute.SourceVaultArgs(id=group.vault.id)),
        # The version above is where it starts: it moves with every rotation, within an hour.
        rotation_to_latest_key_version_enabled=True,
        tags=tags(site),
        opts=child,
    )
