"""What holds for everything in a stack: explicit providers, tags, protection, least rights, no secret in the open."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import pytest

from components.vocabulary import Cloud
from infra.settings import Settings
from ops.stack.kept import passing
from sandbox.reflection.schema import Schemas
from tests.inventory.cases import Case
from tests.inventory.cases import case as find
from tests.inventory.clouds.facts import View
from tests.recorder import Recording
from tests.stacks import ROOT, configuration, planted

pytestmark = pytest.mark.inventory

SCHEMAS = Schemas(ROOT / ".sandbox" / "schemas")
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


ACCOUNT = {Cloud.AWS: "allowedAccountIds", Cloud.GCP: "project", Cloud.AZURE: "subscriptionId"}
PROVIDER = {Cloud.AWS: "pulumi:providers:aws", Cloud.GCP: "pulumi:providers:gcp", Cloud.AZURE: "pulumi:providers:azure-native"}


def test_every_provider_of_a_cloud_is_bound_to_its_account(case: Case) -> None:
    providers = case.recorded().of(PROVIDER[case.cloud])
    assert providers
    for item in providers:
        given = item.inputs[ACCOUNT[case.cloud]]
        assert case.configuration["account"] in (json.loads(given) if given.startswith("[") else [given])


def test_one_clouds_providers_alone_are_in_a_stack(case: Case) -> None:
    others = {PROVIDER[cloud] for cloud in Cloud if cloud is not case.cloud}
    assert not others & {item.type for item in case.recorded()}


def test_what_takes_tags_tells_its_stack_and_environment(case: Case) -> None:
    """AWS and GCP put them on everything by their provider; Azure has no such thing, so that each resource carries its own."""
    registered, environment = case.recorded(), case.configuration["environment"]
    provider = registered.of(PROVIDER[case.cloud])[0].inputs
    if case.cloud is Cloud.AZURE:
        carried = [item.inputs["tags"] for item in registered if item.type.startswith("azure-native:") and "tags" in item.inputs]
        assert len(carried) >= 15
    else:
        given = json.loads(provider["defaultTags" if case.cloud is Cloud.AWS else "defaultLabels"])
        carried = [given.get("tags", given)]
    for tags in carried:
        assert (tags["managed-by"], tags["environment"]) == ("eu-cloud", environment)


def test_what_of_azure_takes_tags_has_them() -> None:
    registered = find(Cloud.AZURE, "production").recorded()
    bare = [item for item in registered if item.type.startswith("azure-native:") and "tags" not in item.inputs]
    assert [f"{item.type} {item.name}" for item in bare if "tags" in SCHEMAS.of(item.type).inputs] == []


def test_physical_names_are_unique_in_their_type(on_aws: Recording[None]) -> None:
    names = Counter(
        (item.type, item.inputs.get("region"), item.inputs[key])
        for item in on_aws
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


def test_what_holds_data_is_protected_in_production_alone(view: View, production: Recording[None], staging: Recording[None]) -> None:
    types = view.types
    durable = {types.database, types.bucket, types.key, types.registry, types.zone, types.cluster}
    assert {item.type for item in production if item.protect} >= durable
    unprotected = [item for item in production if item.type in durable and not item.protect]
    assert [f"{item.type} {item.name}" for item in unprotected if not passing(item.urn, item.inputs)] == []
    assert [f"{item.type} {item.name}" for item in staging if item.protect] == []


def test_no_policy_allows_every_action_of_a_service(on_aws: Recording[None]) -> None:
    for type_, name, statement in statements(on_aws):
        if statement["Effect"] == "Allow" and not _is_ceiling(type_, statement):
            assert "NotAction" not in statement, f"{type_} {name} {statement.get('Sid')}"
            wide = [action for action in _listed(statement["Action"]) if action == "*" or action.endswith(":*")]
            assert wide == [], f"{type_} {name} {statement.get('Sid')}: {wide}"


def test_nobody_is_let_in_by_a_policy_without_a_condition(on_aws: Recording[None]) -> None:
    for type_, name, statement in statements(on_aws):
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
                assert _hidden(path, item.secrets), f"{item.type} {item.name}: {path} holds {found} in the open"
    assert seen == given
    exported = json.dumps({key: value for key, value in registered.exports.items() if key != "kubeconfig"}, default=str)
    assert not [value for value in given if value in exported]


def _hidden(path: str, secrets: tuple[str, ...]) -> bool:
    """By itself, or within a structure that is secret as a whole."""
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in secrets)


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield from _texts(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from _texts(f"{path}[{index}]", inner)
    elif isinstance(value, str):
        yield path, value
