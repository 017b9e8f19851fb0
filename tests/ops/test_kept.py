from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ops.stack import __main__ as verbs
from ops.stack import kept
from ops.stack.hints import Said
from ops.stack.state import State

URN = "urn:pulumi:staging::eu-cloud::"
DATABASE, SUBNETS, KEY, BUCKET = "aws:rds/instance:Instance", "aws:rds/subnetGroup:SubnetGroup", "aws:kms/key:Key", "aws:s3/bucket:Bucket"
ROLE, CLUSTER = "aws:iam/role:Role", "aws:eks/cluster:Cluster"


def resource(type_: str, name: str, *needs: str, region: str = "eu-south-1", **more: Any) -> dict[str, Any]:
    outputs = {"region": region} if region else {}
    return {
        "urn": f"{URN}{type_}::{name}",
        "type": type_,
        "id": f"{name}-id",
        "custom": True,
        "outputs": outputs,
        "dependencies": [f"{URN}{other}" for other in needs],
        **more,
    }


def state(*resources: dict[str, Any]) -> State:
    return State(resources)


STANDING = (
    resource("pulumi:providers:aws", "eu", region=""),
    resource(ROLE, "monitoring", region="", outputs={"arn": "arn:aws:iam::1:role/monitoring"}),
    resource(SUBNETS, "subnets"),
    resource(KEY, "key", outputs={"arn": "arn:aws:kms:eu-central-1:1:key/k"}),
    resource(BUCKET, "logs", f"{KEY}::key"),
    resource(DATABASE, "db", f"{SUBNETS}::subnets", f"{KEY}::key", f"{ROLE}::monitoring", provider=f"{URN}pulumi:providers:aws::eu::1"),
    resource(CLUSTER, "cluster", f"{KEY}::key"),
    resource(DATABASE, "replaced", delete=True),
)


def protected(*names: str) -> State:
    return state(*({**one, "protect": one["urn"].rpartition("::")[2] in names} for one in STANDING if not one.get("delete")))


def test_data_is_known_by_its_type() -> None:
    assert [urn.rpartition("::")[2] for urn in kept.unprotected_data(state(*STANDING))] == ["key", "logs", "db"]


def test_what_is_protected_already_needs_nothing() -> None:
    assert kept.unprotected_data(protected("key", "logs", "db")) == ()
    assert kept.unprotected_data(state()) == ()


def test_the_list_says_what_stays_where_and_why() -> None:
    found = {one.name: one for one in kept.listed(protected("key", "logs", "db", "cluster"))}

    assert {name: (one.region, one.why) for name, one in found.items()} == {
        "cluster": ("eu-south-1", "protected"),
        "db": ("eu-south-1", "a database"),
        "key": ("eu-central-1", "what it encrypts cannot be read without it"),
        "logs": ("eu-south-1", "objects"),
        "monitoring": ("", "db stands on it"),
        "subnets": ("eu-south-1", "db stands on it"),
    }
    assert (found["db"].urn, found["db"].type, found["db"].id) == (f"{URN}{DATABASE}::db", DATABASE, "db-id")


def test_what_several_things_stand_on_names_one_of_them() -> None:
    (shared,) = (one for one in kept.listed(protected("logs", "db", "cluster")) if one.name == "key")
    assert shared.why == "cluster stands on it, and 2 more"


def test_the_list_is_written_as_long_as_something_is_left(tmp_path: Path) -> None:
    path = kept.write(tmp_path, protected("db"))
    assert path == tmp_path / "kept.json"
    written = json.loads((tmp_path / "kept.json").read_text(encoding="utf-8"))
    assert [set(entry) for entry in written] == [{"urn", "type", "id", "name", "region", "why"}] * 4
    assert [entry["name"] for entry in written] == ["monitoring", "key", "db", "subnets"]

    assert kept.write(tmp_path, state()) is None
    assert list(tmp_path.iterdir()) == []


class Recorded:
    """An engine that does as it is told, and remembers what it was."""

    def __init__(self, folder: Path, code: int = 0) -> None:
        self.folder, self.code, self.commands = folder, code, list[tuple[str, ...]]()
        self.left: tuple[dict[str, Any], ...] = STANDING

    def read(self, *arguments: str) -> str:
        self.commands.append(arguments)
        urns = {argument for argument in arguments if argument.startswith("urn:")}
        self.left = tuple({**one, "protect": one["urn"] in urns or one.get("protect", False)} for one in self.left)
        return ""

    def operate(self, *arguments: str) -> Said:
        self.commands.append(arguments)
        stays = {*(one.urn for one in kept.listed(State(self.left)))}
        self.left = tuple(one for one in self.left if one["urn"] in stays)
        return Said(self.code, "")

    def export(self) -> str:
        return json.dumps({"deployment": {"resources": self.left}})


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded(tmp_path)

    class Opened:
        def __enter__(self) -> Recorded:
            return recorded

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(verbs, "opened", lambda *_, **__: Opened())  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]: any call
    return recorded


def test_data_is_protected_in_the_state_before_the_rest_goes(engine: Recorded) -> None:
    said = CliRunner().invoke(verbs.app, ["destroy", "--stack", "staging", "--keep-data"])

    assert said.exit_code == 0, said.output
    protect, destroy = engine.commands
    assert protect[:5] == ("state", "protect", "--yes", "--stack", "staging")
    assert [urn.rpartition("::")[2] for urn in protect[5:]] == ["key", "logs", "db"]
    assert destroy[:3] == ("destroy", "--yes", "--exclude-protected")
    assert f"Written down with ids, regions and reasons: {engine.folder / 'kept.json'}" in said.stdout
    assert "`make up STACK=staging` takes all of it over again." in said.stdout


def test_without_being_told_a_destroy_protects_nothing(engine: Recorded) -> None:
    assert CliRunner().invoke(verbs.app, ["destroy", "--stack", "staging"]).exit_code == 0
    assert [command[0] for command in engine.commands] == ["destroy"]
    assert not (engine.folder / "kept.json").exists()


def test_the_list_is_there_when_the_destroy_broke_off(engine: Recorded) -> None:
    engine.code = 255
    assert CliRunner().invoke(verbs.app, ["destroy", "--stack", "staging", "--keep-data"]).exit_code == 255
    assert (engine.folder / "kept.json").exists()
