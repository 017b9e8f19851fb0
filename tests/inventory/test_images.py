"""Where the cluster's images come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest

from components.vocabulary import Cloud
from tests.inventory.cases import case
from tests.inventory.pods import pod_specs
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


def test_the_regions_registry_is_the_one_of_the_stacks_account_and_region() -> None:
    phase1 = case(Cloud.AWS, "production-phase1").recorded()
    hosts = {
        source.partition("/")[0]
        for item in phase1.of("kubernetes:helm.sh/v3:Release")
        for source in sources(item.inputs["values"])
        if ".dkr.ecr." in source
    }
    assert hosts == {"123456789012.dkr.ecr.eu-south-1.amazonaws.com"}


def test_on_gcp_it_is_the_stacks_own_caches_in_its_project_and_region() -> None:
    phase1 = case(Cloud.GCP, "production-phase1").recorded()
    charts = [source for item in phase1.of("kubernetes:helm.sh/v3:Release") for source in sources(item.inputs["values"])]
    pods = [container["image"] for _, spec in pod_specs(phase1) for container in spec["containers"]]
    pulled = {source.split("/")[2] for source in (*charts, *pods) if source.startswith("europe-west8-docker.pkg.dev/playnew-prod-4711/")}
    assert pulled == {item.inputs["repositoryId"] for item in phase1.of("gcp:artifactregistry/repository:Repository")}
    readable = {item.inputs["repository"] for item in phase1.of("gcp:artifactregistry/repositoryIamMember:RepositoryIamMember")}
    assert pulled <= readable


def test_on_azure_it_is_the_stacks_own_registry_by_rules_that_it_has() -> None:
    phase1 = case(Cloud.AZURE, "production-phase1").recorded()
    host = f"{phase1.one('azure-native:containerregistry:Registry').inputs['registryName']}.azurecr.io/"
    charts = [source for item in phase1.of("kubernetes:helm.sh/v3:Release") for source in sources(item.inputs["values"])]
    pods = [container["image"] for _, spec in pod_specs(phase1) for container in spec["containers"]]
    rules = {item.inputs["targetRepository"].removesuffix("/*") for item in phase1.of("azure-native:containerregistry:CacheRule")}
    cached = {re.split("[/:]", source.removeprefix(host))[0] for source in (*charts, *pods) if source.startswith(host)}
    assert cached - set(phase1.one("eucloud:azure:Registry").outputs["repositories"]) <= rules
    assert {"quay", "kubernetes"} <= cached
