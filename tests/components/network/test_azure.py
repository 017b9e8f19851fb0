from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.network.azure import AzureNetwork
from components.network.spec import NetworkSpec
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, record

NAME = "playnew-production-network"
PER_ZONE = NetworkSpec(cidr="10.20.0.0/16", flow_log_days=90)
ONE = NetworkSpec(cidr="10.20.0.0/16", nat_per_zone=False)
NODES, PODS, API, DATA, ENDPOINTS = "10.20.16.0/20", "10.244.0.0/16", "10.20.0.0/28", "10.20.8.0/24", "10.20.1.0/24"
SUBNET = "azure-native:network:Subnet"


def made(spec: NetworkSpec) -> Recording[AzureNetwork]:
    return record(lambda: AzureNetwork(NAME, spec, wiring.SITE, wiring.group(), wiring.key()), wiring.STATES)


@pytest.fixture(scope="module")
def production() -> Recording[AzureNetwork]:
    return made(PER_ZONE)


def subnets(registered: Recording[Any]) -> dict[str, dict[str, Any]]:
    return {item.inputs["subnetName"]: item.inputs for item in registered.of(SUBNET)}


Way = tuple[frozenset[str], frozenset[str], frozenset[str], str]


def allowed(registered: Recording[Any], subnet: str, direction: str) -> dict[str, Way]:
    """Sources, targets, ports and protocol by the rule's name."""

    def several(rule: dict[str, Any], field: str) -> frozenset[str]:
        fields = (field, f"{field}es" if field.endswith("x") else f"{field}s")
        [given] = [rule[name] for name in fields if name in rule]
        return frozenset([given] if isinstance(given, str) else given)

    return {
        rule["name"].removeprefix(f"{direction.lower()}-"): (
            several(rule, "sourceAddressPrefix"),
            several(rule, "destinationAddressPrefix"),
            several(rule, "destinationPortRange"),
            rule["protocol"],
        )
        for rule in guard(registered, subnet)
        if (rule["direction"], rule["access"]) == (direction, "Allow")
    }


def guard(registered: Recording[Any], subnet: str) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = registered.one("azure-native:network:NetworkSecurityGroup", f"{NAME}-{subnet}-rules").inputs[
        "securityRules"
    ]
    return rules


def way(sources: set[str], targets: set[str], ports: set[str], protocol: str = "Tcp") -> Way:
    return frozenset(sources), frozenset(targets), frozenset(ports), protocol


@pytest.mark.requirement("PN-02")
def test_every_subnet_has_its_rules_and_no_way_out_that_azure_gives_by_default(production: Recording[Any]) -> None:
    found = subnets(production)
    assert set(found) == {"nodes", "api", "data", "endpoints"}
    assert {name: item["networkSecurityGroup"]["id"] for name, item in found.items()} == {name: f"{NAME}-{name}-rules-id" for name in found}
    assert {item["defaultOutboundAccess"] for item in found.values()} == {False}
    assert {item["privateEndpointNetworkPolicies"] for item in found.values()} == {"Enabled"}
    assert {name for name, item in found.items() if "natGateway" in item} == {"nodes"}


@pytest.mark.requirement("PN-02")
def test_the_api_server_and_databases_stand_in_subnets_that_azure_may_use(production: Recording[Any]) -> None:
    delegated = {name: [one["serviceName"] for one in item["delegations"]] for name, item in subnets(production).items()}
    assert delegated == {
        "nodes": [],
        "endpoints": [],
        "api": ["Microsoft.ContainerService/managedClusters"],
        "data": ["Microsoft.DBforPostgreSQL/flexibleServers"],
    }
    assert [one["service"] for one in subnets(production)["data"]["serviceEndpoints"]] == ["Microsoft.Storage"]


def test_subnets_are_made_one_after_another(production: Recording[Any]) -> None:
    before = {item.name: [urn for urn in item.after if f":{SUBNET}::" in urn or f"${SUBNET}::" in urn] for item in production.of(SUBNET)}
    assert [len(urns) for urns in before.values()] == [0, 1, 1, 1]
    assert len({urn for urns in before.values() for urn in urns}) == 3


