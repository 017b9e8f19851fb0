"""Networks, private endpoints, flow logs."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from sandbox.azure import arm
from sandbox.azure.lookup import NETWORK, SUBNET, find, items, part
from sandbox.azure.subscription import plain
from sandbox.contract import Properties, Record, Refused, Request, World

GROUP_IDS: dict[str, dict[str, str]] = {
    "microsoft.keyvault/vaults": {"vault": "privatelink.vaultcore.azure.net"},
    "microsoft.storage/storageaccounts": {
        name: f"privatelink.{name}.core.windows.net" for name in ("blob", "dfs", "file", "queue", "table", "web")
    },
    "microsoft.containerregistry/registries": {"registry": "privatelink.azurecr.io"},
    "microsoft.dbforpostgresql/flexibleservers": {"postgresqlServer": "privatelink.postgres.database.azure.com"},
    "microsoft.cache/redisenterprise": {"redisEnterprise": "privatelink.redis.azure.net"},
    "microsoft.containerservice/managedclusters": {"management": ""},
    "microsoft.insights/privatelinkscopes": {"azuremonitor": ""},
}
"""What can be reached by a private endpoint, and the zone that its name belongs into."""
Range = ipaddress.IPv4Network | ipaddress.IPv6Network


def prefixes(inputs: Properties) -> list[Range]:
    found = [part(inputs, "addressPrefix"), *items(part(inputs, "addressPrefixes"))]
    return [network for value in found if (network := as_range(value)) is not None]


def as_range(value: Any) -> Range | None:
    try:
        return ipaddress.ip_network(value) if isinstance(value, str) else None
    except ValueError:
        return None


def inside(one: Range, other: Range) -> bool:
    if isinstance(one, ipaddress.IPv4Network):
        return isinstance(other, ipaddress.IPv4Network) and one.subnet_of(other)
    return isinstance(other, ipaddress.IPv6Network) and one.subnet_of(other)


def network_of(world: World, subnet: str) -> Record | None:
    return find(world, arm.parent(subnet), NETWORK)


def delegated(subnet: Record) -> list[str]:
    return [str(part(one, "serviceName")) for one in items(subnet.inputs.get("delegations"))]


def _same_place(inputs_location: Any, other: Record, what: str) -> None:
    here, there = plain(str(inputs_location)), plain(str(other.outputs.get("location", "")))
    if here and there and here != there:
        raise Refused("InvalidResourceReference", f"{what} {other.id} is in {there}, not in {here}")


def _subnet(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    owner = next(
        (r for r in world.all(NETWORK) if arm.same(r.outputs.get("name"), inputs.get("virtualNetworkName")) and _group(r, inputs)), None
    )
    if owner is None:
        return
    whole = [network for value in items(part(owner.inputs, "addressSpace.addressPrefixes")) if (network := as_range(value)) is not None]
    for wanted in prefixes(inputs):
        if not any(inside(wanted, block) for block in whole):
            raise Refused(
                "NetcfgInvalidSubnet", f"Subnet '{inputs.get('subnetName')}' ({wanted}) is not within {', '.join(map(str, whole))}"
            )
        for record in world.all(SUBNET):
            mine = prior is not None and arm.same(record.id, prior.id)
            if not mine and arm.under(record.id, owner.id) and any(taken.overlaps(wanted) for taken in prefixes(record.inputs)):  # pyright: ignore[reportArgumentType] # one family in one network
                raise Refused("NetcfgSubnetRangesOverlap", f"Subnet '{inputs.get('subnetName')}' ({wanted}) overlaps {record.id}")
    for name in ("networkSecurityGroup", "natGateway", "routeTable"):
        other = find(world, str(part(inputs, f"{name}.id") or ""))
        if other:
            _same_place(owner.outputs.get("location"), other, name)


def _group(record: Record, inputs: Properties) -> bool:
    found = arm.parse(record.id)
    return found is not None and arm.same(found.group, inputs.get("resourceGroupName"))


def _gateway(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    for index, one in enumerate(items(inputs.get("publicIpAddresses"))):
        address = find(world, str(part(one, "id") or ""))
        for other in world.all(request.type):
            mine = prior is not None and arm.same(other.id, prior.id)
            taken = [part(ip, "id") for ip in items(other.inputs.get("publicIpAddresses"))]
            if address and not mine and any(arm.same(id_, address.id) for id_ in taken):
                raise Refused("PublicIPAddressInUse", f"publicIpAddresses[{index}]: {address.id} is in use by {other.id}")
        if address:
            _same_place(inputs.get("location"), address, "the address")
            zones, own = items(address.inputs.get("zones")), items(inputs.get("zones"))
            if zones and own and not set(own) <= set(zones):
                raise Refused(
                    "NatGatewayZoneMismatch", f"The gateway is in zone {', '.join(own)}, the address {address.id} in {', '.join(zones)}"
                )


def _endpoint(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    subnet = find(world, str(part(inputs, "subnet.id") or ""), SUBNET)
    if subnet and (services := delegated(subnet)):
        raise Refused("PrivateEndpointCannotBeCreatedInDelegatedSubnet", f"The subnet {subnet.id} is delegated to {', '.join(services)}")
    owner = network_of(world, subnet.id) if subnet else None
    if owner:
        _same_place(inputs.get("location"), owner, "the network")
    for one in items(inputs.get("privateLinkServiceConnections")):
        target = arm.parse(str(part(one, "privateLinkServiceId") or ""))
        allowed = GROUP_IDS.get(target.kind.lower()) if target else None
        given = [str(group) for group in items(part(one, "groupIds"))]
        if allowed is not None and (len(given) != 1 or given[0] not in allowed):
            raise Refused(
                "InvalidPrivateLinkServiceConnectionGroupId",
                f"groupIds {given} is not valid for {target.kind if target else ''} (allowed: one of {', '.join(allowed)})",
            )


def _zone_group(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    owner = next(
        (
            r
            for r in world.all("azure-native:network:PrivateEndpoint")
            if arm.same(r.outputs.get("name"), inputs.get("privateEndpointName"))
        ),
        None,
    )
    if prior is None and any(
        arm.same(r.inputs.get("privateEndpointName"), inputs.get("privateEndpointName")) for r in world.all(request.type)
    ):
        raise Refused(
            "OnlyOnePrivateDnsZoneGroupAllowed", f"The private endpoint {inputs.get('privateEndpointName')} has a zone group already"
        )
    wanted = {
        GROUP_IDS.get(target.kind.lower(), {}).get(str(group), "")
        for one in items(owner.inputs.get("privateLinkServiceConnections") if owner else None)
        if (target := arm.parse(str(part(one, "privateLinkServiceId") or "")))
        for group in items(part(one, "groupIds"))
    } - {""}
    for one in items(inputs.get("privateDnsZoneConfigs")):
        zone = str(part(one, "privateDnsZoneId") or "").rpartition("/")[2].lower()
        if wanted and not any(zone == name or zone.endswith(f".{name}") for name in wanted):
            raise Refused(
                "PrivateDnsZoneMismatch", f"No name of the endpoint belongs into the zone {zone} (allowed: {', '.join(sorted(wanted))})"
            )


def _flow_log(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    target, account = (find(world, str(inputs.get(name) or "")) for name in ("targetResourceId", "storageId"))
    where = plain(str(inputs.get("location", "")))
    for other in (target, account):
        if other:
            _same_place(where, other, "the target" if other is target else "the storage account")
    watcher = str(inputs.get("networkWatcherName", ""))
    if watcher.lower().startswith("networkwatcher_") and watcher.lower() != f"networkwatcher_{where}":
        raise Refused("InvalidNetworkWatcher", f"{watcher} watches another region than {where}")
    for other in world.all(request.type):
        mine = prior is not None and arm.same(other.id, prior.id)
        if not mine and arm.same(other.inputs.get("targetResourceId"), inputs.get("targetResourceId")):
            raise Refused("FlowLogAlreadyExists", f"The target {inputs.get('targetResourceId')} has a flow log already ({other.id})")
    if (
        account
        and part(account.inputs, "networkRuleSet.defaultAction") == "Deny"
        and part(account.inputs, "networkRuleSet.bypass") != "AzureServices"
    ):
        raise Refused(
            "StorageAccountAccessDenied", f"The firewall of {account.id} keeps Network Watcher out (bypass must be AzureServices)"
        )


RULES: dict[str, Callable[[Request, Properties, Record | None, World], None]] = {
    "azure-native:network:FlowLog": _flow_log,
    "azure-native:network:NatGateway": _gateway,
    "azure-native:network:PrivateDnsZoneGroup": _zone_group,
    "azure-native:network:PrivateEndpoint": _endpoint,
    "azure-native:network:Subnet": _subnet,
}
