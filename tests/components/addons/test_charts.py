from __future__ import annotations

import re
from datetime import date

import pytest

from components.addons import cluster_autoscaler
from components.addons.catalogue import CATALOGUE, ENVOY_GATEWAY, Chart, ending
from components.cluster.versions import SUPPORTED
from tests.components.addons.charts import CHARTS, needs_charts, schema_mistakes, unknown
from tests.components.addons.world import RELEASE, everything

NAMES = sorted(CATALOGUE)


@needs_charts
@pytest.mark.parametrize("chart", CATALOGUE.values(), ids=list(CATALOGUE))
def test_a_pin_is_the_release_that_the_reference_values_belong_to(chart: Chart):
    row = next(line for line in (CHARTS / "README.md").read_text().splitlines() if line.startswith(f"| {chart.name} |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1].removesuffix("*").strip() == chart.version
    assert cells[2] == chart.app_version
    assert chart.source in re.split(r"\s*;\s*|\s+\(", cells[4])


def test_every_release_is_pinned_by_the_catalogue():
    pins = {chart.source if chart.oci else chart.name: chart for chart in CATALOGUE.values()}
    for release in everything().recording.of(RELEASE):
        chart = pins[release.inputs["chart"]]
        assert release.inputs["version"] == chart.version
        assert release.inputs.get("repositoryOpts", {}).get("repo") == (None if chart.oci else chart.source)


def test_every_pin_is_installed():
    installed = {release.inputs["chart"].rpartition("/")[2] for release in everything().recording.of(RELEASE)}
    assert installed == set(CATALOGUE)


def test_no_retired_chart_is_pinned():
    assert not {"ingress-nginx", "promtail", "grafana-agent", "loki-stack"} & set(CATALOGUE)
    # Bitnami's catalogue is closed; Sealed Secrets is a project of its own, which serves its chart itself.
    assert [chart.name for chart in CATALOGUE.values() if "bitnami" in chart.source] == ["sealed-secrets"]
    assert CATALOGUE["sealed-secrets"].source == "https://bitnami.github.io/sealed-secrets"


@pytest.mark.parametrize(
    ("on", "days", "expected"),
    [
        (date(2026, 11, 21), 30, ()),
        (date(2026, 11, 21), 85, ("gateway-helm",)),
        (date(2027, 2, 14), 0, ("gateway-helm",)),
        (date(2028, 1, 1), 0, ("gateway-helm",)),
    ],
)
def test_pins_that_end_soon_are_told(on: date, days: int, expected: tuple[str, ...]):
    assert tuple(chart.name for chart in ending(on, days)) == expected


def test_the_gateway_supports_every_kubernetes_that_the_platform_offers():
    first, last = (int(minor.removeprefix("1.")) for minor in ENVOY_GATEWAY.kubernetes.split("-"))
    for versions in SUPPORTED.values():
        assert all(first <= int(version.removeprefix("1.")) <= last for version in versions)


def test_the_autoscaler_has_an_image_for_every_kubernetes_that_the_platform_offers():
    assert {version for versions in SUPPORTED.values() for version in versions} <= set(cluster_autoscaler.TAGS)


@needs_charts
@pytest.mark.parametrize("aws", [False, True], ids=["plain", "aws"])
@pytest.mark.parametrize("name", NAMES)
def test_every_value_is_one_of_its_charts_own(name: str, aws: bool):
    releases = [item for item in everything(aws=aws).recording.of(RELEASE) if item.inputs["chart"].rpartition("/")[2] == name]
    values = releases[0].inputs["values"]
    assert unknown(name, values) == []
    assert schema_mistakes(name, values) == []