@pytest.mark.parametrize("subnet", ["nodes", "api", "data", "endpoints"])
def test_what_is_not_named_is_denied_even_from_within_the_network(production: Recording[Any], subnet: str) -> None:
    last = max((rule for rule in guard(production, subnet) if rule["direction"] == "Inbound"), key=lambda rule: rule["priority"])
    assert (last["access"], last["protocol"], last["priority"]) == ("Deny", "*", 4096)
    assert {last[field] for field in ("sourceAddressPrefix", "destinationAddressPrefix", "destinationPortRange")} == {"*"}
    priorities = [(rule["direction"], rule["priority"]) for rule in guard(production, subnet)]
    assert len(priorities) == len(set(priorities))
    assert all(len(rule["description"]) <= 140 for rule in guard(production, subnet))


@pytest.mark.requirement("PN-11")
def test_the_internet_reaches_the_gateways_ports_and_nothing_else(production: Recording[Any]) -> None:
    from_outside = {
        (subnet, name): sorted(ports)
        for subnet in subnets(production)
        for name, (sources, _, ports, _) in allowed(production, subnet, "Inbound").items()
        if sources & {"Internet", "*"}
    }
    assert from_outside == {("nodes", "web"): ["443", "80"]}


def test_the_gateways_traffic_is_let_in_under_its_public_address(production: Recording[Any]) -> None:
    assert allowed(production, "nodes", "Inbound")["web"] == way({"Internet"}, {"*"}, {"80", "443"})
    assert allowed(production, "nodes", "Inbound")["probes"] == way({"AzureLoadBalancer"}, {"*"}, {"*"}, "*")


@pytest.mark.requirement("PN-03")
def test_nodes_pods_and_the_api_server_talk_as_aks_needs(production: Recording[Any]) -> None:
    nodes = allowed(production, "nodes", "Inbound")
    assert nodes["cluster"] == way({NODES, PODS}, {NODES, PODS}, {"*"}, "*")
    assert nodes["api-server"] == way({API}, {NODES, PODS}, {"*"})
    api = allowed(production, "api", "Inbound")
    assert api["nodes"] == way({NODES, PODS, API}, {API}, {"443", "4443"})
    assert api["probes"] == way({"AzureLoadBalancer"}, {API}, {"9988"})


@pytest.mark.requirement("PN-06")
def test_databases_are_reached_by_the_cluster_alone_and_reach_only_what_the_service_needs(production: Recording[Any]) -> None:
    assert allowed(production, "data", "Inbound") == {
        "databases": way({NODES, PODS}, {DATA}, {"5432"}),
        "replicas": way({DATA}, {DATA}, {"5432", "6432"}),
    }
    outwards = allowed(production, "data", "Outbound")
    assert {name: sorted(targets) for name, (_, targets, _, _) in outwards.items()} == {
        "replicas": [DATA],
        "archive": ["Storage"],
        "keys": ["AzureKeyVault"],
        "identities": ["AzureActiveDirectory"],
    }
    assert [rule["priority"] for rule in guard(production, "data") if (rule["direction"], rule["access"]) == ("Outbound", "Deny")] == [4096]


def test_private_endpoints_answer_the_cluster_over_tls_and_start_nothing(production: Recording[Any]) -> None:
    assert allowed(production, "endpoints", "Inbound") == {
        "services": way({NODES, PODS, API}, {ENDPOINTS}, {"443"}),
        "caches": way({NODES, PODS}, {ENDPOINTS}, {"10000", "8500-8599"}),
    }
    assert allowed(production, "endpoints", "Outbound") == {}
    assert [rule["access"] for rule in guard(production, "endpoints") if rule["direction"] == "Outbound"] == ["Deny"]


