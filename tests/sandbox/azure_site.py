"""An estate where a cluster and a server may stand, and what those ask for."""

from __future__ import annotations

from typing import Any

from sandbox.contract import Record
from tests.sandbox.azure_estate import GROUP, NETWORK_CONTRIBUTOR, Estate

AKS = "Microsoft.ContainerService/managedClusters"
POSTGRES_ZONE = "playnew.private.postgres.database.azure.com"

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
        zone = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/{POSTGRES_ZONE}"
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
