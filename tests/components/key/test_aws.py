from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.key.aws import AwsKey
from components.key.spec import KeySpec
from components.site import Site
from tests.answers import ACCOUNT
from tests.components.aws_wiring import SITE, SOVEREIGN
from tests.recorder import record

NAME = "playnew-production-data-key"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
READS = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncrypt", "kms:*")


def policy(spec: KeySpec, site: Site = SITE) -> dict[str, Any]:
    inputs = record(lambda: AwsKey(NAME, spec, site)).one("aws:kms/key:Key").inputs
    return {statement["Sid"]: statement for statement in json.loads(inputs["policy"])["Statement"]}


@pytest.mark.requirement("PN-08")
def test_a_key_rotates_stays_in_its_region_and_is_hard_to_lose() -> None:
    registered = record(lambda: AwsKey(NAME, KeySpec(purpose="data", rotation_days=180), SITE))
    key = registered.one("aws:kms/key:Key")
    assert (key.inputs["enableKeyRotation"], key.inputs["rotationPeriodInDays"]) == (True, 180)
    assert (key.inputs["multiRegion"], key.inputs["keyUsage"], key.inputs["customerMasterKeySpec"]) == (
        False,
        "ENCRYPT_DECRYPT",
        "SYMMETRIC_DEFAULT",
    )
    assert (key.inputs["deletionWindowInDays"], key.protect, key.inputs["bypassPolicyLockoutSafetyCheck"]) == (30, True, False)


def test_a_key_is_known_by_its_alias() -> None:
    registered = record(lambda: AwsKey(NAME, KeySpec(purpose="data"), SITE), {"aws:kms/key:Key": {"keyId": "1234"}})
    alias = registered.one("aws:kms/alias:Alias")
    assert (alias.inputs["name"], alias.inputs["targetKeyId"]) == (f"alias/{NAME}", "1234")
    outputs = registered.one("eucloud:aws:Key").outputs
    assert outputs == {
        "id": "1234",
        "ref": registered.one("aws:kms/key:Key").state["arn"],
        "alias": f"alias/{NAME}",
        "exclusive": False,
    }


def test_without_named_services_the_accounts_own_policies_decide() -> None:
    assert policy(KeySpec(purpose="data")) == {
        "Account": {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}
    }


@pytest.mark.requirement("PN-08")
def test_an_exclusive_key_lets_the_accounts_administrators_manage_but_not_read() -> None:
    statements = policy(KeySpec(purpose="master", exclusive=True))
    assert set(statements) == {"Administration", "GrantToWorkloads"}
    actions = statements["Administration"]["Action"]
    assert not [action for action in actions if action.startswith(READS) or "*" in action or action == "kms:CreateGrant"]
    assert {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DescribeKey"} <= set(actions)


@pytest.mark.requirement("PN-08")
def test_an_exclusive_key_is_granted_to_roles_of_its_own_stack_alone() -> None:
    grant = policy(KeySpec(purpose="master", exclusive=True))["GrantToWorkloads"]
    assert grant["Action"] == "kms:CreateGrant"
    assert grant["Condition"] == {
        "StringLike": {"kms:GranteePrincipal": f"arn:aws:iam::{ACCOUNT}:role/playnew-production-*"},
        "ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"]},
        "BoolIfExists": {"kms:GrantIsForAWSResource": "false"},
    }


def test_an_exclusive_key_serves_no_cloud_service() -> None:
    with pytest.raises(ValidationError, match="services: logs cannot use an exclusive key"):
        KeySpec(purpose="master", exclusive=True, services=("logs",))


def test_logs_use_the_key_for_this_accounts_log_groups() -> None:
    statement = policy(KeySpec(purpose="logs", services=("logs",)))["Logs"]
    assert statement["Principal"] == {"Service": "logs.eu-south-1.amazonaws.com"}
    assert statement["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-south-1:{ACCOUNT}:log-group:*"}}


def test_the_audit_trail_writes_with_the_key_and_reads_nothing() -> None:
    statements = policy(KeySpec(purpose="logs", services=("audit",)))
    writes = statements["TrailWrites"]
    assert (writes["Principal"], writes["Action"]) == ({"Service": "cloudtrail.amazonaws.com"}, "kms:GenerateDataKey*")
    assert writes["Condition"]["ArnLike"] == {"aws:SourceArn": f"arn:aws:cloudtrail:eu-south-1:{ACCOUNT}:trail/playnew-production-*"}
    assert statements["TrailDescribes"]["Action"] == "kms:DescribeKey"


@pytest.mark.parametrize("service", ["notifications", "backup"])
def test_services_act_for_this_account_alone(service: Any) -> None:
    statements = policy(KeySpec(purpose="any", services=(service,)))
    assert len(statements) > 1
    assert all(
        statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
        for sid, statement in statements.items()
        if sid != "Account"
    )


def test_the_autoscaling_role_opens_node_disks_even_before_it_exists() -> None:
    statements = policy(KeySpec(purpose="cluster", services=("nodes",)))
    autoscaling = {
        "StringEquals": {"kms:CallerAccount": ACCOUNT},
        "ArnEquals": {
            "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
        },
    }
    assert statements["NodeDisks"]["Condition"] == autoscaling
    assert statements["NodeDiskGrants"]["Condition"] == autoscaling | {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_a_statement_that_names_everybody_is_bound_to_one_role_of_the_account() -> None:
    statements = policy(KeySpec(purpose="all", services=("logs", "audit", "notifications", "backup", "nodes")))
    open_to_all = [statement for statement in statements.values() if "*" in statement["Principal"].values()]
    assert {statement["Sid"] for statement in open_to_all} == {"NodeDisks", "NodeDiskGrants"}
    assert all({"StringEquals", "ArnEquals"} <= set(statement["Condition"]) for statement in open_to_all)


def test_names_follow_the_partition() -> None:
    statements = policy(KeySpec(purpose="logs", services=("logs",)), SOVEREIGN)
    assert statements["Account"]["Principal"] == {"AWS": f"arn:aws-eusc:iam::{ACCOUNT}:root"}
    assert statements["Logs"]["Principal"] == {"Service": "logs.eusc-de-east-1.amazonaws.eu"}


def test_an_unknown_service_is_refused_with_those_allowed() -> None:
    with pytest.raises(ValidationError, match=r"'logs', 'audit', 'notifications', .* 'registries' or 'secrets'"):
        KeySpec.model_validate({"purpose": "x", "services": ["lambda"]})
