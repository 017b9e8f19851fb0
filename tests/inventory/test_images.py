"""Where the cluster's images come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest

from components.registry.upstreams import ACCOUNTS, OPEN
from components.vocabulary import Cloud
from tests.inventory.cases import case
from tests.inventory.pods import pod_specs
from tests.recorder import Recording

pytestmark = pytest.mark.inventory

KEYS = ("image", "repository", "registry", "imageRegistry", "imageRepository")
PUBLIC = re.compile(r"(docker\.io|ghcr\.io|quay\.io|registry\.k8s\.io|public\.ecr\.aws|gcr\.io|mcr\.microsoft\.com)(/|$)")


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
    """What pulls from a public registry, and from which: releases, pods, and the Gateway's proxies."""
    named: list[tuple[str, str]] = [
        (str(item.inputs["name"]), source)
        for item in registered.of("kubernetes:helm.sh/v3:Release")
        for source in sources(item.inputs["values"])
    ]
    named += [(str(owner), str(container["image"])) for owner, container in containers(registered)]
    named += [(item.name, source) for item in registered if item.type.endswith(":EnvoyProxy") for source in sources(item.inputs["spec"])]
    return {(owner, match[1]) for owner, source in named if (match := PUBLIC.match(source))}


def containers(registered: Recording[Any]) -> Iterator[tuple[object, Mapping[str, Any]]]:
    for owner, spec in pod_specs(registered):
        for container in (*spec["containers"], *spec.get("initContainers", ())):
            yield owner, container


def cached(registered: Recording[Any]) -> set[str]:
    (made,) = (item for item in registered if re.fullmatch("eucloud:[a-z]+:Registry", item.type))
    return set(made.outputs["caches"])


@pytest.mark.requirement("SN-16")
def test_nothing_is_pulled_past_a_cache_of_the_stacks_registry(registered: Recording[None]) -> None:
    assert {pair for pair in direct(registered) if pair[1] in cached(registered)} == set()


def test_with_the_mirror_no_image_comes_from_outside_the_registry(phase1: Recording[None]) -> None:
    assert direct(phase1) == set()


def test_without_the_mirror_what_needs_an_account_is_pulled_by_its_public_name() -> None:
    staging = case(Cloud.AWS, "staging").recorded()
    assert cached(staging) == set(OPEN)
    assert {host for _, host in direct(staging)} <= set(ACCOUNTS)
    assert ("velero", "docker.io") in direct(staging)


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
    pulled = {re.split("[/:]", source.removeprefix(host))[0] for source in (*charts, *pods) if source.startswith(host)}
    assert pulled - set(phase1.one("eucloud:azure:Registry").outputs["repositories"]) <= rules
    assert {"quay", "kubernetes", "docker-hub", "github"} <= pulled
