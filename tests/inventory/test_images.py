"""Where the cluster's images come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest

from tests.recorder import Recording

pytestmark = pytest.mark.inventory

KEYS = ("image", "repository", "registry", "imageRegistry")
PUBLIC = re.compile(r"(docker\.io|ghcr\.io|quay\.io|registry\.k8s\.io|public\.ecr\.aws|gcr\.io|mcr\.microsoft\.com)(/|$)")
DIRECT = {
    "alloy": "docker.io",
    "envoy-gateway": "docker.io",
    "external-secrets": "ghcr.io",
    "jaeger": "docker.io",
    "kube-prometheus-stack": "docker.io",  # Grafana
    "loki": "docker.io",
    "opentelemetry-collector": "ghcr.io",
    "velero": "docker.io",
}
"""Charts with images that the region's registry cannot serve without a credential of theirs: see components/registry/README.md."""


def sources(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            if key in KEYS and isinstance(inner, str):
                yield inner
            yield from sources(inner)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from sources(inner)


def direct(registered: Recording[Any]) -> set[tuple[str, str]]:
    """Release, and the public registry that it pulls from."""
    return {
        (item.inputs["name"], match[1])
        for item in registered.of("kubernetes:helm.sh/v3:Release")
        for source in sources(item.inputs["values"])
        if (match := PUBLIC.match(source))
    }


def test_addons_pull_through_the_regions_registry_but_for_those_that_it_cannot_serve(registered: Recording[None]) -> None:
    assert direct(registered) <= set(DIRECT.items())


def test_every_exception_is_one_that_a_stack_needs(phase1: Recording[None]) -> None:
    assert direct(phase1) == set(DIRECT.items())


def test_the_regions_registry_is_the_one_of_the_stacks_account_and_region(phase1: Recording[None]) -> None:
    hosts = {
        source.partition("/")[0]
        for item in phase1.of("kubernetes:helm.sh/v3:Release")
        for source in sources(item.inputs["values"])
        if ".dkr.ecr." in source
    }
    assert hosts == {"123456789012.dkr.ecr.eu-south-1.amazonaws.com"}
