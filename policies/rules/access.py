"""NET-01, NET-04, IAM-01 and IAM-03: who can reach the platform, and who may do what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from components.geography import Cloud
from policies.model import Hit, Properties, Resource, Unknown, Value, Violation, at, parsed
from policies.rules import firewall

ANYONE = frozenset({"0.0.0.0/0", "::/0"})
ADMIN_PORTS = (22, 3389, 5432, 6379, 6443, 9200)
IDENTITY_POLICIES = re.compile(r"aws:(iam/(policy|rolePolicy|userPolicy|groupPolicy|role):|ssoadmin/permissionSetInlinePolicy:).*")
POLICY_PATHS = ("policy", "inlinePolicy", "inlinePolicies[].policy")


def open_ports(resource: Resource) -> Iterator[Violation]:
    if resource.cloud is not Cloud.AWS:
        yield from firewall.open_ports(resource)
    elif resource.type == "aws:ec2/securityGroup:SecurityGroup":
        for hit in _rules(resource.properties):
            yield from _open(hit, (*_texts(hit.around, "cidrBlocks"), *_texts(hit.around, "ipv6CidrBlocks")))
    elif resource.type == "aws:ec2/securityGroupRule:SecurityGroupRule" and resource.properties.get("type") == "ingress":
        around = resource.properties
        yield from _open(Hit("", None, around), (*_texts(around, "cidrBlocks"), *_texts(around, "ipv6CidrBlocks")))
    elif resource.type == "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
        around = resource.properties
        yield from _open(Hit("", None, around), (*_texts(around, "cidrIpv4"), *_texts(around, "cidrIpv6")))


def _rules(properties: Properties) -> Iterator[Hit]:
    rules = properties.get("ingress")
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        if isinstance(rule, dict):
            yield Hit(f"ingress[{index}]", None, rule)


def _texts(around: Properties, key: str) -> list[str]:
    value = around.get(key)
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _open(hit: Hit, sources: tuple[str, ...]) -> Iterator[Violation]:
    open_to = next((source for source in sources if source in ANYONE), None)
    protocol = hit.around.get("protocol") or hit.around.get("ipProtocol")
    ports = [port for port in ADMIN_PORTS if _covers(hit.around, port, protocol)]
    if open_to and ports:
        listed = ", ".join(map(str, ports))
        path = hit.path or "cidrBlocks"
        yield Violation("NET-01", path, f'"{open_to}"', f"administration ports ({listed}) are open to the Internet", "a narrower CIDR")


def _covers(around: Properties, port: int, protocol: Value) -> bool:
    if protocol in ("-1", "all", -1):
        return True
    low, high = around.get("fromPort"), around.get("toPort")
    low = 0 if isinstance(low, Unknown) else low  # not known: may be any port
    high = 65535 if isinstance(high, Unknown) else high
    return isinstance(low, (int, float)) and isinstance(high, (int, float)) and low <= port <= high and protocol in ("tcp", "6", 6)


@dataclass(frozen=True)
class Endpoint:
    """How a cluster's public endpoint is closed (`path`, value) or limited to addresses."""

    closed: str
    by: bool
    addresses: str


ENDPOINTS = {
    "aws:eks/cluster:Cluster": Endpoint("vpcConfig.endpointPublicAccess", False, "vpcConfig.publicAccessCidrs[]"),
    "gcp:container/cluster:Cluster": Endpoint(
        "privateClusterConfig.enablePrivateEndpoint", True, "masterAuthorizedNetworksConfig.cidrBlocks[].cidrBlock"
    ),
    "azure-native:containerservice:ManagedCluster": Endpoint(
        "apiServerAccessProfile.enablePrivateCluster", True, "apiServerAccessProfile.authorizedIPRanges[]"
    ),
}


def cluster_endpoint(resource: Resource) -> Iterator[Violation]:
    endpoint = ENDPOINTS.get(resource.type)
    if endpoint is None:
        return
    hits = list(at(resource.properties, endpoint.addresses))
    public = next(iter(at(resource.properties, endpoint.closed)), None)
    if public is not None and public.value is endpoint.by:
        return
    if not hits:
        message = "the public endpoint is open to the Internet unless it is closed or limited"
        closed = f"a list of CIDRs, or {endpoint.closed.rpartition('.')[2]} {str(endpoint.by).lower()}"
        yield Violation("NET-04", re.sub(r"\[\].*", "", endpoint.addresses), "absent", message, closed)
    for hit in hits:
        if hit.value in ANYONE or isinstance(hit.value, Unknown):
            value = "unknown" if isinstance(hit.value, Unknown) else f'"{hit.value}"'
            yield Violation("NET-04", hit.path, value, "the cluster's endpoint would be open to the Internet", "a narrower CIDR")


def wide_rights(resource: Resource) -> Iterator[Violation]:
    if not IDENTITY_POLICIES.fullmatch(resource.type):
        return
    for path in POLICY_PATHS:
        for hit in at(resource.properties, path):
            for index, statement in _statements(hit.value):
                actions, targets = _texts(statement, "Action"), _texts(statement, "Resource")
                wide = next((action for action in actions if action == "*" or action.endswith(":*")), None)
                if wide and "*" in targets and statement.get("Effect") == "Allow" and "Condition" not in statement:
                    message = "every action of a service on every resource; write the actions or the resources"
                    yield Violation("IAM-01", f"{hit.path}.Statement[{index}]", f'"{wide}" on "*"', message)


def trust(resource: Resource) -> Iterator[Violation]:
    for hit in at(resource.properties, "assumeRolePolicy") if resource.type == "aws:iam/role:Role" else ():
        for index, statement in _statements(hit.value):
            principal = statement.get("Principal")
            named = _texts(principal, "AWS") if isinstance(principal, dict) else [principal]
            if "*" in named and statement.get("Effect") == "Allow":
                message = "anyone may assume the role; name the principal"
                yield Violation("IAM-03", f"{hit.path}.Statement[{index}]", 'Principal "*"', message)


def _statements(document: Value) -> Iterator[tuple[int, Properties]]:
    """Statements of a document that is known; one that is not is judged at the update, when it is."""
    content = parsed(document) if isinstance(document, str) else document
    statements = content.get("Statement") if isinstance(content, dict) else None
    for index, statement in enumerate(statements if isinstance(statements, list) else [statements]):
        if isinstance(statement, dict):
            yield index, statement
