from __future__ import annotations

import pytest

from ops.stack.kept import HOLDS_DATA
from tests.inventory.graph import Graph
from tests.recorder import Recording

pytestmark = pytest.mark.inventory

NEW_IS_AS_GOOD = {
    "aws:cloudtrail/trail:Trail": "its records lie in a bucket",
    "aws:eks/cluster:Cluster": "its objects come from the program, its volumes' backups lie in snapshots and a bucket",
}
"""Protected against mistakes in production, and yet without data of their own."""


def test_a_destroy_that_keeps_data_keeps_what_production_protects(production: Recording[None]) -> None:
    assert {item.type for item in production if item.protect} == HOLDS_DATA.keys() | NEW_IS_AS_GOOD.keys()


def test_a_type_holds_data_everywhere_or_nowhere(production: Recording[None], phase1: Recording[None]) -> None:
    for stack in (production, phase1):
        assert [f"{item.type} {item.name}" for item in stack if item.type in HOLDS_DATA and not item.protect] == []


def test_every_stack_has_data_to_keep(registered: Recording[None]) -> None:
    assert {item.type for item in registered} >= HOLDS_DATA.keys()


def test_data_does_not_stand_on_the_cluster(registered: Recording[None]) -> None:
    """What is kept keeps all that it stands on, and a database that waited for a cluster would double the time of a stack."""
    graph = Graph(registered)
    cluster = registered.one("aws:eks/cluster:Cluster").urn
    assert [f"{item.type} {item.name}" for item in registered if item.type in HOLDS_DATA and cluster in graph.below(item.urn)] == []
