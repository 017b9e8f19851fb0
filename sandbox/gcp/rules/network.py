"""Compute networking and service networking rules."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from sandbox.contract import Failure, Properties, Request
from sandbox.gcp.rules.base import RFC1035, region, rfc1035
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, cidr, each, matches, one_of
from sandbox.walk import find, number, text, values

_PORTS = re.compile(r"\d{1,5}(-\d{1,5})?")
_PROTOCOLS = ("all", "ah", "esp", "icmp", "ipip", "sctp", "tcp", "udp")


def _firewall(request: Request, inputs: Properties) -> Iterator[Failure]:
    direction = inputs.get("direction") or "INGRESS"
    sources = [name for name in ("sourceRanges", "sourceTags", "sourceServiceAccounts") if inputs.get(name)]
    if direction == "INGRESS" and not sources:
        yield Failure("sourceRanges", "one of sourceRanges, sourceTags or sourceServiceAccounts is required for INGRESS")
    if direction == "EGRESS" and sources:
        yield Failure(sources[0], "an EGRESS rule takes destinationRanges, no sources")
    if direction == "INGRESS" and inputs.get("destinationRanges") and not sources:
        yield Failure("destinationRanges", "an INGRESS rule needs sources")
    if (inputs.get("allows") is None) == (inputs.get("denies") is None):
        yield Failure("allows", "exactly one of allows and denies must be given")
    for kind in ("source", "target"):
        if inputs.get(f"{kind}ServiceAccounts") and (inputs.get("sourceTags") or inputs.get("targetTags")):
            yield Failure(f"{kind}ServiceAccounts", "service accounts and tags cannot be mixed in one rule")
    for rules in ("allows[]", "denies[]"):
        for where, value in find(inputs, f"{rules}.protocol"):
            if str(value).lower() not in _PROTOCOLS and not str(value).isdecimal():
                yield Failure(where, f"{show(value)} is not a protocol (allowed: {', '.join(_PROTOCOLS)} or a number)")
        for where, value in find(inputs, f"{rules}.ports[]"):
            if not _PORTS.fullmatch(str(value)) or any(int(part) > 65535 for part in str(value).split("-")):
                yield Failure(where, f"{show(value)} is not a port or a range of ports")


def _nat(request: Request, inputs: Properties) -> Iterator[Failure]:
    option, addresses = text(inputs, "natIpAllocateOption"), inputs.get("natIps")
    if option == "MANUAL_ONLY" and not addresses:
        yield Failure("natIps", "needed with MANUAL_ONLY")
    if option == "AUTO_ONLY" and addresses:
        yield Failure("natIps", "not taken with AUTO_ONLY")
    listed = text(inputs, "sourceSubnetworkIpRangesToNat") == "LIST_OF_SUBNETWORKS"
    if listed != bool(inputs.get("subnetworks")):
        yield Failure("subnetworks", "given exactly with LIST_OF_SUBNETWORKS")
    dynamic = inputs.get("enableDynamicPortAllocation") is True
    if dynamic and inputs.get("enableEndpointIndependentMapping") is True:
        yield Failure("enableEndpointIndependentMapping", "cannot be used with enableDynamicPortAllocation")
    if not dynamic and inputs.get("maxPortsPerVm") is not None:
        yield Failure("maxPortsPerVm", "can only be used with enableDynamicPortAllocation")
    for name in ("minPortsPerVm", "maxPortsPerVm"):
        ports = number(inputs, name)
        if dynamic and ports is not None and (not 32 <= ports <= 65536 or int(ports) & (int(ports) - 1)):
            yield Failure(name, f"{ports:g} is not a power of two between 32 and 65536")
    for where, block in find(inputs, "subnetworks[]"):
        ranges = values(block, "sourceIpRangesToNats[]")
        if ("LIST_OF_SECONDARY_IP_RANGES" in ranges) != bool(block.get("secondaryIpRangeNames")):
            yield Failure(f"{where}.secondaryIpRangeNames", "given exactly with LIST_OF_SECONDARY_IP_RANGES")


def _range(request: Request, inputs: Properties) -> Iterator[Failure]:
    purpose, length = text(inputs, "purpose"), number(inputs, "prefixLength")
    kind = inputs.get("addressType") or "EXTERNAL"
    if purpose and kind == "EXTERNAL":
        yield Failure("purpose", f"{purpose} is only for addressType INTERNAL")
    if kind == "INTERNAL" and inputs.get("network") is None:
        yield Failure("network", "needed for an INTERNAL range")
    if purpose == "VPC_PEERING" and (length is None or not 8 <= length <= 30) and inputs.get("prefixLength") is None:
        yield Failure("prefixLength", "needed with purpose VPC_PEERING")
    address = text(inputs, "address")
    if address and length is not None:
        try:
            ipaddress.IPv4Network(f"{address}/{int(length)}")
        except ValueError:
            yield Failure("address", f"{show(address)} is not the first address of a range of length {length:g}")


def _route(request: Request, inputs: Properties) -> Iterator[Failure]:
    hops = [name for name in inputs if name.startswith("nextHop") and name != "nextHopInstanceZone" and inputs[name] is not None]
    if len(hops) != 1:
        yield Failure("nextHopGateway", f"exactly one next hop must be given ({', '.join(hops) or 'none'} given)")


def _log(request: Request, inputs: Properties) -> Iterator[Failure]:
    for where, value in find(inputs, "logConfig.flowSampling"):
        if isinstance(value, int | float) and not 0 < value <= 1:
            yield Failure(where, f"{show(value)} is not above 0 and up to 1")


RULES: dict[str, tuple[Rule, ...]] = {
    "gcp:compute/network:Network": (
        rfc1035(),
        one_of("routingMode", "REGIONAL", "GLOBAL"),
        between("mtu", 1300, 8896),
        one_of("networkFirewallPolicyEnforcementOrder", "BEFORE_CLASSIC_FIREWALL", "AFTER_CLASSIC_FIREWALL"),
    ),
    "gcp:compute/subnetwork:Subnetwork": (
        rfc1035(),
        region("region"),
        cidr("ipCidrRange", 4, 29),
        cidr("secondaryIpRanges[].ipCidrRange", 4, 29),
        matches("secondaryIpRanges[].rangeName", RFC1035, "is not the name of a range"),
        one_of("stackType", "IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY"),
        one_of("logConfig.metadata", "INCLUDE_ALL_METADATA", "EXCLUDE_ALL_METADATA", "CUSTOM_METADATA"),
        one_of(
            "logConfig.aggregationInterval",
            *(f"INTERVAL_{one}" for one in ("5_SEC", "30_SEC", "1_MIN", "5_MIN", "10_MIN", "15_MIN")),
        ),
        _log,
    ),
    "gcp:compute/router:Router": (rfc1035(), region("region"), each("bgp.asn", lambda asn: None if _private(asn) else "is no private ASN")),
    "gcp:compute/routerNat:RouterNat": (
        rfc1035(),
        one_of("natIpAllocateOption", "MANUAL_ONLY", "AUTO_ONLY"),
        one_of(
            "sourceSubnetworkIpRangesToNat",
            *("ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES", "LIST_OF_SUBNETWORKS"),
        ),
        one_of("subnetworks[].sourceIpRangesToNats[]", "ALL_IP_RANGES", "LIST_OF_SECONDARY_IP_RANGES", "PRIMARY_IP_RANGE"),
        one_of("logConfig.filter", "ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"),
        _nat,
    ),
    "gcp:compute/address:Address": (
        rfc1035(),
        region("region"),
        one_of("addressType", "INTERNAL", "EXTERNAL"),
        one_of("networkTier", "PREMIUM", "STANDARD"),
    ),
    "gcp:compute/globalAddress:GlobalAddress": (
        rfc1035(),
        one_of("addressType", "INTERNAL", "EXTERNAL"),
        one_of("purpose", "VPC_PEERING", "PRIVATE_SERVICE_CONNECT"),
        between("prefixLength", 8, 30),
        _range,
    ),
    "gcp:compute/firewall:Firewall": (
        rfc1035(),
        one_of("direction", "INGRESS", "EGRESS"),
        between("priority", 0, 65535),
        cidr("sourceRanges[]"),
        cidr("destinationRanges[]"),
        one_of("logConfig.metadata", "INCLUDE_ALL_METADATA", "EXCLUDE_ALL_METADATA"),
        _firewall,
    ),
    "gcp:compute/route:Route": (rfc1035(), cidr("destRange"), between("priority", 0, 65535), _route),
    "gcp:servicenetworking/connection:Connection": (
        matches("service", r"servicenetworking\.googleapis\.com|[a-z0-9.-]+\.googleapis\.com", "is not a peering service"),
    ),
}


def _private(asn: Any) -> bool:
    return isinstance(asn, int | float) and (64512 <= asn <= 65534 or 4200000000 <= asn <= 4294967294)
