"""The service control policy judged as IAM would judge it: which calls it denies, and which it lets through."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest

from components.geography import eu_regions
from components.guardrail.aws_deny import LONGEST, deny_document
from components.guardrail.spec import GuardrailSpec
from components.identity.documents import where
from components.vocabulary import Cloud
from tests.answers import ACCOUNT
from tests.components.aws_wiring import SITE, SOVEREIGN

EU = tuple(region.code for region in eu_regions(Cloud.AWS))
SPEC = GuardrailSpec(allowed_regions=EU)


def denied(action: str, region: str, spec: GuardrailSpec = SPEC, **context: Any) -> list[str]:
    """Sids that deny the call. Context keys are written with `__` for `:` (`kms__ReplicaRegion`)."""
    known = {"aws:RequestedRegion": region} | {key.replace("__", ":"): value for key, value in context.items()}
    statements = json.loads(deny_document(spec, where(SITE)))["Statement"]
    return [each["Sid"] for each in statements if _names(each, action) and _applies(each.get("Condition", {}), known)]


def _names(statement: Mapping[str, Any], action: str) -> bool:
    named = any(fnmatchcase(action.lower(), pattern.lower()) for pattern in statement.get("Action", statement.get("NotAction")))
    return named if "Action" in statement else not named


def _applies(conditions: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    for operator, keys in conditions.items():
        for key, allowed in keys.items():
            if operator == "StringNotEquals":  # negated: true for a key that is absent
                if known.get(key) in allowed:
                    return False
            elif operator == "ArnNotLike":  # likewise
                if any(fnmatchcase(known.get(key, ""), pattern) for pattern in allowed):
                    return False
            elif operator.startswith("ForAnyValue:"):  # false for a key that is absent
                if all(any(fnmatchcase(value, pattern) for pattern in allowed) for value in known.get(key, [])):
                    return False
            else:
                raise AssertionError(operator)
    return True


@pytest.mark.parametrize("region", EU)
@pytest.mark.parametrize("action", ["ec2:RunInstances", "s3:CreateBucket", "kms:CreateKey", "rds:CreateDBInstance", "eks:CreateCluster"])
def test_work_goes_on_in_the_eu(action: str, region: str) -> None:
    assert denied(action, region) == []


@pytest.mark.requirement("PN-01")
@pytest.mark.parametrize("region", ["eu-west-2", "eu-central-2", "us-east-1", "ap-southeast-2", "unspecified"])
@pytest.mark.parametrize(
    "action",
    [
        *("ec2:RunInstances", "s3:CreateBucket", "rds:CopyDBSnapshot", "rds:StartDBInstanceAutomatedBackupsReplication"),
        *("kms:CreateKey", "acm:RequestCertificate", "config:PutConfigurationRecorder", "wafv2:CreateWebACL", "bedrock:InvokeModel"),
    ],
)
def test_nothing_is_made_elsewhere_not_even_what_region_denies_usually_let_through(action: str, region: str) -> None:
    assert "OutsideRegions" in denied(action, region)


@pytest.mark.parametrize(
    "action",
    ["iam:CreateRole", "route53:ChangeResourceRecordSets", "budgets:ModifyBudget", "organizations:DescribeOrganization", "sts:AssumeRole"],
)
def test_services_without_a_region_keep_working(action: str) -> None:
    assert denied(action, "us-east-1") == []


@pytest.mark.requirement("PN-01")
@pytest.mark.parametrize(
    ("action", "context"),
    [
        ("kms:ReplicateKey", {"kms__ReplicaRegion": "us-east-1"}),
        ("account:EnableRegion", {"account__TargetRegion": "eu-west-2"}),
        ("secretsmanager:ReplicateSecretToRegions", {"secretsmanager__AddReplicaRegions": ["eu-central-1", "us-east-1"]}),
        ("secretsmanager:CreateSecret", {"secretsmanager__AddReplicaRegions": ["eu-central-2"]}),
        ("backup:CopyFromBackupVault", {"backup__CopyTargets": [f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:x"]}),
        ("backup:CopyIntoBackupVault", {"backup__CopyTargets": [f"arn:aws:backup:eu-west-2:{ACCOUNT}:backup-vault:x"]}),
        ("dynamodb:CreateTableReplica", {}),
        ("dynamodb:UpdateGlobalTable", {}),
        ("s3:PutReplicationConfiguration", {}),
        ("ecr:PutReplicationConfiguration", {}),
        ("elasticfilesystem:CreateReplicationConfiguration", {}),
        ("s3:CreateMultiRegionAccessPoint", {}),
        ("ecr-public:CreateRepository", {}),
        ("globalaccelerator:CreateAccelerator", {}),
        ("cloudfront:CreateDistribution", {}),
    ],
)
def test_copies_that_start_in_the_eu_do_not_leave_it(action: str, context: dict[str, Any]) -> None:
    assert denied(action, "eu-south-1", **context)


@pytest.mark.parametrize(
    ("action", "context"),
    [
        ("kms:ReplicateKey", {"kms__ReplicaRegion": "eu-central-1"}),
        ("account:EnableRegion", {"account__TargetRegion": "eu-south-2"}),
        ("secretsmanager:ReplicateSecretToRegions", {"secretsmanager__AddReplicaRegions": ["eu-central-1"]}),
        ("secretsmanager:CreateSecret", {}),
        ("backup:CopyFromBackupVault", {"backup__CopyTargets": [f"arn:aws:backup:eu-central-1:{ACCOUNT}:backup-vault:x"]}),
    ],
)
def test_copies_within_the_eu_are_made(action: str, context: dict[str, Any]) -> None:
    assert denied(action, "eu-south-1", **context) == []


def test_copying_between_buckets_is_set_up_by_those_who_deploy_and_nobody_else() -> None:
    deployer, action = f"arn:aws:iam::{ACCOUNT}:role/platform-admins", "s3:PutReplicationConfiguration"
    spec = GuardrailSpec(allowed_regions=EU, replicators=(deployer,))
    assert denied(action, "eu-south-1", spec, aws__PrincipalArn=deployer) == []
    assert denied(action, "eu-south-1", spec, aws__PrincipalArn=f"{deployer}-2") == ["BucketCopies"]


def test_an_exemption_lets_one_service_through_and_no_other() -> None:
    exempt = GuardrailSpec(allowed_regions=EU, exempt=("cloudfront:*",))
    assert denied("cloudfront:CreateDistribution", "us-east-1", exempt) == []
    assert denied("globalaccelerator:CreateAccelerator", "us-west-2", exempt)


def test_the_policy_of_all_eu_regions_is_one_that_aws_takes() -> None:
    assert len(deny_document(SPEC, where(SITE))) <= LONGEST


def test_a_policy_that_is_too_long_is_refused_with_its_length() -> None:
    long = GuardrailSpec(allowed_regions=EU, exempt=tuple(f"service{number}:*" for number in range(300)))
    with pytest.raises(ValueError, match=r"exempt: the service control policy has \d+ characters; allowed: 5120"):
        deny_document(long, where(SITE))


def test_vaults_are_named_in_the_partition() -> None:
    statements = json.loads(deny_document(GuardrailSpec(allowed_regions=("eusc-de-east-1",)), where(SOVEREIGN)))["Statement"]
    [copies] = [each for each in statements if each["Sid"] == "BackupCopies"]
    assert copies["Condition"] == {
        "ForAnyValue:ArnNotLike": {"backup:CopyTargets": ["arn:aws-eusc:backup:eusc-de-east-1:*:backup-vault:*"]}
    }
