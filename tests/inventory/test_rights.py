"""Least rights on AWS: what a policy leaves open says by its Sid why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.vocabulary import Cloud
from tests.inventory.cases import case
from tests.recorder import Recording

pytestmark = pytest.mark.inventory

NO_RESOURCE_LEVEL = "HasNoResourceLevel"
"""Actions that AWS authorises for the account as a whole: listing and describing."""
IDENTITY = ("aws:iam/rolePolicy:", "aws:iam/policy:", "aws:iam/userPolicy:", "aws:iam/groupPolicy:")
READING = ("Describe", "List", "Get")


@pytest.fixture(scope="module")
def guarded() -> Recording[None]:
    """Production with everything on that a stack may leave out: the region deny and the recording of configurations."""
    return case(Cloud.AWS, "production").recorded({"guardrail/deny_target": "ou-ab12-cd34ef56", "guardrail/record_configuration": True})


def statements(registered: Recording[Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for item in registered:
        for value in item.inputs.values():
            if isinstance(value, str) and '"Statement"' in value:
                yield from ((item.type, item.name, statement) for statement in json.loads(value)["Statement"])


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def test_every_statement_is_named_and_names_are_unique(on_aws: Recording[None]) -> None:
    seen: set[tuple[str, str, str]] = set()
    for type_, name, statement in statements(on_aws):
        if "Principal" in statement and type_ == "aws:iam/role:Role":
            continue  # a role's trust is one statement
        assert statement.get("Sid"), f"{type_} {name}: {statement}"
        assert (type_, name, statement["Sid"]) not in seen, f"{type_} {name} {statement['Sid']}"
        seen.add((type_, name, statement["Sid"]))


def test_identities_act_on_everything_only_to_read_what_has_no_resource_level(on_aws: Recording[None]) -> None:
    for type_, name, statement in statements(on_aws):
        if type_.startswith(IDENTITY) and statement["Effect"] == "Allow" and "*" in listed(statement["Resource"]):
            assert NO_RESOURCE_LEVEL in statement["Sid"], f"{name} {statement['Sid']}"
            actions = [action.partition(":")[2] for action in listed(statement["Action"])]
            assert [action for action in actions if not action.startswith(READING)] == [], f"{name} {statement['Sid']}"


def test_no_identity_has_a_wildcard_in_an_action(on_aws: Recording[None]) -> None:
    for type_, name, statement in statements(on_aws):
        if type_.startswith(IDENTITY) and statement["Effect"] == "Allow":
            wide = [
                action
                for action in listed(statement["Action"])
                if "*" in action and not action.endswith(("GenerateDataKey*", "ReEncrypt*"))
            ]
            assert wide == [], f"{name} {statement['Sid']}"


def test_services_that_are_let_in_come_from_this_account(on_aws: Recording[None]) -> None:
    """A service acts for any account that asks it: without a condition a stranger's request passes (the confused deputy)."""
    for type_, name, statement in statements(on_aws):
        principal = statement.get("Principal")
        if type_ == "aws:iam/role:Role" or not isinstance(principal, dict) or "Service" not in principal:
            continue
        condition = json.dumps(statement.get("Condition", {}))
        assert any(word in condition for word in ("Account", "SourceArn", "EncryptionContext")), f"{type_} {name} {statement['Sid']}"


def test_only_the_region_deny_speaks_of_all_actions_but_some(guarded: Recording[None]) -> None:
    found = [(type_, statement["Effect"]) for type_, _, statement in statements(guarded) if "NotAction" in statement]
    assert found
    assert set(found) == {("aws:organizations/policy:Policy", "Deny")}


def test_the_region_deny_forbids_and_grants_nothing(guarded: Recording[None]) -> None:
    denied = [statement for type_, _, statement in statements(guarded) if type_ == "aws:organizations/policy:Policy"]
    assert {statement["Effect"] for statement in denied} == {"Deny"}
    assert guarded.one("aws:organizations/policyAttachment:PolicyAttachment").inputs["targetId"] == "ou-ab12-cd34ef56"
