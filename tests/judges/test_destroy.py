"""A destroy comes to its end in the right order, before judges who would keep what was left behind; and it can leave what holds data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest

from components.vocabulary import Cloud
from ops.stack import events, kept
from ops.stack.order import Deletion, Rule, broken, deletions
from sandbox.kubernetes.planes import planes
from tests.destroy_rules import RULES
from tests.engine.stage import FAST, Ran, Things
from tests.inventory.cases import CASES
from tests.judges.census import Thing, lingers
from tests.judges.standing import Standing, standing

pytestmark = pytest.mark.judge

STAGING = next(case for case in CASES if case.name.endswith("-staging"))
LARGER = replace(STAGING, changes={"systems/play-new/phase": 1})
"""With a replica of the database, and with traces, whose volume is claimed by an object of the program's own."""
SLOW = ("--latency", "realistic", "--time-scale", "600")
"""A cluster takes 300 ms to go, a node group 400: enough to see who waits for whom."""
COSTS = ("kubernetes:", "aws:eks/", "aws:ec2/natGateway:", "aws:ec2/eip:", "aws:ec2/vpcEndpoint:")
STAYS = {
    "EC2 refuses to delete a network with parts",
    "databases and caches are in their parameter groups, and write logs, to the end",
    "without its key nothing can be read any more",
}
"""Rules about what a destroy that keeps data does not reach."""
STICKS = {"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "aws:secretsmanager/secretVersion:SecretVersion"}
"""What stays with its network or its secret in AWS, though the engine has forgotten it."""
MANIFEST: dict[str, Any] = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {"digest": "sha256:0"},
    "layers": [],
}


@pytest.fixture(scope="module")
def stood(tmp_path_factory: pytest.TempPathFactory) -> Generator[Standing]:
    with standing(tmp_path_factory.mktemp("destroy"), LARGER, FAST) as stack:
        yield stack


@pytest.fixture(scope="module")
def before() -> dict[str, Any]:
    """What the data looked like when it was left."""
    return {}


def passed(ran: Ran) -> Ran:
    assert ran.code == 0, ran.said
    return ran


def deleted(stood: Standing) -> tuple[Deletion, ...]:
    return deletions(events.read(stood.stage.folder / "events.jsonl"))


def out_of_order(stood: Standing, rules: list[Rule]) -> list[str]:
    all_ = deleted(stood)
    return [line for rule in rules for line in broken(rule, all_)]


def data(stood: Standing) -> Things:
    return sorted((one["urn"], one["id"]) for one in stood.stage.resources() if one["type"] in kept.HOLDS_DATA)


def seen(stood: Standing) -> dict[str, Any]:
    """The data itself, and what else tells a thing from a new one of its name, as boto3 shows it."""
    account = stood.account()

    def ask(service: str, operation: str, path: str, **arguments: Any) -> Any:
        return account.ask(service, stood.settings.region, operation, path, **arguments)

    secrets: list[str] = ask("secretsmanager", "list_secrets", "SecretList[?!OwningService].ARN")
    keys: list[str] = ask("kms", "list_keys", "Keys[].KeyId")
    zones: list[str] = ask("route53", "list_hosted_zones", "HostedZones[].Id")
    return {
        "databases": sorted(
            ask("rds", "describe_db_instances", "DBInstances[].[DBInstanceIdentifier, InstanceCreateTime, DBInstanceStatus]")
        ),
        "buckets": sorted(ask("s3", "list_buckets", "Buckets[].[Name, CreationDate]")),
        "keys": sorted(ask("kms", "describe_key", "KeyMetadata.[KeyId, CreationDate, KeyState]", KeyId=key) for key in keys),
        "secrets": {one: ask("secretsmanager", "get_secret_value", "[VersionId, SecretString]", SecretId=one) for one in secrets},
        "repositories": sorted(ask("ecr", "describe_repositories", "repositories[].[repositoryArn, createdAt]")),
        "images": ask("ecr", "list_images", "imageIds", repositoryName=repository(stood)),
        "vaults": sorted(ask("backup", "list_backup_vaults", "BackupVaultList[].[BackupVaultArn, CreationDate]")),
        "zones": [ask("route53", "get_hosted_zone", "[HostedZone.Id, DelegationSet.NameServers]", Id=one) for one in zones],
    }


