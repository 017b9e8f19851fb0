"""A bucket's name, classes and lifecycle on Cloud Storage, as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from components import geography
from components.bucket.spec import BucketSpec
from components.naming import worldwide
from components.vocabulary import Cloud

LONGEST_NAME = 63
UPLOAD_DAYS = 7
"""Days after which the parts of an upload that nobody completed are dropped."""
SOFT_DELETE_SECONDS = 7 * 24 * 3600
"""The shortest that Cloud Storage takes, but for none at all."""
_COLDLINE_FROM = 90  # Coldline bills at least 90 days, Nearline at least 30


@dataclass(frozen=True)
class Rule:
    """What happens to live objects or to noncurrent versions, after how many days. `storage_class` turns it into a move."""

    action: str
    age: int | None = None
    noncurrent: int | None = None
    storage_class: str | None = None


@dataclass(frozen=True)
class Plan:
    """`location` is upper case, as the API answers it."""

    bucket: str
    location: str
    soft_delete_seconds: int
    rules: tuple[Rule, ...]
    copy: geography.Region | None


def plan(name: str, spec: BucketSpec, project: str, region: geography.Region) -> Plan:
    """Raises ValueError with one line per mistake: path, value given, values allowed."""
    bucket = worldwide(name, project, LONGEST_NAME)
    if mistakes := list(_mistakes(bucket, spec, region)):
        raise ValueError("\n".join(mistakes))
    return Plan(
        bucket=bucket,
        location=region.code.upper(),
        # Beside the versions it holds what a deletion of versions or of the bucket itself took. What may go, goes at once.
        soft_delete_seconds=SOFT_DELETE_SECONDS if spec.deletion_protected else 0,
        rules=tuple(_rules(spec)),
        copy=geography.eu_region(Cloud.GCP, spec.copy_region) if spec.copy_region else None,
    )


def _rules(spec: BucketSpec) -> Iterator[Rule]:
    if spec.cold_after_days is not None:
        colder = "COLDLINE" if spec.cold_after_days >= _COLDLINE_FROM else "NEARLINE"
        yield Rule("SetStorageClass", age=spec.cold_after_days, storage_class=colder)
    if spec.expire_after_days is not None:
        yield Rule("Delete", age=spec.expire_after_days)
    yield Rule("Delete", noncurrent=spec.keep_versions_days)
    yield Rule("AbortIncompleteMultipartUpload", age=UPLOAD_DAYS)


def _mistakes(bucket: str, spec: BucketSpec, region: geography.Region) -> Iterator[str]:
    if "google" in bucket or bucket.startswith("goog"):
        yield f"name: {bucket!r} is refused by Cloud Storage; allowed: names without 'google' that do not begin with 'goog'"
    if spec.copy_region is None:
        return
    try:
        target = geography.eu_region(Cloud.GCP, spec.copy_region)
    except geography.UnknownRegion as error:
        yield f"copy_region: {error}"
        return
    if target.code == region.code:
        others = [item.code for item in geography.eu_regions(Cloud.GCP) if item.code != region.code]
        yield f"copy_region: {spec.copy_region!r} is no second region; allowed: {', '.join(others)}"
