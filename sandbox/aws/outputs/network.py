"""EC2 networking."""

from __future__ import annotations

import secrets
from functools import partial

from sandbox.aws.outputs.context import Context, Outputs
from sandbox.aws.references import prefix_lists
from sandbox.aws.regions import zone_id, zones
from sandbox.contract import Properties
from sandbox.invent import hexadecimal


def fresh(prefix: str) -> str:
    return f"{prefix}-{hexadecimal(17)}"


def public_ip() -> str:
    """From the ranges for documentation: nobody's address."""
    return f"{secrets.choice(('203.0.113', '198.51.100', '192.0.2'))}.{secrets.randbelow(254) + 1}"


def _private_ip(cidr: str) -> str:
    first = cidr.split("/")[0].split(".")
    return ".".join([*first[:3], str(secrets.randbelow(240) + 10)]) if len(first) == 4 else ""


def vpc(c: Context) -> Properties:
    table = c.keep("mainRouteTableId", partial(fresh, "rtb"))
    return {
        "defaultNetworkAclId": c.keep("defaultNetworkAclId", partial(fresh, "acl")),
        "defaultRouteTableId": table,
        "mainRouteTableId": table,
        "defaultSecurityGroupId": c.keep("defaultSecurityGroupId", partial(fresh, "sg")),
        "dhcpOptionsId": c.keep("dhcpOptionsId", partial(fresh, "dopt")),
    }


def subnet(c: Context) -> Properties:
    wanted = c.text("availabilityZoneId")
    zone = c.text("availabilityZone") or next((z for z in zones(c.region) if zone_id(z) == wanted), zones(c.region)[0])
    return {"availabilityZone": zone, "availabilityZoneId": zone_id(zone), "privateDnsHostnameTypeOnLaunch": "ip-name"}


def nat_gateway(c: Context) -> Properties:
    place = c.other("aws:ec2/subnet:Subnet", c.known.get("subnetId"))
    address = c.other("aws:ec2/eip:Eip", c.known.get("allocationId"))
    public = c.known.get("connectivityType", "public") == "public"
    return {
        "associationId": fresh("eipassoc") if public else "",
        "availabilityMode": "zonal",
        "connectivityType": "public" if public else "private",
        "networkInterfaceId": fresh("eni"),
        "privateIp": _private_ip(str(place.outputs.get("cidrBlock", ""))) if place else "",
        "publicIp": str(address.outputs.get("publicIp", "")) if address else "",
        "vpcId": str(place.inputs.get("vpcId", "")) if place else "",
    }


def eip(c: Context) -> Properties:
    ip = c.text("publicIp") or public_ip()
    area = "" if c.region == "us-east-1" else f".{c.region}"
    return {
        "allocationId": c.id,
        "domain": "vpc",
        "networkBorderGroup": c.region,
        "publicDns": f"ec2-{ip.replace('.', '-')}{area}.compute.{c.dns}",
        "publicIp": ip,
        "publicIpv4Pool": "amazon",
    }


def route(c: Context) -> Properties:
    return {"origin": "CreateRoute", "state": "active"}


def endpoint(c: Context) -> Properties:
    service = c.text("serviceName").rpartition(".")[2]
    state: Properties = {"ipAddressType": "ipv4", "serviceRegion": c.region, "state": "available"}
    if c.known.get("vpcEndpointType", "Gateway") == "Gateway":
        return {**state, "vpcEndpointType": "Gateway", "prefixListId": prefix_lists(c.region).get(c.text("serviceName"), "")}
    host = f"{c.id}-{hexadecimal(8)}.{service}.{c.region}.vpce.{c.dns}"
    default = c.other("aws:ec2/vpc:Vpc", c.known.get("vpcId"))
    return {
        **state,
        "dnsEntries": [{"dnsName": host, "hostedZoneId": "Z1D633PJN98FT9"}],
        "networkInterfaceIds": [fresh("eni") for _ in c.items("subnetIds")],
        "privateDnsEnabled": False,
        "securityGroupIds": [default.outputs["defaultSecurityGroupId"]] if default else [],
    }


def security_group(c: Context) -> Properties:
    return {"description": "Managed by Pulumi", "vpcId": "", "ingress": [], "egress": []}


def default_security_group(c: Context) -> Properties:
    return {"name": "default", "description": "default VPC security group", "ingress": [], "egress": []}


def rule(c: Context) -> Properties:
    return {"securityGroupRuleId": c.id}


def network_acl(c: Context) -> Properties:
    return {"subnetIds": [], "ingress": [], "egress": []}


def flow_log(c: Context) -> Properties:
    fields = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes}"
    return {"logDestinationType": "cloud-watch-logs", "logFormat": f"{fields} ${{start}} ${{end}} ${{action}} ${{log-status}}"}


def launch_template(c: Context) -> Properties:
    latest = int(c.prior.outputs.get("latestVersion", 0)) + 1 if c.prior else 1
    # Every change makes a version; the default one moves only when asked to.
    default = latest if c.known.get("updateDefaultVersion") is True else int(c.prior.outputs.get("defaultVersion", 1)) if c.prior else 1
    return {"latestVersion": latest, "defaultVersion": default}


OUTPUTS: dict[str, Outputs] = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": default_security_group,
    "aws:ec2/eip:Eip": eip,
    "aws:ec2/flowLog:FlowLog": flow_log,
    "aws:ec2/launchTemplate:LaunchTemplate": launch_template,
    "aws:ec2/natGateway:NatGateway": nat_gateway,
    "aws:ec2/networkAcl:NetworkAcl": network_acl,
    "aws:ec2/route:Route": route,
    "aws:ec2/securityGroup:SecurityGroup": security_group,
    "aws:ec2/subnet:Subnet": subnet,
    "aws:ec2/vpc:Vpc": vpc,
    "aws:ec2/vpcEndpoint:VpcEndpoint": endpoint,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule,
}
