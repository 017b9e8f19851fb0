"""Networks, private endpoints and names."""

from __future__ import annotations

import ipaddress
import secrets

from sandbox.azure.arm import parse, same
from sandbox.azure.lookup import all_of, items, part
from sandbox.azure.outputs.context import Context, Outputs, mapping
from sandbox.azure.outputs.generic import steady
from sandbox.contract import Properties

_HOSTS = {
    "vault": "vault.azure.net",
    "blob": "blob.core.windows.net",
    "dfs": "dfs.core.windows.net",
    "file": "file.core.windows.net",
    "registry": "azurecr.io",
    "postgresqlServer": "postgres.database.azure.com",
}


def network(c: Context) -> Properties:
    """Subnets declared beside the network are shown in it too."""
    inside = [{**mapping(one), **_facts(f"{c.id}/subnets/{part(one, 'name')}")} for one in items(c.inputs.get("subnets"))]
    return {
        "subnets": inside,
        "flowLogs": [],
        "virtualNetworkPeerings": [],
        "enableDdosProtection": c.inputs.get("enableDdosProtection", False),
    }


def _facts(id_: str) -> Properties:
    return {"id": id_, "etag": f'W/"{steady(id_)}"', "provisioningState": "Succeeded", "type": "Microsoft.Network/virtualNetworks/subnets"}


def subnet(c: Context) -> Properties:
    delegations = [
        {
            **mapping(one),
            **_facts(f"{c.id}/delegations/{part(one, 'name')}"),
            "actions": ["Microsoft.Network/virtualNetworks/subnets/join/action"],
        }
        for one in items(c.inputs.get("delegations"))
    ]
    return {
        "delegations": delegations,
        "name": c.text("name") or c.name,
        "privateEndpointNetworkPolicies": c.text("privateEndpointNetworkPolicies") or "Disabled",
        "privateLinkServiceNetworkPolicies": c.text("privateLinkServiceNetworkPolicies") or "Enabled",
        "purpose": "",
        "serviceEndpoints": items(c.inputs.get("serviceEndpoints")),
    }


def security_group(c: Context) -> Properties:
    rules = [{**mapping(one), **_facts(f"{c.id}/securityRules/{part(one, 'name')}")} for one in items(c.inputs.get("securityRules"))]
    return {"securityRules": rules, "defaultSecurityRules": [], "flowLogs": [], "networkInterfaces": [], "subnets": []}


def route_table(c: Context) -> Properties:
    routes = [{**mapping(one), **_facts(f"{c.id}/routes/{part(one, 'name')}")} for one in items(c.inputs.get("routes"))]
    return {"routes": routes, "subnets": []}


def named(c: Context) -> Properties:
    return {"name": c.text("name") or c.name}


def _address() -> str:
    """From the ranges for documentation: nobody's address."""
    return f"{secrets.choice(('203.0.113', '198.51.100', '192.0.2'))}.{secrets.randbelow(254) + 1}"


def public_ip(c: Context) -> Properties:
    made: Properties = {
        "ipAddress": c.keep("ipAddress", _address),
        "idleTimeoutInMinutes": c.inputs.get("idleTimeoutInMinutes", 4),
        "publicIPAddressVersion": c.text("publicIPAddressVersion") or "IPv4",
        "publicIPAllocationMethod": c.text("publicIPAllocationMethod") or "Dynamic",
        "sku": {"name": c.text("sku.name") or "Standard", "tier": c.text("sku.tier") or "Regional"},
        "zones": c.inputs.get("zones"),
    }
    if label := c.text("dnsSettings.domainNameLabel"):
        made["dnsSettings"] = {"fqdn": f"{label}.{c.location}.cloudapp.azure.com"}
    return made


def prefix(c: Context) -> Properties:
    length = int(c.inputs.get("prefixLength") or 28)
    return {"ipPrefix": c.keep("ipPrefix", lambda: f"203.0.113.{secrets.randbelow(1 << (length - 24)) << (32 - length)}/{length}")}


def nat(c: Context) -> Properties:
    return {"subnets": [], "idleTimeoutInMinutes": c.inputs.get("idleTimeoutInMinutes", 4)}


def addresses(c: Context, subnet_id: str, count: int) -> list[str]:
    """The next free ones after the four that Azure keeps for itself."""
    place = c.other(subnet_id)
    range_ = part(place.inputs, "addressPrefix") or next(iter(items(part(place.inputs, "addressPrefixes"))), None) if place else None
    taken = {
        str(part(one, "ipAddresses") and part(one, "ipAddresses")[0])
        for r in all_of(c.world, c.request.type)
        if same(part(r.inputs, "subnet.id"), subnet_id)
        for one in items(r.outputs.get("customDnsConfigs"))
    }
    try:
        free = (str(host) for index, host in enumerate(ipaddress.ip_network(str(range_)).hosts()) if index > 2)
    except ValueError:
        free = (f"10.0.0.{index}" for index in range(4, 255))
    return [host for host, _ in zip((host for host in free if host not in taken), range(count), strict=False)]


