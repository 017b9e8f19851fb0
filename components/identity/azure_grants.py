"""Grants as role assignments, each on the one resource that it is for."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.azure_group import Group
from components.identity.azure_roles import Role, assign, custom
from components.identity.spec import (
    AutoscalingGrant,
    BucketGrant,
    DnsGrant,
    Grant,
    KeyGrant,
    LoadBalancingGrant,
    SecretsGrant,
    SnapshotGrant,
)
from components.vocabulary import Access

BLOBS = {Access.READ: Role.BLOB_DATA_READER, Access.READ_WRITE: Role.BLOB_DATA_CONTRIBUTOR}

_ZONES = "Microsoft.Network/dnsZones"
# Addresses, aliases and their ownership marks; never NS, MX or CAA, and never the zone itself.
RECORD_ACTIONS = (
    f"{_ZONES}/read",
    f"{_ZONES}/all/read",
    f"{_ZONES}/recordsets/read",
    *(f"{_ZONES}/{kind}/{verb}" for kind in ("A", "AAAA", "CNAME", "TXT") for verb in ("delete", "read", "write")),
)
# Zones are listed by resource group: that is all that may be done there.
LIST_ACTIONS = (f"{_ZONES}/read",)


def grant(name: str, asked: Grant, principal: pulumi.Output[str], group: Group, child: pulumi.ResourceOptions) -> Sequence[pulumi.Resource]:
    """The assignments that a grant comes to. Raises ValueError for access that a bucket does not have."""

    def may(part: str, role: Role | pulumi.Output[str], scope: pulumi.Output[str]) -> pulumi.Resource:
        return assign(f"{name}-{part}", role, scope, principal, group.subscription, child)

    match asked:
        case BucketGrant(bucket, access):
            # The storage account uses the key itself, so that its clients need no right on it.
            return [may("blobs", blobs(access), bucket.ref)]
        case KeyGrant(key):
            return [may("key", Role.VAULT_CRYPTO_USER, key.id)]
        case SecretsGrant():
            # Key Vault knows no rights by a name's beginning, and the secrets are made later: it is the vault or nothing.
            return [may("secrets", Role.VAULT_SECRETS_USER, group.vault.id)]
        case DnsGrant(zone):
            records = custom(f"{name}-records", "Host names of one zone", list(RECORD_ACTIONS), group.id, child)
            lister = custom(f"{name}-zones", "List DNS zones", list(LIST_ACTIONS), group.id, child)
            return [may("records", records, zone.ref), may("zones", lister, group.id)]
        case SnapshotGrant() | AutoscalingGrant() | LoadBalancingGrant():
            # The cluster's own drivers and autoscaler do this, with the control plane's identity.
            return []


def blobs(access: Access) -> Role:
    if access not in BLOBS:
        raise ValueError(f"access: {access.value!r} is not for buckets; allowed: {', '.join(BLOBS)}")
    return BLOBS[access]
