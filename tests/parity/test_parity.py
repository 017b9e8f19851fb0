"""One spec means the same on three clouds: every field of it reaches something on each, or there is a written reason."""

from __future__ import annotations

import inspect

import pytest

from components.platforms.base import Platform
from components.vocabulary import Cloud
from tests.parity import reasons
from tests.parity.capabilities import CAPABILITIES
from tests.parity.document import DOCUMENT, document
from tests.parity.effects import Effect, Reach, effects, outputs, switches
from tests.parity.trials import Capability

pytestmark = pytest.mark.inventory
CLOUDS = pytest.mark.parametrize("cloud", Cloud)
FIELD, NOTHING = ("network", "zones"), Effect((), ())


def test_every_capability_of_a_platform_is_in_the_table() -> None:
    methods = {name for name, _ in inspect.getmembers(Platform, inspect.isfunction) if not name.startswith("_")}
    assert {capability.name for capability in CAPABILITIES} == methods - {"dialect"}


@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda one: one.name)
def test_every_field_of_a_spec_is_varied(capability: Capability) -> None:
    assert sorted(capability.rows()) == sorted(capability.expected())


@CLOUDS
def test_every_field_reaches_something_or_says_why_not(cloud: Cloud) -> None:
    found = effects(cloud)
    assert set(found) == {(capability.name, row) for capability in CAPABILITIES for row in capability.rows()}
    gaps = list(reasons.gaps(found))
    assert reasons.unexplained(gaps, cloud, reasons.of("fields")) == [], "make the field do something, or tests/parity/reasons.yaml say why"
    assert reasons.stale(gaps, cloud, reasons.of("fields")) == [], "these reach something, or are refused: take the reason away"


@CLOUDS
def test_a_refusal_names_the_field_and_what_is_allowed(cloud: Cloud) -> None:
    refusals = [(row, message) for (_, row), effect in effects(cloud).items() for message in effect.refused]
    assert refusals
    for row, message in refusals:
        assert message.startswith(row.partition(".")[0]), row
        assert "allowed" in message, row


@CLOUDS
def test_every_output_has_a_value_or_a_reason(cloud: Cloud) -> None:
    gaps = [(name, field) for name, (_, empty) in outputs(cloud).items() for field in empty]
    assert reasons.unexplained(gaps, cloud, reasons.of("outputs")) == []
    assert reasons.stale(gaps, cloud, reasons.of("outputs")) == []


@CLOUDS
def test_every_add_on_that_a_cluster_needs_or_brings_has_a_reason(cloud: Cloud) -> None:
    assert {member for member, of in reasons.switches() if of is cloud} == set(switches(cloud))


def test_the_table_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "`make inventory` writes docs/parity.md anew"


def test_a_field_that_does_nothing_is_found() -> None:
    gaps = list(reasons.gaps({FIELD: NOTHING}))
    assert reasons.unexplained(gaps, Cloud.GCP, {}) == ["network.zones"]
    assert reasons.unexplained(gaps, Cloud.GCP, {(*FIELD, Cloud.AWS): "on another cloud"}) == ["network.zones"]
    assert reasons.unexplained(gaps, Cloud.GCP, {(*FIELD, Cloud.GCP): "here"}) == []


@pytest.mark.parametrize("effect", [Effect((Reach("aws:ec2/vpc:Vpc", "cidrBlock"),), ()), Effect((), ("zones: 9; allowed: 2, 3",))])
def test_a_reason_for_what_does_something_is_found(effect: Effect) -> None:
    gaps = list(reasons.gaps({FIELD: effect}))
    assert reasons.stale(gaps, Cloud.GCP, {(*FIELD, Cloud.GCP): "none"}) == ["network.zones"]
    assert reasons.stale(gaps, Cloud.AWS, {(*FIELD, Cloud.GCP): "none"}) == []