@pytest.mark.parametrize(("spec", "addresses"), [(PER_ZONE, 3), (ONE, 1)])
def test_nodes_go_out_by_addresses_that_survive_a_zone(spec: NetworkSpec, addresses: int) -> None:
    registered = made(spec)
    gateway = registered.one("azure-native:network:NatGateway").inputs
    made_ = registered.of("azure-native:network:PublicIPAddress")
    assert [item["id"] for item in gateway["publicIpAddresses"]] == [f"{NAME}-egress-{number}-id" for number in range(1, addresses + 1)]
    assert (gateway["sku"], gateway["zones"]) == ({"name": "Standard"}, ["1"])
    assert {tuple(item.inputs["zones"]) for item in made_} == {("1", "2", "3")}
    assert {(item.inputs["sku"]["name"], item.inputs["publicIPAllocationMethod"]) for item in made_} == {("Standard", "Static")}
    outputs = registered.one("eucloud:azure:Network").outputs
    assert outputs["egress_ips"] == [f"4.232.0.{number}" for number in range(1, addresses + 1)]


def test_addresses_lie_in_all_zones_of_the_region_where_the_stack_uses_two() -> None:
    two = replace(wiring.SITE, zones=("2", "3"))
    spec = NetworkSpec(cidr="10.20.0.0/16", zones=2)
    registered = record(lambda: AzureNetwork(NAME, spec, two, wiring.group(), wiring.key()), wiring.STATES)
    assert {tuple(item.inputs["zones"]) for item in registered.of("azure-native:network:PublicIPAddress")} == {("1", "2", "3")}
    assert registered.one("azure-native:network:NatGateway").inputs["zones"] == ["2"]


@pytest.mark.requirement("PN-08")
def test_managed_services_have_private_names_in_the_network(production: Recording[Any]) -> None:
    zones = {item.name: item.inputs for item in production.of("azure-native:privatedns:PrivateZone")}
    assert {zone["privateZoneName"] for zone in zones.values()} == {
        "privatelink.vaultcore.azure.net",
        "privatelink.blob.core.windows.net",
        "privatelink.azurecr.io",
        "privatelink.redis.azure.net",
        "playnew-production.private.postgres.database.azure.com",
    }
    links = production.of("azure-native:privatedns:VirtualNetworkLink")
    assert {(item.inputs["virtualNetwork"]["id"], item.inputs["registrationEnabled"]) for item in links} == {(f"{NAME}-vnet-id", False)}
    assert {item.inputs["location"] for item in links} | {zone["location"] for zone in zones.values()} == {"global"}
    assert {item.name: item.inputs.get("resolutionPolicy") for item in links} == {
        **{f"{NAME}-{kind}-link": "NxDomainRedirect" for kind in ("vault", "blob", "registry", "redis")},
        f"{NAME}-postgres-link": None,
    }


def test_who_takes_a_private_zone_waits_until_it_is_linked() -> None:
    def declare() -> AzureNetwork:
        built = AzureNetwork(NAME, PER_ZONE, wiring.SITE, wiring.group(), wiring.key())
        for kind, zone in built.outputs.private_zones.items():
            pulumi.ComponentResource("test:Consumer", f"consumer-{kind}", {"zone": zone})
        return built

    registered = record(declare, wiring.STATES)
    for kind in ("vault", "blob", "registry", "redis", "postgres"):
        consumer = registered.one("test:Consumer", f"consumer-{kind}")
        assert consumer.inputs["zone"] == f"{NAME}-{kind}-names-id"
        assert registered.one("azure-native:privatedns:VirtualNetworkLink", f"{NAME}-{kind}-link").urn in consumer.through


@pytest.mark.requirement("PN-08")
def test_the_vault_is_reached_inside_the_network(production: Recording[Any]) -> None:
    endpoint = production.one("azure-native:network:PrivateEndpoint").inputs
    assert endpoint["subnet"]["id"] == f"{NAME}-endpoints-id"
    assert endpoint["subnet"]["privateEndpointNetworkPolicies"] == subnets(production)["endpoints"]["privateEndpointNetworkPolicies"]
    assert endpoint["privateLinkServiceConnections"] == [{"name": "vault", "privateLinkServiceId": wiring.VAULT, "groupIds": ["vault"]}]
    names = production.one("azure-native:network:PrivateDnsZoneGroup").inputs
    assert names["privateDnsZoneConfigs"] == [{"name": "vault", "privateDnsZoneId": f"{NAME}-vault-names-id"}]


