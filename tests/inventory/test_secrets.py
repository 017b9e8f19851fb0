"""Generated values stay where they are kept: in secret inputs, and in nothing that is printed, published or recorded in plain."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest

from components.vocabulary import Cloud
from tests.inventory.cases import Case
from tests.inventory.cases import case as find
from tests.recorder import Recording, Registered

pytestmark = pytest.mark.inventory

PASSWORD = "random:index/randomPassword:RandomPassword"


def generated(registered: Recording[Any]) -> dict[str, str]:
    """Value to the name of what made it: the recording's values tell whose they are."""
    return {item.state["result"]: item.name for item in registered.of(PASSWORD)}


def open_inputs(item: Registered) -> dict[str, Any]:
    """Whole top-level inputs without a secret in them: one secret element keeps its whole input out of plain state."""
    return {key: value for key, value in item.inputs.items() if not any(re.split(r"[.\[]", path)[0] == key for path in item.secrets)}


def test_generated_values_are_used_and_secret_wherever_they_are(registered: Recording[None]) -> None:
    values = generated(registered)
    assert len(values) >= 5
    used: set[str] = set()
    for item in registered:
        held = {value for value in values if value in str(item.inputs)}
        used |= held
        assert not [values[value] for value in held if value in str(open_inputs(item))], f"{item.type} {item.name}"
    # Ciphertext is made with a salt, and tells nothing of it.
    assert used == {value for value, name in values.items() if not name.endswith("-sealing-salt")}


def shown(value: Any, secrets: tuple[str, ...], path: str = "") -> str:
    """What of outputs is not secret, each leaf by itself."""
    if path in secrets:
        return ""
    if isinstance(value, dict):
        inner = cast("dict[str, Any]", value).items()
        return " ".join(shown(item, secrets, f"{path}.{key}" if path else key) for key, item in inner)
    if isinstance(value, list):
        return " ".join(shown(item, secrets, f"{path}[{index}]") for index, item in enumerate(cast("list[Any]", value)))
    return str(value)


def test_no_component_publishes_a_generated_value_in_the_open(registered: Recording[None]) -> None:
    values = generated(registered)
    for item in registered:
        text = shown(item.outputs, item.secret_outputs)
        assert not [name for value, name in values.items() if value in text], f"{item.type} {item.name}"


def test_no_generated_value_is_exported_in_the_open(registered: Recording[None]) -> None:
    text = shown(registered.exports, registered.secret_exports)
    assert registered.exports["region"] in text
    assert not [name for value, name in generated(registered).items() if value in text]


def test_what_is_exported_in_the_open_is_found(on_aws: Recording[None]) -> None:
    """A secret of the stack's outputs is one that could have been shown."""
    assert "kubeconfig" in on_aws.secret_exports
    assert "apiVersion" not in shown(on_aws.exports, on_aws.secret_exports)
    assert "apiVersion" in shown(on_aws.exports, ())


def test_no_inventory_shows_a_generated_value(case: Case) -> None:
    text = case.file.read_text(encoding="utf-8")
    assert not [name for value, name in generated(case.recorded()).items() if value in text]


def test_generated_values_are_long_and_survive_urls_and_shells(registered: Recording[None]) -> None:
    for item in registered.of(PASSWORD):
        assert item.inputs["length"] >= 30, item.name
        assert item.inputs["special"] is False, item.name


WRITTEN = {("supernova", "staging"), ("supernova", "development")}
"""Where the program writes Secrets itself: the key that opens what is sealed, and those of developers."""


def test_nothing_is_a_plain_secret_of_the_cluster(case: Case) -> None:
    """Secrets are made in the cluster by External Secrets: none is written by the program, which would put it into state and the API."""
    written = case.recorded().of("kubernetes:core/v1:Secret")
    assert bool(written) is ((case.system, case.configuration["environment"]) in WRITTEN)
    assert [item.name for item in written if item.secrets != ("stringData",)] == []


def test_a_stored_secret_is_never_copied_to_another_region(on_aws: Recording[None]) -> None:
    for item in on_aws.of("aws:secretsmanager/secret:Secret"):
        assert not item.inputs.get("replicas"), item.name
        # ECR reads accounts at public registries under the account's own key of Secrets Manager alone.
        lent = item.inputs["name"].startswith("ecr-pullthroughcache/")
        assert bool(item.inputs.get("kmsKeyId")) is not lent, item.name


@pytest.mark.parametrize("variant", ["production", "staging", "production-phase1"])
def test_a_secret_on_gcp_lies_in_the_stacks_region_alone_under_the_customers_key(variant: str) -> None:
    registered = find(Cloud.GCP, variant).recorded()
    keys = {f"{item.name}-id" for item in registered.of("gcp:kms/cryptoKey:CryptoKey")}
    for item in registered.of("gcp:secretmanager/secret:Secret"):
        assert list(item.inputs["replication"]) == ["userManaged"], item.name
        (only,) = item.inputs["replication"]["userManaged"]["replicas"]
        assert only["location"] == "europe-west8", item.name
        assert only["customerManagedEncryption"]["kmsKeyName"] in keys, item.name


@pytest.mark.parametrize("variant", ["production", "staging", "production-phase1"])
def test_the_vault_on_azure_is_in_hardware_closed_and_loses_nothing(variant: str) -> None:
    registered = find(Cloud.AZURE, variant).recorded()
    vault = registered.one("azure-native:keyvault:Vault")
    given = vault.inputs["properties"]
    assert given["sku"] == {"family": "A", "name": "premium"}
    assert (given["enablePurgeProtection"], given["enableSoftDelete"], given["softDeleteRetentionInDays"]) == (True, True, 90)
    assert (given["enableRbacAuthorization"], given["accessPolicies"]) == (True, [])
    assert given["publicNetworkAccess"] == "Disabled"
    assert given["networkAcls"] == {"bypass": "AzureServices", "defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []}
    assert not any(given[f"enabledFor{use}"] for use in ("Deployment", "DiskEncryption", "TemplateDeployment"))
    endpoints = registered.of("azure-native:network:PrivateEndpoint")
    doors = [link for item in endpoints for link in item.inputs["privateLinkServiceConnections"]]
    assert [link["groupIds"] for link in doors if link["privateLinkServiceId"] == f"{vault.name}-id"] == [["vault"]]
    for key in registered.of("azure-native:keyvault:Key"):
        assert key.inputs["properties"]["kty"] == "RSA-HSM", key.name
        assert key.inputs["properties"]["attributes"]["exportable"] is False, key.name
    for item in registered.of("azure-native:keyvault:Secret"):
        assert item.inputs["vaultName"] == vault.state["name"], item.name
        assert "properties" in {path.partition(".")[0] for path in item.secrets}, item.name
