"""A stack's declared dependencies alone force the order in which it must go, whichever part of it is destroyed."""

from __future__ import annotations

from typing import Any

import pytest

from ops.stack.order import Deletion, Rule
from tests.destroy_rules import RULES
from tests.inventory.cases import CASES
from tests.inventory.graph import Graph
from tests.recorder import Recording

pytestmark = pytest.mark.inventory


def things(registered: Recording[Any]) -> list[Deletion]:
    """As if all were deleted; ids are those that the recorder gives."""
    return [Deletion(item.urn, item.type, f"{item.name}-id", item.inputs, item.state, 0) for item in registered if item.custom]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.why)
def test_dependencies_force_the_order(registered: Recording[None], rule: Rule) -> None:
    graph = Graph(registered)
    loose = [f"{first} before {second}" for first, second in rule.pairs(things(registered)) if second.urn not in graph.below(first.urn)]
    assert loose == []


def test_every_rule_says_something_about_every_stack() -> None:
    for case in CASES:
        all_ = things(case.recorded())
        assert [rule.why for rule in RULES if not list(rule.pairs(all_))] == [], str(case)
