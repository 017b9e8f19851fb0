"""Names, ids and automatic values, as azure-native and the services make and take them."""

import re

import pytest

from sandbox.azure.lookup import find
from sandbox.azure.naming import name_property
from sandbox.azure.paths import parameters, path, types
from sandbox.contract import Instance, Properties
from sandbox.reflection.schema import Schemas
from tests.sandbox.accounts import all_stand_ins
from tests.sandbox.azure_estate import GROUP, SUBSCRIPTION, Bare, Estate

SCHEMAS = Schemas()


@pytest.mark.parametrize("token", types())
def test_every_path_is_made_of_inputs_that_the_sdk_has(token: str):
    schema = SCHEMAS.of(token)
    assert set(parameters(path(token, schema))) <= set(schema.inputs), token


@pytest.mark.parametrize(
    ("token", "below"),
    [
        ("azure-native:network:LoadBalancer", "Microsoft.Network/loadBalancers/{loadBalancerName}"),
        ("azure-native:compute:Disk", "Microsoft.Compute/disks/{diskName}"),
    ],
)
def test_the_path_of_a_type_that_no_table_has_comes_from_its_inputs(token: str, below: str):
    assert path(token, SCHEMAS.of(token)).endswith(f"/resourceGroups/{{resourceGroupName}}/providers/{below}")


def test_ids_stand_where_the_resource_manager_puts_them():
    estate = Estate()
    assert estate.group.id == GROUP
    assert estate.key.id == f"{GROUP}/providers/Microsoft.KeyVault/vaults/playnew-vault/keys/platform"
    assert estate.nodes.id == f"{GROUP}/providers/Microsoft.Network/virtualNetworks/network/subnets/nodes"
    assert re.fullmatch(rf"{estate.key.id}/providers/Microsoft.Authorization/roleAssignments/[0-9a-f-]{{36}}", estate.assignment.id)
    assert estate.nodes.outputs["type"] == "Microsoft.Network/virtualNetworks/subnets"
    assert estate.vault.outputs["azureApiVersion"] == "2024-11-01"


def test_some_services_spell_ids_in_their_own_way_and_mean_the_same():
    estate = Estate()
    assert "/resourcegroups/playnew/" in estate.identity.id
    assert find(estate.world, estate.identity.id.replace("resourcegroups", "resourceGroups")) is estate.identity


@pytest.mark.parametrize(
    ("type_", "inputs", "property_", "form"),
    [
        ("resources:ResourceGroup", {}, "resourceGroupName", r"thing[0-9a-f]{8}"),
        ("storage:StorageAccount", {"kind": "StorageV2", "sku": {"name": "Standard_ZRS"}}, "accountName", r"thing[0-9a-f]{8}"),
        ("network:Subnet", {"virtualNetworkName": "n", "addressPrefix": "10.0.0.0/24"}, "subnetName", r"thing"),
        (
            "authorization:RoleAssignment",
            {
                "scope": GROUP,
                "principalId": SUBSCRIPTION,
                "roleDefinitionId": f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{SUBSCRIPTION}",
            },
            "roleAssignmentName",
            r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        ),
    ],
)
def test_automatic_names_are_the_provider_s(type_: str, inputs: Properties, property_: str, form: str):
    bare = Bare()
    checked = bare.check(bare.of(type_), bare.whole(type_, inputs))
    assert not checked.failures
    assert re.fullmatch(form, checked.inputs[property_])
    again = bare.check(bare.of(type_), bare.whole(type_, inputs), olds=checked.inputs)
    assert again.inputs[property_] == checked.inputs[property_]


def test_a_location_that_is_not_given_is_the_provider_s():
    assert (
        Bare("francecentral")
        .make(
            "keyvault:Vault",
            vaultName="v-1",
            properties={"tenantId": SUBSCRIPTION, "sku": {"family": "A", "name": "standard"}, "enableRbacAuthorization": True},
        )
        .outputs["location"]
        == "francecentral"
    )


