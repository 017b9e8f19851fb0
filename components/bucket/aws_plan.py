"""A bucket's name, lifecycle and policy on S3, as plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.aws_names import bucket_arn, service_principal
from components.bucket.spec import BucketSpec
from components.identity.documents import Statement, Where

LONGEST_NAME = 63
_GLACIER_FROM = 90  # Glacier Instant Retrieval bills at least 90 days, Infrequent Access at least 30
UPLOAD_DAYS = 7
"""Days after which the parts of an upload that nobody completed are dropped."""


@dataclass(frozen=True)
class Plan:
    bucket: str
    cold: tuple[int, str] | None
    """Days and storage class."""
    expire_days: int | None
    versions_days: int


def plan(name: str, spec: BucketSpec, where: Where) -> Plan:
    cold = None
    if spec.cold_after_days is not None:
        cold = (spec.cold_after_days, "GLACIER_IR" if spec.cold_after_days >= _GLACIER_FROM else "STANDARD_IA")
    return Plan(bucket_name(name, where), cold, spec.expire_after_days, spec.keep_versions_days)


def bucket_name(name: str, where: Where) -> str:
    """Names are taken world-wide: account and region make this one ours. A long name is cut and told apart by a digest of the whole."""
    tail = f"-{where.account}-{where.region}"
    room = LONGEST_NAME - len(tail)
    if len(name) > room:
        name = f"{name[: room - 9].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return name + tail


def statements(spec: BucketSpec, where: Where, bucket: str, key_arn: Any, prefix: str) -> list[Statement]:
    """`key_arn` may be an Output. `prefix` begins the names of the stack's audit trails."""
    arn = bucket_arn(where, bucket)
    both, objects = [arn, f"{arn}/*"], [f"{arn}/*"]
    sent_key, sent_kind = "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:x-amz-server-side-encryption"
    result = [
        _deny("PlainConnections", "s3:*", both, {"Bool": {"aws:SecureTransport": "false"}}),
        _deny("OldTls", "s3:*", both, {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        # A writer that names no encryption gets the bucket's own; one that names another is refused.
        _deny("OtherKeys", "s3:PutObject", objects, {"Null": {sent_key: "false"}, "StringNotEquals": {sent_key: key_arn}}),
        _deny("OtherEncryption", "s3:PutObject", objects, {"Null": {sent_kind: "false"}, "StringNotEquals": {sent_kind: "aws:kms"}}),
    ]
    if "audit" in spec.service_writers:
        result += _trail(where, arn, prefix)
    return result


def _trail(where: Where, arn: str, prefix: str) -> list[Statement]:
    cloudtrail = {"Service": service_principal("cloudtrail")}
    ours = {"ArnLike": {"aws:SourceArn": where.arn("cloudtrail", f"trail/{prefix}-*")}}
    owned = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    return [
        _allow("TrailChecks", cloudtrail, "s3:GetBucketAcl", [arn], ours),
        _allow("TrailWrites", cloudtrail, "s3:PutObject", [f"{arn}/AWSLogs/{where.account}/*"], ours | owned),
    ]


def _deny(sid: str, action: str, resources: Sequence[str], conditions: Mapping[str, Any]) -> Statement:
    return {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": action, "Resource": list(resources), "Condition": conditions}


def _allow(sid: str, principal: Mapping[str, str], action: str, resources: Sequence[str], conditions: Mapping[str, Any]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": list(resources), "Condition": conditions}
