from __future__ import annotations

import pytest

from components.aws_names import account_root, bucket_arn, endpoint_service, logs_principal, retention
from components.identity.documents import where
from tests.answers import ACCOUNT
from tests.components.aws_wiring import SITE, SOVEREIGN


@pytest.mark.parametrize(("asked", "kept"), [(1, 1), (2, 3), (30, 30), (31, 60), (91, 120), (366, 400), (5000, 3653)])
def test_logs_are_kept_at_least_as_long_as_asked_up_to_the_longest(asked: int, kept: int) -> None:
    assert retention(asked) == kept


@pytest.mark.parametrize(
    ("service", "commercial", "sovereign"),
    [
        ("ecr.dkr", "com.amazonaws.eu-south-1.ecr.dkr", "eu.amazonaws.eusc-de-east-1.ecr.dkr"),
        ("s3", "com.amazonaws.eu-south-1.s3", "com.amazonaws.eusc-de-east-1.s3"),
    ],
)
def test_endpoint_services_by_partition(service: str, commercial: str, sovereign: str) -> None:
    assert endpoint_service(where(SITE), service) == commercial
    assert endpoint_service(where(SOVEREIGN), service) == sovereign


def test_principals_and_buckets_by_partition() -> None:
    assert account_root(where(SOVEREIGN)) == f"arn:aws-eusc:iam::{ACCOUNT}:root"
    assert bucket_arn(where(SITE), "logs") == "arn:aws:s3:::logs"
    assert [logs_principal(where(site)) for site in (SITE, SOVEREIGN)] == [
        "logs.eu-south-1.amazonaws.com",
        "logs.eusc-de-east-1.amazonaws.eu",
    ]
