from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import pytest

from components.identity.azure_roles import Role
from components.registry.azure import AzureRegistry
from components.registry.azure_plan import plan
from components.registry.spec import RegistrySpec
from components.registry.upstreams import ACCOUNTS, MIRRORED
from tests.answers import State
from tests.components import azure_wiring as wiring
from tests.components.registry.accounts import upstream_accounts
from tests.recorder import Recording, Registered, record

REGISTRY, CACHE = "azure-native:containerregistry:Registry", "azure-native:containerregistry:CacheRule"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
SET_PRINCIPAL = "d4c3b2a1-5e6f-4a7b-8c9d-0e1f2a3b4c5d"
NAME = "playnew-production-registry"
SPEC = RegistrySpec(repositories=("pn-host", "pn-agent-runner"))


def _served(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"loginServer": f"{inputs['registryName']}.azurecr.io"}


STATES: Mapping[str, State] = {**wiring.STATES, REGISTRY: _served}


def id_of(item: Registered) -> str:
    """As the recorder answers it."""
    return f"{item.name}-id"


def registry(wanted: RegistrySpec = SPEC) -> Recording[AzureRegistry]:
    def declare() -> AzureRegistry:
        return AzureRegistry(NAME, wanted, wiring.SITE, wiring.group(), wiring.network(), wiring.cluster(), wiring.key())

    return record(declare, STATES)


@pytest.fixture(scope="module")
def production() -> Recording[AzureRegistry]:
    return registry()


def test_the_registry_is_reached_inside_the_network_alone(production: Recording[AzureRegistry]) -> None:
    made = production.one(REGISTRY)
    assert (made.inputs["publicNetworkAccess"], made.inputs["networkRuleSet"]["defaultAction"]) == ("Disabled", "Deny")
    endpoint = production.one("azure-native:network:PrivateEndpoint").inputs
    assert endpoint["subnet"]["id"] == f"{wiring.NETWORK}/subnets/endpoints"
    [connection] = endpoint["privateLinkServiceConnections"]
    assert (connection["privateLinkServiceId"], connection["groupIds"]) == (id_of(made), ["registry"])
    [zone] = production.one("azure-native:network:PrivateDnsZoneGroup").inputs["privateDnsZoneConfigs"]
    assert zone["privateDnsZoneId"].endswith("/privatelink.azurecr.io")


def test_nobody_comes_in_by_a_password_or_without_one(production: Recording[AzureRegistry]) -> None:
    made = production.one(REGISTRY).inputs
    assert (made["adminUserEnabled"], made["anonymousPullEnabled"]) == (False, False)


def test_kubelets_pull_and_nobody_else_is_let_in(production: Recording[AzureRegistry]) -> None:
    on_it = [item.inputs for item in production.of(ASSIGNMENT) if item.inputs["scope"] == id_of(production.one(REGISTRY))]
    assert [(item["roleDefinitionId"].rpartition("/")[2], item["principalId"]) for item in on_it] == [(Role.ACR_PULL, wiring.PRINCIPAL)]


