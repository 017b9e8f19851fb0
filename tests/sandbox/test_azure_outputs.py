"""What Azure answers: typed, in the right region, the same on every question; what its data sources tell; what a change replaces."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from sandbox.azure.naming import RANDOM
from sandbox.contract import UNKNOWN, Properties, Refused
from sandbox.kubernetes.kubeconfig import server
from sandbox.reflection.check import Checker
from sandbox.reflection.model import Schema
from tests.sandbox.azure_estate import GROUP, SCHEMAS, SUBSCRIPTION, TENANT, WHERE, Bare
from tests.sandbox.azure_site import POSTGRES_ZONE, Site

GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def full() -> Site:
    site = Site()
    site.cluster()
    site.make("containerservice:AgentPool", **site.pool())
    site.zone(POSTGRES_ZONE)
    site.make("dbforpostgresql:Server", **site.server())
    site.make(
        "dbforpostgresql:Configuration", serverName="playnew-db", configurationName="log_connections", value="on", source="user-override"
    )
    site.make("storage:StorageAccount", accountName="playnewlogs", kind="StorageV2", sku={"name": "Standard_ZRS"})
    site.make("storage:BlobContainer", accountName="playnewlogs", containerName="logs")
    site.make("containerregistry:Registry", registryName="playnew", sku={"name": "Premium"}, dataEndpointEnabled=True)
    site.make("keyvault:Secret", vaultName="playnew-vault", secretName="jwt", properties={"value": "very secret"})
    site.make("operationalinsights:Workspace", workspaceName="logs")
    site.make("dns:Zone", zoneName="playnew.ai", location="global")
    site.make(
        "dns:RecordSet", zoneName="playnew.ai", relativeRecordSetName="www", recordType="A", ttl=60, aRecords=[{"ipv4Address": "192.0.2.1"}]
    )
    connection = [{"name": "vault", "privateLinkServiceId": site.vault.id, "groupIds": ["vault"]}]
    site.make(
        "network:PrivateEndpoint", privateEndpointName="vault", subnet={"id": site.endpoints.id}, privateLinkServiceConnections=connection
    )
    return site


@pytest.fixture(scope="module", name="site")
def made() -> Site:
    return full()


def outputs(site: Site, type_: str) -> Properties:
    return next(record for record in site.world.records if record.type == f"azure-native:{type_}").outputs


def test_every_output_has_the_type_that_the_sdk_promises(site: Site):
    for record in site.world.records:
        schema = SCHEMAS.of(record.type)
        judged = Schema(record.type, schema.outputs, {}, schema.objects)
        # The SDK also promises objects that Azure leaves out.
        wrong = [failure for failure in Checker(judged).resource(record.outputs) if failure.reason != "missing required property"]
        assert wrong == [], record.type


def test_hosts_are_called_as_the_services_call_them(site: Site):
    cluster, unique = outputs(site, "containerservice:ManagedCluster"), r"playnew-[0-9a-f]{8}"
    assert re.fullmatch(rf"{unique}\.hcp\.{WHERE}\.azmk8s\.io", cluster["fqdn"])
    issuer = cluster["oidcIssuerProfile"]["issuerURL"]
    assert re.fullmatch(rf"https://{WHERE}\.oic\.prod-aks\.azure\.com/{TENANT}/{GUID}/", issuer)
    assert cluster["nodeResourceGroup"] == f"MC_playnew_cluster_{WHERE}"
    assert outputs(site, "storage:StorageAccount")["primaryEndpoints"]["blob"] == "https://playnewlogs.blob.core.windows.net/"
    assert outputs(site, "containerregistry:Registry")["dataEndpointHostNames"] == [f"playnew.{WHERE}.data.azurecr.io"]
    assert outputs(site, "dns:RecordSet")["fqdn"] == "www.playnew.ai."
    servers = outputs(site, "dns:Zone")["nameServers"]
    assert len(servers) == 4
    assert all(re.fullmatch(r"ns\d-\d{2}\.azure-dns\.(com|net|org|info)\.", name) for name in servers)


def test_identities_have_ids_of_their_own(site: Site):
    kubelet = outputs(site, "containerservice:ManagedCluster")["identityProfile"]["kubeletidentity"]
    identity = site.identity.outputs
    ids = {kubelet["objectId"], kubelet["clientId"], identity["principalId"], identity["clientId"]}
    assert len(ids) == 4
    assert all(re.fullmatch(GUID, id_) for id_ in ids)
    assert identity["tenantId"] == TENANT


def test_the_kubelets_identity_of_a_cluster_can_be_let_in(site: Site):
    kubelet = outputs(site, "containerservice:ManagedCluster")["identityProfile"]["kubeletidentity"]
    registry = next(r for r in site.world.records if r.type.endswith(":Registry"))
    site.let_in(kubelet["objectId"], "7f951dda-4ed3-4680-a7ca-43fe172d538d", registry.id, "pull")


def test_secrets_do_not_come_back(site: Site):
    for record in site.world.records:
        assert "very secret" not in json.dumps(record.outputs), record.type
        assert "administratorLoginPassword" not in record.outputs
    assert outputs(site, "keyvault:Secret")["properties"]["secretUri"] == "https://playnew-vault.vault.azure.net/secrets/jwt"


def test_a_private_cluster_is_known_inside_the_network_alone():
    site = Site()
    profile = {
        "enableVnetIntegration": True,
        "subnetId": site.api.id,
        "enablePrivateCluster": True,
        "enablePrivateClusterPublicFQDN": False,
    }
    cluster = site.cluster(apiServerAccessProfile=profile).outputs
    assert cluster["fqdn"] == ""
    assert re.fullmatch(rf"playnew-[0-9a-f]{{8}}\.{GUID}\.private\.{WHERE}\.azmk8s\.io", cluster["privateFQDN"])


def test_an_update_keeps_what_was_computed_once():
    site = Site()
    before = site.cluster()
    after = site.change(before, tags={"a": "b"}).outputs
    for name in ("fqdn", "resourceUID", "oidcIssuerProfile", "identityProfile", "nodeResourceGroup"):
        assert after[name] == before.outputs[name]
    tagged = site.change(site.key, tags={"a": "b"})
    assert tagged.outputs["keyUriWithVersion"] == site.key.outputs["keyUriWithVersion"]
    renewed = site.change(tagged, properties={**site.key.inputs["properties"], "keyOps": ["wrapKey", "unwrapKey"]})
    assert renewed.outputs["keyUriWithVersion"] != site.key.outputs["keyUriWithVersion"]


def test_preview_knows_the_location_and_leaves_the_rest_open():
    bare = Bare()
    inputs = bare.check(
        "azure-native:keyvault:Vault", {"resourceGroupName": "playnew", "properties": {"tenantId": TENANT, "sku": {}}}
    ).inputs
    shown = bare.stand_in.preview(bare.request("azure-native:keyvault:Vault"), inputs)
    assert shown["location"] == WHERE
    assert shown["name"] is UNKNOWN
    assert "vaultName" not in shown


def test_the_caller_is_told_who_and_where_it_is():
    assert Bare().invoke("azure-native:authorization:getClientConfig") == {
        "clientId": Bare().invoke("azure-native:authorization:getClientConfig")["clientId"],
        "objectId": "00000000-0000-4000-8000-00000000ca11",
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT,
    }


def test_a_kubeconfig_names_the_cluster_and_holds_no_credential_where_entra_is_the_door():
    site = Site()
    site.cluster(aadProfile={"managed": True}, disableLocalAccounts=True)
    asked: dict[str, Any] = {"resourceGroupName": "playnew", "resourceName": "cluster"}
    (found,) = site.invoke("azure-native:containerservice:listManagedClusterUserCredentials", **asked)["kubeconfigs"]
    text = base64.b64decode(found["value"]).decode()
    assert server(text) == f"https://{outputs(site, 'containerservice:ManagedCluster')['fqdn']}:443"
    assert "client-key-data" not in text
    assert "kubelogin" in text
    again = site.invoke("azure-native:containerservice:listManagedClusterUserCredentials", **asked)["kubeconfigs"][0]
    assert again == found, "a certificate that changed with every question would change the program's resources"
    with pytest.raises(Refused, match="disable local accounts"):
        site.invoke("azure-native:containerservice:listManagedClusterAdminCredentials", **asked)


def test_what_stands_can_be_looked_up_and_what_does_not_cannot():
    site = Site()
    found = site.invoke("azure-native:keyvault:getVault", resourceGroupName="playnew", vaultName="playnew-vault")
    assert (found["id"], found["properties"]["vaultUri"]) == (site.vault.id, "https://playnew-vault.vault.azure.net/")
    assert site.invoke("azure-native:resources:getResourceGroup", resourceGroupName="playnew")["id"] == GROUP
    with pytest.raises(Refused, match="was not found"):
        site.invoke("azure-native:keyvault:getVault", resourceGroupName="playnew", vaultName="gone")
    with pytest.raises(Refused, match="no answer for the data source"):
        site.invoke("azure-native:maps:getAccount")


REPLACED = [
    ("keyvault:Vault", "vaultName", "a-1", "b-1"),
    ("network:Subnet", "virtualNetworkName", "a", "b"),
    ("containerservice:AgentPool", "vmSize", "Standard_D2s_v5", "Standard_D4s_v5"),
    ("authorization:RoleAssignment", "principalId", SUBSCRIPTION, TENANT),
    ("storage:StorageAccount", "location", "italynorth", "francecentral"),
]


@pytest.mark.parametrize(("type_", "name", "old", "new"), REPLACED)
def test_names_places_and_the_unchangeable_replace_and_the_old_one_goes_first(type_: str, name: str, old: str, new: str):
    bare = Bare()
    found = bare.diff(bare.of(type_), {name: old, "tags": {}}, {name: new, "tags": {"a": "b"}})
    assert (found.changes, found.replaces, found.delete_before_replace) == (tuple(sorted((name, "tags"))), (name,), True)


def test_what_the_provider_named_itself_is_replaced_before_the_old_one_goes():
    bare = Bare()
    found = bare.diff(
        "azure-native:storage:StorageAccount", {"location": "italynorth", RANDOM: True}, {"location": "francecentral", RANDOM: True}
    )
    assert (found.replaces, found.delete_before_replace) == (("location",), False)


def test_only_a_part_of_the_clusters_network_is_for_ever():
    bare, token = Bare(), "azure-native:containerservice:ManagedCluster"
    old = {"networkProfile": {"podCidr": "10.244.0.0/16", "loadBalancerSku": "basic"}}
    assert bare.diff(token, old, {"networkProfile": {"podCidr": "10.244.0.0/16", "loadBalancerSku": "standard"}}).replaces == ()
    assert bare.diff(token, old, {"networkProfile": {"podCidr": "10.240.0.0/16", "loadBalancerSku": "basic"}}).replaces == (
        "networkProfile",
    )


def test_another_spelling_of_the_location_is_no_other_place():
    found = Bare().diff("azure-native:storage:StorageAccount", {"location": "Italy North"}, {"location": "italynorth"})
    assert found.replaces == ()
