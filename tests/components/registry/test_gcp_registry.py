from __future__ import annotations

import dataclasses
import re

import pytest

from components.registry.gcp import READER, GcpRegistry
from components.registry.gcp_plan import plan
from components.registry.spec import RegistrySpec
from components.registry.upstreams import ACCOUNTS, MIRRORED
from tests.components import gcp_wiring as wiring
from tests.components.registry.accounts import upstream_accounts
from tests.recorder import Recording, Registered, record

REPOSITORY, MEMBER = "gcp:artifactregistry/repository:Repository", "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
SECRET, VERSION = "gcp:secretmanager/secret:Secret", "gcp:secretmanager/secretVersion:SecretVersion"
NAME = "playnew-production-registry"
SPEC = RegistrySpec(repositories=("pn-host", "pn-agent-runner"))


def registry(wanted: RegistrySpec = SPEC) -> Recording[GcpRegistry]:
    return record(
        lambda: GcpRegistry(NAME, wanted, wiring.SITE, wiring.project(), wiring.cluster(), wiring.key()),
        wiring.STATES,
    )


@pytest.fixture(scope="module")
def production() -> Recording[GcpRegistry]:
    return registry()


def own(recording: Recording[GcpRegistry]) -> Registered:
    return recording.one(REPOSITORY, NAME)


def caches(recording: Recording[GcpRegistry]) -> list[Registered]:
    return [item for item in recording.of(REPOSITORY) if item.name != NAME]


@pytest.mark.requirement("PN-07")
def test_images_have_immutable_tags_are_scanned_and_encrypted_with_the_customer_key(production: Recording[GcpRegistry]) -> None:
    made = own(production)
    assert (made.inputs["format"], made.inputs["mode"], made.inputs["location"]) == ("DOCKER", "STANDARD_REPOSITORY", "europe-west8")
    assert made.inputs["dockerConfig"] == {"immutableTags": True}
    assert made.inputs["vulnerabilityScanningConfig"] == {"enablementConfig": "INHERITED"}
    assert made.inputs["kmsKeyName"] == wiring.KEY
    assert made.protect is True


@pytest.mark.requirement("PN-07")
def test_untagged_images_go_after_a_week_and_the_newest_stay(production: Recording[GcpRegistry]) -> None:
    rules = {rule["id"]: rule for rule in own(production).inputs["cleanupPolicies"]}
    assert rules["untagged"]["action"] == "DELETE"
    assert rules["untagged"]["condition"] == {"tagState": "UNTAGGED", "olderThan": "604800s"}
    assert (rules["tagged"]["action"], rules["tagged"]["condition"]) == ("DELETE", {"tagState": "TAGGED"})
    assert (rules["newest"]["action"], rules["newest"]["mostRecentVersions"]) == ("KEEP", {"keepCount": 50})
    assert {item.inputs["cleanupPolicyDryRun"] for item in production.of(REPOSITORY)} == {False}


def test_an_unprotected_registry_goes_with_its_images() -> None:
    assert own(registry(SPEC.model_copy(update={"deletion_protected": False}))).protect is False


def test_public_images_are_pulled_through_the_region_and_kept_as_safely(production: Recording[GcpRegistry]) -> None:
    upstream = {item.inputs["remoteRepositoryConfig"]["commonRepository"]["uri"] for item in caches(production)}
    assert upstream == {"https://public.ecr.aws", "https://registry.k8s.io", "https://quay.io"}
    for item in caches(production):
        assert (item.inputs["mode"], item.inputs["location"]) == ("REMOTE_REPOSITORY", "europe-west8")
        assert item.inputs["kmsKeyName"] == wiring.KEY
        assert "upstreamCredentials" not in item.inputs["remoteRepositoryConfig"]


def test_nodes_pull_from_these_repositories_and_nobody_else_does(production: Recording[GcpRegistry]) -> None:
    members = production.of(MEMBER)
    assert len(members) == len(production.of(REPOSITORY)) == 4
    assert {(item.inputs["role"], item.inputs["member"]) for item in members} == {(READER, f"serviceAccount:{wiring.NODES}")}
    assert len({item.inputs["repository"] for item in members}) == 4


def test_addresses_are_in_the_region(production: Recording[GcpRegistry]) -> None:
    host = f"europe-west8-docker.pkg.dev/{wiring.PROJECT}/{NAME}"
    outputs = production.one("eucloud:gcp:Registry").outputs
    assert outputs["url"] == host
    assert outputs["repositories"] == {"pn-host": f"{host}/pn-host", "pn-agent-runner": f"{host}/pn-agent-runner"}
    assert outputs["caches"]["quay.io"] == f"{host}-quay"


