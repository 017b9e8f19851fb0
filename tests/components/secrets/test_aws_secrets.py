from __future__ import annotations

from pulumi_aws.secretsmanager import SecretVersion

from components.secrets.aws import AwsSecrets
from components.secrets.spec import SecretsSpec
from tests.components import aws_wiring as wiring
from tests.recorder import Recording, output, record

SECRET, VERSION = "aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretVersion:SecretVersion"


def secrets(*, deletion_protected: bool = False) -> Recording[AwsSecrets]:
    spec = SecretsSpec(prefix="pn/production", deletion_protected=deletion_protected)
    return record(
        lambda: AwsSecrets(
            "playnew-production-secrets", spec, wiring.SITE, {"jwt-secret": output("hush"), "orgs/alpha": "hush too"}, wiring.key()
        )
    )


def test_secrets_are_named_by_prefix_and_path_and_encrypted_with_the_customer_key() -> None:
    made = secrets().of(SECRET)
    assert {item.inputs["name"] for item in made} == {"pn/production/jwt-secret", "pn/production/orgs/alpha"}
    assert {item.inputs["kmsKeyId"] for item in made} == {wiring.KEY_ARN}


def test_secrets_stay_in_the_region() -> None:
    assert [item for item in secrets().of(SECRET) if "replicas" in item.inputs] == []


def test_values_are_secret_whatever_they_were_given_as() -> None:
    versions = secrets().of(VERSION)
    assert {item.inputs["secretString"] for item in versions} == {"hush", "hush too"}
    assert {item.secrets for item in versions} == {("secretString",)}


def test_a_deleted_secret_can_be_restored_for_a_week() -> None:
    assert {item.inputs["recoveryWindowInDays"] for item in secrets().of(SECRET)} == {7}


def test_protected_secrets_are_not_deleted_by_the_engine() -> None:
    assert {item.protect for item in secrets(deletion_protected=True).of(SECRET)} == {True}
    assert {item.protect for item in secrets().of(SECRET)} == {False}


def test_readers_learn_names_and_what_to_wait_for() -> None:
    registered = secrets()
    outputs = registered.one("eucloud:aws:Secrets").outputs
    assert outputs["names"] == {"jwt-secret": "pn/production/jwt-secret", "orgs/alpha": "pn/production/orgs/alpha"}
    assert (outputs["prefix"], outputs["region"]) == ("pn/production", "eu-south-1")
    assert {path: type(resource) for path, resource in registered.result.outputs.versions.items()} == dict.fromkeys(
        outputs["names"], SecretVersion
    )
    assert "versions" not in outputs
    assert "hush" not in str(outputs)
