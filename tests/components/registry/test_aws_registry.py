from __future__ import annotations

import json

import pytest

from components.registry.aws import AwsRegistry
from components.registry.aws_plan import lifecycle, plan
from components.registry.spec import RegistrySpec
from components.registry.upstreams import ACCOUNTS, MIRRORED
from components.site import Site
from tests.components import aws_wiring as wiring
from tests.components.registry.accounts import upstream_accounts
from tests.recorder import Recording, record

REPOSITORY, CACHE = "aws:ecr/repository:Repository", "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
SECRET, VERSION = "aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretVersion:SecretVersion"
NAME = "playnew-production-registry"
TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
SPEC = RegistrySpec(repositories=("pn-host", "pn-agent-runner"))


def registry(wanted: RegistrySpec = SPEC, site: Site = wiring.SITE) -> Recording[AwsRegistry]:
    return record(lambda: AwsRegistry(NAME, wanted, site, wiring.key()), wiring.STATES)


@pytest.fixture(scope="module")
def production() -> Recording[AwsRegistry]:
    return registry()


@pytest.mark.requirement("PN-07")
def test_repositories_are_immutable_scanned_and_encrypted_with_the_customer_key(production: Recording[AwsRegistry]) -> None:
    assert {item.inputs["name"] for item in production.of(REPOSITORY)} == {"pn-host", "pn-agent-runner"}
    for item in production.of(REPOSITORY):
        assert item.inputs["imageTagMutability"] == "IMMUTABLE"
        assert item.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
        assert item.inputs["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": wiring.KEY_ARN}]
        assert (item.protect, item.inputs["forceDelete"]) == (True, False)


@pytest.mark.requirement("PN-07")
def test_untagged_images_go_after_a_week_and_the_newest_tagged_ones_stay() -> None:
    untagged, tagged = json.loads(lifecycle(50))["rules"]
    assert (untagged["selection"]["tagStatus"], untagged["selection"]["countNumber"], untagged["selection"]["countUnit"]) == (
        "untagged",
        7,
        "days",
    )
    assert (tagged["selection"]["countType"], tagged["selection"]["countNumber"]) == ("imageCountMoreThan", 50)
    assert tagged["selection"]["tagPatternList"] == ["*"]


@pytest.mark.requirement("PN-07")
def test_every_repository_is_cleaned_up(production: Recording[AwsRegistry]) -> None:
    rules = production.of("aws:ecr/lifecyclePolicy:LifecyclePolicy")
    assert {rule.inputs["repository"] for rule in rules} == {"pn-host", "pn-agent-runner"}


def test_an_unprotected_repository_goes_with_its_images() -> None:
    for item in registry(SPEC.model_copy(update={"deletion_protected": False})).of(REPOSITORY):
        assert (item.protect, item.inputs["forceDelete"]) == (False, True)


def test_public_images_are_pulled_through_the_registry_and_kept_as_safely(production: Recording[AwsRegistry]) -> None:
    rules = {rule.inputs["upstreamRegistryUrl"]: rule.inputs["ecrRepositoryPrefix"] for rule in production.of(CACHE)}
    assert rules == {"public.ecr.aws": "ecr-public", "registry.k8s.io": "kubernetes", "quay.io": "quay"}
    assert [rule for rule in production.of(CACHE) if "credentialArn" in rule.inputs] == []
    role = production.one("aws:iam/role:Role")
    for template in production.of(TEMPLATE):
        assert template.inputs["imageTagMutability"] == "IMMUTABLE"
        assert template.inputs["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": wiring.KEY_ARN}]
        assert template.inputs["customRoleArn"] == role.state["arn"]


def test_ecr_may_take_the_role_and_use_the_key_by_itself(production: Recording[AwsRegistry]) -> None:
    """ECR documents neither a source account nor calls on somebody's behalf: conditions on them would stop every pull of a new image."""
    [trust] = wiring.statements(production.one("aws:iam/role:Role").inputs["assumeRolePolicy"])
    assert (trust["Principal"], "Condition" in trust) == ({"Service": "ecr.amazonaws.com"}, False)
    policy = json.loads(production.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])
    assert [statement for statement in policy["Statement"] if "Condition" in statement] == []


def test_addresses_are_in_the_region(production: Recording[AwsRegistry]) -> None:
    host = f"{wiring.ACCOUNT}.dkr.ecr.eu-south-1.amazonaws.com"
    outputs = production.one("eucloud:aws:Registry").outputs
    assert outputs["url"] == host
    assert outputs["repositories"]["pn-host"] == f"{host}/pn-host"
    assert outputs["caches"]["quay.io"] == f"{host}/quay"


