"""Every image that a chart can run comes through the region's caches, or from a part of the chart that is off."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest

from components.addons.aws import VELERO_PLUGIN
from components.addons.azure import VELERO_PLUGIN as AZURE_PLUGIN
from components.addons.gcp import VELERO_PLUGIN as GCP_PLUGIN
from components.addons.values import Images, merge
from components.registry.upstreams import MIRRORED
from tests.components.addons.charts import defaults, needs_charts
from tests.components.addons.world import RELEASE, World, build, production, spec
from tests.fake_outputs import CACHED

OFF: Mapping[str, Mapping[str, tuple[str, object]]] = {
    "kube-prometheus-stack": {
        "crds.upgradeJob.image": ("crds.enabled", False),
        "grafana.testFramework.image": ("grafana.testFramework.enabled", False),
        "grafana.initChownData.image": ("grafana.initChownData.enabled", False),
        "grafana.imageRenderer.image": ("grafana.imageRenderer.enabled", False),
        "grafana.downloadDashboardsImage": ("grafana.dashboards", {}),
        "kube-state-metrics.kubeRBACProxy.image": ("kube-state-metrics.kubeRBACProxy.enabled", False),
        "prometheus-node-exporter.kubeRBACProxy.image": ("prometheus-node-exporter.kubeRBACProxy.enabled", False),
        "prometheus-node-exporter.permissionInitContainer.image": (
            "prometheus-node-exporter.permissionInitContainer.fixes",
            {"rapl": False, "slabinfo": False},
        ),
        "prometheusOperator.admissionWebhooks.deployment.image": ("prometheusOperator.admissionWebhooks.deployment.enabled", False),
        "thanosRuler.thanosRulerSpec.image": ("thanosRuler.enabled", False),
    },
    "jaeger": {
        "spark.image": ("spark.enabled", False),
        "esIndexCleaner.image": ("esIndexCleaner.enabled", False),
        "esRollover.image": ("esRollover.enabled", False),
        "esLookback.image": ("esLookback.enabled", False),
    },
    "loki": {
        "defaults.statefulSetRecreateJob.image": ("singleBinary.statefulSetRecreateJob.enabled", False),
        "test.image": ("test.enabled", False),
        "lokiCanary.image": ("lokiCanary.enabled", False),
        "gateway.image": ("gateway.enabled", False),
        "gateway.metrics.image": ("gateway.enabled", False),
        "sidecar.image": ("sidecar.rules.enabled", False),
    },
    "metrics-server": {"addonResizer.image": ("addonResizer.enabled", False)},
}
"""Chart, image (or what holds several), and the value that keeps it from running."""

_IMAGE = re.compile(r"image(\.[a-z]+)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Image:
    """`source` is the registry, or the whole reference, that its values lead to."""

    path: str
    source: str


@functools.cache
def mirrored() -> World:
    return build(spec(), caches=MIRRORED)


def images(values: Mapping[str, Any], path: str = "") -> Iterator[Image]:
    """Mappings that name an image: by repository (and registry), or as one reference. Empty names are the chart's own to fill in."""
    name, registry, whole = values.get("repository"), values.get("registry"), values.get("image")
    if _IMAGE.search(path) and (source := registry or name):
        yield Image(path, str(source))
    elif isinstance(whole, str):
        yield Image(f"{path}.image", whole)
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from images(cast("Mapping[str, Any]", value), f"{path}.{key}".removeprefix("."))


def at(values: Mapping[str, Any], path: str) -> object:
    value: Any = values
    for part in path.split("."):
        value = cast("Mapping[str, Any]", value).get(part) if isinstance(value, Mapping) else None
    return value


def outside(chart: str, values: Mapping[str, Any]) -> list[Image]:
    """What neither comes through the cache nor is switched off."""
    whole = merge(defaults(chart), values)
    off = OFF.get(chart, {})
    return [
        image
        for image in images(whole)
        if image.source
        and not image.source.startswith("registry.fake/")
        and not any(image.path == part or image.path.startswith(f"{part}.") for part in off)
    ]


@needs_charts
@pytest.mark.parametrize("name", sorted({item.inputs["chart"].rpartition("/")[2] for item in production().recording.of(RELEASE)}))
def test_every_image_of_a_chart_comes_through_the_cache_or_is_switched_off(name: str) -> None:
    release = next(item for item in mirrored().recording.of(RELEASE) if item.inputs["chart"].rpartition("/")[2] == name)
    assert outside(name, release.inputs["values"]) == []


@needs_charts
@pytest.mark.parametrize("chart", OFF)
def test_what_is_taken_for_off_is_off(chart: str) -> None:
    release = next(item for item in mirrored().recording.of(RELEASE) if item.inputs["chart"].rpartition("/")[2] == chart)
    whole = merge(defaults(chart), release.inputs["values"])
    listed = {image.path for image in images(whole)}
    for part, (switch, value) in OFF[chart].items():
        assert at(whole, switch) == value, switch
        assert any(path == part or path.startswith(f"{part}.") for path in listed), part


@needs_charts
def test_the_search_finds_images_that_nobody_set() -> None:
    assert {image.path for image in outside("velero", {})} == {"image", "kubectl.image"}
    assert "memcached.image" in {image.path for image in outside("loki", {})}


def test_the_gateways_proxies_come_through_the_cache() -> None:
    container = mirrored().custom("EnvoyProxy", "shared").inputs["spec"]["provider"]["kubernetes"]["envoyDeployment"]["container"]
    assert (container["imageRepository"], "image" in container) == ("registry.fake/docker-io/envoyproxy/envoy", False)


@pytest.mark.parametrize("plugin", [VELERO_PLUGIN, AZURE_PLUGIN, GCP_PLUGIN])
def test_veleros_plugin_comes_through_the_cache_whole(plugin: str) -> None:
    assert plugin.startswith("docker.io/")
    assert Images({}).repository(plugin) == plugin


def test_without_a_cache_of_it_an_image_has_its_public_name() -> None:
    world = build(spec(), caches=CACHED)
    assert world.values("velero")["image"]["repository"] == "docker.io/velero/velero"
    assert world.values("alloy")["image"]["registry"] == "docker.io"