@pytest.mark.requirement("PN-07")
def test_images_are_encrypted_with_the_customer_key_that_follows_its_rotation(production: Recording[AzureRegistry]) -> None:
    made = production.one(REGISTRY)
    identity = production.one("azure-native:managedidentity:UserAssignedIdentity")
    assert made.inputs["encryption"] == {
        "status": "enabled",
        "keyVaultProperties": {"identity": identity.state["clientId"], "keyIdentifier": f"{wiring.URI}keys/platform"},
    }
    assert made.inputs["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {id_of(identity): {}}}
    right = production.one(ASSIGNMENT, f"{NAME}-encryption")
    assert right.inputs["scope"] == f"{wiring.VAULT}/keys/platform"
    assert right.inputs["roleDefinitionId"].rpartition("/")[2] == Role.VAULT_CRYPTO_SERVICE_USER
    assert right.name in made.depends_on


def test_no_vault_is_opened_for_the_registry(production: Recording[AzureRegistry]) -> None:
    assert not [type_ for type_ in production.types() if type_.startswith("azure-native:keyvault:")]


@pytest.mark.requirement("PN-07")
def test_untagged_images_go_after_a_week(production: Recording[AzureRegistry]) -> None:
    policies = production.one(REGISTRY).inputs["policies"]
    assert policies["retentionPolicy"] == {"status": "enabled", "days": 7}
    assert policies["softDeletePolicy"]["status"] == "disabled"


def test_images_do_not_leave_for_other_registries(production: Recording[AzureRegistry]) -> None:
    assert production.one(REGISTRY).inputs["policies"]["exportPolicy"] == {"status": "disabled"}
    assert "azure-native:containerregistry:Replication" not in production.types()


def test_the_registry_stands_in_all_zones(production: Recording[AzureRegistry]) -> None:
    assert (production.one(REGISTRY).inputs["zoneRedundancy"], production.one(REGISTRY).inputs["sku"]) == ("Enabled", {"name": "Premium"})


def test_a_protected_registry_is_deleted_neither_by_the_engine_nor_by_the_cloud() -> None:
    for wanted in (True, False):
        registered = registry(SPEC.model_copy(update={"deletion_protected": wanted}))
        assert registered.one(REGISTRY).protect is wanted
        locks = [item.inputs["level"] for item in registered.of("azure-native:authorization:ManagementLockByScope")]
        assert locks == (["CanNotDelete"] if wanted else [])


@pytest.mark.requirement("PN-07")
def test_public_images_are_pulled_through_the_registry_without_credentials(production: Recording[AzureRegistry]) -> None:
    rules = {rule.inputs["sourceRepository"]: rule.inputs["targetRepository"] for rule in production.of(CACHE)}
    assert rules == {"public.ecr.aws/*": "ecr-public/*", "registry.k8s.io/*": "kubernetes/*", "quay.io/*": "quay/*"}
    for rule in production.of(CACHE):
        assert "credentialSetResourceId" not in rule.inputs
        assert re.fullmatch(r"[a-zA-Z0-9-]{5,50}", rule.inputs["cacheRuleName"])


def test_who_pulls_and_pushes_is_told(production: Recording[AzureRegistry]) -> None:
    setting = production.one("azure-native:monitor:DiagnosticSetting").inputs
    assert setting["workspaceId"] == wiring.WORKSPACE
    assert {item["category"] for item in setting["logs"]} == {"ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"}


def test_addresses_are_the_registrys(production: Recording[AzureRegistry]) -> None:
    host = f"{production.one(REGISTRY).inputs['registryName']}.azurecr.io"
    outputs = production.one("eucloud:azure:Registry").outputs
    assert outputs["url"] == host
    assert outputs["repositories"]["pn-host"] == f"{host}/pn-host"
    assert outputs["caches"]["quay.io"] == f"{host}/quay"


def test_the_name_is_taken_worldwide_and_differs_by_subscription() -> None:
    mine = plan(NAME, SPEC, wiring.SITE).registry
    other = plan(NAME, SPEC, dataclasses.replace(wiring.SITE, account="another")).registry
    assert re.fullmatch(r"[a-z0-9]{5,50}", mine)
    assert mine != other


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"caches": ("quay.io", "docker.io")},
            r"^caches\[1\]: 'docker.io' is not pulled without credentials; allowed: public.ecr.aws, .*, or docker.io in credentials too$",
        ),
        ({"repositories": ("PN-Host",)}, r"^repositories\[0\]: 'PN-Host' is no name of a repository"),
        ({"repositories": ("quay/own",)}, r"^repositories\[0\]: 'quay/own' is under the prefix of a cache"),
    ],
)
def test_a_mistake_is_told_with_path_value_and_what_is_allowed(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(NAME, SPEC.model_copy(update=changes), wiring.SITE)


SET, SECRET = "azure-native:containerregistry:CredentialSet", "azure-native:keyvault:Secret"


@pytest.fixture(scope="module")
def mirror() -> Recording[AzureRegistry]:
    wanted = SPEC.model_copy(update={"caches": MIRRORED, "credentials": ACCOUNTS})

    def declare() -> AzureRegistry:
        place, access = (wiring.SITE, wiring.group()), (wiring.network(), wiring.cluster(), wiring.key())
        return AzureRegistry(NAME, wanted, *place, *access, credentials=upstream_accounts())

    return record(declare, {**STATES, SET: {"identity": {"type": "SystemAssigned", "principalId": SET_PRINCIPAL}}})


@pytest.mark.requirement("SN-16")
def test_docker_hub_and_github_are_pulled_in_the_name_of_an_account(mirror: Recording[AzureRegistry]) -> None:
    rules = {rule.inputs["sourceRepository"]: rule.inputs for rule in mirror.of(CACHE)}
    assert {source: rule["targetRepository"] for source, rule in rules.items()} == {
        "public.ecr.aws/*": "ecr-public/*",
        "registry.k8s.io/*": "kubernetes/*",
        "quay.io/*": "quay/*",
        "docker.io/*": "docker-hub/*",
        "ghcr.io/*": "github/*",
    }
    sets = {item.inputs["loginServer"]: item for item in mirror.of(SET)}
    for host in ACCOUNTS:
        assert rules[f"{host}/*"]["credentialSetResourceId"] == id_of(sets[host])
        assert re.fullmatch(r"[a-zA-Z0-9-]{5,50}", sets[host].inputs["credentialSetName"])
    assert [source for source, rule in rules.items() if "credentialSetResourceId" in rule] == ["docker.io/*", "ghcr.io/*"]


def test_a_set_names_secrets_without_a_version_so_that_another_token_is_found(mirror: Recording[AzureRegistry]) -> None:
    for item in mirror.of(SET):
        [account] = item.inputs["authCredentials"]
        prefix = {"docker.io": "docker-hub", "ghcr.io": "github"}[item.inputs["loginServer"]]
        assert account == {
            "name": "Credential1",
            "usernameSecretIdentifier": f"{wiring.URI}secrets/{NAME}-{prefix}-username",
            "passwordSecretIdentifier": f"{wiring.URI}secrets/{NAME}-{prefix}-token",
        }
    assert all(item.secrets for item in mirror.of(SECRET))


def test_a_sets_own_identity_reads_its_two_secrets_and_nothing_else(mirror: Recording[AzureRegistry]) -> None:
    assert {item.inputs["identity"]["type"] for item in mirror.of(SET)} == {"SystemAssigned"}
    rights = [item.inputs for item in mirror.of(ASSIGNMENT) if item.inputs["principalId"] == SET_PRINCIPAL]
    assert {item["roleDefinitionId"].rpartition("/")[2] for item in rights} == {Role.VAULT_SECRETS_USER}
    assert {item["scope"] for item in rights} == {id_of(item) for item in mirror.of(SECRET)}


def test_a_rule_waits_until_its_account_can_be_read(mirror: Recording[AzureRegistry]) -> None:
    order = [item.name for item in mirror]
    for prefix in ("docker-hub", "github"):
        last = max(order.index(f"{NAME}-{prefix}-{part}", order.index(f"{NAME}-{prefix}-account")) for part in ("username", "token"))
        assert last < order.index(f"{NAME}-{prefix}")
