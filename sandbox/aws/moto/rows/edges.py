"""EC2's network ACLs and endpoints: what may leave a subnet, and what need not leave it."""

from __future__ import annotations

import json
from typing import Any, cast

from sandbox.aws.moto.row import Api, Call, Own, Read, Row, Scope
from sandbox.aws.moto.rows.ec2 import only, tagging, where
from sandbox.contract import Refused

_NUMBERS = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1"}
_LAST = 32767
"""The number of the rule that denies what no other one allows. It is always there, and nobody's."""
_OPEN = json.dumps({"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})
"""The policy of an endpoint that was given none."""


def _members(rule: dict[str, Any]) -> dict[str, Any]:
    """Pulumi's ACL rule as EC2's entry, without direction."""
    protocol = str(rule["protocol"]).lower()
    entry: dict[str, Any] = {
        "RuleNumber": int(rule["ruleNo"]),
        "RuleAction": str(rule["action"]).lower(),
        "Protocol": _NUMBERS.get(protocol, protocol),
    }
    if entry["Protocol"] in ("6", "17"):
        entry["PortRange"] = {"From": int(rule["fromPort"]), "To": int(rule["toPort"])}
    if entry["Protocol"] == "1":
        entry["IcmpTypeCode"] = {"Type": int(rule.get("icmpType") or 0), "Code": int(rule.get("icmpCode") or 0)}
    for name, member in (("cidrBlock", "CidrBlock"), ("ipv6CidrBlock", "Ipv6CidrBlock")):
        if rule.get(name):
            entry[member] = rule[name]
    return entry


def _rules(entries: list[dict[str, Any]], egress: bool) -> list[dict[str, Any]]:
    """The reverse."""
    found: list[dict[str, Any]] = []
    for entry in entries:
        if entry["Egress"] is not egress or entry["RuleNumber"] == _LAST:
            continue
        ports, kind = entry.get("PortRange", {}), entry.get("IcmpTypeCode", {})
        rule = {"ruleNo": entry["RuleNumber"], "action": entry["RuleAction"], "protocol": entry["Protocol"]}
        rule |= {"fromPort": ports.get("From", 0), "toPort": ports.get("To", 0)}
        rule |= {"icmpType": kind["Type"], "icmpCode": kind["Code"]} if kind else {}
        rule |= {
            name: entry[member] for name, member in (("cidrBlock", "CidrBlock"), ("ipv6CidrBlock", "Ipv6CidrBlock")) if member in entry
        }
        found.append(rule)
    return sorted(found, key=lambda rule: rule["ruleNo"])


def _acl(api: Api, **filters: str) -> dict[str, Any]:
    return only(api, "DescribeNetworkAcls", "NetworkAcls", Filters=where(**filters))


def _entries(egress: bool) -> Own:
    property_ = "egress" if egress else "ingress"

    def run(api: Api, thing: Scope) -> None:
        acl = only(api, "DescribeNetworkAcls", "NetworkAcls", NetworkAclIds=[thing.id])
        there = [_members(rule) for rule in _rules(acl["Entries"], egress)]
        wanted = [_members(rule) for rule in cast("list[dict[str, Any]]", thing.inputs.get(property_) or [])]
        for entry in there:
            if entry not in wanted:
                api.call("DeleteNetworkAclEntry", NetworkAclId=thing.id, RuleNumber=entry["RuleNumber"], Egress=egress)
        for entry in wanted:
            if entry not in there:
                api.call("CreateNetworkAclEntry", NetworkAclId=thing.id, Egress=egress, **entry)

    return Own(run, (property_,))


def _subnets(api: Api, thing: Scope) -> None:
    _guard(api, thing, cast("list[str]", thing.inputs.get("subnetIds") or []))


def _guard(api: Api, thing: Scope, wanted: list[str]) -> None:
    """A subnet always has one ACL: those that lose this one get their network's default one."""
    acl = only(api, "DescribeNetworkAcls", "NetworkAcls", NetworkAclIds=[thing.id])
    there = {one["SubnetId"]: one["NetworkAclAssociationId"] for one in acl["Associations"]}
    stale = [association for subnet, association in there.items() if subnet not in wanted]
    if stale:
        default = _acl(api, vpc_id=acl["VpcId"], default="true")["NetworkAclId"]
        for association in stale:
            api.call("ReplaceNetworkAclAssociation", AssociationId=association, NetworkAclId=default)
    for subnet in wanted:
        if subnet not in there:
            held = _acl(api, association__subnet_id=subnet).get("Associations", ())
            association = next((one["NetworkAclAssociationId"] for one in held if one["SubnetId"] == subnet), None)
            if association is None:
                raise Refused("InvalidSubnetID.NotFound", f"The subnet ID '{subnet}' does not exist")
            api.call("ReplaceNetworkAclAssociation", AssociationId=association, NetworkAclId=thing.id)


def _delete_acl(api: Api, thing: Scope) -> None:
    _guard(api, thing, [])
    api.call("DeleteNetworkAcl", NetworkAclId=thing.id)


def _endpoint(api: Api, thing: Scope) -> dict[str, Any]:
    return only(api, "DescribeVpcEndpoints", "VpcEndpoints", VpcEndpointIds=[thing.id])


def _tables(api: Api, thing: Scope) -> None:
    _pass(api, thing, cast("list[str]", thing.inputs.get("routeTableIds") or []))


def _pass(api: Api, thing: Scope, wanted: list[str]) -> None:
    """The route tables that lead to a gateway endpoint. Moto changes its list and leaves the tables as they are; AWS keeps their routes."""
    endpoint = _endpoint(api, thing)
    there = cast("list[str]", endpoint["RouteTableIds"])
    _modify(api, thing, "RouteTableIds", there, wanted)
    names = where(prefix_list_name=endpoint["ServiceName"])
    target = only(api, "DescribePrefixLists", "PrefixLists", Filters=names).get("PrefixListId")
    if target is None:
        return
    for table in wanted:
        if table not in there:
            api.call("CreateRoute", RouteTableId=table, DestinationPrefixListId=target, GatewayId=thing.id)
    for table in there:
        routes = only(api, "DescribeRouteTables", "RouteTables", RouteTableIds=[table])["Routes"]
        if table not in wanted and any(route.get("DestinationPrefixListId") == target for route in routes):
            api.call("DeleteRoute", RouteTableId=table, DestinationPrefixListId=target)


def _modify(api: Api, thing: Scope, member: str, there: list[str], wanted: list[str]) -> None:
    changes = {f"Add{member}": [one for one in wanted if one not in there], f"Remove{member}": [one for one in there if one not in wanted]}
    if given := {name: ids for name, ids in changes.items() if ids}:
        api.call("ModifyVpcEndpoint", VpcEndpointId=thing.id, **given)


def _places(property_: str, member: str) -> Own:
    def run(api: Api, thing: Scope) -> None:
        endpoint = _endpoint(api, thing)
        there = _groups(endpoint) if member == "SecurityGroupIds" else endpoint[member]
        _modify(api, thing, member, there, cast("list[str]", thing.inputs.get(property_) or []))

    return Own(run, (property_,))


def _groups(endpoint: dict[str, Any]) -> list[str]:
    return [group["GroupId"] for group in endpoint["Groups"]]


def _delete_endpoint(api: Api, thing: Scope) -> None:
    if _endpoint(api, thing)["VpcEndpointType"] == "Gateway":
        _pass(api, thing, [])
    api.call("DeleteVpcEndpoints", VpcEndpointIds=[thing.id])


ROWS: dict[str, Row] = {
    "aws:ec2/networkAcl:NetworkAcl": Row(
        "ec2",
        create=Call("CreateNetworkAcl"),
        id="NetworkAcl.NetworkAclId",
        reads=(
            Read(
                "DescribeNetworkAcls",
                {"NetworkAclIds": ["$id"]},
                "NetworkAcls[0]",
                {
                    "ingress": lambda acl: _rules(acl["Entries"], egress=False),
                    "egress": lambda acl: _rules(acl["Entries"], egress=True),
                    "subnetIds": lambda acl: [one["SubnetId"] for one in acl["Associations"]],
                },
            ),
        ),
        settings=(_entries(egress=False), _entries(egress=True), Own(_subnets, ("subnetIds",))),
        delete=_delete_acl,
        tagging=tagging("network-acl"),
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Row(
        "ec2",
        create=Call(
            "CreateVpcEndpoint",
            {"PolicyDocument": "$policy", "VpcEndpointType": lambda thing: thing.inputs.get("vpcEndpointType") or "Gateway"},
            ("vpcEndpointType", "vpcId", "serviceName", "policy", "routeTableIds", "subnetIds", "securityGroupIds", "privateDnsEnabled"),
        ),
        id="VpcEndpoint.VpcEndpointId",
        outputs={"networkInterfaceIds": "VpcEndpoint.NetworkInterfaceIds"},  # its names are not like AWS's
        reads=(
            Read(
                "DescribeVpcEndpoints",
                {"VpcEndpointIds": ["$id"]},
                "VpcEndpoints[?State!='deleted'] | [0]",
                {"policy": "PolicyDocument", "securityGroupIds": _groups},
            ),
        ),
        updates=(
            Call(
                "ModifyVpcEndpoint",
                {"VpcEndpointId": "$id", "PolicyDocument": lambda thing: thing.inputs.get("policy") or _OPEN},
                ("policy",),
                fill=False,
            ),
            Own(_tables, ("routeTableIds",)),
            _places("subnetIds", "SubnetIds"),
            _places("securityGroupIds", "SecurityGroupIds"),
        ),
        delete=_delete_endpoint,
        tagging=tagging("vpc-endpoint"),
        fixed={"privateDnsEnabled": "moto 5.2.5's ModifyVpcEndpoint does not take it"},
    ),
}
