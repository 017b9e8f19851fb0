"""S3."""

from __future__ import annotations

from typing import Any, cast

from sandbox.aws.moto.row import Api, Call, Own, Read, Row, Scope, Source, Tagging

_BUCKET: dict[str, Source] = {"Bucket": "$bucket"}
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_BLOCKED: dict[str, Source] = {
    "PublicAccessBlockConfiguration": {f"{name[0].upper()}{name[1:]}": f"${name}" for name in _BLOCKS},
}
_RULES = "Rules"
_ACCOUNT: dict[str, Source] = {"AccountId": lambda thing: thing.inputs.get("accountId") or thing.account}


def _entries(value: Any) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", value or [])


def _location(thing: Scope) -> dict[str, str] | None:
    return None if thing.region == "us-east-1" else {"LocationConstraint": thing.region}


def _empty(api: Api, thing: Scope) -> None:
    """A bucket goes with what is in it only where `forceDestroy` says so; otherwise S3 refuses."""
    bucket = thing.inputs["bucket"]
    if thing.inputs.get("forceDestroy"):
        found = api.call("ListObjectVersions", Bucket=bucket)
        for one in (*_entries(found.get("Versions")), *_entries(found.get("DeleteMarkers"))):
            api.call("DeleteObject", Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
    api.call("DeleteBucket", Bucket=bucket)


def _suspend(api: Api, thing: Scope) -> None:
    """Versioning cannot be taken from a bucket that has had it."""
    if api.call("GetBucketVersioning", Bucket=thing.inputs["bucket"]).get("Status") == "Enabled":
        api.call("PutBucketVersioning", Bucket=thing.inputs["bucket"], VersioningConfiguration={"Status": "Suspended"})


def _encryption(thing: Scope) -> dict[str, Any]:
    """S3 has the list of blocked kinds in a structure, and the key's id in capitals."""
    rules: list[dict[str, Any]] = []
    for one in _entries(thing.inputs.get("rules")):
        default, rule = one.get("applyServerSideEncryptionByDefault"), dict[str, Any]()
        if default:
            names = {"SSEAlgorithm": default.get("sseAlgorithm"), "KMSMasterKeyID": default.get("kmsMasterKeyId")}
            rule["ApplyServerSideEncryptionByDefault"] = {name: value for name, value in names.items() if value}
        if one.get("bucketKeyEnabled") is not None:
            rule["BucketKeyEnabled"] = one["bucketKeyEnabled"]
        if one.get("blockedEncryptionTypes"):
            rule["BlockedEncryptionTypes"] = {"EncryptionType": one["blockedEncryptionTypes"]}
        rules.append(rule)
    return {_RULES: rules}


def _replicated(rules: Any) -> list[dict[str, Any]]:
    """Without the members that moto answers the same for every rule, whatever was set."""
    return [{name: rule[name] for name in ("ID", "Priority", "Status", "Destination") if name in rule} for rule in _entries(rules)]


def _of_bucket(
    what: str, members: dict[str, Source], sets: tuple[str, ...], read: Read, delete: Call | Own | None = None, show: str = ""
) -> Row:
    """A part of a bucket's configuration: put whole each time, gone when S3 does not find it."""
    put = Call(f"Put{what}", _BUCKET | members, ("bucket", *sets))
    return Row("s3", create=put, reads=(read,), updates=(put,), delete=delete or Call(f"Delete{show or what}", _BUCKET, fill=False))


ROWS: dict[str, Row] = {
    "aws:s3/bucket:Bucket": Row(
        "s3",
        create=Call("CreateBucket", {"CreateBucketConfiguration": _location, "ObjectLockEnabledForBucket": "$objectLockEnabled"}),
        reads=(Read("HeadBucket", _BUCKET), Read("GetBucketTagging", _BUCKET, "{Tags: TagSet}", optional=True)),
        delete=Own(_empty, ("forceDestroy",)),
        tagging=Tagging("$bucket", set="PutBucketTagging", unset="DeleteBucketTagging", replace=True),
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _of_bucket("BucketPolicy", {"Policy": "$policy"}, ("policy",), Read("GetBucketPolicy", _BUCKET)),
    "aws:s3/bucketVersioning:BucketVersioning": _of_bucket(
        "BucketVersioning",
        {"MFA": "$mfa", "VersioningConfiguration": "$versioningConfiguration"},
        ("versioningConfiguration", "mfa"),
        Read("GetBucketVersioning", _BUCKET, "{versioningConfiguration: @}"),
        Own(_suspend, ()),
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _of_bucket(
        "PublicAccessBlock", _BLOCKED, _BLOCKS, Read("GetPublicAccessBlock", _BUCKET, "PublicAccessBlockConfiguration")
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _of_bucket(
        "BucketOwnershipControls",
        {"OwnershipControls": lambda thing: {_RULES: [{"ObjectOwnership": thing.get("rule.objectOwnership")}]}},
        ("rule",),
        Read("GetBucketOwnershipControls", _BUCKET, "{rule: OwnershipControls.Rules[0]}"),
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _of_bucket(
        "BucketEncryption",
        {"ServerSideEncryptionConfiguration": _encryption},
        ("rules",),
        Read("GetBucketEncryption", _BUCKET, "ServerSideEncryptionConfiguration"),
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _of_bucket(
        "BucketLifecycleConfiguration",
        {"LifecycleConfiguration": {_RULES: "$rules"}},
        ("rules", "transitionDefaultMinimumObjectSize"),
        Read("GetBucketLifecycleConfiguration", _BUCKET, "{Rules: Rules}"),
        show="BucketLifecycle",
    ),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _of_bucket(
        "BucketReplication",
        {"ReplicationConfiguration": {"Role": "$role", _RULES: "$rules"}},
        ("role", "rules", "token"),
        Read("GetBucketReplication", _BUCKET, "ReplicationConfiguration", {"rules": lambda found: _replicated(found["Rules"])}),
    ),
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": Row(
        "s3control",
        create=Call("PutPublicAccessBlock", _ACCOUNT | _BLOCKED, ("accountId", *_BLOCKS)),
        reads=(Read("GetPublicAccessBlock", _ACCOUNT, "PublicAccessBlockConfiguration"),),
        updates=(Call("PutPublicAccessBlock", _ACCOUNT | _BLOCKED, _BLOCKS),),
        delete=Call("DeletePublicAccessBlock", _ACCOUNT, fill=False),
    ),
}
