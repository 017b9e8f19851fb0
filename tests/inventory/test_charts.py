"""Every value that a stack gives a chart is one that the chart has, on every cloud, and what it brings along is valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest

from components.addons.catalogue import CATALOGUE
from tests.components.addons.charts import CHARTS, needs_charts, schema_mistakes, unknown
from tests.crds import needs_crds, validate
from tests.inventory.pods import is_builtin
from tests.recorder import Recording

pytestmark = pytest.mark.inventory
RELEASE = "kubernetes:helm.sh/v3:Release"


def releases(registered: Recording[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Chart and values."""
    for item in registered.of(RELEASE):
        yield str(item.inputs["chart"]).rpartition("/")[2], cast("Mapping[str, Any]", item.inputs.get("values") or {})


def brought(value: Any) -> Iterator[dict[str, Any]]:
    """Whole objects of Kubernetes within the values of a chart."""
    if isinstance(value, Mapping):
        known = cast("dict[str, Any]", value)
        if {"apiVersion", "kind", "metadata"} <= set(known):
            yield known
        for inner in known.values():
            yield from brought(inner)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from brought(inner)


def test_every_chart_of_the_stack_is_pinned_by_the_catalogue(registered: Recording[None]) -> None:
    found = {(str(item.inputs["chart"]).rpartition("/")[2], item.inputs["version"]) for item in registered.of(RELEASE)}
    assert found <= {(name, chart.version) for name, chart in CATALOGUE.items()}
    assert {"cert-manager", "kube-prometheus-stack", "velero"} <= {name for name, _ in found}


@needs_charts
def test_every_value_is_one_of_its_charts_own(registered: Recording[None]) -> None:
    for chart, values in releases(registered):
        assert (CHARTS / chart).is_dir(), f"{chart}: no reference values"
        assert unknown(chart, values) == [], chart
        assert schema_mistakes(chart, values) == [], chart


@needs_crds
def test_every_custom_resource_within_the_values_is_one_that_its_definition_takes(registered: Recording[None]) -> None:
    found = [(chart, obj) for chart, values in releases(registered) for obj in brought(values) if not is_builtin(obj)]
    assert [obj["kind"] for _, obj in found] == ["VolumeSnapshotClass"]
    assert [f"{chart}: {mistake}" for chart, obj in found for mistake in validate(obj["apiVersion"], obj["kind"], obj)] == []


@needs_charts
def test_a_value_that_a_chart_does_not_have_is_found() -> None:
    assert unknown("sealed-secrets", {"keyRenewPeriod": "0"}) == ["keyRenewPeriod: the chart has no such value"]
    assert unknown("velero", {"configuration": {"backupLocations": []}}) == ["configuration.backupLocations: the chart has no such value"]
