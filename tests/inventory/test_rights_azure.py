"""Least rights on Azure: built-in roles by name, our own without wildcards, each on the one thing that it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from components.identity.azure import AUDIENCE
from components.identity.azure_roles import Role
from components.vocabulary import Cloud
from tests.components.azure_wiring import ISSUER
from tests.inventory.cases import CASES, case, params
from tests.recorder import Recording, Registered

pytestmark = pytest.mark.inventory

ASSIGNMENT, DEFINITION = "azure-native:authorization:RoleAssignment", "azure-native:authorization:RoleDefinition"
BINDING, IDENTITY = "azure-native:managedidentity:FederatedIdentityCredential", "azure-native:managedidentity:UserAssignedIdentity"
GROUP, VAULT = "azure-native:resources:ResourceGroup", "azure-native:keyvault:Vault"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

EVERYTHING = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
}
ON_THE_GROUP = {
    "backup-reads": "the vault looks databases up in their group: reading",
    "cluster-control-plane-snapshots": "snapshots have no name before they are made; a role of our own that knows them alone",
    "external-dns-0-zones": "zones are listed by group; a role of our own that lists zones alone",
}
ON_THE_VAULT = {
    "cluster-control-plane-vault": "to accept the API server's private endpoint at it; the role reads nothing that is in it",
    "external-secrets-0-secrets": "Key Vault knows no rights by a name's beginning, and secrets come later: reading their values",
}
"""By the end of an assignment's name: why it is wider than one resource."""


@pytest.fixture(params=params(one for one in CASES if one.cloud is Cloud.AZURE))
def azure(request: pytest.FixtureRequest) -> Recording[None]:
    return request.param.recorded()


def role(item: Registered) -> str:
    return item.inputs["roleDefinitionId"].rpartition("/")[2]


def short(registered: Recording[Any], item: Registered) -> str:
    return item.name.removeprefix(f"{registered.one('eucloud:platform:Region').name}-")


def on(registered: Recording[Any], type_: str) -> dict[str, str]:
    """Assignments on the only one of a type: name to role."""
    scope = f"{registered.one(type_).name}-id"
    return {short(registered, item): role(item) for item in registered.of(ASSIGNMENT) if item.inputs["scope"] == scope}


def test_every_role_is_a_known_one_or_one_of_ours(azure: Recording[None]) -> None:
    ours = {f"{item.name}-id" for item in azure.of(DEFINITION)}
    known = set(Role) | ours
    assert [item.name for item in azure.of(ASSIGNMENT) if role(item) not in known] == []
    prefix = f"/subscriptions/{azure.one('pulumi:providers:azure-native').inputs['subscriptionId']}/providers/"
    assert all(item.inputs["roleDefinitionId"].startswith(prefix) for item in azure.of(ASSIGNMENT) if role(item) not in ours)


def test_nobody_may_everything(azure: Recording[None]) -> None:
    assert [item.name for item in azure.of(ASSIGNMENT) if role(item) in EVERYTHING] == []
    assert not EVERYTHING.keys() & set(Role)


def test_a_right_is_on_one_thing_of_the_stack(azure: Recording[None]) -> None:
    """On what the stack registers itself: never the subscription, never a management group."""
    things = {f"{item.name}-id" for item in azure if item.type.startswith("azure-native:")}
    assert [item.name for item in azure.of(ASSIGNMENT) if item.inputs["scope"] not in things] == []


def test_rights_on_the_whole_group_are_few_and_each_has_its_reason(azure: Recording[None]) -> None:
    found = on(azure, GROUP)
    assert set(found) == set(ON_THE_GROUP)
    ours = {f"{item.name}-id" for item in azure.of(DEFINITION)}
    assert {name for name, given in found.items() if given not in ours} == {"backup-reads"}
    assert found["backup-reads"] == Role.READER


def test_rights_on_the_whole_vault_are_few_and_each_has_its_reason(azure: Recording[None]) -> None:
    assert on(azure, VAULT) == {
        "cluster-control-plane-vault": Role.VAULT_CONTRIBUTOR,
        "external-secrets-0-secrets": Role.VAULT_SECRETS_USER,
    }
    assert set(on(azure, VAULT)) == set(ON_THE_VAULT)


def test_a_role_of_ours_has_no_wildcard_and_is_for_the_group_alone(azure: Recording[None]) -> None:
    group = f"{azure.one(GROUP).name}-id"
    assert azure.of(DEFINITION)
    for item in azure.of(DEFINITION):
        assert (item.inputs["scope"], item.inputs["assignableScopes"]) == (group, [group]), item.name
        (given,) = item.inputs["permissions"]
        actions = [*given["actions"], *given["dataActions"]]
        assert actions
        assert [one for one in actions if "*" in one or "Authorization" in one] == [], item.name
        assert GUID.fullmatch(item.inputs["roleDefinitionId"]), item.name


def test_names_of_assignments_are_guids_that_stay(azure: Recording[None]) -> None:
    names = [item.inputs["roleAssignmentName"] for item in azure.of(ASSIGNMENT)]
    assert [name for name in names if not GUID.fullmatch(name)] == []
    assert len(set(names)) == len(names) > 20


def test_identities_are_told_to_azure_as_what_they_are() -> None:
    """People and groups are looked up: Azure refuses `User` for a group."""
    one = case(Cloud.AZURE, "production")
    people = set(one.configuration["cluster"]["admin_principals"])
    for item in one.recorded().of(ASSIGNMENT):
        if item.inputs["principalId"] in people:
            assert "principalType" not in item.inputs, item.name
            assert role(item) in {Role.CLUSTER_USER, Role.CLUSTER_RBAC_ADMIN}, item.name
        else:
            assert item.inputs["principalType"] == "ServicePrincipal", item.name


def test_each_identity_of_a_workload_trusts_one_service_account_of_this_cluster(azure: Recording[None]) -> None:
    bindings = azure.of(BINDING)
    assert len(bindings) >= 3
    for item in bindings:
        assert item.inputs["issuer"] == ISSUER, item.name
        assert item.inputs["audiences"] == [AUDIENCE], item.name
        assert re.fullmatch(r"system:serviceaccount:[a-z0-9-]+:[a-z0-9-]+", item.inputs["subject"]), item.name
    assert len({item.inputs["subject"] for item in bindings}) == len({item.inputs["resourceName"] for item in bindings}) == len(bindings)


def test_what_encrypts_one_thing_opens_nothing_else(azure: Recording[None]) -> None:
    """Its identity has the right on one key, and no other right but to write the flow log's own account."""
    users = {item.state["principalId"]: item.name for item in azure.of(IDENTITY) if item.name.endswith("-encryption")}
    rights = list(_of(azure, users))
    keys = [item for item in rights if role(item) == Role.VAULT_CRYPTO_SERVICE_USER]
    assert sorted(item.inputs["principalId"] for item in keys) == sorted(users)
    assert {short(azure, item) for item in rights if item not in keys} <= {"network-flows-writer"}


def _of(registered: Recording[Any], principals: dict[str, str]) -> Iterator[Registered]:
    return (item for item in registered.of(ASSIGNMENT) if item.inputs["principalId"] in principals)
