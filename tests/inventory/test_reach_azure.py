"""What the Internet could reach on Azure is found, wherever a stack let it in."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from components.vocabulary import Cloud
from tests.inventory.cases import case
from tests.inventory.clouds.azure_reach import reachable

pytestmark = [pytest.mark.inventory, pytest.mark.requirement("PN-02")]
NETWORK = "azure-native:network"


def opened(rule: int, **changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda inputs: inputs["securityRules"][rule].update(changes)


Change = Callable[[dict[str, Any]], object]
PLANTED: list[tuple[str, str, Change]] = [
    ("azure-native:containerservice:AgentPool", "", lambda given: given.update(enableNodePublicIP=True)),
    ("azure-native:containerservice:ManagedCluster", "", lambda given: given["agentPoolProfiles"][0].update(enableNodePublicIP=True)),
    ("azure-native:containerservice:ManagedCluster", "", lambda given: given["apiServerAccessProfile"].pop("authorizedIPRanges")),
    ("azure-native:containerservice:ManagedCluster", "", lambda given: given["apiServerAccessProfile"].update(disableRunCommand=False)),
    (
        "azure-native:containerservice:ManagedCluster",
        "",
        lambda given: given["apiServerAccessProfile"].update(authorizedIPRanges=["0.0.0.0/0"]),
    ),
    ("azure-native:dbforpostgresql:Server", "", lambda given: given["network"].update(publicNetworkAccess="Enabled")),
    ("azure-native:dbforpostgresql:Server", "", lambda given: given["network"].pop("publicNetworkAccess")),
    ("azure-native:keyvault:Vault", "", lambda given: given["properties"].update(publicNetworkAccess="Enabled")),
    ("azure-native:keyvault:Vault", "", lambda given: given["properties"]["networkAcls"].update(ipRules=[{"value": "203.0.113.7"}])),
    ("azure-native:containerregistry:Registry", "", lambda given: given.update(anonymousPullEnabled=True)),
    ("azure-native:storage:StorageAccount", "", lambda given: given["networkRuleSet"].update(defaultAction="Allow")),
    ("azure-native:storage:StorageAccount", "", lambda given: given.update(allowBlobPublicAccess=True)),
    ("azure-native:storage:BlobContainer", "", lambda given: given.update(publicAccess="Blob")),
    (f"{NETWORK}:Subnet", "data", lambda given: given.update(natGateway={"id": "a-gateway"})),
    (f"{NETWORK}:Subnet", "nodes", lambda given: given.update(defaultOutboundAccess=True)),
    (f"{NETWORK}:NetworkSecurityGroup", "nodes", opened(2, destinationPortRanges=["22", "443"])),
    (f"{NETWORK}:NetworkSecurityGroup", "data", opened(0, sourceAddressPrefix="Internet")),
    (f"{NETWORK}:NetworkSecurityGroup", "endpoints", opened(2, access="Allow")),
    (f"{NETWORK}:NatGateway", "", lambda given: given["publicIpAddresses"].pop()),
]
"""Type, part of the network, and what is done to the first of them."""


@pytest.mark.parametrize(("type_", "part", "change"), PLANTED)
def test_an_open_door_is_found(type_: str, part: str, change: Change) -> None:
    production = case(Cloud.AZURE, "production").recorded()
    assert reachable(production) == []
    item = next(one for one in production.of(type_) if part in one.name.removeprefix("playnew-production-network"))
    inputs = copy.deepcopy(item.inputs)
    change(inputs)
    planted = tuple(dataclasses.replace(one, inputs=inputs) if one is item else one for one in production)
    assert len(reachable(dataclasses.replace(production, resources=planted))) == 1
