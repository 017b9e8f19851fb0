"""Subnets, addresses and private endpoints fit together, and each is what another asked for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.azure_estate import Estate
from tests.sandbox.azure_site import Site


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