NAMES = [
    ("storage:StorageAccount", "playnewlogs0a1b2c", "play-new"),
    ("storage:StorageAccount", "abc", "ab"),
    ("keyvault:Vault", "playnew-0a1b2c", "play--new"),
    ("keyvault:Vault", "abc", "1abc"),
    ("keyvault:Vault", "a" * 24, "a" * 25),
    ("keyvault:Secret", "pn-production-jwt", "pn/production/jwt"),
    ("containerregistry:Registry", "playnew0a1b2c", "play-new"),
    ("containerregistry:Registry", "abcde", "abcd"),
    ("containerservice:ManagedCluster", "playnew-cluster", "playnew-"),
    ("containerservice:AgentPool", "hostb1", "host-b1"),
    ("containerservice:AgentPool", "a" * 12, "a" * 13),
    ("dbforpostgresql:Server", "playnew-db", "PlayNew"),
    ("resources:ResourceGroup", "play-new.eu", "play-new."),
    ("network:VirtualNetwork", "n1", "n"),
    ("network:NetworkSecurityGroup", "nodes_", "nodes-"),
    ("managedidentity:UserAssignedIdentity", "abc", "ab"),
    ("managedidentity:FederatedIdentityCredential", "kubernetes", "k8"),
    ("authorization:RoleAssignment", SUBSCRIPTION, "reader"),
    ("storage:BlobContainer", "play-new", "play--new"),
    ("storage:BlobServiceProperties", "default", "blobs"),
    ("operationalinsights:Workspace", "logs", "log"),
    ("consumption:Budget", "b" * 63, "b" * 64),
    ("privatedns:PrivateZone", "privatelink.azurecr.io", "privatelink.azurecr.io."),
    ("containerservice:MaintenanceConfiguration", "aksManagedNodeOSUpgradeSchedule", "nightly"),
]


@pytest.mark.parametrize(("type_", "good", "bad"), NAMES)
def test_names_follow_each_service_s_rule(type_: str, good: str, bad: str):
    bare = Bare()
    property_ = name_property(bare.of(type_), SCHEMAS.of(bare.of(type_)))
    assert property_ is not None

    def reasons(name: str) -> str:
        from sandbox.azure.rules.names import named

        request = bare.request(bare.of(type_))
        return " ".join(failure.reason for failure in named(request, property_, {property_: name}))

    assert "is not a name" not in reasons(good)
    assert "is not a name" in reasons(bad)


@pytest.mark.parametrize(
    ("variables", "path_", "reason"),
    [
        ({"location": "italynorth"}, "subscriptionId", "no ambient"),
        ({"subscriptionId": "playnew", "location": "italynorth"}, "subscriptionId", "not a subscription id"),
        ({"subscriptionId": SUBSCRIPTION}, "location", "no ambient"),
        ({"subscriptionId": SUBSCRIPTION, "location": "eu-south-1"}, "location", "not an Azure location"),
        ({"subscriptionId": SUBSCRIPTION, "location": "italynorth", "tenantId": "playnew"}, "tenantId", "not a GUID"),
        ({"subscriptionId": SUBSCRIPTION, "location": "italynorth", "environment": "de"}, "environment", "not a valid value"),
    ],
)
def test_a_provider_needs_a_subscription_and_a_location(variables: dict[str, str], path_: str, reason: str):
    (failure,) = all_stand_ins()["azure-native"].configure(Instance("azure-native", "urn", variables))
    assert failure.path == path_
    assert reason in failure.reason


def test_a_provider_takes_a_location_in_either_spelling():
    for location in ("italynorth", "Italy North"):
        variables = {"subscriptionId": SUBSCRIPTION, "location": location}
        assert all_stand_ins()["azure-native"].configure(Instance("azure-native", "urn", variables)) == ()


def test_a_name_in_one_place_is_given_once_whatever_its_case():
    estate = Estate()
    assert estate.refused("managedidentity:UserAssignedIdentity", resourceName="PlayNew-Keys").startswith("Conflict:")
    assert "already in use" in estate.refused(
        "keyvault:Vault", vaultName="playnew-vault", properties=estate.vault.inputs["properties"], resourceGroupName=_second(estate)
    )


def _second(estate: Estate) -> str:
    return str(estate.make("resources:ResourceGroup", "second", resourceGroupName="second").outputs["name"])
