"""Compute networking, service networking, DNS."""

from __future__ import annotations

import ipaddress
import secrets

from sandbox.contract import Properties
from sandbox.gcp.outputs.context import Context, Outputs
from sandbox.gcp.paths import canonical, split
from sandbox.invent import digits, hexadecimal

NETWORK, SUBNETWORK = "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork"
CONNECTION, ADDRESS = "gcp:servicenetworking/connection:Connection", "gcp:compute/globalAddress:GlobalAddress"
COMPUTE = "https://www.googleapis.com/compute/v1/"


def link(c: Context, value: str) -> str:
    """The self link of a network or a subnetwork that was written in any form."""
    path = canonical(value, c.project)
    if split(path):
        return COMPUTE + path
    found = c.other(NETWORK, value) or c.other(SUBNETWORK, value)
    return COMPUTE + found.id if found else value


def public_ip() -> str:
    """From the ranges for documentation: nobody's address."""
    return f"{secrets.choice(('203.0.113', '198.51.100', '192.0.2'))}.{secrets.randbelow(254) + 1}"


def reserved_address(c: Context, network: str) -> str:
    """One of the range that the network reserves for services."""
    for one in c.world.all(CONNECTION):
        if canonical(str(one.inputs.get("network")), c.project) == canonical(network, c.project):
            reserved = c.other(ADDRESS, next(iter(one.inputs.get("reservedPeeringRanges") or []), None))
            if reserved and "." in str(reserved.outputs.get("address")):
                return ".".join([*str(reserved.outputs["address"]).split(".")[:3], str(secrets.randbelow(240) + 3)])
    return "10.0.0.3"


def host(cidr: str, index: int) -> str:
    try:
        return str(ipaddress.IPv4Network(cidr)[index])
    except (ValueError, IndexError):
        return ""


def network(c: Context) -> Properties:
    made = {"networkId": int(digits(15)), "routingMode": "REGIONAL", "mtu": 1460, "bgpBestPathSelectionMode": "LEGACY"}
    return {**made, "autoCreateSubnetworks": True, "gatewayIpv4": "", "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL"}


def subnetwork(c: Context) -> Properties:
    return {
        "gatewayAddress": host(c.text("ipCidrRange"), 1),
        "privateIpGoogleAccess": False,
        "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS",
        "purpose": "PRIVATE",
        "stackType": "IPV4_ONLY",
        "subnetworkId": int(digits(15)),
    }


def nat(c: Context) -> Properties:
    return {
        "autoNetworkTier": "PREMIUM",
        "enableDynamicPortAllocation": False,
        "enableEndpointIndependentMapping": False,
        "endpointTypes": ["ENDPOINT_TYPE_VM"],
        "minPortsPerVm": 64,
        "natIpAllocateOption": "MANUAL_ONLY" if c.items("natIps") else "AUTO_ONLY",
    }


def address(c: Context) -> Properties:
    internal = c.text("addressType") == "INTERNAL"
    place = c.other(SUBNETWORK, c.known.get("subnetwork"))
    inside = host(str(place.inputs.get("ipCidrRange", "")), secrets.randbelow(100) + 10) if place else ""
    return {
        "address": c.keep("address", lambda: (inside or "10.0.0.10") if internal else public_ip()),
        "addressType": "EXTERNAL",
        "addressId": int(digits(15)),
        "networkTier": "PREMIUM",
        "users": [],
        "purpose": "GCE_ENDPOINT" if internal else "",
    }


def global_address(c: Context) -> Properties:
    return {"address": c.keep("address", lambda: _free_range(c) if c.text("purpose") == "VPC_PEERING" else public_ip())}


def _free_range(c: Context) -> str:
    """GCP picks a range in 10.0.0.0/8 that nothing of the network overlaps."""
    length = int(c.known.get("prefixLength") or 16)
    taken = [ipaddress.IPv4Network(str(r.inputs.get("ipCidrRange"))) for r in c.world.all(SUBNETWORK) if r.inputs.get("ipCidrRange")]
    for candidate in ipaddress.IPv4Network("10.0.0.0/8").subnets(new_prefix=max(length, 8)):
        if not any(candidate.overlaps(one) for one in taken):
            return str(candidate.network_address)
    return "10.255.0.0"


def firewall(c: Context) -> Properties:
    return {"direction": "INGRESS", "priority": 1000, "enableLogging": c.known.get("logConfig") is not None}


def connection(c: Context) -> Properties:
    return {"peering": c.text("service").replace(".", "-")}


def zone(c: Context) -> Properties:
    private = c.text("visibility") == "private"
    letter = secrets.choice("abcde")
    public = [f"ns-cloud-{letter}{index}.googledomains.com." for index in range(1, 5)]
    servers = c.keep("nameServers", lambda: ["ns-gcp-private.googledomains.com."] if private else public)
    return {"managedZoneId": c.keep("managedZoneId", lambda: digits(19)), "nameServers": servers, "visibility": "public"}


def record_set(c: Context) -> Properties:
    return {"rrdatas": []}


def route(c: Context) -> Properties:
    return {"priority": 1000, "nextHopNetwork": link(c, c.text("network"))}


def disk(c: Context) -> Properties:
    return {"diskId": hexadecimal(16), "physicalBlockSizeBytes": 4096, "users": [], "size": 500, "type": "pd-standard"}


OUTPUTS: dict[str, Outputs] = {
    "gcp:compute/address:Address": address,
    "gcp:compute/disk:Disk": disk,
    "gcp:compute/firewall:Firewall": firewall,
    ADDRESS: global_address,
    NETWORK: network,
    "gcp:compute/route:Route": route,
    "gcp:compute/routerNat:RouterNat": nat,
    SUBNETWORK: subnetwork,
    "gcp:dns/managedZone:ManagedZone": zone,
    "gcp:dns/recordSet:RecordSet": record_set,
    CONNECTION: connection,
}
