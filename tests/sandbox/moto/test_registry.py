from __future__ import annotations

import json

import pytest

from sandbox.contract import Refused
from tests.sandbox.moto.stage import REGION, Bench

REPOSITORY = "aws:ecr/repository:Repository"
POLICY = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
MEDIA = "application/vnd.docker.distribution.manifest.v2+json"
IMAGE = json.dumps({"schemaVersion": 2, "mediaType": MEDIA, "layers": [{"digest": "sha256:0"}], "config": {}})


def keep(count: int) -> str:
    selection = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": count}
    return json.dumps({"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]})


def test_a_repository_lives_in_moto_from_creation_to_deletion(bench: Bench):
    ecr, key = bench.boto3("ecr"), "arn:aws:kms:eu-south-1:123456789012:key/k"
    repository = bench.make(
        REPOSITORY,
        {
            "name": "host",
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": key}],
            "imageScanningConfiguration": {"scanOnPush": True},
            "imageTagMutability": "IMMUTABLE",
            "forceDelete": False,
            "tags": {"a": "b"},
        },
    )

    (there,) = ecr.describe_repositories(repositoryNames=["host"])["repositories"]
    assert there["repositoryArn"] == repository.outputs["arn"] == f"arn:aws:ecr:{REGION}:123456789012:repository/host"
    assert there["repositoryUri"] == repository.outputs["repositoryUrl"]
    assert there["encryptionConfiguration"] == {"encryptionType": "KMS", "kmsKey": key}
    assert (there["imageTagMutability"], there["imageScanningConfiguration"]) == ("IMMUTABLE", {"scanOnPush": True})
    assert bench.drifted(repository) == {}

    repository = bench.change(
        repository, {"imageTagMutability": "MUTABLE", "imageScanningConfiguration": {"scanOnPush": False}, "tags": {"c": "d"}}
    )
    (there,) = ecr.describe_repositories(repositoryNames=["host"])["repositories"]
    assert (there["imageTagMutability"], there["imageScanningConfiguration"]) == ("MUTABLE", {"scanOnPush": False})
    assert ecr.list_tags_for_resource(resourceArn=there["repositoryArn"])["tags"] == [{"Key": "c", "Value": "d"}]
    assert bench.drifted(repository) == {}

    ecr.put_image_scanning_configuration(repositoryName="host", imageScanningConfiguration={"scanOnPush": True})
    assert bench.drifted(repository) == {"imageScanningConfiguration": {"scanOnPush": True}}

    bench.remove(repository)
    assert bench.drifted(repository) is None


@pytest.mark.parametrize("force", [True, False])
def test_a_repository_with_images_goes_by_force_only(bench: Bench, force: bool):
    name = f"full-{force}".lower()
    repository = bench.make(REPOSITORY, {"name": name, "forceDelete": force})
    bench.boto3("ecr").put_image(repositoryName=name, imageManifest=IMAGE, imageTag="1")

    if force:
        bench.remove(repository)
        assert bench.drifted(repository) is None
    else:
        with pytest.raises(Refused, match="RepositoryNotEmptyException"):
            bench.remove(repository)
        assert bench.drifted(repository) == {}


def test_a_lifecycle_policy_lives_in_moto_from_creation_to_deletion(bench: Bench):
    ecr = bench.boto3("ecr")
    bench.make(REPOSITORY, {"name": "kept"})
    policy = bench.make(POLICY, {"repository": "kept", "policy": keep(5)})

    assert ecr.get_lifecycle_policy(repositoryName="kept")["lifecyclePolicyText"] == keep(5)
    assert bench.drifted(policy) == {}

    policy = bench.change(policy, {"policy": keep(7)})
    assert ecr.get_lifecycle_policy(repositoryName="kept")["lifecyclePolicyText"] == keep(7)

    ecr.put_lifecycle_policy(repositoryName="kept", lifecyclePolicyText=keep(9))
    assert bench.drifted(policy) == {"policy": keep(9)}

    bench.remove(policy)
    assert bench.drifted(policy) is None


@pytest.fixture(scope="module")
def taken(bench: Bench) -> None:
    bench.make(REPOSITORY, {"name": "taken"})


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize(
    ("type_", "inputs", "code"),
    [
        (REPOSITORY, {"name": "Capitals"}, "InvalidParameterException"),
        (REPOSITORY, {"name": "taken"}, "RepositoryAlreadyExistsException"),
        (REPOSITORY, {"name": "odd", "imageTagMutability": "SOMETIMES"}, "InvalidParameterException"),
        (POLICY, {"repository": "nowhere", "policy": keep(5)}, "RepositoryNotFoundException"),
        (POLICY, {"repository": "taken", "policy": keep(0)}, "InvalidParameterException"),
        (POLICY, {"repository": "taken", "policy": json.dumps({"rule": "x" * 100})}, "InvalidParameterException"),
    ],
)
def test_moto_refuses_what_aws_refuses(bench: Bench, type_: str, inputs: dict[str, str], code: str):
    with pytest.raises(Refused) as refused:
        bench.make(type_, inputs)
    assert refused.value.code == code
