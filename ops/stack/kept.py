"""What a destroy leaves: which types hold data, and the list by which a person finds later what was kept, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ops.stack.state import Resource, State, name_of

LIST = "kept.json"

_CONFIGURED = "closes, encrypts and versions a bucket that is kept"
HOLDS_DATA = {
    "aws:backup/vault:Vault": "backups",
    "aws:ecr/repository:Repository": "images",
    "aws:elasticache/replicationGroup:ReplicationGroup": "a cache",
    "aws:kms/key:Key": "what it encrypts cannot be read without it",
    "aws:rds/instance:Instance": "a database",
    "aws:route53/zone:Zone": "the domain is delegated to its name servers",
    "aws:s3/bucket:Bucket": "objects",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _CONFIGURED,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _CONFIGURED,
    "aws:s3/bucketPolicy:BucketPolicy": _CONFIGURED,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _CONFIGURED,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _CONFIGURED,
    "aws:s3/bucketVersioning:BucketVersioning": _CONFIGURED,
    "aws:secretsmanager/secret:Secret": "a secret's values",
    "azure-native:containerregistry:Registry": "images",
    "azure-native:dataprotection:BackupInstance": "says what is backed up: its backups go with it",
    "azure-native:dataprotection:BackupVault": "backups",
    "azure-native:dbforpostgresql:Database": "tables",
    "azure-native:dbforpostgresql:Server": "a database",
    "azure-native:dns:DnssecConfig": "the domain's delegation trusts its keys",
    "azure-native:dns:Zone": "the domain is delegated to its name servers",
    "azure-native:keyvault:Key": "what it encrypts cannot be read without it",
    "azure-native:keyvault:Secret": "a secret's value",
    "azure-native:redisenterprise:Database": "keys of a cache",
    "azure-native:redisenterprise:RedisEnterprise": "a cache",
    "azure-native:storage:BlobContainer": "objects",
    "azure-native:storage:BlobServiceProperties": _CONFIGURED,
    "azure-native:storage:ManagementPolicy": _CONFIGURED,
    "azure-native:storage:StorageAccount": "objects",
    "gcp:artifactregistry/repository:Repository": "images",
    "gcp:dns/managedZone:ManagedZone": "the domain is delegated to its name servers",
    "gcp:kms/cryptoKey:CryptoKey": "what it encrypts cannot be read without it",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "audit logs",
    "gcp:memorystore/instance:Instance": "a cache",
    "gcp:redis/instance:Instance": "a cache",
    "gcp:secretmanager/secret:Secret": "a secret's values",
    "gcp:secretmanager/secretVersion:SecretVersion": "a secret's value",
    "gcp:sql/database:Database": "tables",
    "gcp:sql/databaseInstance:DatabaseInstance": "a database",
    "gcp:sql/user:User": "owns what is in a database",
    "gcp:storage/bucket:Bucket": "objects",
}
"""Types that `--keep-data` leaves, protected or not, and what is in them. A test holds them against what production protects."""

_OF_A_NETWORK_OR_CLUSTER = re.compile(r"[:$]eucloud:[a-z]+:(Network|Cluster)\$")


@dataclass(frozen=True)
class Kept:
    """`region` is empty for what belongs to the whole account."""

    urn: str
    type: str
    id: str
    name: str
    region: str
    why: str


def passing(urn: str, inputs: Mapping[str, Any]) -> bool:
    """Of a type that holds data, and yet without any to keep: logs and private names of a network or a cluster, which go with it, and
    caches of others' images."""
    return _OF_A_NETWORK_OR_CLUSTER.search(urn) is not None or inputs.get("mode") == "REMOTE_REPOSITORY"


def unprotected_data(state: State) -> tuple[str, ...]:
    """URNs of what holds data and would go with a destroy."""
    return tuple(
        one["urn"]
        for one in state.declared
        if one["type"] in HOLDS_DATA
        and not one.get("protect")
        and not one.get("delete")
        and not passing(one["urn"], one.get("inputs") or {})
    )


def listed(state: State) -> list[Kept]:
    """What stays when everything unprotected goes, by type and name. Components and provider instances exist nowhere but in the state."""
    return sorted(_kept(state), key=lambda one: (one.type, one.name))


def write(folder: Path, state: State) -> Path | None:
    """The list as JSON beside the stack's private copy; None, and no file, when nothing is left."""
    path, found = folder / LIST, listed(state)
    if not found:
        forget(folder)
        return None
    path.write_text(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def forget(folder: Path) -> None:
    """All of it is in use again."""
    (folder / LIST).unlink(missing_ok=True)


def _kept(state: State) -> Iterator[Kept]:
    bearing = state.bearing()
    for one in state.declared:
        if not one.get("custom") or one["type"].startswith("pulumi:"):
            continue
        if one.get("protect"):
            yield _entry(one, HOLDS_DATA.get(one["type"]) or "protected")
        elif upon := bearing.get(one["urn"]):
            first, others = min(upon), len(upon) - 1
            yield _entry(one, f"{first} stands on it" + (f", and {others} more" if others else ""))


def _entry(one: Resource, why: str) -> Kept:
    return Kept(one["urn"], one["type"], one.get("id") or "", name_of(one), _region(one), why)


def _region(one: Resource) -> str:
    outputs: Mapping[str, Any] = one.get("outputs") or {}
    if region := outputs.get("region"):
        return str(region)
    arn = str(outputs.get("arn") or "").split(":")
    return arn[3] if len(arn) > 3 else ""
