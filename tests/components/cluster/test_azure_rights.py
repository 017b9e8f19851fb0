from __future__ import annotations

import pytest

from components.cluster.azure import AzureCluster
from components.cluster.azure_rights import SNAPSHOT_ACTIONS
from components.identity.azure_roles import Role
from tests.components import azure_wiring as wiring
from tests.components.cluster.azure_cluster import ADMINS, ASSIGNMENT, CLUSTER, DISKS, IDENTITY, NAME, cluster, id_of
from tests.recorder import Recording


@pytest.fixture(scope="module")
def production() -> Recording[AzureCluster]:
    return cluster()


def rights(registered: Recording[AzureCluster], name: str) -> dict[str, str]:
    """Scope by role of the assignments whose names contain `name`; roles of our own by their resource's name."""
    built_in = {role.value: role.name for role in Role}
    found: dict[str, str] = {}
    for item in registered.of(ASSIGNMENT):
        if name in item.name:
            guid = item.inputs["roleDefinitionId"].rpartition("/")[2]
            found[f"{built_in.get(guid, guid)} {item.name.removeprefix(f'{NAME}-{name}-')}"] = item.inputs["scope"]
    return found


def test_entra_is_the_only_door_and_azure_decides_who_may_what(production: Recording[AzureCluster]) -> None:
    made = production.one(CLUSTER).inputs
    assert (made["disableLocalAccounts"], made["enableRBAC"]) == (True, True)
    assert made["aadProfile"] == {"managed": True, "enableAzureRBAC": True, "tenantID": wiring.TENANT}
    admins = [item for item in production.of(ASSIGNMENT) if item.inputs["principalId"] == ADMINS]
    assert {item.inputs["roleDefinitionId"].rpartition("/")[2] for item in admins} == {Role.CLUSTER_RBAC_ADMIN, Role.CLUSTER_USER}
    assert {item.inputs["scope"] for item in admins} == {id_of(production.one(CLUSTER))}


def test_the_disks_identity_may_use_the_key_before_the_set_is_made(production: Recording[AzureCluster]) -> None:
    right = production.one(ASSIGNMENT, f"{NAME}-disks-encryption")
    assert right.inputs["scope"] == f"{wiring.VAULT}/keys/platform"
    assert right.inputs["roleDefinitionId"].endswith(Role.VAULT_CRYPTO_SERVICE_USER)
    assert right.urn in production.one(DISKS).through


def test_the_control_plane_has_just_the_rights_that_it_needs_and_has_them_first(production: Recording[AzureCluster]) -> None:
    [role] = production.of("azure-native:authorization:RoleDefinition")
    own = id_of(role).rpartition("/")[2]
    assert rights(production, "control-plane") == {
        "NETWORK_CONTRIBUTOR node-subnet": f"{wiring.NETWORK}/subnets/nodes",
        "NETWORK_CONTRIBUTOR api-subnet": f"{wiring.NETWORK}/subnets/api",
        "MANAGED_IDENTITY_OPERATOR kubelet": id_of(production.one(IDENTITY, f"{NAME}-kubelet-identity")),
        "VAULT_CRYPTO_USER key": f"{wiring.VAULT}/keys/platform",
        "VAULT_CONTRIBUTOR vault": wiring.VAULT,
        "READER disks": id_of(production.one(DISKS)),
        f"{own} snapshots": wiring.GROUP,
    }
    needed = {item.name for item in production.of(ASSIGNMENT) if "control-plane" in item.name}
    assert needed <= set(production.one(CLUSTER).depends_on)
    assert production.one(CLUSTER).inputs["identity"]["type"] == "UserAssigned"


def test_snapshots_of_volumes_outlive_the_cluster_since_they_are_kept_beside_it(production: Recording[AzureCluster]) -> None:
    [role] = production.of("azure-native:authorization:RoleDefinition")
    assert role.inputs["assignableScopes"] == [wiring.GROUP]
    assert role.inputs["permissions"][0]["actions"] == list(SNAPSHOT_ACTIONS)
    assert all(action.startswith("Microsoft.Compute/snapshots/") and "*" not in action for action in SNAPSHOT_ACTIONS)


def test_a_right_has_the_same_name_in_every_run_and_no_two_have_one(production: Recording[AzureCluster]) -> None:
    names = [item.inputs["roleAssignmentName"] for item in production.of(ASSIGNMENT)]
    assert names == [item.inputs["roleAssignmentName"] for item in cluster().of(ASSIGNMENT)]
    assert len(set(names)) == len(names)


def test_identities_are_told_to_azure_as_what_they_are(production: Recording[AzureCluster]) -> None:
    for item in production.of(ASSIGNMENT):
        if item.inputs["principalId"] != ADMINS:
            assert item.inputs["principalType"] == "ServicePrincipal"
        else:  # a person or a group, which Azure looks up: it refuses `User` for a group
            assert "principalType" not in item.inputs


def test_kubelets_have_an_identity_that_others_can_let_in_before_there_is_a_cluster(production: Recording[AzureCluster]) -> None:
    kubelet = production.one(IDENTITY, f"{NAME}-kubelet-identity")
    assert production.one(CLUSTER).inputs["identityProfile"]["kubeletidentity"] == {
        "resourceId": id_of(kubelet),
        "clientId": kubelet.state["clientId"],
        "objectId": wiring.PRINCIPAL,
    }
    assert production.one("eucloud:azure:Cluster").outputs["puller"] == wiring.PRINCIPAL


def test_workloads_get_identities_by_the_tokens_that_the_cluster_issues(production: Recording[AzureCluster]) -> None:
    made = production.one(CLUSTER).inputs
    assert (made["oidcIssuerProfile"], made["securityProfile"]["workloadIdentity"]) == ({"enabled": True}, {"enabled": True})
    assert production.one("eucloud:azure:Cluster").outputs["issuer"] == wiring.ISSUER
