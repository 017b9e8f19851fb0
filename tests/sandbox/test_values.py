"""Property values on their way between engine, stand-in and disk."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from sandbox.contract import UNKNOWN, Difference, Instance, Properties, Record
from sandbox.detail import paths
from sandbox.drift import change, delete, find
from sandbox.generated import secret_outputs
from sandbox.instances import ACCOUNT, Sessions, place, strip, variables
from sandbox.marshal import ASSET, OUTPUT, RESOURCE, SECRET, SIGNATURE, UNKNOWN_STRING, marshal, unmarshal
from sandbox.sealing import Secret, has_secret, has_unknown, reveal, scrub, seal, unsealed
from sandbox.world import World

PASSWORD = "correct-horse-battery"


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        (UNKNOWN_STRING, UNKNOWN),
        (3.0, 3),
        (0.5, 0.5),
        ({SIGNATURE: SECRET, "value": "s"}, Secret("s")),
        ({SIGNATURE: SECRET, "value": UNKNOWN_STRING}, Secret(UNKNOWN)),
        ({SIGNATURE: OUTPUT, "value": "v", "dependencies": []}, "v"),
        ({SIGNATURE: OUTPUT, "value": "v", "secret": True}, Secret("v")),
        ({SIGNATURE: OUTPUT}, UNKNOWN),
        ({SIGNATURE: RESOURCE, "urn": "urn:pulumi:a", "id": "vpc-1"}, "vpc-1"),
        ({SIGNATURE: ASSET, "text": "t"}, {SIGNATURE: ASSET, "text": "t"}),
        ([{"a": [True, "x"]}], [{"a": [True, "x"]}]),
    ],
)
def test_the_engines_special_values_are_understood(wire: object, python: object) -> None:
    assert unmarshal(marshal({"p": wire})) == {"p": python}


def test_what_is_understood_is_written_the_same_way() -> None:
    sealed: Properties = {"a": Secret({"b": [1, UNKNOWN]}), "c": UNKNOWN, "d": [Secret("x"), 2.5], "e": False}
    assert unmarshal(marshal(sealed)) == sealed
    assert "gone" not in unmarshal(marshal({"gone": None, "kept": 1}))


def test_a_secret_stays_secret_wherever_it_is_echoed() -> None:
    inputs: Properties = {"password": Secret(PASSWORD), "nested": {"token": Secret("short")}, "engine": "postgres"}
    outputs = {
        "password": PASSWORD,
        "nested": {"token": "short"},
        "engine": "postgres",
        "endpoint": f"postgres://admin:{PASSWORD}@db",
        "data": {"p": base64.b64encode(PASSWORD.encode()).decode()},
        "other": "short",
        "generated": "g",
    }
    sealed = seal(outputs, inputs, names=("generated", "absent"))
    assert sealed["password"] == Secret(PASSWORD)
    assert sealed["nested"] == {"token": Secret("short")}
    assert sealed["engine"] == "postgres"
    assert isinstance(sealed["endpoint"], Secret)
    assert isinstance(sealed["data"]["p"], Secret)
    assert sealed["other"] == "short", "too short to follow by value"
    assert sealed["generated"] == Secret("g")
    assert reveal(sealed) == outputs


def test_a_value_given_in_the_open_stays_open_although_a_secret_contains_it() -> None:
    inputs: Properties = {"values": Secret({"namespace": "monitoring-stack-eu"}), "namespace": "monitoring-stack-eu"}
    assert seal({"namespace": "monitoring-stack-eu"}, inputs)["namespace"] == "monitoring-stack-eu"
    assert isinstance(seal({"elsewhere": "monitoring-stack-eu"}, inputs)["elsewhere"], Secret)


def test_a_list_that_changed_its_length_is_guarded_as_a_whole() -> None:
    sealed = seal({"l": ["b", "a", "c"]}, {"l": [Secret("a"), "b"]})
    assert sealed["l"] == Secret(["b", "a", "c"])
    assert seal({"l": ["a", "b"]}, {"l": [Secret("a"), "b"]})["l"] == [Secret("a"), "b"]


def test_messages_lose_the_secrets_that_they_quote() -> None:
    assert scrub(f"{PASSWORD!r} has no digit", {"p": Secret(PASSWORD)}) == "'[secret]' has no digit"
    assert has_secret([{"a": Secret(1)}])
    assert has_unknown({"a": Secret([UNKNOWN])})
    assert PASSWORD not in repr(Secret(PASSWORD))


def test_providers_own_secret_outputs_are_known_without_importing_their_sdks() -> None:
    assert set(secret_outputs("random:index/randomPassword:RandomPassword")) == {"result", "bcryptHash"}
    assert "privateKeyPem" in secret_outputs("tls:index/privateKey:PrivateKey")
    assert "password" in secret_outputs("aws:rds/instance:Instance")
    assert "data" in secret_outputs("kubernetes:core/v1:Secret")
    assert secret_outputs("aws:ec2/vpc:Vpc") == ()
    assert secret_outputs("nothing:index/thing:Thing") == ()


def test_changes_are_told_as_deep_as_inputs_go() -> None:
    difference = Difference(("tags", "rules", "name", "drifted", "odd key"), ("name",))
    old = {"tags": {"a": "1", "b.c": "2"}, "rules": [{"port": 1}], "name": "x", "odd key": 1}
    new = {"tags": {"a": "2"}, "rules": [{"port": 2}, {"port": 3}], "name": "y", "odd key": 2}
    assert paths(difference, old, new) == {
        "tags.a": ("UPDATE", False, True),
        'tags["b.c"]': ("DELETE", False, True),
        "rules[0].port": ("UPDATE", False, True),
        "rules[1]": ("ADD", False, True),
        "name": ("UPDATE", True, True),
        "drifted": ("UPDATE", False, False),
        '["odd key"]': ("UPDATE", False, True),
    }


def record(id_: str = "i-1", region: str = "eu-west-1", **outputs: object) -> Record:
    return Record(
        "aws", "aws:ec2/thing:Thing", id_, f"urn:pulumi:s::p::aws:ec2/thing:Thing::{id_}", ACCOUNT, region, {"size": 1}, dict(outputs)
    )


def test_the_world_outlives_its_process_and_holds_no_secret_in_plain_text(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.put(record(arn="arn:1", password=Secret(PASSWORD), deep={"k": [Secret({"key": PASSWORD})]}))
    other = World(tmp_path)
    found = other.get("aws:ec2/thing:Thing", "i-1")
    assert found is not None
    assert found.outputs == {"arn": "arn:1", "password": PASSWORD, "deep": {"k": [{"key": PASSWORD}]}}
    assert other.sealed(found).outputs["password"] == Secret(PASSWORD)
    assert not any(PASSWORD.encode() in file.read_bytes() for file in tmp_path.glob("world.db*"))
    assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.glob("vault.db*"))
    world.close()
    other.close()


def test_another_process_changes_are_seen_at_once(tmp_path: Path) -> None:
    one, two = World(tmp_path), World(tmp_path)
    one.put(record(arn="arn:1"))
    assert [found.id for found in two.by_output("arn:1")] == ["i-1"]
    two.put(record(arn="arn:2"))
    assert not list(one.by_output("arn:1"))
    assert [found.id for found in one.all(package="aws")] == ["i-1"]
    one.remove(record())
    one.remove(record())
    assert not list(two.all())
    one.close()
    two.close()


def test_forgotten_secrets_leave_the_vault(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.put(record(password=Secret("first-password-of-it")))
    world.put(record(password=Secret("second-password-of-it")))
    rows = world._vault._db.execute("SELECT value FROM secret").fetchall()  # pyright: ignore[reportPrivateUsage]: its content is the point
    assert rows == [(json.dumps("second-password-of-it"),)]
    world.close()


def test_two_regions_may_hold_things_of_one_name(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.put(record("name", "eu-west-1", arn="west"))
    world.put(record("name", "eu-central-1", arn="central"))
    for region, arn in (("eu-west-1", "west"), ("eu-central-1", "central")):
        found = world.view(ACCOUNT, region).get("aws:ec2/thing:Thing", "name")
        assert found is not None
        assert found.outputs["arn"] == arn
    world.close()


def test_unanswered_things_are_told_apart(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.put(record("a"), answered=False)
    world.put(record("b"))
    assert [lost.id for lost in world.unanswered()] == ["a"]
    world.answer(record("a"))
    assert world.unanswered() == []
    world.close()


def test_drift_changes_one_place_in_inputs_and_outputs(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.put(record(size=1, rules=[{"port": 1}], password=Secret(PASSWORD)))
    assert change(world, "i-1", "rules[0].port", 2).outputs["rules"] == [{"port": 2}]
    assert change(world, "i-1", 'labels["app/name"]', "x").inputs["labels"] == {"app/name": "x"}
    assert change(world, "i-1", "password", "new-password").outputs["password"] == Secret("new-password")
    for path in ("rules[4].port", "size.x", "password.x"):
        with pytest.raises(LookupError):
            change(world, "i-1", path, 1)
    with pytest.raises(LookupError, match="nothing in the world"):
        find(world, "nobody")
    delete(world, "i-1")
    assert not list(world.all())
    world.close()


def test_instances_are_told_apart_by_their_connection() -> None:
    sessions = Sessions()
    sessions.configure("ipv4:127.0.0.1:1", Instance("aws", "urn:a", {"region": "eu-west-1"}))
    assert sessions.at("ipv4:127.0.0.1:99").region == "eu-west-1", "the only one answers for a connection made anew"
    sessions.configure("ipv4:127.0.0.1:2", Instance("aws", "urn:b", {"region": "eu-central-1", "allowedAccountIds": '["42"]'}))
    assert sessions.at("ipv4:127.0.0.1:1").region == "eu-west-1"
    assert (sessions.at("ipv4:127.0.0.1:2").account, sessions.at("ipv4:127.0.0.1:1").account) == ("42", ACCOUNT)
    with pytest.raises(LookupError):
        sessions.at("ipv4:127.0.0.1:99")


def test_a_clusters_things_live_at_its_api_server() -> None:
    kubeconfig = json.dumps(
        {
            "current-context": "b",
            "contexts": [{"name": "a", "context": {"cluster": "ca"}}, {"name": "b", "context": {"cluster": "cb"}}],
            "clusters": [{"name": "ca", "cluster": {"server": "https://a"}}, {"name": "cb", "cluster": {"server": "https://b"}}],
        }
    )
    assert place(Instance("kubernetes", "", {"kubeconfig": kubeconfig}))[1] == "https://b"
    assert place(Instance("kubernetes", "", {"kubeconfig": kubeconfig, "context": "a"}))[1] == "https://a"
    assert place(Instance("kubernetes", "", {"kubeconfig": "~/.kube/config"}))[1] == ""


def test_provider_settings_read_as_the_provider_would_read_them() -> None:
    known, unknown = variables({"region": Secret("eu-west-1"), "defaultTags": {"a": 1}, "profile": UNKNOWN, "version": "7.0.0"})
    assert (known, unknown) == ({"region": "eu-west-1", "defaultTags": '{"a": 1}'}, {"profile"})
    assert strip({"aws:config:region": "eu-west-1"}) == {"region": "eu-west-1"}


def test_what_is_written_down_of_an_intent_holds_no_secret() -> None:
    given = {"name": "db", "password": Secret(PASSWORD), "nested": {"rules": [Secret(PASSWORD), {"key": Secret(PASSWORD), "open": 1}]}}

    assert unsealed(given) == {"name": "db", "nested": {"rules": [{"open": 1}]}}
