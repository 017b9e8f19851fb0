from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError
from typing import Any

import pytest

from ops.bench.path import critical_path

SECONDS: Mapping[str, float] = {"vpc": 2, "cluster": 600, "database": 900, "nodes": 180, "chart": 30, "component": 0, "provider": 0}


def seconds(resource: Mapping[str, Any]) -> float:
    return SECONDS[resource["urn"]]


@pytest.mark.parametrize(
    ("resources", "expected", "chain"),
    [
        pytest.param([], 0, (), id="nothing"),
        pytest.param([{"urn": "vpc"}], 2, ("vpc",), id="one"),
        pytest.param([{"urn": "cluster"}, {"urn": "database"}], 900, ("database",), id="side by side: the slower"),
        pytest.param(
            [{"urn": "nodes", "dependencies": ["cluster"]}, {"urn": "cluster", "dependencies": ["vpc"]}, {"urn": "vpc"}],
            782,
            ("vpc", "cluster", "nodes"),
            id="one after the other, whatever the order of the record",
        ),
        pytest.param(
            [{"urn": "cluster"}, {"urn": "nodes", "propertyDependencies": {"clusterName": ["cluster"], "tags": None}}],
            780,
            ("cluster", "nodes"),
            id="by a property",
        ),
        pytest.param(
            [{"urn": "cluster"}, {"urn": "component", "parent": "cluster"}, {"urn": "chart", "parent": "component"}],
            630,
            ("cluster", "chart"),
            id="by the parent, through one that takes no time",
        ),
        pytest.param(
            [{"urn": "cluster"}, {"urn": "provider", "dependencies": ["cluster"]}, {"urn": "chart", "provider": "provider::7f3c"}],
            630,
            ("cluster", "chart"),
            id="by the provider",
        ),
        pytest.param([{"urn": "chart", "dependencies": ["elsewhere"]}], 30, ("chart",), id="what is not recorded takes no time"),
        pytest.param(
            [
                {"urn": "vpc"},
                {"urn": "cluster", "dependencies": ["vpc"]},
                {"urn": "database", "dependencies": ["vpc"]},
                {"urn": "chart", "dependencies": ["cluster", "database"]},
            ],
            932,
            ("vpc", "database", "chart"),
            id="the longer way of two",
        ),
    ],
)
def test_the_critical_path_is_the_longest_chain(resources: list[dict[str, Any]], expected: float, chain: tuple[str, ...]) -> None:
    path = critical_path(resources, seconds)

    assert path.seconds == expected
    assert path.urns == chain


def test_a_cycle_is_an_error_rather_than_a_number() -> None:
    with pytest.raises(CycleError):
        critical_path([{"urn": "vpc", "dependencies": ["cluster"]}, {"urn": "cluster", "dependencies": ["vpc"]}], seconds)
