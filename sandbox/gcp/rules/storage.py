"""Cloud Storage and Artifact Registry rules."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from sandbox.contract import Failure, Properties, Request
from sandbox.gcp.paths import part
from sandbox.gcp.rules.base import IAM, duration, location
from sandbox.rules import Rule, between, each, matches, one_of
from sandbox.walk import find, number, text

_BUCKET = re.compile(r"(?=.{3,63}$)[a-z0-9][a-z0-9_-]*[a-z0-9]|(?=.{3,222}$)[a-z0-9][a-z0-9_-]{0,62}(\.[a-z0-9_-]{1,63})+")
_CLASSES = ("STANDARD", "MULTI_REGIONAL", "REGIONAL", "NEARLINE", "COLDLINE", "ARCHIVE")


def _bucket_name(value: Any) -> str | None:
    name = str(value)
    if not _BUCKET.fullmatch(name):
        return "is not a bucket name: 3-63 lower-case letters, digits, '-' and '_', a letter or digit first and last"
    if name.startswith("goog") or re.search("google|g00gle|googl3", name):
        return "is not a bucket name: it must not begin with goog nor contain google"
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return None
    return "is not a bucket name: it looks like an address"


def _bucket(request: Request, inputs: Properties) -> Iterator[Failure]:
    retention = number(inputs, "retentionPolicy.retentionPeriod")
    if retention is not None and not 1 <= retention <= 3155760000:
        yield Failure("retentionPolicy.retentionPeriod", f"{retention:g} is not between 1 and 3155760000 seconds")
    soft = number(inputs, "softDeletePolicy.retentionDurationSeconds")
    if soft is not None and soft != 0 and not 604800 <= soft <= 7776000:
        yield Failure("softDeletePolicy.retentionDurationSeconds", f"{soft:g} is not 0 nor between 604800 and 7776000")
    for where, action in find(inputs, "lifecycleRules[].action"):
        if isinstance(action, dict) and action.get("type") == "SetStorageClass" and not action.get("storageClass"):  # pyright: ignore[reportUnknownMemberType] # wire value
            yield Failure(f"{where}.storageClass", "needed with SetStorageClass")
    for where, condition in find(inputs, "lifecycleRules[].condition"):
        if not condition:
            yield Failure(where, "a rule needs a condition")


def _cleanup(request: Request, inputs: Properties) -> Iterator[Failure]:
    mode, name = text(inputs, "mode") or "STANDARD_REPOSITORY", "remoteRepositoryConfig"
    if (mode == "REMOTE_REPOSITORY") != (inputs.get(name) is not None):
        yield Failure(name, "given exactly with mode REMOTE_REPOSITORY")
    account = part(inputs, f"{name}.upstreamCredentials.usernamePasswordCredentials")
    if account and not (account.get("username") and account.get("passwordSecretVersion")):
        yield Failure(f"{name}.upstreamCredentials", "takes a username and a passwordSecretVersion together")
    for where, policy in find(inputs, "cleanupPolicies[]"):
        if not policy.get("condition") and not policy.get("mostRecentVersions"):
            yield Failure(where, "a policy needs a condition or mostRecentVersions")
        if policy.get("mostRecentVersions") and policy.get("action") == "DELETE":
            yield Failure(f"{where}.action", "mostRecentVersions only keeps")


RULES: dict[str, tuple[Rule, ...]] = {
    "gcp:storage/bucket:Bucket": (
        each("name", _bucket_name),
        each("location", location),
        one_of("storageClass", *_CLASSES),
        one_of("publicAccessPrevention", "inherited", "enforced"),
        one_of("rpo", "DEFAULT", "ASYNC_TURBO"),
        one_of("lifecycleRules[].action.type", "Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"),
        one_of("lifecycleRules[].action.storageClass", *_CLASSES),
        one_of("lifecycleRules[].condition.withState", "LIVE", "ARCHIVED", "ANY"),
        between("lifecycleRules[].condition.age", 0, 2147483647),
        _bucket,
    ),
    "gcp:storage/bucketIAMMember:BucketIAMMember": IAM,
    "gcp:artifactregistry/repository:Repository": (
        matches("repositoryId", r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", "is not a repository id: 1-63 lower-case letters, digits and '-'"),
        one_of("format", "DOCKER", "MAVEN", "NPM", "APT", "YUM", "PYTHON", "KFP", "GO", "GENERIC", "RUBY"),
        one_of("mode", "STANDARD_REPOSITORY", "VIRTUAL_REPOSITORY", "REMOTE_REPOSITORY"),
        one_of("vulnerabilityScanningConfig.enablementConfig", "INHERITED", "DISABLED"),
        one_of("cleanupPolicies[].action", "DELETE", "KEEP"),
        matches(
            "remoteRepositoryConfig.upstreamCredentials.usernamePasswordCredentials.passwordSecretVersion",
            r"projects/[^/]+/secrets/[^/]+/versions/[^/]+",
            "is not of the form projects/P/secrets/S/versions/V",
        ),
        one_of("cleanupPolicies[].condition.tagState", "TAGGED", "UNTAGGED", "ANY"),
        duration("cleanupPolicies[].condition.olderThan"),
        _cleanup,
    ),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": IAM,
}
