from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from components.identity.azure import AzureIdentity
from components.identity.azure_grants import LIST_ACTIONS, RECORD_ACTIONS, blobs
from components.identity.azure_roles import Role, assignment_name, definition
from components.identity.spec import (
    AutoscalingGrant,
    BucketGrant,
    DnsGrant,
    Grant,
    IdentitySpec,
    KeyGrant,
    LoadBalancingGrant,
    SecretsGrant,
    SnapshotGrant,
)
from components.vocabulary import Access
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, Registered, record

IDENTITY, BINDING = (
    "azure-native:managedidentity:UserAssignedIdentity",
    "azure-native:managedidentity:FederatedIdentityCredential",
)
ASSIGNMENT, DEFINITION = "azure-native:authorization:RoleAssignment", "azure-native:authorization:RoleDefinition"
NAME = "playnew-production-host"
SPEC = IdentitySpec(namespace="pn-system", service_account="pn-host")
GRANTS: dict[str, Callable[[], Grant]] = {
    "bucket": lambda: BucketGrant(wiring.bucket(), Access.READ_WRITE),
    "key": lambda: KeyGrant(wiring.key()),
    "secrets": lambda: SecretsGrant(("pn/production",), (wiring.key(),), database_admins=True),
    "dns": lambda: DnsGrant(wiring.zone()),
    "autoscaling": lambda: AutoscalingGrant(wiring.cluster()),
    "load balancing": lambda: LoadBalancingGrant(wiring.cluster(), wiring.network()),
    "snapshots": lambda: SnapshotGrant(wiring.cluster()),
}


def id_of(item: Registered) -> str:
    """As the recorder answers it."""
    return f"{item.name}-id"


def identity(*grants: str) -> Recording[AzureIdentity]:
    def declare() -> AzureIdentity:
        return AzureIdentity(NAME, SPEC, wiring.SITE, wiring.group(), [GRANTS[grant]() for grant in grants], wiring.cluster())

    return record(declare, wiring.STATES)


def given(*grants: str) -> list[tuple[str, str]]:
    """Role and scope of each assignment."""
    return [(item.inputs["roleDefinitionId"].rpartition("/")[2], item.inputs["scope"]) for item in identity(*grants).of(ASSIGNMENT)]


def test_only_pods_of_the_service_account_in_this_cluster_obtain_the_identity() -> None:
    registered = identity("key")
    binding = registered.one(BINDING).inputs
    assert (binding["issuer"], binding["subject"]) == (wiring.ISSUER, "system:serviceaccount:pn-system:pn-host")
    assert binding["audiences"] == ["api://AzureADTokenExchange"]
    assert binding["resourceName"] == registered.one(IDENTITY).state["name"]


def test_pods_are_told_apart_by_their_label_and_accounts_by_the_identity_they_name() -> None:
    registered = identity("key")
    outputs = registered.one("eucloud:azure:Identity").outputs
    client = registered.one(IDENTITY).state["clientId"]
    assert outputs["ref"] == client
    assert outputs["annotations"] == {"azure.workload.identity/client-id": client, "azure.workload.identity/tenant-id": wiring.TENANT}
    assert outputs["pod_labels"] == {"azure.workload.identity/use": "true"}


def test_who_waits_for_the_binding_has_its_rights() -> None:
    registered = identity("bucket", "dns")
    rights = {item.name for item in registered.of(ASSIGNMENT)}
    assert len(rights) == 3
    assert rights <= set(registered.one(BINDING).depends_on)


def test_entra_writes_one_binding_of_an_identity_at_a_time() -> None:
    assert len(identity(*GRANTS).of(BINDING)) == 1


def test_an_identity_without_grants_has_no_rights() -> None:
    assert identity().of(ASSIGNMENT) == []


def test_a_cluster_that_issues_no_tokens_is_refused() -> None:
    def declare() -> AzureIdentity:
        without = replace(wiring.cluster(), issuer=None)
        return AzureIdentity(NAME, SPEC, wiring.SITE, wiring.group(), [], without)

    with pytest.raises(ValueError, match=r"^cluster.issuer: None"):
        record(declare, wiring.STATES)