def test_names_are_what_artifact_registry_takes(production: Recording[GcpRegistry]) -> None:
    for item in production.of(REPOSITORY):
        assert re.fullmatch(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?", item.inputs["repositoryId"])


def test_a_registry_that_needs_credentials_is_refused_with_the_ones_that_do_not() -> None:
    with pytest.raises(ValueError, match=r"^caches\[1\]: 'ghcr.io' .*; allowed: public.ecr.aws, registry.k8s.io, quay.io, or ghcr.io in "):
        plan(SPEC.model_copy(update={"caches": ("quay.io", "ghcr.io")}), NAME)


def test_without_caches_there_is_one_repository() -> None:
    assert registry(SPEC.model_copy(update={"caches": ()})).types()[REPOSITORY] == 1


def test_a_cluster_that_does_not_say_who_pulls_is_refused() -> None:
    def declare() -> GcpRegistry:
        pullers = dataclasses.replace(wiring.cluster(), puller=None)
        return GcpRegistry(NAME, SPEC, wiring.SITE, wiring.project(), pullers, wiring.key())

    with pytest.raises(ValueError, match=r"^pullers: "):
        record(declare, wiring.STATES)


@pytest.fixture(scope="module")
def mirror() -> Recording[GcpRegistry]:
    wanted = SPEC.model_copy(update={"caches": MIRRORED, "credentials": ACCOUNTS})
    return record(
        lambda: GcpRegistry(NAME, wanted, wiring.SITE, wiring.project(), wiring.cluster(), wiring.key(), credentials=upstream_accounts()),
        {**wiring.STATES, VERSION: lambda inputs: {"name": f"{inputs['secret']}/versions/1"}},
    )


@pytest.mark.requirement("SN-16")
def test_docker_hub_and_github_are_pulled_in_the_name_of_an_account(mirror: Recording[GcpRegistry]) -> None:
    configs = {item.inputs["repositoryId"]: item.inputs["remoteRepositoryConfig"] for item in caches(mirror)}
    assert configs[f"{NAME}-docker-hub"]["commonRepository"]["uri"] == "https://registry-1.docker.io"
    assert configs[f"{NAME}-github"]["commonRepository"]["uri"] == "https://ghcr.io"
    for end, host in (("docker-hub", "docker.io"), ("github", "ghcr.io")):
        account = configs[f"{NAME}-{end}"]["upstreamCredentials"]["usernamePasswordCredentials"]
        token = mirror.one(SECRET, f"{NAME}-{end}-token")
        assert account == {"username": f"reader-{host}", "passwordSecretVersion": f"{token.name}-id/versions/1"}
    assert [name for name, config in configs.items() if "upstreamCredentials" in config] == [f"{NAME}-docker-hub", f"{NAME}-github"]


def test_tokens_stay_in_the_region_under_the_customer_key(mirror: Recording[GcpRegistry]) -> None:
    assert len(mirror.of(SECRET)) == 2
    for item in mirror.of(SECRET):
        [replica] = item.inputs["replication"]["userManaged"]["replicas"]
        assert (replica["location"], replica["customerManagedEncryption"]["kmsKeyName"]) == ("europe-west8", wiring.KEY)
        assert (item.protect, item.inputs["deletionProtection"]) == (True, True)
    assert [item.secrets for item in mirror.of(VERSION)] == [("secretData",)] * 2


def test_the_registrys_own_agent_reads_each_token_before_the_cache_is_made(mirror: Recording[GcpRegistry]) -> None:
    rights = mirror.of("gcp:secretmanager/secretIamMember:SecretIamMember")
    agent = f"serviceAccount:service-{wiring.NUMBER}@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    assert {(item.inputs["role"], item.inputs["member"]) for item in rights} == {("roles/secretmanager.secretAccessor", agent)}
    assert {item.inputs["secretId"] for item in rights} == {item.inputs["secretId"] for item in mirror.of(SECRET)}
    order = [item.name for item in mirror]
    for end in ("docker-hub", "github"):
        cache = next(item for item in caches(mirror) if item.inputs["repositoryId"] == f"{NAME}-{end}")
        assert order.index(f"{NAME}-{end}-token-reader") < order.index(cache.name)
