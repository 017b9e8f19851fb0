"""Generated values stay where they are kept: in secret inputs, and in nothing that is printed, published or recorded in plain."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.inventory.cases import Case
from tests.recorder import Recording, Registered

pytestmark = pytest.mark.inventory

PASSWORD = "random:index/randomPassword:RandomPassword"


def generated(registered: Recording[Any]) -> dict[str, str]:
    """Value to the name of what made it: the recording's values tell whose they are."""
    return {item.state["result"]: item.name for item in registered.of(PASSWORD)}


def open_inputs(item: Registered) -> dict[str, Any]:
    """Whole top-level inputs without a secret in them: one secret element keeps its whole input out of plain state."""
    return {key: value for key, value in item.inputs.items() if not any(re.split(r"[.\[]", path)[0] == key for path in item.secrets)}


def test_generated_values_are_used_and_secret_wherever_they_are(registered: Recording[None]) -> None:
    values = generated(registered)
    assert len(values) >= 5
    used: set[str] = set()
    for item in registered:
        held = {value for value in values if value in str(item.inputs)}
        used |= held
        assert not [values[value] for value in held if value in str(open_inputs(item))], f"{item.type} {item.name}"
    assert used == set(values)


def test_no_component_publishes_a_generated_value(registered: Recording[None]) -> None:
    values = generated(registered)
    for item in registered:
        assert not [name for value, name in values.items() if value in str(item.outputs)], f"{item.type} {item.name}"


def test_no_generated_value_is_exported(registered: Recording[None]) -> None:
    assert not [name for value, name in generated(registered).items() if value in str(registered.exports)]


def test_no_inventory_shows_a_generated_value(case: Case) -> None:
    text = case.file.read_text(encoding="utf-8")
    assert not [name for value, name in generated(case.recorded()).items() if value in text]


def test_generated_values_are_long_and_survive_urls_and_shells(registered: Recording[None]) -> None:
    for item in registered.of(PASSWORD):
        assert item.inputs["length"] >= 30, item.name
        assert item.inputs["special"] is False, item.name


def test_nothing_is_a_plain_secret_of_the_cluster(registered: Recording[None]) -> None:
    """Secrets are made in the cluster by External Secrets: none is written by the program, which would put it into state and the API."""
    assert registered.of("kubernetes:core/v1:Secret") == []


def test_a_stored_secret_is_never_copied_to_another_region(registered: Recording[None]) -> None:
    for item in registered.of("aws:secretsmanager/secret:Secret"):
        assert not item.inputs.get("replicas"), item.name
        assert item.inputs["kmsKeyId"], item.name
