from __future__ import annotations

from pathlib import Path

import pytest

from ops.stack.files import StackMissing, absent, invented, merged, read, stack_file, write

STACK = {"cloud": "aws", "region": "eu-south-1"}


def test_the_private_copy_keeps_what_people_wrote() -> None:
    source = {"config": {"eu-cloud:stack": STACK, "pulumi:disable-default-providers": ["*"]}}

    assert merged(source, {}) == source


def test_the_private_copy_holds_none_of_the_real_stacks_secrets() -> None:
    source = {
        "secretsprovider": "awskms:///arn:aws:kms:eu-south-1:111122223333:key/x",
        "encryptedkey": "real",
        "encryptionsalt": "real",
        "config": {"eu-cloud:stack": STACK, "eu-cloud:secrets": {"platform": {"mail": {"secure": "real"}}}},
    }
    private = {"encryptionsalt": "sandbox", "config": {"eu-cloud:secrets": {"platform": {"mail": {"secure": "sandbox"}}}}}

    assert merged(source, private) == {
        "encryptionsalt": "sandbox",
        "config": {"eu-cloud:stack": STACK, "eu-cloud:secrets": {"platform": {"mail": {"secure": "sandbox"}}}},
    }
    assert "real" not in str(merged(source, {}))


def test_a_change_of_the_stack_file_reaches_the_private_copy() -> None:
    private = {"encryptionsalt": "sandbox", "config": {"eu-cloud:stack": STACK}}

    changed = merged({"config": {"eu-cloud:stack": {**STACK, "region": "eu-west-1"}}}, private)

    assert changed["config"]["eu-cloud:stack"]["region"] == "eu-west-1"
    assert changed["encryptionsalt"] == "sandbox"


def test_a_given_secret_is_invented_once() -> None:
    private = {"config": {"eu-cloud:secrets": {"platform": {"smtp-password": {"secure": "v1:x"}}}}}

    assert absent(("platform.smtp-password", "play-new.llm"), private) == ("play-new.llm",)
    assert absent(("play-new.llm",), {}) == ("play-new.llm",)


def test_a_secret_that_is_no_longer_asked_for_is_forgotten() -> None:
    private = {"config": {"eu-cloud:secrets": {"platform": {"smtp-password": "a", "paging": "b"}, "play-new": {"llm": "c"}}}}

    assert merged({}, private, ["platform.smtp-password"])["config"] == {"eu-cloud:secrets": {"platform": {"smtp-password": "a"}}}
    assert merged({}, private)["config"] == private["config"]


def test_invented_secrets_are_recognisable_and_never_the_same() -> None:
    first, second = invented(["play-new.llm"]), invented(["play-new.llm"])

    assert first[0] == "--secret"
    assert first[1].startswith('eu-cloud:secrets["play-new"]["llm"]=sandbox-llm-')
    assert first != second


def test_an_unknown_stack_is_answered_with_those_there_are(tmp_path: Path) -> None:
    for name in ("staging", "prod"):
        (tmp_path / f"Pulumi.{name}.yaml").touch()
    (tmp_path / "Pulumi.yaml").touch()

    assert stack_file(tmp_path, "prod") == tmp_path / "Pulumi.prod.yaml"
    with pytest.raises(StackMissing, match=r"^stack 'prd' has no file Pulumi\.prd\.yaml; there are: prod, staging$"):
        stack_file(tmp_path, "prd")


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "prod" / "Pulumi.prod.yaml"
    assert read(path) == {}

    write(path, {"config": {"eu-cloud:stack": STACK}})

    assert read(path) == {"config": {"eu-cloud:stack": STACK}}
    assert list(path.parent.iterdir()) == [path]
