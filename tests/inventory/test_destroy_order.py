"""A stack's declared dependencies alone force the order in which it must go, whichever part of it is destroyed."""

from __future__ import annotations

from typing import Any

import pytest

from components.vocabulary import Cloud
from ops.stack.order import Deletion, Rule
from tests.destroy_rules import RULES, azure
from tests.inventory.cases import CASES, Case
from tests.inventory.cases import case as find
from tests.inventory.graph import Graph
from tests.recorder import Recording

pytestmark = pytest.mark.inventory


def things(registered: Recording[Any]) -> list[Deletion]:
    """As if all were deleted; ids are those that the recorder gives."""
    return [Deletion(item.urn, item.type, f"{item.name}-id", item.inputs, item.state, 0) for item in registered if item.custom]


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        pytest.param(case, rule, id=f"{case}-{rule.why}", marks=pytest.mark.xdist_group(str(case)))
        for case in CASES
        for rule in RULES[case.cloud]
    ],
)
def test_dependencies_force_the_order(case: Case, rule: Rule) -> None:
    registered = case.recorded()
    graph = Graph(registered)
    loose = [f"{first} before {second}" for first, second in rule.pairs(things(registered)) if second.urn not in graph.below(first.urn)]
    assert loose == []


def test_every_rule_says_something_about_every_stack_of_its_cloud(case: Case) -> None:
    all_ = things(case.recorded())
    assert [rule.why for rule in RULES[case.cloud] if not list(rule.pairs(all_))] == []


@pytest.mark.parametrize("variant", ["production", "production-phase1"])
def test_on_azure_a_lock_goes_before_what_it_holds(variant: str) -> None:
    """What the engine does not delete itself, Azure must be asked to let go: only the stacks whose data is protected have locks."""
    registered = find(Cloud.AZURE, variant).recorded()
    graph = Graph(registered)
    pairs = list(azure.LOCKED.pairs(things(registered)))
    assert {lock.type for lock, _ in pairs} == {"azure-native:authorization:ManagementLockByScope"}
    assert len(pairs) > 10
    assert [f"{lock} before {below}" for lock, below in pairs if below.urn not in graph.below(lock.urn)] == []
