"""Inputs that name another thing by its short name, where the API takes one. A full path in their place is judged as a path."""

from __future__ import annotations

from typing import NamedTuple


class Named(NamedTuple):
    """`types` is a regular expression over type tokens, `property` a wire path without indexes. `regional`: only within one region."""

    types: str
    property: str
    target: str
    message: str
    code: str = "notFound"
    regional: bool = False


_NETWORK = "gcp:compute/network:Network"
_SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
_NOT_FOUND = "NOT_FOUND"

NAMED: tuple[Named, ...] = (
    Named(r"gcp:(compute|container|servicenetworking)/", "network", _NETWORK, "The resource 'global/networks/{}' was not found"),
    Named(r"gcp:(compute|container)/", "subnetwork", _SUBNETWORK, "The resource 'subnetworks/{}' was not found", regional=True),
    Named(r"gcp:compute/routerNat:", "subnetworks.name", _SUBNETWORK, "The resource 'subnetworks/{}' was not found", regional=True),
    Named(r"gcp:compute/router", "router", "gcp:compute/router:Router", "The resource 'routers/{}' was not found", regional=True),
    Named(
        r"gcp:dns/", "managedZone", "gcp:dns/managedZone:ManagedZone", "The 'parameters.managedZone' resource named '{}' does not exist."
    ),
    Named(r"gcp:container/nodePool:", "cluster", "gcp:container/cluster:Cluster", "Not found: clusters/{}.", _NOT_FOUND),
    Named(r"gcp:sql/(database|user|sslCert):", "instance", "gcp:sql/databaseInstance:DatabaseInstance", "instance {} does not exist."),
    Named(
        r"gcp:sql/databaseInstance:",
        "masterInstanceName",
        "gcp:sql/databaseInstance:DatabaseInstance",
        "The master instance {} does not exist.",
    ),
    Named(r"gcp:storage/bucket\w+:", "bucket", "gcp:storage/bucket:Bucket", "The specified bucket does not exist: {}"),
    Named(r"gcp:storage/bucket:", "logging.logBucket", "gcp:storage/bucket:Bucket", "The specified bucket does not exist: {}"),
    Named(
        r"gcp:artifactregistry/repositoryIam",
        "repository",
        "gcp:artifactregistry/repository:Repository",
        "Requested entity was not found: repository {}",
        _NOT_FOUND,
    ),
    Named(r"gcp:secretmanager/secretIam", "secretId", "gcp:secretmanager/secret:Secret", "Secret [{}] not found.", _NOT_FOUND),
    Named(r"gcp:secretmanager/secretVersion:", "secret", "gcp:secretmanager/secret:Secret", "Secret [{}] not found.", _NOT_FOUND),
    Named(
        r"gcp:secretmanager/regionalSecret(Version|Iam\w+):",
        "secret",
        "gcp:secretmanager/regionalSecret:RegionalSecret",
        "Secret [{}] not found.",
        _NOT_FOUND,
    ),
    Named(
        r"gcp:secretmanager/regionalSecretIam",
        "secretId",
        "gcp:secretmanager/regionalSecret:RegionalSecret",
        "Secret [{}] not found.",
        _NOT_FOUND,
    ),
    Named(
        r"gcp:servicenetworking/connection:",
        "reservedPeeringRanges",
        "gcp:compute/globalAddress:GlobalAddress",
        "The resource 'global/addresses/{}' was not found",
    ),
    Named(r"gcp:pubsub/", "topic", "gcp:pubsub/topic:Topic", "Resource not found (resource={}).", _NOT_FOUND),
    Named(r"gcp:pubsub/sub", "subscription", "gcp:pubsub/subscription:Subscription", "Resource not found (resource={}).", _NOT_FOUND),
    Named(r"gcp:storage/notification:", "topic", "gcp:pubsub/topic:Topic", "Topic {} does not exist."),
    Named(r"gcp:storage/transferJob:", "transferSpec.gcsDataSource.bucketName", "gcp:storage/bucket:Bucket", "Bucket {} does not exist."),
    Named(r"gcp:storage/transferJob:", "transferSpec.gcsDataSink.bucketName", "gcp:storage/bucket:Bucket", "Bucket {} does not exist."),
    Named(
        r"gcp:storage/transferJob:",
        "replicationSpec.gcsDataSource.bucketName",
        "gcp:storage/bucket:Bucket",
        "Bucket {} does not exist.",
    ),
    Named(r"gcp:storage/transferJob:", "replicationSpec.gcsDataSink.bucketName", "gcp:storage/bucket:Bucket", "Bucket {} does not exist."),
    Named(r"gcp:kms/cryptoKey:", "keyRing", "gcp:kms/keyRing:KeyRing", "KeyRing {} not found.", _NOT_FOUND),
    Named(r"gcp:kms/cryptoKeyIAM", "cryptoKeyId", "gcp:kms/cryptoKey:CryptoKey", "CryptoKey {} not found.", _NOT_FOUND),
    Named(r"gcp:gkebackup/backupPlanIam", "name", "gcp:gkebackup/backupPlan:BackupPlan", "Resource '{}' was not found", _NOT_FOUND),
)