def test_machines_may_wait_for_their_ways_out(production: Recording[Any]) -> None:
    ways_out = {resource.pulumi_resource_name for resource in production.result.outputs.ways_out}
    assert {f"{NAME}-nodes", f"{NAME}-vault-link", f"{NAME}-registry-link", f"{NAME}-vault-endpoint-name"} <= ways_out


def test_every_flow_is_logged_for_as_long_as_asked_beside_the_regions_watcher(production: Recording[Any]) -> None:
    flow = production.one("azure-native:network:FlowLog").inputs
    assert (flow["networkWatcherName"], flow["resourceGroupName"]) == ("NetworkWatcher_italynorth", "NetworkWatcherRG")
    assert (flow["targetResourceId"], flow["enabled"], flow["location"]) == (f"{NAME}-vnet-id", True, "italynorth")
    assert "enabledFilteringCriteria" not in flow
    assert flow["retentionPolicy"] == {"enabled": True, "days": 90}
    assert flow["format"] == {"type": "JSON", "version": 2}


def test_flow_logs_lie_in_the_region_encrypted_and_closed(production: Recording[Any]) -> None:
    account = production.one("azure-native:storage:StorageAccount").inputs
    assert re.fullmatch(r"[a-z0-9]{3,24}", account["accountName"])
    assert (account["location"], account["sku"]["name"]) == ("italynorth", "Standard_ZRS")
    assert account["encryption"]["keySource"] == "Microsoft.Keyvault"
    assert account["encryption"]["keyVaultProperties"] == {"keyName": "platform", "keyVaultUri": wiring.URI}
    closed = ("allowSharedKeyAccess", "allowBlobPublicAccess", "allowCrossTenantReplication", "isLocalUserEnabled")
    assert {account[field] for field in closed} == {False}
    assert (account["publicNetworkAccess"], account["networkRuleSet"]["defaultAction"]) == ("Disabled", "Deny")
    assert (account["enableHttpsTrafficOnly"], account["minimumTlsVersion"]) == (True, "TLS1_2")


def test_flow_logs_are_written_by_an_identity_that_can_do_nothing_else(production: Recording[Any]) -> None:
    flow = production.one("azure-native:network:FlowLog")
    roles = {
        item.inputs["scope"]: item.inputs["roleDefinitionId"].rpartition("/")[2]
        for item in production.of("azure-native:authorization:RoleAssignment")
    }
    assert roles == {
        f"{wiring.VAULT}/keys/platform": "e147488a-f6f5-4113-8e2d-b22465e65bf6",  # Key Vault Crypto Service Encryption User
        f"{NAME}-flows-id": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",  # Storage Blob Data Contributor
    }
    assert f"{NAME}-flows-writer" in flow.depends_on
    [identity] = production.of("azure-native:managedidentity:UserAssignedIdentity")
    assert flow.inputs["identity"] == {"type": "UserAssigned", "userAssignedIdentities": [f"{identity.name}-id"]}


def test_others_learn_what_they_compose_with(production: Recording[Any]) -> None:
    outputs = production.one("eucloud:azure:Network").outputs
    assert (outputs["cidr"], outputs["pod_cidr"], outputs["public_subnet_ids"]) == ("10.20.0.0/16", PODS, [])
    assert (outputs["private_cidrs"], outputs["data_cidrs"]) == ([NODES, API], [DATA])
    assert (outputs["private_subnet_ids"], outputs["data_subnet_ids"]) == ([f"{NAME}-nodes-id"], [f"{NAME}-data-id"])
    assert (outputs["api_subnet_id"], outputs["endpoint_subnet_id"]) == (f"{NAME}-api-id", f"{NAME}-endpoints-id")


def test_everything_hangs_under_the_network_and_carries_the_stacks_tags(production: Recording[Any]) -> None:
    custom = [item for item in production if item.custom]
    assert {item.parent for item in custom} == {NAME}
    untagged = {item.type.rpartition(":")[2] for item in custom if "tags" not in item.inputs}
    assert untagged == {"Subnet", "PrivateDnsZoneGroup", "RoleAssignment"}
