from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.aws.moto.client import Endpoint
from sandbox.contract import Properties, Record, Refused
from tests.sandbox.moto.life import Case, Ground, live
from tests.sandbox.moto.stage import REGION, Bench

BUCKET, POLICY, VERSIONING = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy", "aws:s3/bucketVersioning:BucketVersioning"
BLOCK, OWNERSHIP = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
ACCOUNT = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
ME = "123456789012"
CLOSED = {"blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True, "restrictPublicBuckets": True}


def capitals(given: dict[str, bool]) -> dict[str, bool]:
    return {f"{name[0].upper()}{name[1:]}": value for name, value in given.items()}


def statement(bucket: str, effect: str = "Deny") -> str:
    about = {"Sid": "a", "Effect": effect, "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [about]})


def tags(s3: Any, bucket: Record) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=bucket.id)["TagSet"]}


@dataclass(frozen=True)
class Part:
    """A part of a bucket's configuration; `made` and `change` are what is given and what S3 tells then."""

    type: str
    bucket: str
    made: tuple[Properties, Any]
    change: tuple[Properties, Any]
    show: Callable[[Any, str], Any]
    meddle: Callable[[Any, str], object]
    drift: Properties
    stays: bool = False

    def case(self) -> Case:
        return Case(
            self.type,
            "s3",
            given=lambda ground: {"bucket": ground.make(BUCKET, bucket=self.bucket).id, **self.made[0]},
            show=lambda s3, _: self.show(s3, self.bucket),
            made=lambda _: self.made[1],
            change=lambda _: self.change[0],
            changed=lambda _: self.change[1],
            meddle=lambda s3, _thing, _ground: self.meddle(s3, self.bucket),
            drift=lambda _: self.drift,
            stays=self.stays,
        )


def rules(algorithm: str, key: str | None = None) -> list[dict[str, Any]]:
    default = {"sseAlgorithm": algorithm, **({"kmsMasterKeyId": key} if key else {})}
    return [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True, "blockedEncryptionTypes": ["SSE-C"]}]


def encrypted(s3: Any, bucket: str) -> tuple[str, str | None]:
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    default = rule["ApplyServerSideEncryptionByDefault"]
    return default["SSEAlgorithm"], default.get("KMSMasterKeyID")


def put_encryption(s3: Any, bucket: str) -> None:
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [default]})


def put_block(s3: Any, bucket: str) -> None:
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=capitals(CLOSED | {"blockPublicPolicy": False}))


def put_ownership(s3: Any, bucket: str) -> None:
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})


def put_lifecycle(s3: Any, bucket: str) -> None:
    rule = {"ID": "all", "Filter": {"Prefix": ""}, "Status": "Disabled", "Expiration": {"Days": 1}}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})


LIFE = [
    {
        "id": "all",
        "status": "Enabled",
        "filter": {"and": {"prefix": "logs/", "tags": {"a": "b"}}},
        "transitions": [{"days": 30, "storageClass": "GLACIER"}],
        "expiration": {"days": 90},
        "noncurrentVersionExpiration": {"noncurrentDays": 10},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    }
]
LIVED = {
    "ID": "all",
    "Status": "Enabled",
    "Filter": {"And": {"Prefix": "logs/", "Tags": [{"Key": "a", "Value": "b"}]}},
    "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
    "Expiration": {"Days": 90},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 10},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}
CASE = Case(
    BUCKET,
    "s3",
    given=lambda _: {"bucket": "judged-plain", "tags": {"a": "b"}},
    show=tags,
    made=lambda _: {"a": "b"},
    change=lambda _: {"tags": {"c": "d"}},
    changed=lambda _: {"c": "d"},
    meddle=lambda s3, bucket, _: s3.put_bucket_tagging(Bucket=bucket.id, Tagging={"TagSet": [{"Key": "who", "Value": "me"}]}),
    drift=lambda _: {"tags": {"who": "me"}},
)
PARTS = [
    Part(
        POLICY,
        "judged-policy",
        made=({"policy": statement("judged-policy")}, "Deny"),
        change=({"policy": statement("judged-policy", "Allow")}, "Allow"),
        show=lambda s3, name: json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"][0]["Effect"],
        meddle=lambda s3, name: s3.put_bucket_policy(Bucket=name, Policy=statement("other")),
        drift={"policy": statement("other")},
    ),
    Part(
        VERSIONING,
        "judged-versions",
        made=({"versioningConfiguration": {"status": "Suspended"}}, "Suspended"),
        change=({"versioningConfiguration": {"status": "Enabled"}}, "Enabled"),
        show=lambda s3, name: s3.get_bucket_versioning(Bucket=name)["Status"],
        meddle=lambda s3, name: s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"}),
        drift={"versioningConfiguration": {"status": "Suspended"}},
        stays=True,
    ),
    Part(
        BLOCK,
        "judged-block",
        made=(CLOSED | {"ignorePublicAcls": False}, capitals(CLOSED | {"ignorePublicAcls": False})),
        change=(CLOSED, capitals(CLOSED)),
        show=lambda s3, name: s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"],
        meddle=put_block,
        drift={"blockPublicPolicy": False},
    ),
    Part(
        OWNERSHIP,
        "judged-owner",
        made=({"rule": {"objectOwnership": "BucketOwnerPreferred"}}, "BucketOwnerPreferred"),
        change=({"rule": {"objectOwnership": "BucketOwnerEnforced"}}, "BucketOwnerEnforced"),
        show=lambda s3, name: s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"][0]["ObjectOwnership"],
        meddle=put_ownership,
        drift={"rule": {"objectOwnership": "ObjectWriter"}},
    ),
    Part(
        ENCRYPTION,
        "judged-key",
        made=({"rules": rules("aws:kms", "one")}, ("aws:kms", "one")),
        change=({"rules": rules("aws:kms", "two")}, ("aws:kms", "two")),
        show=encrypted,
        meddle=put_encryption,
        drift={"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": False}]},
    ),
    Part(
        LIFECYCLE,
        "judged-life",
        made=({"rules": LIFE}, LIVED),
        change=({"rules": [LIFE[0] | {"expiration": {"days": 91}}]}, LIVED | {"Expiration": {"Days": 91}}),
        show=lambda s3, name: s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"][0],
        meddle=put_lifecycle,
        drift={"rules": [{"id": "all", "filter": {"prefix": ""}, "status": "Disabled", "expiration": {"days": 1}}]},
    ),
]