def private_endpoint(c: Context) -> Properties:
    asked = [*items(c.inputs.get("privateLinkServiceConnections")), *items(c.inputs.get("manualPrivateLinkServiceConnections"))]
    found = [(str(part(one, "privateLinkServiceId")), str(group)) for one in asked for group in items(part(one, "groupIds")) or [""]]
    hosts = [f"{(p.name if (p := parse(id_)) else 'service').lower()}.{_HOSTS.get(group, 'azure.net')}" for id_, group in found]
    given = addresses(c, c.text("subnet.id"), len(hosts))
    card = c.text("customNetworkInterfaceName") or f"{c.name}.nic.{steady(c.id)}"
    group_id = c.id.partition("/providers/")[0]
    state = {"status": "Approved", "description": "Auto-Approved", "actionsRequired": "None"}
    return {
        "customDnsConfigs": c.keep(
            "customDnsConfigs", lambda: [{"fqdn": h, "ipAddresses": [ip]} for h, ip in zip(hosts, given, strict=False)]
        ),
        "networkInterfaces": [{"id": f"{group_id}/providers/Microsoft.Network/networkInterfaces/{card}"}],
        "manualPrivateLinkServiceConnections": [],
        "privateLinkServiceConnections": [
            {
                **mapping(one),
                **_facts(f"{c.id}/privateLinkServiceConnections/{part(one, 'name')}"),
                "privateLinkServiceConnectionState": state,
            }
            for one in items(c.inputs.get("privateLinkServiceConnections"))
        ],
    }


def zone_group(c: Context) -> Properties:
    return {
        "name": c.text("name") or c.name,
        "privateDnsZoneConfigs": [{**mapping(i), "recordSets": []} for i in items(c.inputs.get("privateDnsZoneConfigs"))],
    }


def zone(c: Context) -> Properties:
    number = secrets.randbelow(9) + 1
    servers = [f"ns{index + 1}-{number:02}.azure-dns.{top}." for index, top in enumerate(("com", "net", "org", "info"))]
    return {
        "location": "global",
        "maxNumberOfRecordSets": 10000,
        "maxNumberOfRecordsPerRecordSet": 20,
        "nameServers": c.keep("nameServers", lambda: servers),
        "numberOfRecordSets": 2,
        "signingKeys": [],
        "zoneType": c.text("zoneType") or "Public",
    }


def private_zone(c: Context) -> Properties:
    return {
        "location": "global",
        "internalId": c.keep("internalId", lambda: steady(c.id)),
        "maxNumberOfRecordSets": 25000,
        "maxNumberOfVirtualNetworkLinks": 1000,
        "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
        "numberOfRecordSets": 1,
        "numberOfVirtualNetworkLinks": 0,
        "numberOfVirtualNetworkLinksWithRegistration": 0,
    }


def link(c: Context) -> Properties:
    return {"location": "global", "virtualNetworkLinkState": "Completed"}


def record_set(c: Context) -> Properties:
    domain = c.text("zoneName") or c.text("privateZoneName")
    return {"fqdn": f"{domain}." if c.name == "@" else f"{c.name}.{domain}.", "isAutoRegistered": False}


OUTPUTS: dict[str, Outputs] = {
    "azure-native:dns:RecordSet": record_set,
    "azure-native:dns:Zone": zone,
    "azure-native:network:NatGateway": nat,
    "azure-native:network:NetworkSecurityGroup": security_group,
    "azure-native:network:PrivateDnsZoneGroup": zone_group,
    "azure-native:network:PrivateEndpoint": private_endpoint,
    "azure-native:network:PublicIPAddress": public_ip,
    "azure-native:network:PublicIPPrefix": prefix,
    "azure-native:network:Route": named,
    "azure-native:network:RouteTable": route_table,
    "azure-native:network:SecurityRule": named,
    "azure-native:network:Subnet": subnet,
    "azure-native:network:VirtualNetwork": network,
    "azure-native:network:VirtualNetworkPeering": named,
    "azure-native:privatedns:PrivateRecordSet": record_set,
    "azure-native:privatedns:PrivateZone": private_zone,
    "azure-native:privatedns:VirtualNetworkLink": link,
}
