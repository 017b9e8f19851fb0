"""Access asked of resources: who (a Kubernetes service account) may do what with which resource."""

from __future__ import annotations

from dataclasses import dataclass

from components.bucket.outputs import BucketOutputs
from components.cluster.outputs import ClusterOutputs
from components.dns.outputs import DnsOutputs
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.vocabulary import Access, Spec


class IdentitySpec(Spec):
    """The service account that carries the identity; pods of no other account can obtain it."""

    namespace: str
    service_account: str


@dataclass(frozen=True)
class BucketGrant:
    """Objects of one bucket, and the use of the key that encrypts it."""

    bucket: BucketOutputs
    access: Access


@dataclass(frozen=True)
class KeyGrant:
    """Encrypt and decrypt with one key."""

    key: KeyOutputs


@dataclass(frozen=True)
class SecretsGrant:
    """Read every secret under the path prefixes (`pn/production`), and decrypt with the keys that encrypt them.

    Prefixes rather than stores: the reader (External Secrets) stands before the secrets that it will read. `database_admins` adds the
    administrator secrets that the cloud itself keeps for its databases.
    """

    prefixes: tuple[str, ...]
    keys: tuple[KeyOutputs, ...]
    database_admins: bool = False


@dataclass(frozen=True)
class DnsGrant:
    """Change records of one zone and list zones."""

    zone: DnsOutputs


@dataclass(frozen=True)
class AutoscalingGrant:
    """Change the size of this cluster's own node pools."""

    cluster: ClusterOutputs


@dataclass(frozen=True)
class LoadBalancingGrant:
    """Make and change load balancers for this cluster's services in this network."""

    cluster: ClusterOutputs
    network: NetworkOutputs


@dataclass(frozen=True)
class SnapshotGrant:
    """Take, tag, restore and delete snapshots of this cluster's volumes."""

    cluster: ClusterOutputs


Grant = BucketGrant | KeyGrant | SecretsGrant | DnsGrant | AutoscalingGrant | LoadBalancingGrant | SnapshotGrant
