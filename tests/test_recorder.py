from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any, cast

import pulumi
import pytest
from pulumi_aws import Provider, ec2, kms, s3, secretsmanager

from tests.recorder import output, record


class Box(pulumi.ComponentResource):
    def __init__(self, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("eucloud:test:Box", "box", None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        key = kms.Key("key", enable_key_rotation=True, opts=pulumi.ResourceOptions(parent=self, protect=True))
        secret = secretsmanager.Secret("secret", kms_key_id=key.arn, opts=inside)
        secretsmanager.SecretVersion("version", secret_id=secret.id, secret_string=pulumi.Output.secret("hush"), opts=inside)
        self.register_outputs({"key": {"arn": key.arn}})


def with_provider() -> Box:
    provider = Provider("milan", region="eu-south-1")
    pulumi.export("region", output("eu-south-1"))
    return Box(pulumi.ResourceOptions(providers=[provider]))


def test_what_is_secret_in_exports_and_outputs_is_known_exactly() -> None:
    def declare() -> None:
        box = pulumi.ComponentResource("eucloud:test:Box", "box")
        hush = pulumi.Output.secret("hush")
        box.register_outputs({"open": "one", "listed": ["one", hush]})
        pulumi.export("database", {"endpoint": output("db"), "password": hush})

    registered = record(declare)
    assert registered.exports == {"database": {"endpoint": "db", "password": "hush"}}
    assert registered.secret_exports == ("database.password",)
    assert registered.one("eucloud:test:Box").secret_outputs == ("listed[1]",)


def test_parents_providers_options_and_outputs_are_recorded() -> None:
    registered = record(with_provider)
    key = registered.one("aws:kms/key:Key")
    assert (key.parent, key.provider, key.protect) == ("box", "milan", True)
    assert key.urn == "urn:pulumi:test::eu-cloud::eucloud:test:Box$aws:kms/key:Key::key"
    assert registered.one("eucloud:test:Box").outputs == {"key": {"arn": key.state["arn"]}}
    assert registered.one("eucloud:test:Box").parent == ""
    assert registered.one("aws:secretsmanager/secret:Secret").depends_on == ("key",)
    assert {item.name for item in registered.children("box")} == {"key", "secret", "version"}
    assert registered.exports == {"region": "eu-south-1"}


def test_secret_inputs_are_readable_and_marked() -> None:
    version = record(with_provider).one("aws:secretsmanager/secretVersion:SecretVersion")
    assert version.inputs["secretString"] == "hush"
    assert version.secrets == ("secretString",)


def test_two_recordings_know_nothing_of_each_other() -> None:
    assert record(with_provider).types() == record(with_provider).types()


def test_a_mistake_against_the_sdk_fails_the_recording() -> None:
    with pytest.raises(AssertionError, match="unknown property"):
        record(lambda: ec2.SecurityGroup("open", ingress=cast("Any", [{"protocol": "tcp", "from_port": 1, "to_port": 1, "cidr": "a"}])))


def test_a_duplicate_name_fails_the_recording() -> None:
    with pytest.raises(AssertionError, match="duplicate resource URN"):
        record(lambda: [kms.Key("key"), kms.Key("key")])


def test_a_deprecated_resource_fails_the_recording() -> None:
    with pytest.raises(AssertionError, match="deprecated"):
        record(lambda: s3.BucketV2("old"))


def test_a_program_that_failed_leaves_nothing_behind() -> None:
    with pytest.raises(AssertionError, match="duplicate resource URN"):
        record(lambda: [kms.Key("key"), kms.Key("key"), kms.Alias("alias", target_key_id="1")])
    gc.collect()
    assert [item.name for item in record(lambda: kms.Key("other"))] == ["other"]


def test_resources_are_recorded_in_the_programs_order() -> None:
    names = [f"key-{index}" for index in range(20)]
    assert [item.name for item in record(lambda: [kms.Key(name) for name in names])] == names


def test_what_orders_a_resource_is_told_apart_from_what_its_inputs_come_from() -> None:
    def program() -> None:
        key, other = kms.Key("key"), kms.Key("other")
        kms.Alias("alias", target_key_id=key.id, opts=pulumi.ResourceOptions(depends_on=[key, other]))

    registered = record(program)
    alias = registered.one("aws:kms/alias:Alias")
    assert alias.through == {registered.one("aws:kms/key:Key", "key").urn}
    assert alias.after == {registered.one("aws:kms/key:Key", "other").urn}
    assert alias.depends_on == ("key", "other")


class Holder(pulumi.ComponentResource):
    """Publishes a resource itself, which components of this project do not do."""

    def __init__(self) -> None:
        super().__init__("eucloud:test:Holder", "holder")
        self.register_outputs({"key": kms.Key("key", opts=pulumi.ResourceOptions(parent=self))})


def test_a_resource_among_the_outputs_is_recorded_by_its_id_and_nothing_waits_for_it() -> None:
    assert [record(Holder).one("eucloud:test:Holder").outputs for _ in range(2)] == [{"key": "key-id"}] * 2


def fails(_: str) -> str:
    raise LookupError("the real reason")


def late_failure() -> None:
    key = kms.Key("key")
    broken = kms.Key("broken", description=key.arn.apply(fails))
    for index in range(20):
        kms.Alias(f"alias-{index}", target_key_id=broken.id)


@pytest.mark.parametrize("program", [late_failure, lambda: pulumi.export("broken", kms.Key("key").arn.apply(fails))])
def test_a_failure_in_an_apply_ends_the_recording_at_once_with_its_reason(program: Callable[[], None]) -> None:
    start = time.monotonic()
    with pytest.raises(LookupError, match="the real reason"):
        record(program)
    assert time.monotonic() - start < 5
