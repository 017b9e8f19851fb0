"""Names and numbers as AWS takes them, where they differ by partition (`aws`, `aws-eusc`) or service."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.identity.documents import Statement, Where

# What CloudWatch Logs accepts; any other number is refused.
_RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)

# Endpoint services that carry the partition's own prefix in the European Sovereign Cloud; the others keep `com.amazonaws` there.
_SOVEREIGN_ENDPOINTS = frozenset({"ecr.api", "ecr.dkr", "execute-api", "securityhub"})


def account_root(where: Where) -> str:
    """The principal that stands for whomever the account's IAM policies allow."""
    return where.arn("iam", "root", region="")


def bucket_arn(where: Where, bucket: str) -> str:
    """Bucket ARNs carry neither region nor account; `<bucket>/*` means its objects."""
    return where.arn("s3", bucket, region="", account="")


def service_principal(service: str) -> str:
    """The same in both partitions; CloudWatch Logs is the exception: `logs_principal`."""
    return f"{service}.amazonaws.com"


def logs_principal(where: Where) -> str:
    return f"logs.{where.region}.{where.dns_suffix}"


def endpoint_service(where: Where, service: str) -> str:
    """Name of the service that a VPC endpoint leads to."""
    prefix = "eu.amazonaws" if where.partition == "aws-eusc" and service in _SOVEREIGN_ENDPOINTS else "com.amazonaws"
    return f"{prefix}.{where.region}.{service}"


def retention(days: int) -> int:
    """The shortest retention that CloudWatch Logs accepts and that keeps logs at least `days`."""
    return next((accepted for accepted in _RETENTION if accepted >= days), _RETENTION[-1])


def policy(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """A policy document whose values may be Outputs."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))
