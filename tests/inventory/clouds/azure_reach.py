"""What the Internet reaches of a stack on Azure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from tests.recorder import Recording, Registered

CLUSTER, POOL = "azure-native:containerservice:ManagedCluster", "azure-native:containerservice:AgentPool"
GUARD, SUBNET, ADDRESS = (f"azure-native:network:{kind}" for kind in ("NetworkSecurityGroup", "Subnet", "PublicIPAddress"))
CLOSED = (
    "azure-native:containerregistry:Registry",
    "azure-native:dbforpostgresql:Server",
    "azure-native:keyvault:Vault",
    "azure-native:redisenterprise:RedisEnterprise",
    "azure-native:storage:StorageAccount",
)
"""Open to the Internet unless they say otherwise."""
ANYBODY = {"*", "Internet", "0.0.0.0/0", "::/0"}
WEB = {"80", "443"}


def reachable(registered: Recording[Any]) -> list[str]:
    return [
        *_machines(registered),
        *(item.name for item in registered.of(CLUSTER) if not _limited(item)),
        *(item.name for item in registered if item.type in CLOSED and not _closed(item)),
        *(item.name for item in registered.of("azure-native:storage:BlobContainer") if item.inputs["publicAccess"] != "None"),
        *_subnets(registered),
        *_addresses(registered),
    ]


def _machines(registered: Recording[Any]) -> Iterator[str]:
    """AKS gives a node no address unless it is asked for one; said all the same."""
    for item in registered.of(POOL):
        if item.inputs["enableNodePublicIP"] is not False:
            yield item.name
    for item in registered.of(CLUSTER):
        for profile in item.inputs["agentPoolProfiles"]:
            if profile["enableNodePublicIP"] is not False:
                yield f"{item.name} {profile['name']}"


def _limited(cluster: Registered) -> bool:
    """Nobody, or the administrators' ranges; nobody has a command run in it by Azure's API."""
    access = cluster.inputs["apiServerAccessProfile"]
    ranges: list[str] = access.get("authorizedIPRanges", [])
    private = access["enablePrivateCluster"] and access["enablePrivateClusterPublicFQDN"] is False
    return access["disableRunCommand"] and (private or bool(ranges and not ANYBODY & set(ranges)))


def _closed(item: Registered) -> bool:
    """Wherever it says so, it says no; rules for addresses deny what they do not name, and name nothing."""
    inputs = item.inputs
    access = [value for key, value in _entries(inputs) if key == "publicNetworkAccess"]
    rules = [value for key, value in _entries(inputs) if key in {"networkAcls", "networkRuleSet"}]
    return (
        access != []
        and set(access) == {"Disabled"}
        and all(one["defaultAction"] == "Deny" and not one["ipRules"] for one in rules)
        and inputs.get("allowBlobPublicAccess") in (None, False)
        and inputs.get("anonymousPullEnabled") in (None, False)
    )


def _subnets(registered: Recording[Any]) -> Iterator[str]:
    """Every subnet has rules that end with a denial, and only nodes are reached: by what the load balancer passes on. Databases have no way
    out either."""
    guards = {f"{item.name}-id": item for item in registered.of(GUARD)}
    for item in registered.of(SUBNET):
        rules = guards[item.inputs["networkSecurityGroup"]["id"]].inputs["securityRules"]
        inwards = sorted((rule for rule in rules if rule["direction"] == "Inbound"), key=lambda rule: rule["priority"])
        last, delegated = inwards[-1], {one["serviceName"] for one in item.inputs["delegations"]}
        ends = (last["access"], last["protocol"], last["sourceAddressPrefix"], last["destinationPortRange"]) == ("Deny", "*", "*", "*")
        ports = {port for rule in inwards[:-1] if ANYBODY & _sources(rule) for port in _ports(rule)}
        nodes = item.inputs["subnetName"] == "nodes"
        data = "Microsoft.DBforPostgreSQL/flexibleServers" in delegated
        if not ends or ports - (WEB if nodes else set()) or item.inputs["defaultOutboundAccess"] or (data and "natGateway" in item.inputs):
            yield item.name


def _addresses(registered: Recording[Any]) -> Iterator[str]:
    """Public addresses are those of the way out: nothing comes in by them."""
    out = {address["id"] for item in registered.of("azure-native:network:NatGateway") for address in item.inputs["publicIpAddresses"]}
    yield from (item.name for item in registered.of(ADDRESS) if f"{item.name}-id" not in out)


def _sources(rule: Mapping[str, Any]) -> set[str]:
    return {rule.get("sourceAddressPrefix", ""), *rule.get("sourceAddressPrefixes", [])}


def _ports(rule: Mapping[str, Any]) -> set[str]:
    ports: list[str] = rule.get("destinationPortRanges") or [rule["destinationPortRange"]]
    return set(ports)


def _entries(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, Any]", value).items():
            yield key, inner
            yield from _entries(inner)
