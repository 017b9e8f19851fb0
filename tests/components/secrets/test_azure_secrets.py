from __future__ import annotations

from dataclasses import replace

import pulumi
import pytest
from pulumi_azure_native.keyvault import Secret

from components.secrets.azure import AzureSecrets, names
from components.secrets.spec import SecretsSpec
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, output, record

SECRET = "azure-native:keyvault:Secret"


def secrets(*, deletion_protected: bool = False, in_vault: bool = False) -> Recording[AzureSecrets]:
    spec = SecretsSpec(prefix="pn/production", deletion_protected=deletion_protected)

    def declare() -> AzureSecrets:
        group = wiring.group()
        if in_vault:
            group = replace(group, vault=replace(group.vault, resource=pulumi.ComponentResource("test:Vault", "vault")))
        values = {"jwt-secret": output("hush"), "orgs/alpha": "hush too"}
        return AzureSecrets("playnew-production-secrets", spec, wiring.SITE, group, values, wiring.key())

    return record(declare)


def test_secrets_are_named_by_prefix_and_path_in_the_vaults_letters() -> None:
    made = secrets().of(SECRET)
    assert {item.inputs["secretName"] for item in made} == {"pn-production-jwt-secret", "pn-production-orgs-alpha"}
    assert {item.inputs["tags"]["path"] for item in made} == {"pn/production/jwt-secret", "pn/production/orgs/alpha"}
    assert {item.inputs["vaultName"] for item in made} == {"playnew-productio-0a1b2c"}


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (["a/b", "a-b"], r"secret 'a-b': has the name 'pn-production-a-b' in the vault, which 'a/b' has; allowed: another path"),
        (["Key", "key"], r"which 'Key' has"),
        (["api_key"], r"'pn-production-api_key' is no name of a secret; allowed: up to 127 letters, digits and hyphens"),
        (["x" * 120], r"is no name of a secret"),
    ],
)
def test_paths_that_the_vault_cannot_tell_apart_or_take_are_refused(paths: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        names("pn/production", paths)


def test_values_are_secret_whatever_they_were_given_as() -> None:
    made = secrets().of(SECRET)
    assert {item.inputs["properties"]["value"] for item in made} == {"hush", "hush too"}
    assert {item.secrets for item in made} == {("properties",)}


def test_secrets_do_not_expire_under_a_running_system() -> None:
    assert {str(item.inputs["properties"]["attributes"]) for item in secrets().of(SECRET)} == {"{'enabled': True}"}


def test_protected_secrets_are_not_deleted_by_the_engine() -> None:
    assert {item.protect for item in secrets(deletion_protected=True).of(SECRET)} == {True}
    assert {item.protect for item in secrets().of(SECRET)} == {False}


def test_a_destroy_lets_secrets_go_with_their_vault_which_it_cannot_reach() -> None:
    assert {item.deleted_with for item in secrets(in_vault=True).of(SECRET)} == {"vault"}


def test_readers_learn_names_and_what_to_wait_for() -> None:
    registered = secrets()
    outputs = registered.one("eucloud:azure:Secrets").outputs
    assert outputs["names"] == {"jwt-secret": "pn-production-jwt-secret", "orgs/alpha": "pn-production-orgs-alpha"}
    assert (outputs["prefix"], outputs["region"]) == ("pn/production", "italynorth")
    versions = registered.result.outputs.versions
    assert {path: type(resource) for path, resource in versions.items()} == dict.fromkeys(outputs["names"], Secret)
    assert "versions" not in outputs
    assert "hush" not in str(outputs)