def repository(stood: Standing) -> str:
    """The same one at each call: the engine writes resources down in the order in which they were made."""
    return min(str(one["id"]) for one in stood.of("aws:ecr/repository:Repository"))


class TestDestroy:
    def test_a_stack_comes_up_and_gets_data(self, stood: Standing, before: dict[str, Any]) -> None:
        assert set(passed(stood.stage.verb("up")).changes) == {"create"}
        assert not [one for one in stood.stage.resources() if one.get("protect")], "nothing of it is protected"
        images = stood.account().at("ecr", stood.settings.region)
        images.put_image(repositoryName=repository(stood), imageManifest=json.dumps(MANIFEST), imageTag="0.1.0")
        before["seen"], before["data"] = seen(stood), data(stood)

    def test_told_to_keep_data_a_destroy_takes_all_the_rest_in_order(self, stood: Standing) -> None:
        passed(stood.stage.verb("destroy", "--keep-data", *SLOW))

        assert out_of_order(stood, [rule for rule in RULES[Cloud.AWS] if rule.why not in STAYS]) == []
        assert [one["urn"] for one in stood.stage.resources() if one["type"].startswith(COSTS)] == [], "it costs, and holds nothing"
        assert planes(stood.stage.state) == {}, "the cluster went, and its control plane with it"
        assert "left in" not in log(stood), "the cluster was empty by then"

    def test_the_data_and_what_it_stands_on_are_left_as_they_were(self, stood: Standing, before: dict[str, Any]) -> None:
        assert data(stood) == before["data"]
        assert seen(stood) == before["seen"]
        assert differing(stood) == [], "and nothing else stands in AWS"

    def test_a_list_tells_a_person_what_is_left_and_why(self, stood: Standing, before: dict[str, Any]) -> None:
        entries = json.loads((stood.stage.folder / "kept.json").read_text(encoding="utf-8"))
        shown = stood.stage.spoken[-1]

        assert sorted((one["urn"], one["id"]) for one in entries) == stood.stage.recorded()
        assert {one["urn"] for one in entries if "stands on it" not in one["why"]} == {urn for urn, _ in before["data"]}
        assert [one["name"] for one in entries if one["name"] not in shown] == []
        assert {one["region"] for one in entries if not one["type"].startswith("aws:iam/")} <= {"", *stood.regions}
        assert f"Written down with ids, regions and reasons: {stood.stage.folder / 'kept.json'}" in shown

    def test_another_destroy_does_not_take_it_either(self, stood: Standing, before: dict[str, Any]) -> None:
        assert passed(stood.stage.verb("destroy")).changes == {}
        assert data(stood) == before["data"]

    def test_up_takes_it_over_as_it_is_and_makes_the_rest_anew(self, stood: Standing, before: dict[str, Any]) -> None:
        left = set(stood.stage.recorded())
        ran = passed(stood.stage.verb("up"))

        assert set(ran.changes) == {"create"}, "what was left is neither changed nor replaced"
        assert left < set(stood.stage.recorded())
        assert differing(stood) == [], "nothing stands there twice"
        assert without_values(seen(stood)) == without_values(before["seen"])
        assert not (stood.stage.folder / "kept.json").exists()

    def test_a_destroy_ends_in_order_and_leaves_nothing(self, stood: Standing) -> None:
        passed(stood.stage.verb("destroy", *SLOW))

        assert out_of_order(stood, list(RULES[Cloud.AWS])) == []
        assert (stood.stage.resources(), stood.stage.made()) == ([], [])
        assert [thing for thing in stood.census() if not lingers(thing)] == []
        assert planes(stood.stage.state) == {}
        assert "left in" not in log(stood), "the cluster was empty by then"


def differing(stood: Standing) -> list[Thing]:
    """What stands in AWS and not in the engine's state, or the other way round."""
    there, recorded = Counter(stood.in_aws()), Counter(stood.recorded())
    return [thing for thing in (there - recorded) + (recorded - there) if thing.type not in STICKS]


def without_values(shown: dict[str, Any]) -> dict[str, Any]:
    """Generated secrets are made anew where the generator went; their places are the same."""
    return {**shown, "secrets": sorted(shown["secrets"])}


def log(stood: Standing) -> str:
    return (stood.stage.state / "stand-ins.log").read_text(encoding="utf-8")
