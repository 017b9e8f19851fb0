from __future__ import annotations

from dataclasses import replace

import pulumi
import pytest

from components.network.azure_endpoint import reach
from tests.components import azure_wiring as wiring
from tests.recorder import output, record

OPTS = pulumi.ResourceOptions()


def test_a_service_is_reached_once_its_name_is_in_the_network() -> None:
    def declare() -> None:
        found = reach("logs", "blob", output("account"), wiring.network(), wiring.SITE, wiring.group(), OPTS)
        pulumi.ComponentResource("test:Consumer", "consumer", {"found": found})

    registered = record(declare)
    endpoint = registered.one("azure-native:network:PrivateEndpoint").inputs
    assert endpoint["privateLinkServiceConnections"] == [{"name": "blob", "privateLinkServiceId": "account", "groupIds": ["blob"]}]
    assert endpoint["subnet"]["id"] == f"{wiring.NETWORK}/subnets/endpoints"
    names = registered.one("azure-native:network:PrivateDnsZoneGroup")
    assert names.inputs["privateDnsZoneConfigs"][0]["privateDnsZoneId"].endswith("/privatelink.blob.core.windows.net")
    assert names.urn in registered.one("test:Consumer").through


def test_a_network_without_room_for_endpoints_is_refused() -> None:
    def declare() -> None:
        net = replace(wiring.network(), endpoint_subnet_id=None)
        reach("logs", "blob", output("account"), net, wiring.SITE, wiring.group(), OPTS)

    with pytest.raises(ValueError, match=r"network.endpoint_subnet_id: None is given; allowed: the id of the subnet"):
        record(declare)
