from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.bucket.aws import AwsBucket
from components.bucket.aws_plan import bucket_name, plan
from components.bucket.spec import BucketSpec
from components.geography import UnknownRegion
from components.identity.documents import where
from components.site import Site
from tests.answers import ACCOUNT
from tests.components.aws_wiring import KEY_ARN, SITE, SOVEREIGN, key
from tests.recorder import Recording, record

NAME = "playnew-production-logs"
BUCKET = f"{NAME}-{ACCOUNT}-eu-south-1"
ARN = f"arn:aws:s3:::{BUCKET}"
MOST = BucketSpec(purpose="audit", cold_after_days=90, expire_after_days=365, keep_versions_days=7, service_writers=("audit",))
LEAST = BucketSpec(purpose="logs", deletion_protected=False)


def made(spec: BucketSpec, site: Site = SITE) -> Recording[Any]:
    return record(lambda: AwsBucket(NAME, spec, site, key()))


def statements(registered: Recording[Any]) -> dict[str, dict[str, Any]]:
    policy = json.loads(registered.one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"])
    return {statement["Sid"]: statement for statement in policy["Statement"]}


@pytest.fixture(scope="module")
def audit() -> Recording[Any]:
    return made(MOST)


def test_a_bucket_is_encrypted_with_the_customer_key(audit: Recording[Any]) -> None:
    [rule] = audit.one("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY_ARN}
    assert rule["bucketKeyEnabled"] is True


def test_a_bucket_is_never_public(audit: Recording[Any]) -> None:
    block = audit.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    assert block == {
        "bucket": BUCKET,
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }
    ownership = audit.one("aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs
    assert ownership["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


def test_versions_are_kept_and_dropped_in_time(audit: Recording[Any]) -> None:
    assert audit.one("aws:s3/bucketVersioning:BucketVersioning").inputs["versioningConfiguration"] == {"status": "Enabled"}
    lifecycle = audit.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    assert f"{NAME}-versions" in lifecycle.depends_on
    current, versions = lifecycle.inputs["rules"]
    assert versions["noncurrentVersionExpiration"] == {"noncurrentDays": 7}
    assert versions["expiration"] == {"expiredObjectDeleteMarker": True}
    assert current["transitions"] == [{"days": 90, "storageClass": "GLACIER_IR"}]
    assert current["expiration"] == {"days": 365}
    assert current["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}


def test_objects_stay_for_ever_unless_said_otherwise() -> None:
    current, _ = made(LEAST).one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs["rules"]
    assert "expiration" not in current
    assert "transitions" not in current


@pytest.mark.parametrize(("days", "storage_class"), [(30, "STANDARD_IA"), (89, "STANDARD_IA"), (90, "GLACIER_IR")])
def test_cold_storage_is_the_one_whose_minimum_is_met(days: int, storage_class: str) -> None:
    assert plan(NAME, BucketSpec(purpose="logs", cold_after_days=days), where(SITE)).cold == (days, storage_class)


def test_objects_that_would_go_before_they_turn_cold_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"expire_after_days: 60 is not after cold_after_days \(60\)"):
        BucketSpec(purpose="logs", cold_after_days=60, expire_after_days=60)


def test_plain_and_old_connections_are_refused(audit: Recording[Any]) -> None:
    denied = statements(audit)
    assert denied["PlainConnections"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denied["OldTls"]["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    assert denied["PlainConnections"]["Resource"] == [ARN, f"{ARN}/*"]
    assert {statement["Effect"] for sid, statement in denied.items() if not sid.startswith("Trail")} == {"Deny"}


def test_objects_under_another_key_or_another_encryption_are_refused(audit: Recording[Any]) -> None:
    denied = statements(audit)
    assert denied["OtherKeys"]["Condition"] == {
        "Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "false"},
        "StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": KEY_ARN},
    }
    assert denied["OtherEncryption"]["Condition"]["StringNotEquals"] == {"s3:x-amz-server-side-encryption": "aws:kms"}


def test_the_audit_trail_of_this_stack_may_write_its_own_folder(audit: Recording[Any]) -> None:
    writes = statements(audit)["TrailWrites"]
    assert (writes["Principal"], writes["Action"]) == ({"Service": "cloudtrail.amazonaws.com"}, "s3:PutObject")
    assert writes["Resource"] == [f"{ARN}/AWSLogs/{ACCOUNT}/*"]
    assert writes["Condition"] == {
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:eu-south-1:{ACCOUNT}:trail/playnew-production-*"},
        "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"},
    }


def test_no_service_writes_unless_named() -> None:
    assert [sid for sid, statement in statements(made(LEAST)).items() if statement["Effect"] == "Allow"] == []


def test_whoever_learns_the_name_finds_the_bucket_encrypted_and_guarded(audit: Recording[Any]) -> None:
    assert audit.one("aws:s3/bucketPolicy:BucketPolicy").depends_on == (f"{NAME}-encryption",)
    outputs = audit.one("eucloud:aws:Bucket").outputs
    assert (outputs["name"], outputs["region"], outputs["key"]["ref"]) == (BUCKET, "eu-south-1", KEY_ARN)


@pytest.mark.parametrize(("spec", "protected"), [(MOST, True), (LEAST, False)])
def test_only_an_unprotected_bucket_goes_with_what_is_in_it(spec: BucketSpec, protected: bool) -> None:
    bucket = made(spec).one("aws:s3/bucket:Bucket")
    assert (bucket.protect, bucket.inputs["forceDestroy"]) == (protected, not protected)


def test_a_protected_bucket_keeps_what_closes_encrypts_and_versions_it(audit: Recording[Any]) -> None:
    settings = [item for item in audit if item.type.startswith("aws:s3/bucket")]
    assert len(settings) == 7
    assert all(item.protect for item in settings)


@pytest.fixture(scope="module")
def copied() -> Recording[Any]:
    return made(BucketSpec(purpose="backups", copy_region="eu-central-1"))


@pytest.mark.requirement("PN-01")
def test_objects_are_copied_to_a_second_eu_region_under_a_key_of_that_region(copied: Recording[Any]) -> None:
    provider = copied.one("pulumi:providers:aws")
    assert (provider.name, provider.inputs["region"]) == (f"{NAME}-copy", "eu-central-1")
    abroad = {item.type for item in copied if item.provider == provider.name}
    assert {"aws:kms/key:Key", "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"} <= abroad
    assert "aws:s3/bucketReplicationConfig:BucketReplicationConfig" not in abroad
    copy, key = copied.one("aws:s3/bucket:Bucket", f"{NAME}-copy-bucket"), copied.one("aws:kms/key:Key")
    replication = copied.one("aws:s3/bucketReplicationConfig:BucketReplicationConfig")
    [rule] = replication.inputs["rules"]
    assert replication.inputs["bucket"] == BUCKET
    assert rule["destination"] == {"bucket": copy.state["arn"], "encryptionConfiguration": {"replicaKmsKeyId": key.state["arn"]}}
    assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}


def test_copying_begins_when_both_buckets_keep_versions_and_the_role_may_copy(copied: Recording[Any]) -> None:
    replication = copied.one("aws:s3/bucketReplicationConfig:BucketReplicationConfig")
    assert {f"{NAME}-versions", f"{NAME}-copy-versions", f"{NAME}-replication"} <= set(replication.depends_on)


def test_the_copying_role_reads_here_and_writes_there_and_reads_nothing_back(copied: Recording[Any]) -> None:
    allowed = json.loads(copied.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"]
    there = copied.one("aws:s3/bucket:Bucket", f"{NAME}-copy-bucket").state["arn"]
    about = {statement["Sid"]: statement for statement in allowed}
    assert about["Replicas"]["Resource"] == [f"{there}/*"]
    assert [action for statement in allowed if there in str(statement["Resource"]) for action in statement["Action"]] == [
        "s3:ReplicateDelete",
        "s3:ReplicateObject",
        "s3:ReplicateTags",
    ]
    assert about["SourceKey"]["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-south-1.amazonaws.com"}}
    assert about["ReplicaKey"]["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}


@pytest.mark.requirement("PN-01")
def test_a_copy_outside_the_eu_is_refused() -> None:
    with pytest.raises(UnknownRegion, match="'eu-west-2' is in London"):
        made(BucketSpec(purpose="backups", copy_region="eu-west-2"))


def test_references_follow_the_partition() -> None:
    denied = statements(made(LEAST, SOVEREIGN))
    assert denied["OldTls"]["Resource"][0] == f"arn:aws-eusc:s3:::{NAME}-{ACCOUNT}-eusc-de-east-1"


@given(st.from_regex(r"[a-z][a-z0-9-]{0,100}[a-z0-9]", fullmatch=True))
def test_any_name_becomes_one_that_s3_takes(name: str) -> None:
    for site in (SITE, SOVEREIGN):
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", bucket_name(name, where(site)))


def test_two_long_names_that_begin_alike_stay_apart() -> None:
    long = "a" * 60
    assert bucket_name(f"{long}-logs", where(SITE)) != bucket_name(f"{long}-backups", where(SITE))
