from __future__ import annotations

from typing import Any

import pytest

from sandbox.contract import Record, Refused
from tests.sandbox.moto.life import Case, Ground, live
from tests.sandbox.moto.stage import Bench

BUCKET, VERSIONING = "aws:s3/bucket:Bucket", "aws:s3/bucketVersioning:BucketVersioning"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"


def copied(ground: Ground) -> Record:
    """A bucket with versions, as a replication needs."""
    bucket = ground.make(BUCKET, bucket="judged-source")
    ground.make(VERSIONING, bucket=bucket.id, versioningConfiguration={"status": "Enabled"})
    return bucket


def replication(key: str) -> list[dict[str, Any]]:
    to = {"bucket": "arn:aws:s3:::judged-copy", "encryptionConfiguration": {"replicaKmsKeyId": key}}
    sse = {"sseKmsEncryptedObjects": {"status": "Enabled"}}
    return [{"id": "r", "status": "Enabled", "priority": 1, "filter": {"prefix": ""}, "destination": to, "sourceSelectionCriteria": sse}]


def replicated(s3: Any, _: Record) -> Any:
    found = s3.get_bucket_replication(Bucket="judged-source")["ReplicationConfiguration"]
    return found["Role"], found["Rules"][0]["Destination"]


def put_replication(s3: Any, thing: Record, ground: Ground) -> None:
    rule = {"ID": "r", "Priority": 1, "Status": "Disabled", "Filter": {"Prefix": ""}, "Destination": {"Bucket": "arn:aws:s3:::elsewhere"}}
    rule["DeleteMarkerReplication"] = {"Status": "Disabled"}
    s3.put_bucket_replication(Bucket="judged-source", ReplicationConfiguration={"Role": "r", "Rules": [rule]})


def destination(key: str) -> dict[str, Any]:
    return {"Bucket": "arn:aws:s3:::judged-copy", "EncryptionConfiguration": {"ReplicaKmsKeyID": key}}


def test_a_replication_lives_in_moto(ground: Ground):
    case = Case(
        REPLICATION,
        "s3",
        given=lambda ground: {"bucket": copied(ground).id, "role": "r", "rules": replication("one")},
        show=replicated,
        made=lambda _: ("r", destination("one")),
        change=lambda _: {"rules": replication("two")},
        changed=lambda _: ("r", destination("two")),
        meddle=put_replication,
        drift=lambda _: {"rules": [{"id": "r", "priority": 1, "status": "Disabled", "destination": {"bucket": "arn:aws:s3:::elsewhere"}}]},
    )
    live(case, ground)


def test_a_bucket_without_versions_is_not_replicated(bench: Bench):
    bench.make(BUCKET, {"bucket": "judged-flat"})
    with pytest.raises(Refused, match="InvalidRequest: Versioning must be 'Enabled'"):
        bench.make(REPLICATION, {"bucket": "judged-flat", "role": "r", "rules": replication("one")})
