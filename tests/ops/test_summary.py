from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ops.stack.events import changed, read, told
from ops.stack.hints import Said, hints
from ops.stack.state import SIGNATURE, State, flat
from ops.stack.summary import headline, remainder, verdicts

STACK = "urn:pulumi:prod::eu-cloud::pulumi:pulumi:Stack::eu-cloud-prod"
URN = "urn:pulumi:prod::eu-cloud::"


def resource(type_: str, name: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"{URN}{type_}::{name}", "type": type_, "custom": True, **more}


def state(*resources: dict[str, Any], **outputs: Any) -> State:
    stack = {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False, "outputs": outputs}
    return State.parse(json.dumps({"version": 3, "deployment": {"resources": [stack, *resources]}}))


def summary(**changes: int) -> dict[str, Any]:
    return {"timestamp": 9, "summaryEvent": {"resourceChanges": changes, "durationSeconds": 5, "PolicyPacks": {"residency|local": "1.2.0"}}}


def verdict(urn: str, passed: list[str], failed: list[str]) -> dict[str, Any]:
    return {
        "policyAnalyzeSummaryEvent": {
            "resourceUrn": urn,
            "policyPackName": "residency",
            "policyPackVersion": "1.2.0",
            "passed": passed,
            "failed": failed,
        }
    }


def test_a_second_run_says_that_nothing_changes() -> None:
    assert headline("prod", told([summary(same=612)]), preview=False) == "prod: nothing to change, 612 resources are as declared"


@pytest.mark.parametrize(
    ("preview", "expected"),
    [
        pytest.param(True, "prod: 3 to create, 1 to update, 608 unchanged", id="preview"),
        pytest.param(False, "prod: 3 created, 1 updated, 608 unchanged", id="up"),
    ],
)
def test_the_headline_counts_what_changes(preview: bool, expected: str) -> None:
    assert headline("prod", told([summary(same=608, create=3, update=1)]), preview=preview) == expected


def test_reading_is_no_change() -> None:
    assert changed({"same": 4, "read": 2}) == 0
    assert changed({"same": 4, "refresh": 1, "delete": 2}) == 3


def test_a_pack_passes_when_no_rule_was_broken() -> None:
    events = [verdict("a", ["regions", "zones"], []), verdict("b", ["regions"], []), summary(create=2)]

    assert verdicts(told(events)) == ["residency v1.2.0: passed over 2 resources"]


def test_a_broken_rule_is_counted_as_a_violation() -> None:
    events = [
        verdict("a", ["zones"], ["regions"]),
        {"policyEvent": {"policyPackName": "residency", "policyName": "regions", "message": "x"}},
    ]

    assert verdicts(told(events))[0].endswith(": 1 violation")


def test_a_half_written_last_line_does_not_matter(tmp_path: Path) -> None:
    log = tmp_path / "events"
    log.write_text(json.dumps(summary(create=1)) + '\n{"sequence": 7, "diagn')

    assert told(read(log)).changes == {"create": 1}
    assert list(read(tmp_path / "absent")) == []


def test_the_run_is_timed_from_the_first_resource_to_the_last() -> None:
    events: list[dict[str, Any]] = [
        {"timestamp": 100, "preludeEvent": {}},
        {"timestamp": 101, "resourcePreEvent": {"metadata": {"type": "pulumi:pulumi:Stack"}}},
        {"timestamp": 105, "resourcePreEvent": {"metadata": {"type": "aws:ec2/vpc:Vpc"}}},
        {"timestamp": 107, "resourcePreEvent": {"metadata": {"type": "aws:ec2/subnet:Subnet"}}},
        {"timestamp": 140, "resOutputsEvent": {}},
        {"timestamp": 150, "diagnosticEvent": {"severity": "error", "message": "no"}},
    ]

    result = told(events)

    assert (result.first, result.last, result.errors) == (105, 140, ["no"])


def test_secret_outputs_are_not_shown() -> None:
    sealed = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
    outputs = {
        "cluster": {"name": "playnew", "token": sealed},
        "name_servers": ["ns1", "ns2"],
        "keys": [sealed],
        "replicas": [],
        "ready": True,
    }

    assert list(flat(outputs)) == [
        ("cluster.name", "playnew"),
        ("cluster.token", "[secret]"),
        ("name_servers", "ns1, ns2"),
        ("keys", "[secret]"),
        ("replicas", "none"),
        ("ready", "true"),
    ]


def test_resources_are_counted_by_package() -> None:
    found = state(
        resource("aws:ec2/vpc:Vpc", "a"),
        resource("aws:ec2/subnet:Subnet", "b"),
        resource("pulumi:providers:aws", "eu"),
        resource("eucloud:aws:Network", "n", custom=False),
    )

    assert found.by_package() == {"aws": 2, "components": 2, "providers": 1}
    assert len(found.declared) == 4


def test_destroy_tells_what_is_left_and_how_to_release_it() -> None:
    key = resource("aws:kms/key:Key", "data-key")
    provider = resource("pulumi:providers:aws", "eu")
    database = resource("aws:rds/instance:Instance", "db", protect=True, dependencies=[key["urn"]], provider=f"{provider['urn']}::id")
    text = remainder("prod", state(key, provider, database, resource("aws:ec2/eip:Eip", "stray")))

    assert text.startswith("prod: left are 1 protected resource, and 2 that they stand on")
    assert "  aws:rds/instance:Instance: db\n" in text
    assert "  aws:kms/key:Key: data-key\n  around them: 1 components and provider instances\n" in text
    assert "not deleted for another reason, see above:\n  aws:ec2/eip:Eip: stray" in text
    assert "`deletion_protection: false`" in text
    assert "state unprotect" in text


def test_destroy_to_nothing_says_so() -> None:
    assert remainder("prod", state()) == "prod: nothing is left"
    assert remainder("prod", State.parse('{"version": 3, "deployment": null}')) == "prod: nothing is left"


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        pytest.param("error: the stack is currently locked by 1 lock(s).", "another run is at work", id="locked"),
        pytest.param("error: constructing secrets manager: incorrect passphrase", "PULUMI_CONFIG_PASSPHRASE", id="passphrase"),
        pytest.param("[Errno 2] No such file or directory: 'pulumi'", "tools/bootstrap.sh", id="no CLI"),
        pytest.param("error reading from server: EOF", "the next run picks up from there", id="dead provider"),
    ],
)
def test_common_refusals_come_with_advice(said: str, advice: str) -> None:
    assert any(advice in line for line in hints(Said(255, said)))


def test_an_unknown_refusal_comes_without_advice() -> None:
    assert list(hints(Said(255, "error: something else"))) == []


def test_a_killed_run_is_told_how_to_go_on() -> None:
    assert list(hints(Said(137))) == ["signal 9 ended the run: the next `make up` settles what was under way and goes on from there."]
    assert list(hints(Said(0))) == []
