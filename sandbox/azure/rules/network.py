"""Networks and names."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from components.geography import Cloud, regions
from sandbox.azure.lookup import items, part
from sandbox.azure.subscription import plain
from sandbox.contract import UNKNOWN, Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, cidr, each, ip_network, matches, needs_one, one_of
from sandbox.walk import find, text

_ZONES = {region.code: region.zones for region in regions(Cloud.AZURE)}
_PORT = re.compile(r"\*|\d{1,5}(-\d{1,5})?")
_TAG = re.compile(r"\*|[A-Za-z][A-Za-z0-9.]*")
_RECORDS = {
    "A": "aRecords",
    "AAAA": "aaaaRecords",
    "CAA": "caaRecords",
    "CNAME": "cnameRecord",
    "DS": "dsRecords",
    "MX": "mxRecords",
    "NAPTR": "naptrRecords",
    "NS": "nsRecords",
    "PTR": "ptrRecords",
    "SOA": "soaRecord",
    "SRV": "srvRecords",
    "TLSA": "tlsaRecords",
    "TXT": "txtRecords",
}


def zones(request: Request, inputs: Properties) -> Iterator[Failure]:
    """Zones are numbered, and only some regions have them."""
    allowed = _ZONES.get(plain(str(inputs.get("location", ""))), ("1", "2", "3"))
    for where, zone in find(inputs, "zones[]"):
        if zone not in allowed:
            yield Failure(where, f"{show(zone)} is not a zone of {inputs.get('location')} (allowed: {', '.join(allowed) or 'none'})")


def _subnet_range(request: Request, inputs: Properties) -> Iterator[Failure]:
    for name in ("addressPrefix", "addressPrefixes[]"):
        yield from cidr(name, 0, 29)(request, inputs)


def _inline_subnets(request: Request, inputs: Properties) -> Iterator[Failure]:
    for index, one in enumerate(items(inputs.get("subnets"))):
        if (part(one, "addressPrefix") is None) == (not items(part(one, "addressPrefixes"))):
            yield Failure(f"subnets[{index}]", "exactly one of addressPrefix, addressPrefixes must be given")


def _rule(where: str, rule: Any) -> Iterator[Failure]:
    priority = part(rule, "priority")
    if priority is None:
        yield Failure(f"{where}priority", "missing required property")
    elif isinstance(priority, int | float) and not 100 <= priority <= 4096:
        yield Failure(f"{where}priority", f"{priority:g} is not between 100 and 4096")
    if len(str(part(rule, "description") or "")) > 140:
        yield Failure(f"{where}description", "is longer than 140 characters")
    for side in ("source", "destination"):
        groups = items(part(rule, f"{side}ApplicationSecurityGroups"))
        for what, many in ((f"{side}AddressPrefix", f"{side}AddressPrefixes"), (f"{side}PortRange", f"{side}PortRanges")):
            one, several = part(rule, what), items(part(rule, many))
            if (one is None) == (not several) and not (groups and "Address" in what and one is None):
                yield Failure(f"{where}{what}", f"exactly one of {what}, {many} must be given")
            for value in (one, *several):
                yield from _rule_value(f"{where}{many if value in several else what}", value, several=value is not one and bool(several))


def _rule_value(where: str, value: Any, *, several: bool) -> Iterator[Failure]:
    if value is None or value is UNKNOWN:
        return
    if "Port" in where:
        ends = [int(end) for end in re.findall(r"\d+", str(value))]
        if not _PORT.fullmatch(str(value)) or any(end > 65535 for end in ends) or ends != sorted(ends):
            yield Failure(where, f"{show(value)} is not a port, a range of ports or *")
    elif _TAG.fullmatch(str(value)):
        if several:
            yield Failure(where, f"{show(value)}: SecurityRuleParameterContainsUnsupportedValue, a tag or * stands alone in the singular")
    elif ip_network(value) is None:
        yield Failure(where, f"{show(value)}: SecurityRuleInvalidAddressPrefix, neither a range nor a tag")


def _rules(request: Request, inputs: Properties) -> Iterator[Failure]:
    rules = items(inputs.get("securityRules"))
    for index, rule in enumerate(rules):
        yield from _rule(f"securityRules[{index}].", rule)
    for what in ("name", "priority"):
        seen = [(str(part(rule, what)).lower(), part(rule, "direction") if what == "priority" else "") for rule in rules]
        for index, key in enumerate(seen):
            if key in seen[:index]:
                yield Failure(f"securityRules[{index}].{what}", f"SecurityRuleConflict: {key[0]!r} is given to another rule as well")


def _single_rule(request: Request, inputs: Properties) -> Iterator[Failure]:
    yield from _rule("", inputs)


def _address(request: Request, inputs: Properties) -> Iterator[Failure]:
    standard, how = text(inputs, "sku.name") in (None, "Standard", "StandardV2"), inputs.get("publicIPAllocationMethod")
    if text(inputs, "sku.name") == "Basic":
        yield Failure("sku.name", "'Basic' was retired in 2025 (allowed: Standard, StandardV2)")
    if standard and how not in ("Static", UNKNOWN):
        yield Failure(
            "publicIPAllocationMethod", f"{show(how or 'Dynamic')}: PublicIPAndSkuAllocationMismatch, Standard takes Static alone"
        )


def _gateway(request: Request, inputs: Properties) -> Iterator[Failure]:
    if text(inputs, "sku.name") == "Standard" and len(items(inputs.get("zones"))) > 1:
        yield Failure("zones", "a NAT gateway of SKU Standard is in one zone or in none")


def _records(request: Request, inputs: Properties) -> Iterator[Failure]:
    kind, ttl = text(inputs, "recordType"), inputs.get("ttl")
    own = _RECORDS.get(kind or "")
    if kind and own is None:
        yield Failure("recordType", f"{kind!r} is not a valid value (allowed: {', '.join(_RECORDS)})")
    for name in _RECORDS.values():
        if name != own and inputs.get(name):
            yield Failure(name, f"does not belong to a record set of type {kind}")
    if own and not inputs.get(own) and not inputs.get("targetResource"):
        yield Failure(own, f"a record set of type {kind} needs it")
    if ttl is None and not inputs.get("targetResource"):
        yield Failure("ttl", "missing required property")
    if kind == "CNAME" and inputs.get("relativeRecordSetName") == "@":
        yield Failure("relativeRecordSetName", "a CNAME cannot stand at the top of a zone")


def _ip(version: int) -> Any:
    def judge(value: Any) -> str | None:
        try:
            return None if ipaddress.ip_address(str(value)).version == version else f"is not an IPv{version} address"
        except ValueError:
            return f"is not an IPv{version} address"

    return judge


def _connections(request: Request, inputs: Properties) -> Iterator[Failure]:
    names = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
    found = [one for name in names for one in items(inputs.get(name))]
    if len(found) != 1:
        yield Failure(names[0], f"exactly one connection must be given ({len(found)} given)")
    if part(inputs, "subnet") is None:
        yield Failure("subnet", "missing required property")


def _configs(request: Request, inputs: Properties) -> Iterator[Failure]:
    found = items(inputs.get("privateDnsZoneConfigs"))
    if not 1 <= len(found) <= 5:
        yield Failure("privateDnsZoneConfigs", f"1 to 5 zones must be given ({len(found)} given)")
    for index, one in enumerate(found):
        for name in ("name", "privateDnsZoneId"):
            if part(one, name) is None:
                yield Failure(f"privateDnsZoneConfigs[{index}].{name}", "missing required property")


_TTL = between("ttl", 1, 2147483647)
_RECORD: tuple[Rule, ...] = (_records, _TTL, each("aRecords[].ipv4Address", _ip(4)), each("aaaaRecords[].ipv6Address", _ip(6)))
RULES: dict[str, tuple[Rule, ...]] = {
    "azure-native:dns:RecordSet": (
        *_RECORD,
        one_of("caaRecords[].tag", "issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc"),
        between("caaRecords[].flags", 0, 255),
        matches("relativeRecordSetName", r"@|(\*|[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)(\.[A-Za-z0-9_-]+)*", "is not a relative name"),
    ),
    "azure-native:network:FlowLog": (between("retentionPolicy.days", 0, 365), one_of("format.version", 0, 1, 2)),
    "azure-native:network:NatGateway": (between("idleTimeoutInMinutes", 4, 120), zones, _gateway),
    "azure-native:network:NetworkSecurityGroup": (_rules,),
    "azure-native:network:PrivateDnsZoneGroup": (_configs,),
    "azure-native:network:PrivateEndpoint": (
        _connections,
        each("privateLinkServiceConnections[].requestMessage", lambda v: None if len(str(v)) <= 140 else "is longer than 140 characters"),
    ),
    "azure-native:network:PublicIPAddress": (between("idleTimeoutInMinutes", 4, 30), zones, _address),
    "azure-native:network:PublicIPPrefix": (between("prefixLength", 21, 31), zones),
    "azure-native:network:SecurityRule": (_single_rule,),
    "azure-native:network:Subnet": (needs_one("addressPrefix", "addressPrefixes"), _subnet_range),
    "azure-native:network:VirtualNetwork": (cidr("addressSpace.addressPrefixes[]", 2, 29), _inline_subnets),
    "azure-native:privatedns:PrivateRecordSet": _RECORD,
}