@pytest.mark.parametrize("case", [CASE, *(part.case() for part in PARTS)], ids=lambda case: case.name)
def test_buckets_live_in_moto(ground: Ground, case: Case):
    live(case, ground)


def test_the_whole_account_is_closed(ground: Ground):
    """Not through boto3: it puts the account before the host's name, and no such host exists on a laptop."""
    control = Endpoint(ground.bench.url).api("s3control", REGION, ME)
    case = Case(
        ACCOUNT,
        "s3control",
        given=lambda _: {"accountId": ME, **CLOSED, "ignorePublicAcls": False},
        show=lambda _client, _: control.call("GetPublicAccessBlock", AccountId=ME)["PublicAccessBlockConfiguration"],
        made=lambda _: capitals(CLOSED | {"ignorePublicAcls": False}),
        change=lambda _: {"ignorePublicAcls": True},
        changed=lambda _: capitals(CLOSED),
        meddle=lambda _client, _thing, _ground: control.call(
            "PutPublicAccessBlock", AccountId=ME, PublicAccessBlockConfiguration=capitals(CLOSED | {"blockPublicPolicy": False})
        ),
        drift=lambda _: {"blockPublicPolicy": False},
    )
    live(case, ground)


GONE: dict[str, Callable[[Any, str], object]] = {
    POLICY: lambda s3, bucket: s3.delete_bucket_policy(Bucket=bucket),
    BLOCK: lambda s3, bucket: s3.delete_public_access_block(Bucket=bucket),
    OWNERSHIP: lambda s3, bucket: s3.delete_bucket_ownership_controls(Bucket=bucket),
    ENCRYPTION: lambda s3, bucket: s3.delete_bucket_encryption(Bucket=bucket),
    LIFECYCLE: lambda s3, bucket: s3.delete_bucket_lifecycle(Bucket=bucket),
}
GIVEN: dict[str, Properties] = {
    POLICY: {"policy": statement("a")},
    BLOCK: CLOSED,
    OWNERSHIP: {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
    ENCRYPTION: {"rules": rules("AES256")},
    LIFECYCLE: {"rules": LIFE},
}


@pytest.mark.parametrize("type_", GONE, ids=lambda type_: type_.rpartition(":")[2])
def test_what_somebody_deleted_is_gone_and_can_be_made_again(bench: Bench, type_: str):
    bucket = bench.make(BUCKET, {"bucket": f"gone-{type_.rpartition(':')[2].lower()[:40]}"}).id
    made = bench.make(type_, {"bucket": bucket, **GIVEN[type_]})
    GONE[type_](bench.boto3("s3"), bucket)
    assert bench.drifted(made) is None

    assert bench.drifted(bench.make(type_, {"bucket": bucket, **GIVEN[type_]})) == {}


def test_a_bucket_that_somebody_deleted_is_gone_with_all_its_parts(bench: Bench):
    bucket = bench.make(BUCKET, {"bucket": "gone-whole"})
    parts = [bench.make(type_, {"bucket": bucket.id, **given}) for type_, given in GIVEN.items()]
    bench.boto3("s3").delete_bucket(Bucket=bucket.id)
    for one in (*parts, bucket):
        assert bench.drifted(one) is None
        bench.remove(one)


def test_a_bucket_with_something_in_it_goes_only_by_force(bench: Bench):
    s3 = bench.boto3("s3")
    kept, forced = (bench.make(BUCKET, {"bucket": f"full-{force}".lower(), "forceDestroy": force}) for force in (False, True))
    for bucket in (kept, forced):
        s3.put_bucket_versioning(Bucket=bucket.id, VersioningConfiguration={"Status": "Enabled"})
        for body in (b"1", b"2"):
            s3.put_object(Bucket=bucket.id, Key="a", Body=body)
        s3.delete_object(Bucket=bucket.id, Key="a")

    with pytest.raises(Refused, match="BucketNotEmpty"):
        bench.remove(kept)
    bench.remove(forced)
    assert bench.drifted(forced) is None


def test_s3_refuses(bench: Bench):
    bench.make(BUCKET, {"bucket": "taken-by-us"})
    with pytest.raises(Refused, match="BucketAlreadyOwnedByYou"):
        bench.make(BUCKET, {"bucket": "taken-by-us"})
    with pytest.raises(Refused, match="NoSuchBucket"):
        bench.make(POLICY, {"bucket": "nowhere-at-all", "policy": statement("a")})
    with pytest.raises(Refused, match="MalformedXML"):
        bench.make(LIFECYCLE, {"bucket": "taken-by-us", "rules": [{"id": "a", "status": "Enabled"}]})
