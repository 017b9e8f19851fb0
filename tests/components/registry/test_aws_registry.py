from __future__ import annotations

import json

import pytest

from components.registry.aws import AwsRegistry
from components.registry.aws_plan import lifecycle, plan
from components.registry.spec import RegistrySpec
from components.site import Site
from tests.components import aws_wiring as wiring
from tests.recorder import Recording, record

REPOSITORY, CACHE = "aws:ecr/repository:Repository", "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
SPEC = RegistrySpec(repositories=("pn-host", "pn-agent-runner"))


def registry(wanted: RegistrySpec = SPEC, site: Site = wiring.SITE) -> Recording[AwsRegistry]:
    return record(lambda: AwsRegistry("playnew-production-registry", wanted, site, wiring.key()), wiring.STATES)


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


def test_a_registry_that_needs_credentials_is_refused_with_the_ones_that_do_not() -> None:
    with pytest.raises(ValueError, match=r"^caches\[1\]: 'ghcr.io' .*; allowed: public.ecr.aws, registry.k8s.io, quay.io$"):
        plan(SPEC.model_copy(update={"caches": ("quay.io", "ghcr.io")}))


def test_without_caches_there_is_no_role_for_them() -> None:
    assert registry(SPEC.model_copy(update={"caches": ()})).of("aws:iam/role:Role") == []
