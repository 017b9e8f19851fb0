"""The region deny on AWS: one service control policy that keeps an account's data in the allowed regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.guardrail.spec import GuardrailSpec
from components.identity.documents import Statement, Where, document

LONGEST = 5120
"""Characters that a service control policy may have."""

# Services that have no region of their own and hold no customer data: their calls are signed for us-east-1 wherever they come from.
# What is missing here is meant: KMS, ACM, Config, CloudFront, public ECR, Global Accelerator, WAF and multi-region access points would
# keep keys, records or content outside the EU.
WITHOUT_REGION = (
    "account:*",
    "aws-marketplace:*",
    "aws-portal:*",
    "billing:*",
    "billingconductor:*",
    "budgets:*",
    "ce:*",
    "consolidatedbilling:*",
    "cur:*",
    "freetier:*",
    "health:*",
    "iam:*",
    "invoicing:*",
    "organizations:*",
    "payments:*",
    "pricing:*",
    "purchase-orders:*",
    "route53:*",
    "route53domains:*",
    "s3:GetAccountPublicAccessBlock",
    "s3:ListAllMyBuckets",
    "s3:PutAccountPublicAccessBlock",
    "savingsplans:*",
    "shield:*",
    "sso:*",
    "sts:*",
    "support:*",
    "supportplans:*",
    "sustainability:*",
    "tax:*",
    "trustedadvisor:*",
)

# Copies that are asked for in an allowed region and land in another, with no condition that tells where.
BLIND_COPIES = (
    "dynamodb:CreateGlobalTable",
    "dynamodb:CreateTableReplica",
    "dynamodb:UpdateGlobalTable",
    "ecr:PutReplicationConfiguration",
    "elasticfilesystem:CreateReplicationConfiguration",
)
BUCKET_COPIES = "s3:PutReplicationConfiguration"
"""Blind as well, but the program itself sets it up, between buckets that its policies have judged."""

# Served from everywhere at once.
WITHOUT_PLACE = (
    "cloudfront:*",
    "ecr-public:*",
    "globalaccelerator:*",
    "networkmanager:*",
    "s3:CreateMultiRegionAccessPoint",
)


def deny_document(spec: GuardrailSpec, where: Where) -> str:
    """Raises ValueError for a document that AWS would not take for its length."""
    text = document(statements(spec, where))
    if len(text) > LONGEST:
        raise ValueError(f"exempt: the service control policy has {len(text)} characters; allowed: {LONGEST}: name fewer actions")
    return text


def statements(spec: GuardrailSpec, where: Where) -> list[Statement]:
    regions = list(spec.allowed_regions)
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": regions}}
    vaults = [where.arn("backup", "backup-vault:*", region=region, account="*") for region in regions]
    blind = [action for action in (*WITHOUT_PLACE, *BLIND_COPIES) if action not in spec.exempt]
    others = {"ArnNotLike": {"aws:PrincipalArn": list(spec.replicators)}} if spec.replicators else None
    return [
        {
            "Sid": "OutsideRegions",
            "Effect": "Deny",
            "NotAction": sorted({*WITHOUT_REGION, *spec.exempt}),
            "Resource": "*",
            "Condition": elsewhere,
        },
        _deny("WithoutPlace", blind),
        *([] if BUCKET_COPIES in spec.exempt else [_deny("BucketCopies", [BUCKET_COPIES], others)]),
        _deny("KeyReplicas", ["kms:ReplicateKey"], {"StringNotEquals": {"kms:ReplicaRegion": regions}}),
        _deny("OtherRegionsStayOff", ["account:EnableRegion"], {"StringNotEquals": {"account:TargetRegion": regions}}),
        _deny(
            "SecretReplicas",
            ["secretsmanager:CreateSecret", "secretsmanager:ReplicateSecretToRegions"],
            {"ForAnyValue:StringNotEquals": {"secretsmanager:AddReplicaRegions": regions}},
        ),
        _deny(
            "BackupCopies",
            ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault"],
            {"ForAnyValue:ArnNotLike": {"backup:CopyTargets": vaults}},
        ),
    ]


def _deny(sid: str, actions: Sequence[str], condition: dict[str, Any] | None = None) -> Statement:
    statement: Statement = {"Sid": sid, "Effect": "Deny", "Action": list(actions), "Resource": "*"}
    return statement | ({"Condition": condition} if condition else {})
