"""ECR rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.aws.rules.policies import document
from sandbox.contract import Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.rules import Rule, matches, one_of
from sandbox.walk import text

_UPSTREAM = (
    r"(public\.ecr\.aws|registry-1\.docker\.io|quay\.io|registry\.k8s\.io|ghcr\.io|registry\.gitlab\.com"
    r"|registry\.chainguard\.dev|cgr\.dev|\S+\.azurecr\.io|\d{12}\.dkr\.ecr\.[a-z0-9-]+\.\S+)"
)
_WITH_ACCOUNT = re.compile(r"registry-1\.docker\.io|ghcr\.io|registry\.gitlab\.com|registry\.chainguard\.dev|cgr\.dev|\S+\.azurecr\.io")


def _ecr_lifecycle(request: Request, inputs: Properties) -> Iterator[Failure]:
    if (policy := text(inputs, "policy")) is None:
        return
    try:
        rules: Any = json.loads(policy)["rules"]
        for rule in rules:
            selection = rule["selection"]
            if rule["action"]["type"] not in ("expire", "transition"):
                yield Failure("policy", f"InvalidParameterException: action type {rule['action']['type']!r}")
            if selection["tagStatus"] not in ("tagged", "untagged", "any"):
                yield Failure("policy", f"InvalidParameterException: tagStatus {selection['tagStatus']!r} (allowed: tagged, untagged, any)")
            if selection["tagStatus"] == "tagged" and not (selection.get("tagPrefixList") or selection.get("tagPatternList")):
                yield Failure("policy", "InvalidParameterException: tagged needs tagPrefixList or tagPatternList")
            if selection["countType"] not in ("imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"):
                yield Failure("policy", f"InvalidParameterException: countType {selection['countType']!r}")
    except (ValueError, KeyError, TypeError) as error:
        yield Failure("policy", f"InvalidParameterException: Lifecycle policy validation failure: {error!r}")


def _credentials(request: Request, inputs: Properties) -> Iterator[Failure]:
    upstream = text(inputs, "upstreamRegistryUrl")
    if upstream and _WITH_ACCOUNT.fullmatch(upstream) and inputs.get("credentialArn") is None:
        yield Failure("credentialArn", f"missing: {show(upstream)} is pulled in the name of an account alone (UnsupportedUpstreamRegistry)")


RULES: dict[str, tuple[Rule, ...]] = {
    "aws:ecr/repository:Repository": (
        matches("name", r"(?=.{2,256}$)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*", "is not a repository name"),
        one_of("imageTagMutability", "MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"),
        one_of("encryptionConfigurations[].encryptionType", "AES256", "KMS", "KMS_DSSE"),
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": (_ecr_lifecycle,),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": (document("policy", "registry"),),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": (
        matches(
            "ecrRepositoryPrefix", r"ROOT|(?=.{2,30}$)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*/?", "is not a prefix"
        ),
        matches("upstreamRegistryUrl", _UPSTREAM, "is not a registry that ECR can cache"),
        matches(
            "credentialArn",
            r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:ecr-pullthroughcache/.+",
            "must be a secret ecr-pullthroughcache/…",
        ),
        _credentials,
    ),
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": (
        one_of("scanType", "BASIC", "ENHANCED"),
        one_of("rules[].scanFrequency", "SCAN_ON_PUSH", "CONTINUOUS_SCAN", "MANUAL"),
    ),
}
