"""Accounts at public registries: where each cloud wants them, and whom it wants let in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.accounts import Account
from tests.sandbox.azure_estate import Estate
from tests.sandbox.gcp_project import NUMBER, REGION, SECRET, Project

RULE, AWS_SECRET = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule", "aws:secretsmanager/secret:Secret"
AWS_VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
HUB = {"ecrRepositoryPrefix": "docker-hub", "upstreamRegistryUrl": "registry-1.docker.io"}
GOOD = json.dumps({"username": "reader", "accessToken": "token"})

REPOSITORY, VERSION = "gcp:artifactregistry/repository:Repository", "gcp:secretmanager/secretVersion:SecretVersion"
MEMBER = "gcp:secretmanager/secretIamMember:SecretIamMember"

SET, CACHE = "containerregistry:CredentialSet", "containerregistry:CacheRule"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"


@pytest.mark.parametrize("upstream", ["registry-1.docker.io", "ghcr.io"])
def test_ecr_asks_for_an_account_where_the_upstream_does(upstream: str) -> None:
    wrong = Account().failures(RULE, {"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": upstream})
    assert "in the name of an account" in wrong["credentialArn"]
    assert Account().failures(RULE, {"ecrRepositoryPrefix": "quay", "upstreamRegistryUrl": "quay.io"}) == {}


def test_ecr_takes_secrets_of_its_own_prefix_alone() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:platform/docker-hub-AbCdEf"
    assert "ecr-pullthroughcache/" in Account().failures(RULE, {**HUB, "credentialArn": arn})["credentialArn"]


@pytest.mark.parametrize(
    ("secret", "value", "reason"),
    [
        ({}, None, "UnableToAccessSecretException"),
        ({}, "token", "without accessToken, username"),
        ({}, json.dumps({"username": "reader", "password": "token"}), "without accessToken"),
        ({"kmsKeyId": "own"}, GOOD, "UnableToDecryptSecretValueException"),
    ],
)
def test_ecr_reads_the_account_when_the_rule_is_made(secret: dict[str, Any], value: str | None, reason: str) -> None:
    account = Account()
    if secret:
        secret = {"kmsKeyId": account.make("aws:kms/key:Key").outputs["arn"]}
    made = account.make(AWS_SECRET, name="ecr-pullthroughcache/playnew-docker-hub", **secret)
    if value:
        account.make(AWS_VERSION, secretId=made.id, secretString=value)
    assert reason in account.refused(RULE, **HUB, credentialArn=made.outputs["arn"])


def test_ecr_makes_a_rule_with_an_account_that_it_can_read() -> None:
    account = Account()
    made = account.make(AWS_SECRET, name="ecr-pullthroughcache/playnew-docker-hub")
    account.make(AWS_VERSION, secretId=made.id, secretString=GOOD)
    assert account.make(RULE, **HUB, credentialArn=made.outputs["arn"]).id == "docker-hub"


def remote(version: str) -> dict[str, Any]:
    account = {"usernamePasswordCredentials": {"username": "reader", "passwordSecretVersion": version}}
    return {
        "repositoryId": "hub",
        "format": "DOCKER",
        "mode": "REMOTE_REPOSITORY",
        "location": REGION,
        "remoteRepositoryConfig": {"commonRepository": {"uri": "https://registry-1.docker.io"}, "upstreamCredentials": account},
    }


def test_artifact_registry_reads_a_token_that_its_agent_is_let_in_on() -> None:
    project = Project()
    replicas = {"userManaged": {"replicas": [{"location": REGION}]}}
    secret = project.make(SECRET, secretId="hub-token", replication=replicas)
    version = project.make(VERSION, secret=secret.id, secretData="token").outputs["name"]
    agent = f"service-{NUMBER}@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    assert f"{agent} does not have permission to access the secret hub-token" in project.refused(REPOSITORY, **remote(version))
    identity = {"service": "artifactregistry.googleapis.com"}
    project.make("gcp:projects/serviceIdentity:ServiceIdentity", **identity)
    project.make(MEMBER, secretId="hub-token", role="roles/secretmanager.secretAccessor", member=f"serviceAccount:{agent}")
    assert project.make(REPOSITORY, **remote(version))


def test_artifact_registry_wants_a_version_of_a_secret_and_a_user_beside_it() -> None:
    project = Project()
    wrong = remote("hub-token")
    assert "projects/P/secrets/S/versions/V" in str(project.failures(REPOSITORY, wrong))
    del wrong["remoteRepositoryConfig"]["upstreamCredentials"]["usernamePasswordCredentials"]["username"]
    assert "together" in str(project.failures(REPOSITORY, wrong))


def account_of(host: str = "docker.io", **changes: Any) -> dict[str, Any]:
    address = "https://playnew-vault.vault.azure.net/secrets"
    pair = {"usernameSecretIdentifier": f"{address}/hub-username", "passwordSecretIdentifier": f"{address}/hub-token"}
    given: dict[str, Any] = {
        "registryName": "playnew",
        "credentialSetName": "account-docker-hub",
        "loginServer": host,
        "authCredentials": [{"name": "Credential1", **pair}],
        "identity": {"type": "SystemAssigned"},
    }
    return given | changes


def rule(set_: str) -> dict[str, str]:
    names = {"registryName": "playnew", "cacheRuleName": "cache-docker-hub", "credentialSetResourceId": set_}
    return {**names, "sourceRepository": "docker.io/*", "targetRepository": "docker-hub/*"}


def test_a_rule_of_acr_takes_an_account_that_its_set_may_read() -> None:
    estate = Estate()
    estate.make("containerregistry:Registry", registryName="playnew", sku={"name": "Premium"})
    assert "hub-username was not found" in estate.refused(SET, **account_of())
    secrets = [
        estate.make("keyvault:Secret", name, vaultName="playnew-vault", secretName=name, properties={"value": "x"})
        for name in ("hub-username", "hub-token")
    ]
    made = estate.make(SET, **account_of())
    for secret in secrets:
        assert f"may not read {secret.id}" in estate.refused(CACHE, **rule(made.id))
        estate.let_in(made.outputs["identity"]["principalId"], SECRETS_USER, secret.id, secret.outputs["name"])
    cache = estate.make(CACHE, **rule(made.id))
    assert estate.held(made).startswith("CredentialSetInUse")
    estate.world.remove(cache)
    assert estate.held(made) == ""


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"identity": {"type": "UserAssigned"}}, "identity.type"),
        ({"authCredentials": []}, "authCredentials"),
        ({"loginServer": "Docker Hub"}, "loginServer"),
        (
            {"authCredentials": [{"name": "Credential1", "usernameSecretIdentifier": "reader"}]},
            "authCredentials[0].usernameSecretIdentifier",
        ),
    ],
)
def test_a_set_of_acr_has_one_account_and_an_identity_of_its_own(changes: dict[str, Any], path: str) -> None:
    assert path in Estate().wrong(SET, **account_of(**changes))
