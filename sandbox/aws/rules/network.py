"""EC2 networking rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.aws.regions import partition, region_of, zone_id, zones
from sandbox.aws.rules.policies import document
from sandbox.contract import Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, cidr, ip_network, known, matches, needs_one, not_both, one_of
from sandbox.walk import find, text

_PROTOCOLS = ("-1", "tcp", "udp", "icmp", "icmpv6", "all")
_SERVICE = re.compile(r"(com\.amazonaws|eu\.amazonaws|cn\.com\.amazonaws|aws\.api)\.(?P<region>[a-z0-9-]+)\.(?P<service>[a-z0-9.-]+)")
_GATEWAY_SERVICES = {"s3", "dynamodb"}


def zone_in_region(path: str) -> Rule:
    def rule(request: Request, inputs: Properties) -> Iterator[Failure]:
        region = region_of(request.instance, inputs)
        for where, value in find(inputs, path):
            if value not in zones(region):
                yield Failure(
                    where, f"InvalidParameterValue: {show(value)} is no availability zone of {region} (it has {', '.join(zones(region))})"
                )

    return rule


def _zone_ids(request: Request, inputs: Properties) -> Iterator[Failure]:
    region = region_of(request.instance, inputs)
    ids = [zone_id(zone) for zone in zones(region)]
    if (value := text(inputs, "availabilityZoneId")) and value not in ids:
        yield Failure("availabilityZoneId", f"InvalidParameterValue: {show(value)} is no zone of {region} (it has {', '.join(ids)})")


def _ports(request: Request, inputs: Properties) -> Iterator[Failure]:
    protocol, low, high = inputs.get("ipProtocol"), inputs.get("fromPort"), inputs.get("toPort")
    if protocol in ("tcp", "udp", "6", "17"):
        if low is None or high is None:
            yield Failure("fromPort", f"fromPort and toPort are needed with ipProtocol {protocol}")
        elif isinstance(low, int | float) and isinstance(high, int | float):
            if not (0 <= low <= 65535 and 0 <= high <= 65535):
                yield Failure("fromPort", f"Invalid value for portRange: {low:g}-{high:g} (allowed: 0-65535)")
            elif low > high:
                yield Failure("fromPort", f"Invalid TCP/UDP port range ({low:g}:{high:g})")
    elif protocol in ("-1", "all") and (known(low) or known(high)) and not (low == high == -1 or low == high == 0):
        yield Failure("fromPort", "ports cannot be given when ipProtocol is -1: it covers all of them")


def _address_family(request: Request, inputs: Properties) -> Iterator[Failure]:
    for name, version in (("cidrIpv4", 4), ("cidrIpv6", 6)):
        network = ip_network(inputs.get(name)) if isinstance(inputs.get(name), str) else None
        if network is not None and network.version != version:
            yield Failure(name, f"{show(inputs[name])} is not an IPv{version} network")


def _endpoint(request: Request, inputs: Properties) -> Iterator[Failure]:
    region = region_of(request.instance, inputs)
    name, kind = text(inputs, "serviceName"), inputs.get("vpcEndpointType") or "Gateway"
    match = _SERVICE.fullmatch(name) if name else None
    if name and match is None and not name.startswith("com.amazonaws.vpce."):
        yield Failure("serviceName", f"InvalidServiceName: The Vpc Endpoint Service '{name}' does not exist")
    if match is None:
        return
    if match["region"] != region and inputs.get("serviceRegion") is None:
        yield Failure("serviceName", f"InvalidServiceName: The Vpc Endpoint Service '{name}' does not exist in {region}")
    prefix = "eu.amazonaws" if partition(region) == "aws-eusc" else "com.amazonaws"
    if match["service"] not in _GATEWAY_SERVICES and kind == "Gateway":
        yield Failure("vpcEndpointType", f"InvalidParameter: {prefix}.{region}.{match['service']} has no Gateway endpoint; use Interface")
    if kind == "Gateway":
        for wrong in ("subnetIds", "securityGroupIds"):
            if inputs.get(wrong):
                yield Failure(wrong, "InvalidParameter: a Gateway endpoint takes route tables only")
    elif inputs.get("routeTableIds"):
        yield Failure("routeTableIds", "InvalidParameter: only a Gateway endpoint takes route tables")


def _flow_log(request: Request, inputs: Properties) -> Iterator[Failure]:
    kind = inputs.get("logDestinationType") or "cloud-watch-logs"
    if kind == "cloud-watch-logs" and inputs.get("iamRoleArn") is None:
        yield Failure("iamRoleArn", "InvalidParameter: DeliverLogsPermissionArn is needed when the destination is cloud-watch-logs")
    if kind != "cloud-watch-logs" and inputs.get("iamRoleArn") is not None:
        yield Failure("iamRoleArn", f"InvalidParameter: DeliverLogsPermissionArn is not applicable for {kind} delivery")


_RULE: tuple[Rule, ...] = (
    needs_one("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"),
    cidr("cidrIpv4", 0, 32),
    cidr("cidrIpv6", 0, 128),
    _address_family,
    matches("ipProtocol", r"-1|tcp|udp|icmp|icmpv6|\d{1,3}", "is not a protocol (allowed: -1, tcp, udp, icmp, icmpv6 or a number)"),
    _ports,
    matches("description", r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}", "holds characters that a rule's description may not"),
)

_SECURITY_GROUP: tuple[Rule, ...] = (
    matches("name", r"(?!sg-)[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}", "is not a security group name (may not begin with sg-)"),
    matches("description", r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}", "holds characters that a description may not"),
    one_of("ingress[].protocol", *_PROTOCOLS),
    one_of("egress[].protocol", *_PROTOCOLS),
    between("ingress[].fromPort", -1, 65535),
    between("ingress[].toPort", -1, 65535),
    cidr("ingress[].cidrBlocks[]", 0, 32),
    cidr("egress[].cidrBlocks[]", 0, 32),
)

RULES: dict[str, tuple[Rule, ...]] = {
    "aws:ec2/vpc:Vpc": (
        cidr("cidrBlock", 16, 28),
        one_of("instanceTenancy", "default", "dedicated"),
        needs_one("cidrBlock", "ipv4IpamPoolId"),
    ),
    "aws:ec2/subnet:Subnet": (
        cidr("cidrBlock", 16, 28),
        zone_in_region("availabilityZone"),
        _zone_ids,
        not_both("availabilityZone", "availabilityZoneId"),
    ),
    "aws:ec2/natGateway:NatGateway": (one_of("connectivityType", "public", "private"),),
    "aws:ec2/eip:Eip": (one_of("domain", "vpc", "standard"),),
    "aws:ec2/route:Route": (
        needs_one("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
        needs_one(
            *("gatewayId", "natGatewayId", "vpcEndpointId", "transitGatewayId", "vpcPeeringConnectionId", "networkInterfaceId"),
            *("egressOnlyGatewayId", "carrierGatewayId", "coreNetworkArn", "localGatewayId", "odbNetworkArn"),
        ),
        cidr("destinationCidrBlock", 0, 32),
        cidr("destinationIpv6CidrBlock", 0, 128),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": (needs_one("subnetId", "gatewayId", "publicIpv4Pool"),),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (
        one_of("vpcEndpointType", "Gateway", "Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork"),
        one_of("ipAddressType", "ipv4", "dualstack", "ipv6"),
        _endpoint,
        document("policy", "endpoint"),
    ),
    "aws:ec2/securityGroup:SecurityGroup": _SECURITY_GROUP,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _SECURITY_GROUP[2:],
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _RULE,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _RULE,
    "aws:ec2/flowLog:FlowLog": (
        one_of("trafficType", "ACCEPT", "REJECT", "ALL"),
        one_of("logDestinationType", "cloud-watch-logs", "s3", "kinesis-data-firehose"),
        one_of("maxAggregationInterval", 60, 600),
        needs_one("vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId", "regionalNatGatewayId"),
        _flow_log,
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        matches("name", r"[a-zA-Z0-9().\-/_]{3,128}", "is not a launch template name"),
        one_of("metadataOptions.httpTokens", "optional", "required"),
        one_of("metadataOptions.httpEndpoint", "enabled", "disabled"),
        one_of("metadataOptions.instanceMetadataTags", "enabled", "disabled"),
        between("metadataOptions.httpPutResponseHopLimit", 1, 64),
        one_of("blockDeviceMappings[].ebs.volumeType", "gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"),
        between("blockDeviceMappings[].ebs.volumeSize", 1, 65536),
        between("blockDeviceMappings[].ebs.iops", 100, 256000),
        between("blockDeviceMappings[].ebs.throughput", 125, 2000),
        one_of("tagSpecifications[].resourceType", "instance", "volume", "network-interface", "spot-instances-request", "elastic-gpu"),
        matches("imageId", r"ami-([0-9a-f]{8}|[0-9a-f]{17})|resolve:ssm:\S+", "is not an AMI id"),
    ),
    "aws:ec2/networkAcl:NetworkAcl": (
        one_of("ingress[].action", "allow", "deny"),
        one_of("egress[].action", "allow", "deny"),
        between("ingress[].ruleNo", 1, 32766),
        between("egress[].ruleNo", 1, 32766),
    ),
}
