"""NET-01 on GCP and Azure: rules of firewalls and of network security groups that let anybody in."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Properties, Resource, Unknown, Value, Violation

ANYONE = frozenset({"0.0.0.0/0", "::/0", "*", "internet", "any"})
ADMIN_PORTS = (22, 3389, 5432, 6379, 6443, 9200)
GCP_RULE = "gcp:compute/firewall:Firewall"
AZURE_GROUP, AZURE_RULE = "azure-native:network:NetworkSecurityGroup", "azure-native:network:SecurityRule"


def open_ports(resource: Resource) -> Iterator[Violation]:
    if resource.type == GCP_RULE:
        yield from _firewall(resource.properties)
    elif resource.type == AZURE_RULE:
        yield from _security_rule(resource.properties, "")
    elif resource.type == AZURE_GROUP:
        for index, rule in enumerate(_items(resource.properties.get("securityRules"))):
            if isinstance(rule, dict):
                yield from _security_rule(rule, f"securityRules[{index}].")


def _firewall(rule: Properties) -> Iterator[Violation]:
    """Ingress unless it says otherwise; without ports, every port of the protocol."""
    if rule.get("direction") == "EGRESS":
        return
    source = _anyone(_items(rule.get("sourceRanges")))
    for index, allowed in enumerate(_items(rule.get("allows"))):
        if source and isinstance(allowed, dict) and str(allowed.get("protocol")).lower() in ("tcp", "6", "all"):
            ranges = _items(allowed.get("ports"))
            yield from _violation(f"allows[{index}].ports", source, _admin(ranges) if ranges else list(ADMIN_PORTS))


def _security_rule(rule: Properties, where: str) -> Iterator[Violation]:
    if str(rule.get("direction")).lower() != "inbound" or str(rule.get("access")).lower() != "allow":
        return
    if str(rule.get("protocol")).lower() not in ("tcp", "*"):
        return
    source = _anyone([*_items(rule.get("sourceAddressPrefix")), *_items(rule.get("sourceAddressPrefixes"))])
    if source:
        ports = _admin([*_items(rule.get("destinationPortRange")), *_items(rule.get("destinationPortRanges"))])
        yield from _violation(f"{where}destinationPortRange", source, ports)


def _violation(path: str, source: str, ports: list[int]) -> Iterator[Violation]:
    if ports:
        message = f"administration ports ({', '.join(map(str, ports))}) are open to the Internet"
        yield Violation("NET-01", path, f'"{source}"', message, "a narrower range of addresses")


def _items(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _anyone(sources: list[Value]) -> str:
    return next((item for item in sources if isinstance(item, str) and item.lower() in ANYONE), "")


def _admin(ranges: list[Value]) -> list[int]:
    return [port for port in ADMIN_PORTS if any(_covers(item, port) for item in ranges)]


def _covers(given: Value, port: int) -> bool:
    """`22`, `20-25` or `*`; what is not known may be any port."""
    if isinstance(given, Unknown) or given == "*":
        return True
    low, _, high = (f"{given:g}" if isinstance(given, (int, float)) else str(given)).partition("-")
    return low.isdecimal() and int(low) <= port <= int(high if high.isdecimal() else low)
