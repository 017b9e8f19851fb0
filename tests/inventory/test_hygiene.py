"""What holds for everything in a stack: explicit providers, tags, protection, least rights, no secret in the open."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import pytest

from infra.settings import Settings
from tests.inventory.cases import Case
from tests.recorder import Recording
from tests.stacks import configuration, planted

pytestmark = pytest.mark.inventory

DURABLE = {
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "aws:kms/key:Key",
    "aws:ecr/repository:Repository",
    "aws:route53/zone:Zone",
    "aws:eks/cluster:Cluster",
}
PHYSICAL = ("name", "bucket", "identifier", "repositoryName")


def statements(registered: Recording[Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Type, name and statement of each policy document in an input."""
    for item in registered:
        for value in item.inputs.values():
            if isinstance(value, str) and '"Statement"' in value:
                for statement in json.loads(value)["Statement"]:
                    yield item.type, item.name, statement


def test_no_resource_uses_a_default_provider(registered: Recording[None]) -> None:
    providers = {item.name for item in registered if item.type.startswith("pulumi:providers:")}
    for item in registered:
        if item.custom and not item.type.startswith("pulumi:providers:"):
            assert item.provider in providers, f"{item.type} {item.name}"


def test_every_aws_provider_is_bound_to_its_account_and_tags_what_it_makes(registered: Recording[None], case: Case) -> None:
    account = configuration(case.stack)["account"]
    for item in registered.of("pulumi:providers:aws"):
        assert json.loads(item.inputs["allowedAccountIds"]) == [account]
        tags = json.loads(item.inputs["defaultTags"])["tags"]
        assert tags["environment"] == configuration(case.stack)["environment"]
        assert tags["managed-by"] == "eu-cloud"


def test_physical_names_are_unique_in_their_type(registered: Recording[None]) -> None:
    names = Counter(
        (item.type, item.inputs.get("region"), item.inputs[key])
        for item in registered
        for key in PHYSICAL
        if item.type.startswith("aws:") and isinstance(item.inputs.get(key), str) and "Policy" not in item.type
    )
    lone = {
        "aws:s3/bucket:Bucket",
        "aws:iam/role:Role",
        "aws:eks/cluster:Cluster",
        "aws:rds/instance:Instance",
        "aws:ecr/repository:Repository",
    }
    assert [name for name, times in names.items() if times > 1 and name[0] in lone] == []


def test_what_holds_data_is_protected_in_production_alone(production: Recording[None], staging: Recording[None]) -> None:
    assert {item.type for item in production if item.protect} >= DURABLE
    unprotected = [f"{item.type} {item.name}" for item in production if item.type in DURABLE and not item.protect]
    assert unprotected == []
    assert [f"{item.type} {item.name}" for item in staging if item.protect] == []


def test_no_policy_allows_every_action_of_a_service(registered: Recording[None]) -> None:
    for type_, name, statement in statements(registered):
        if statement["Effect"] == "Allow" and not _is_ceiling(type_, statement):
            assert "NotAction" not in statement, f"{type_} {name} {statement.get('Sid')}"
            wide = [action for action in _listed(statement["Action"]) if action == "*" or action.endswith(":*")]
            assert wide == [], f"{type_} {name} {statement.get('Sid')}: {wide}"


def test_nobody_is_let_in_by_a_policy_without_a_condition(registered: Recording[None]) -> None:
    for type_, name, statement in statements(registered):
        if statement["Effect"] == "Allow" and statement.get("Principal") in ("*", {"AWS": "*"}) and not _reads(statement):
            assert statement.get("Condition"), f"{type_} {name} {statement.get('Sid')}"


def _is_ceiling(type_: str, statement: dict[str, Any]) -> bool:
    """Rights that give nothing by themselves: a key's account (its IAM policies decide), and an endpoint's own account."""
    principal = cast("dict[str, str]", statement["Principal"]) if isinstance(statement.get("Principal"), dict) else {}
    own_account = str(principal.get("AWS", "")).endswith(":root")
    endpoint = type_ == "aws:ec2/vpcEndpoint:VpcEndpoint" and "aws:ResourceAccount" in json.dumps(statement.get("Condition"))
    return own_account or endpoint


def _reads(statement: dict[str, Any]) -> bool:
    """Layers of images and packages lie in buckets of others."""
    return set(_listed(statement["Action"])) <= {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_what_people_give_is_secret_wherever_it_is_used(registered: Recording[None], case: Case) -> None:
    given = {value for values in planted(Settings.parse(configuration(case.stack, case.changes))).values() for value in values.values()}
    seen: set[str] = set()
    for item in registered:
        for path, text in _texts("", item.inputs):
            if found := {value for value in given if value in text}:
                seen |= found
                assert path in item.secrets, f"{item.type} {item.name}: {path} holds {found} in the open"
    assert seen == given
    exported = json.dumps({key: value for key, value in registered.exports.items() if key != "kubeconfig"}, default=str)
    assert not [value for value in given if value in exported]


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield from _texts(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from _texts(f"{path}[{index}]", inner)
    elif isinstance(value, str):
        yield path, value