def test_in_the_sovereign_cloud_addresses_have_its_domain() -> None:
    outputs = registry(site=wiring.SOVEREIGN).one("eucloud:aws:Registry").outputs
    assert outputs["url"] == f"{wiring.ACCOUNT}.dkr.ecr.eusc-de-east-1.amazonaws.eu"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"caches": ("quay.io", "ghcr.io")},
            r"^caches\[1\]: 'ghcr.io' is not pulled without credentials; allowed: public.ecr.aws, registry.k8s.io, quay.io, or ghcr.io in",
        ),
        ({"caches": ("gcr.io",)}, r"^caches\[0\]: 'gcr.io' is no registry that can be cached here; allowed: public.ecr.aws, .*ghcr.io$"),
        ({"credentials": ("quay.io",)}, r"^credentials\[0\]: 'quay.io' is pulled without; allowed: docker.io, ghcr.io$"),
        ({"credentials": ("ghcr.io",)}, r"^credentials\[0\]: 'ghcr.io' is not cached; allowed: a host that is in caches$"),
    ],
)
def test_a_cache_that_cannot_be_is_refused_with_what_can(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(SPEC.model_copy(update=changes))


def test_without_caches_there_is_no_role_for_them() -> None:
    assert registry(SPEC.model_copy(update={"caches": ()})).of("aws:iam/role:Role") == []


MIRROR = SPEC.model_copy(update={"caches": MIRRORED, "credentials": ACCOUNTS})


@pytest.fixture(scope="module")
def mirror() -> Recording[AwsRegistry]:
    return record(
        lambda: AwsRegistry(NAME, MIRROR, wiring.SITE, wiring.key(), credentials=upstream_accounts()),
        {**wiring.STATES, VERSION: lambda inputs: {"secretArn": f"arn of {inputs['secretId']}"}},
    )


@pytest.mark.requirement("SN-16")
def test_docker_hub_and_github_are_pulled_in_the_name_of_an_account(mirror: Recording[AwsRegistry]) -> None:
    rules = {rule.inputs["ecrRepositoryPrefix"]: rule.inputs for rule in mirror.of(CACHE)}
    assert {prefix: rule["upstreamRegistryUrl"] for prefix, rule in rules.items()} == {
        "ecr-public": "public.ecr.aws",
        "kubernetes": "registry.k8s.io",
        "quay": "quay.io",
        "docker-hub": "registry-1.docker.io",
        "github": "ghcr.io",
    }
    secrets = {item.inputs["name"]: item for item in mirror.of(SECRET)}
    for prefix in ("docker-hub", "github"):
        assert rules[prefix]["credentialArn"] == f"arn of {secrets[f'ecr-pullthroughcache/playnew-production-{prefix}'].name}-id"
    assert [prefix for prefix, rule in rules.items() if "credentialArn" in rule] == ["docker-hub", "github"]


def test_an_account_lies_in_a_secret_that_ecr_can_read_and_nobody_else_sees(mirror: Recording[AwsRegistry]) -> None:
    """ECR decrypts with the account's own key of Secrets Manager and no other."""
    for item in mirror.of(SECRET):
        assert ("kmsKeyId" in item.inputs, item.protect, item.inputs["recoveryWindowInDays"]) == (False, True, 7)
    values = mirror.of(VERSION)
    assert [item.secrets for item in values] == [("secretString",)] * 2
    assert {json.loads(item.inputs["secretString"])["accessToken"] for item in values} == {"token-docker.io", "token-ghcr.io"}
    assert {json.loads(item.inputs["secretString"])["username"] for item in values} == {"reader-docker.io", "reader-ghcr.io"}


def test_images_of_docker_hub_keep_its_paths_under_its_usual_name(mirror: Recording[AwsRegistry]) -> None:
    caches = mirror.one("eucloud:aws:Registry").outputs["caches"]
    host = f"{wiring.ACCOUNT}.dkr.ecr.eu-south-1.amazonaws.com"
    assert (caches["docker.io"], caches["ghcr.io"]) == (f"{host}/docker-hub", f"{host}/github")


def test_an_account_that_is_not_given_is_missed_by_name() -> None:
    with pytest.raises(ValueError, match=r"^credentials: 'docker.io' is not given; .*\ncredentials: 'ghcr.io' is not given"):
        registry(MIRROR)


def test_an_account_that_nobody_asks_for_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^credentials: 'docker.io' is given for nothing; allowed: none"):
        record(lambda: AwsRegistry(NAME, SPEC, wiring.SITE, wiring.key(), credentials=upstream_accounts()), wiring.STATES)
