"""Pieces that do not fit, things that others hold back, names that outlive what had them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.contract import Record
from tests.sandbox.azure_estate import ENCRYPTION_USER, GROUP, NETWORK_CONTRIBUTOR, OPEN_VAULT, WHERE, Bare, Estate

AKS, POSTGRES = "Microsoft.ContainerService/managedClusters", "Microsoft.DBforPostgreSQL/flexibleServers"
SYSTEM: dict[str, Any] = {
    "name": "system",
    "mode": "System",
    "vmSize": "Standard_D4s_v5",
    "count": 1,
    "enableAutoScaling": True,
    "minCount": 1,
    "maxCount": 3,
}


class Site(Estate):
    """With a way out for the nodes, a subnet for the API server, and a control plane that may join both."""

    def __init__(self) -> None:
        super().__init__()
        self.address = self.make(
            "network:PublicIPAddress",
            publicIpAddressName="egress",
            sku={"name": "Standard"},
            publicIPAllocationMethod="Static",
            zones=["1", "2", "3"],
        )
        self.nat = self.make(
            "network:NatGateway",
            natGatewayName="nat",
            sku={"name": "Standard"},
            zones=["1"],
            publicIpAddresses=[{"id": self.address.id}],
        )
        self.nodes = self.change(self.nodes, natGateway={"id": self.nat.id})
        self.api = self.subnet("api", "10.20.0.0/28", AKS)
        self.control_plane = self.make("managedidentity:UserAssignedIdentity", "control-plane", resourceName="control-plane")
        for subnet in (self.nodes, self.api):
            self.let_in(self.control_plane.outputs["principalId"], NETWORK_CONTRIBUTOR, subnet.id, subnet.urn)

    def cluster_inputs(self, **changes: Any) -> dict[str, Any]:
        network = {
            "networkPlugin": "azure",
            "networkPluginMode": "overlay",
            "networkDataplane": "cilium",
            "networkPolicy": "cilium",
            "podCidr": "10.244.0.0/16",
            "serviceCidr": "172.20.0.0/16",
            "dnsServiceIP": "172.20.0.10",
            "outboundType": "userAssignedNATGateway",
        }
        return {
            "resourceName": "cluster",
            "dnsPrefix": "playnew",
            "kubernetesVersion": "1.34",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": [self.control_plane.id]},
            "agentPoolProfiles": [{**SYSTEM, "vnetSubnetID": self.nodes.id}],
            "apiServerAccessProfile": {"enableVnetIntegration": True, "subnetId": self.api.id},
            "networkProfile": network,
            "oidcIssuerProfile": {"enabled": True},
            **changes,
        }

    def cluster(self, **changes: Any) -> Record:
        return self.make("containerservice:ManagedCluster", "cluster", **self.cluster_inputs(**changes))

    def pool(self, **changes: Any) -> dict[str, Any]:
        return {"resourceName": "cluster", "agentPoolName": "host", "vmSize": "Standard_D4s_v5", "vnetSubnetID": self.nodes.id, **changes}

    def server(self, **changes: Any) -> dict[str, Any]:
        zone = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/playnew.private.postgres.database.azure.com"
        return {
            "serverName": "playnew-db",
            "version": "17",
            "administratorLogin": "platform_admin",
            "administratorLoginPassword": "aB3$aB3$aB3$",
            "sku": {"name": "Standard_D2ds_v5", "tier": "GeneralPurpose"},
            "storage": {"storageSizeGB": 128},
            "network": {"delegatedSubnetResourceId": self.data.id, "privateDnsZoneArmResourceId": zone},
            **changes,
        }

    def zone(self, name: str, *, linked: bool = True) -> Record:
        made = self.make("privatedns:PrivateZone", name, privateZoneName=name, location="global")
        if linked:
            network = {"virtualNetwork": {"id": self.network.id}, "virtualNetworkLinkName": "network", "location": "global"}
            self.make("privatedns:VirtualNetworkLink", name, privateZoneName=name, registrationEnabled=False, **network)
        return made


POSTGRES_ZONE = "playnew.private.postgres.database.azure.com"


@pytest.mark.parametrize(("prefix", "code"), [("10.21.0.0/24", "NetcfgInvalidSubnet"), ("10.20.8.0/25", "NetcfgSubnetRangesOverlap")])
def test_a_subnet_lies_inside_its_network_and_beside_its_siblings(prefix: str, code: str):
    estate = Estate()
    assert estate.refused("network:Subnet", **estate.subnet_inputs("other", prefix)).startswith(code)


def test_an_update_does_not_collide_with_itself():
    estate = Estate()
    assert estate.change(estate.nodes, defaultOutboundAccess=False).id == estate.nodes.id


def test_an_address_serves_one_gateway():
    site = Site()
    other = {"natGatewayName": "other", "sku": {"name": "Standard"}, "publicIpAddresses": [{"id": site.address.id}]}
    assert site.refused("network:NatGateway", **other).startswith("PublicIPAddressInUse")


def test_a_cluster_needs_rights_on_its_subnets():
    site = Site()
    (right,) = [r for r in site.world.records if r.inputs.get("scope") == site.api.id]
    site.world.remove(right)
    assert "subnets/join/action" in site.refused("containerservice:ManagedCluster", **site.cluster_inputs())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"apiServerAccessProfile": {"enableVnetIntegration": True, "subnetId": "{nodes}"}}, "SubnetNotDelegated"),
        ({"agentPoolProfiles": [{**SYSTEM, "vnetSubnetID": "{endpoints}"}]}, "ExistingNatGatewayNotAssociated"),
        ({"agentPoolProfiles": [{**SYSTEM, "vnetSubnetID": "{data}"}]}, "SubnetIsDelegated"),
        (
            {"networkProfile": {"networkPlugin": "azure", "networkPluginMode": "overlay", "podCidr": "10.20.128.0/17"}},
            "PodCidrOverlapExistingSubnetsCidr",
        ),
    ],
)
def test_a_cluster_fits_into_its_network(changes: dict[str, Any], code: str):
    site = Site()
    for subnet in (site.endpoints, site.data):
        site.let_in(site.control_plane.outputs["principalId"], NETWORK_CONTRIBUTOR, subnet.id, subnet.urn)

    def named(value: Any) -> Any:
        if isinstance(value, str) and value.startswith("{"):
            return getattr(site, value.strip("{}")).id
        if isinstance(value, list):
            return [named(one) for one in value]  # pyright: ignore[reportUnknownVariableType] # inputs of a test
        return {key: named(one) for key, one in value.items()} if isinstance(value, dict) else value  # pyright: ignore[reportUnknownVariableType] # as above

    assert site.refused("containerservice:ManagedCluster", **site.cluster_inputs(**named(changes))).startswith(code)


def test_pools_are_not_newer_than_their_cluster_and_in_its_network():
    site = Site()
    site.cluster()
    assert "NodePoolMcVersionIncompatible" in site.refused("containerservice:AgentPool", **site.pool(orchestratorVersion="1.35"))
    assert "All or none" in site.refused("containerservice:AgentPool", **site.pool(vnetSubnetID=None))
    assert "part of the cluster" in site.refused("containerservice:AgentPool", **site.pool(agentPoolName="system"))
    site.make("containerservice:AgentPool", **site.pool(orchestratorVersion="1.34"))


def test_what_a_service_does_not_change_is_refused():
    site = Site()
    site.cluster()
    pool = site.make("containerservice:AgentPool", **site.pool(maxPods=30))
    with pytest.raises(Exception, match="Changing property 'maxPods' is not allowed"):
        site.change(pool, maxPods=110)
    with pytest.raises(Exception, match=r"'properties\.softDeleteRetentionInDays' is not allowed"):
        site.change(site.vault, properties={**OPEN_VAULT, "softDeleteRetentionInDays": 7})
    left_out = {name: value for name, value in OPEN_VAULT.items() if name != "enablePurgeProtection"}
    assert site.change(site.vault, properties=left_out).id == site.vault.id


def test_a_cluster_goes_up_one_minor_at_a_time():
    site = Site()
    cluster = site.cluster(kubernetesVersion="1.33")
    with pytest.raises(Exception, match=r"would skip 1\.34"):
        site.change(cluster, kubernetesVersion="1.35")
    assert site.change(cluster, kubernetesVersion="1.34").outputs["currentKubernetesVersion"].startswith("1.34.")


def test_a_server_needs_its_delegated_subnet_and_a_linked_zone():
    site = Site()
    site.zone(POSTGRES_ZONE, linked=False)
    assert "PrivateDnsZoneNotLinked" in site.refused("dbforpostgresql:Server", **site.server())
    link = {
        "virtualNetwork": {"id": site.network.id},
        "virtualNetworkLinkName": "network",
        "location": "global",
        "registrationEnabled": False,
    }
    site.make("privatedns:VirtualNetworkLink", privateZoneName=POSTGRES_ZONE, **link)
    wrong = {**site.server()["network"], "delegatedSubnetResourceId": site.nodes.id}
    assert "DelegatedSubnetInvalid" in site.refused("dbforpostgresql:Server", **site.server(network=wrong))
    assert (
        site.make("dbforpostgresql:Server", **site.server()).outputs["fullyQualifiedDomainName"] == "playnew-db.postgres.database.azure.com"
    )


@pytest.mark.parametrize(("groups", "code"), [(["vault"], ""), (["blob"], "InvalidPrivateLinkServiceConnectionGroupId"), ([], "Invalid")])
def test_a_private_endpoint_asks_for_what_its_target_has(groups: list[str], code: str):
    estate = Estate()
    inputs = {
        "privateEndpointName": "vault",
        "subnet": {"id": estate.endpoints.id},
        "privateLinkServiceConnections": [{"name": "vault", "privateLinkServiceId": estate.vault.id, "groupIds": groups}],
    }
    if code:
        assert estate.refused("network:PrivateEndpoint", **inputs).startswith(code)
    else:
        (config,) = estate.make("network:PrivateEndpoint", **inputs).outputs["customDnsConfigs"]
        assert config == {"fqdn": "playnew-vault.vault.azure.net", "ipAddresses": ["10.20.9.4"]}


def test_a_private_endpoint_stays_out_of_a_delegated_subnet_and_in_its_own_zone():
    site = Site()
    connection = [{"name": "vault", "privateLinkServiceId": site.vault.id, "groupIds": ["vault"]}]
    asked = {"privateEndpointName": "vault", "privateLinkServiceConnections": connection}
    assert "DelegatedSubnet" in site.refused("network:PrivateEndpoint", **asked, subnet={"id": site.data.id})
    site.make("network:PrivateEndpoint", **asked, subnet={"id": site.endpoints.id})
    zones = {name: site.zone(name).id for name in ("privatelink.vaultcore.azure.net", "privatelink.azurecr.io")}
    group: dict[str, Any] = {"privateEndpointName": "vault", "privateDnsZoneGroupName": "default"}
    config = [{"name": "zone", "privateDnsZoneId": zones["privatelink.azurecr.io"]}]
    assert "PrivateDnsZoneMismatch" in site.refused("network:PrivateDnsZoneGroup", **group, privateDnsZoneConfigs=config)
    config = [{"name": "zone", "privateDnsZoneId": zones["privatelink.vaultcore.azure.net"]}]
    site.make("network:PrivateDnsZoneGroup", **group, privateDnsZoneConfigs=config)


def test_a_subnet_waits_for_what_is_in_it():
    site = Site()
    cluster = site.cluster()
    assert site.held(site.nodes).startswith("InUseSubnetCannotBeDeleted")
    assert site.held(site.nat).startswith("InUseNatGatewayCannotBeDeleted")
    assert site.held(site.address).startswith("PublicIPAddressCannotBeDeleted")
    site.world.remove(cluster)
    assert site.held(site.nodes) == ""


def test_a_network_waits_for_its_subnets_and_a_zone_for_its_links():
    site = Site()
    zone = site.zone("privatelink.azurecr.io")
    assert site.held(site.network).split(":")[0] in {"CannotDeleteLinkedVirtualNetwork", "InUseSubnetCannotBeDeleted"}
    assert site.held(zone).startswith("CannotDeleteResource")


def test_a_lock_holds_for_all_below_and_for_the_group_above():
    estate = Estate()
    lock = estate.make("authorization:ManagementLockByScope", scope=estate.vault.id, level="CanNotDelete", lockName="keep")
    assert estate.held(estate.vault).startswith("ScopeLocked")
    assert estate.held(estate.assignment).startswith("ScopeLocked"), "a role assignment on a key of the vault"
    assert estate.held(estate.group).startswith("ScopeLocked")
    assert estate.held(estate.nodes) == ""
    assert estate.held(lock) == ""
    assert estate.held(estate.key) == "", "the provider deletes keys at the vault, which no lock closes"


def test_a_group_takes_everything_along_and_a_vault_its_keys():
    estate = Estate()
    assert estate.held(estate.group) == ""
    assert {record.id for record in estate.stand_in.taken_along(estate.vault, estate.world)} == {estate.key.id, estate.assignment.id}
    assert len(list(estate.stand_in.taken_along(estate.group, estate.world))) == len(estate.world.records) - 1


def test_a_deleted_vault_and_a_deleted_key_keep_their_names():
    estate = Estate()
    assert estate.held(estate.key) == ""
    estate.world.remove(estate.key)
    again = {"keyName": "platform", "vaultName": "playnew-vault", "properties": {"kty": "RSA"}}
    assert estate.refused("keyvault:Key", **again).startswith("ObjectIsDeletedButRecoverable")
    assert estate.held(estate.vault) == ""
    estate.world.remove(estate.vault)
    vault = {"vaultName": "playnew-vault", "properties": OPEN_VAULT}
    assert "already exists in deleted state" in estate.refused("keyvault:Vault", **vault)
    estate.make("keyvault:Vault", "again", vaultName="playnew-vault", properties={**OPEN_VAULT, "createMode": "recover"})


def test_keys_in_hardware_need_a_premium_vault():
    bare = Bare()
    bare.make("keyvault:Vault", vaultName="soft-vault", properties={**OPEN_VAULT, "sku": {"family": "A", "name": "standard"}})
    assert "SKU is standard" in bare.refused("keyvault:Key", vaultName="soft-vault", keyName="k", properties={"kty": "RSA-HSM"})


def test_a_copy_of_objects_needs_versions_and_is_made_at_its_destination_first():
    bare = Bare()
    accounts: dict[str, Record] = {}
    for name, feed in (("source", True), ("copy", False)):
        accounts[name] = bare.make(
            "storage:StorageAccount", name, accountName=f"playnew{name}", kind="StorageV2", sku={"name": "Standard_ZRS"}
        )
        bare.make("storage:BlobContainer", name, accountName=f"playnew{name}", containerName="objects")
        services = {"blobServicesName": "default", "changeFeed": {"enabled": feed}}
        accounts[f"{name}-services"] = bare.make("storage:BlobServiceProperties", name, accountName=f"playnew{name}", **services)
    policy = {"sourceAccount": accounts["source"].id, "destinationAccount": accounts["copy"].id}
    rule = {"sourceContainer": "objects", "destinationContainer": "objects"}
    inwards = {**policy, "accountName": "playnewcopy", "objectReplicationPolicyId": "default", "rules": [rule]}
    assert "VersioningDisabled" in bare.refused("storage:ObjectReplicationPolicy", **inwards)
    for name in ("source", "copy"):
        bare.change(accounts[f"{name}-services"], isVersioningEnabled=True)
    outwards = {**policy, "accountName": "playnewsource", "rules": [rule]}
    assert "must be made on the destination" in bare.refused(
        "storage:ObjectReplicationPolicy", **outwards, objectReplicationPolicyId="default"
    )
    made = bare.make("storage:ObjectReplicationPolicy", "in", **inwards).outputs
    assert "ids must be the destination's" in bare.refused(
        "storage:ObjectReplicationPolicy", **outwards, objectReplicationPolicyId=made["policyId"]
    )
    outwards["rules"] = [{**rule, "ruleId": made["rules"][0]["ruleId"]}]
    bare.make("storage:ObjectReplicationPolicy", "out", **outwards, objectReplicationPolicyId=made["policyId"])


def test_one_issuer_and_subject_are_trusted_once_and_only_of_a_cluster_that_exists():
    site = Site()
    issuer = site.cluster().outputs["oidcIssuerProfile"]["issuerURL"]
    asked = {"resourceName": "playnew-keys", "subject": "system:serviceaccount:a:b", "audiences": ["api://AzureADTokenExchange"]}
    name = "federatedIdentityCredentialResourceName"
    site.make("managedidentity:FederatedIdentityCredential", **asked, issuer=issuer, **{name: "kubernetes"})
    assert "already exists" in site.refused("managedidentity:FederatedIdentityCredential", **asked, issuer=issuer, **{name: "other"})
    gone = f"https://{WHERE}.oic.prod-aks.azure.com/a/b/"
    assert "no cluster issues tokens" in site.refused(
        "managedidentity:FederatedIdentityCredential", **asked, issuer=gone, **{name: "other"}
    )


def test_logs_are_sent_by_categories_that_the_source_has():
    estate = Estate()
    workspace = estate.make("operationalinsights:Workspace", workspaceName="logs").id
    asked = {"resourceUri": estate.vault.id, "workspaceId": workspace}
    refused = estate.refused("monitor:DiagnosticSetting", **asked, logs=[{"category": "Audit", "enabled": True}])
    assert "supported ones are: AuditEvent" in refused
    estate.make("monitor:DiagnosticSetting", **asked, logs=[{"categoryGroup": "audit", "enabled": True}])
    assert "already used" in estate.refused("monitor:DiagnosticSetting", **asked, logs=[{"category": "AuditEvent", "enabled": True}])


def test_a_budget_begins_this_month_or_later():
    bare = Bare()
    scope = GROUP.partition("/resourceGroups")[0]
    budget = {
        "scope": scope,
        "category": "Cost",
        "timeGrain": "Monthly",
        "amount": 100,
        "timePeriod": {"startDate": "2020-01-01T00:00:00Z"},
    }
    assert "should not be earlier than the current month" in bare.refused("consumption:Budget", **budget)


def test_a_key_of_copies_stands_in_the_paired_region():
    site = Site()
    site.zone(POSTGRES_ZONE)
    uri, user = site.key.outputs["keyUri"], site.identity.id
    site.make("keyvault:Vault", "abroad", vaultName="abroad-vault", location="francecentral", properties=OPEN_VAULT)
    key = site.make("keyvault:Key", "abroad", keyName="copies", vaultName="abroad-vault", properties={"kty": "RSA"})
    site.let_in(site.identity.outputs["principalId"], ENCRYPTION_USER, key.id, "abroad")
    inputs = site.server(
        identity={"type": "UserAssigned", "userAssignedIdentities": {user: {}}},
        dataEncryption={"type": "AzureKeyVault", "primaryKeyURI": key.outputs["keyUri"], "primaryUserAssignedIdentityId": user},
    )
    assert "AzureKeyVaultRegionMismatch" in site.refused("dbforpostgresql:Server", **inputs)
    inputs["dataEncryption"]["primaryKeyURI"] = uri
    site.make("dbforpostgresql:Server", **inputs)
    assert POSTGRES in site.data.inputs["delegations"][0]["serviceName"]