def test_objects_are_reached_in_one_container_and_the_account_is_none_of_their_readers() -> None:
    [(role, scope)] = given("bucket")
    assert role == Role.BLOB_DATA_CONTRIBUTOR
    assert scope.endswith("/blobServices/default/containers/logs")


def test_a_reader_of_a_bucket_cannot_write() -> None:
    assert blobs(Access.READ) is Role.BLOB_DATA_READER


def test_a_bucket_cannot_be_merely_used() -> None:
    with pytest.raises(ValueError, match=r"access: 'use' is not for buckets; allowed: read, read-write"):
        blobs(Access.USE)


@pytest.mark.requirement("PN-08")
def test_the_master_key_is_used_on_the_key_itself_and_no_other_of_the_vault() -> None:
    assert given("key") == [(Role.VAULT_CRYPTO_USER, f"{wiring.VAULT}/keys/platform")]


@pytest.mark.requirement("PN-14")
def test_secrets_are_read_and_never_written() -> None:
    assert given("secrets") == [(Role.VAULT_SECRETS_USER, wiring.VAULT)]


@pytest.mark.requirement("PN-10")
def test_records_change_in_one_zone_and_never_its_delegation_or_authorities() -> None:
    registered = identity("dns")
    records, zones = (registered.one(DEFINITION, f"{NAME}-0-{part}") for part in ("records", "zones"))
    scopes = {item.inputs["roleDefinitionId"]: item.inputs["scope"] for item in registered.of(ASSIGNMENT)}
    assert scopes == {
        id_of(records): f"{wiring.GROUP}/providers/Microsoft.Network/dnszones/playnew.ai",
        id_of(zones): wiring.GROUP,
    }
    written = {action.split("/")[2] for action in records.inputs["permissions"][0]["actions"] if action.endswith(("/write", "/delete"))}
    assert written == {"A", "AAAA", "CNAME", "TXT"}
    assert zones.inputs["permissions"][0]["actions"] == list(LIST_ACTIONS) == ["Microsoft.Network/dnsZones/read"]


def test_no_action_holds_a_wildcard() -> None:
    assert not [action for action in (*RECORD_ACTIONS, *LIST_ACTIONS) if "*" in action]


def test_a_role_of_our_own_can_be_given_in_the_stacks_group_alone_and_keeps_its_id() -> None:
    made = identity("dns").of(DEFINITION)
    for item in made:
        assert (item.inputs["assignableScopes"], item.inputs["scope"]) == ([wiring.GROUP], wiring.GROUP)
        assert item.inputs["roleName"].startswith("playnew-production-")
    ids = [item.inputs["roleDefinitionId"] for item in made]
    assert ids == [item.inputs["roleDefinitionId"] for item in identity("dns").of(DEFINITION)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("grant", ["autoscaling", "load balancing", "snapshots"])
def test_what_the_cluster_does_itself_takes_no_right_of_a_workload(grant: str) -> None:
    assert given(grant) == []


def test_no_right_reaches_beyond_the_resource_group() -> None:
    assert all(scope.startswith(wiring.GROUP) for _, scope in given(*GRANTS))


def test_a_right_is_told_to_azure_as_that_of_an_identity_under_a_name_that_stays() -> None:
    made = identity("key").one(ASSIGNMENT).inputs
    role = definition(wiring.SUBSCRIPTION, Role.VAULT_CRYPTO_USER)
    assert made["roleAssignmentName"] == assignment_name(f"{wiring.VAULT}/keys/platform", role, wiring.PRINCIPAL)
    assert (made["principalId"], made["principalType"]) == (wiring.PRINCIPAL, "ServicePrincipal")


def test_an_assignments_name_follows_what_it_is_for_and_not_how_azure_writes_it() -> None:
    names = {assignment_name(scope, "role", "principal") for scope in ("/a", "/A", "/b")}
    assert len(names) == 2
