"""EC2's networks: subnets, gateways, routes."""

from __future__ import annotations

from sandbox.aws.moto.row import Api, Call, Own, Read, Row, Scope
from sandbox.aws.moto.rows.ec2 import only, tagging, where
from sandbox.aws.outputs.network import public_ip
from sandbox.contract import Refused


def _attribute(member: str, property_: str) -> tuple[Call, Read]:
    name = f"{member[0].lower()}{member[1:]}"
    change = Call(
        "ModifyVpcAttribute", {"VpcId": "$id", member: lambda thing: {"Value": bool(thing.inputs[property_])}}, (property_,), fill=False
    )
    return change, Read("DescribeVpcAttribute", {"VpcId": "$id", "Attribute": name}, member, {property_: "Value"})


_SUPPORT, _SUPPORT_READ = _attribute("EnableDnsSupport", "enableDnsSupport")
_HOSTNAMES, _HOSTNAMES_READ = _attribute("EnableDnsHostnames", "enableDnsHostnames")


def _of_vpc(operation: str, key: str, id_: str, *outputs: str, **filters: str) -> Read:
    """What came with a VPC: its id as `outputs` of the VPC."""
    found = f"{key}[0].{{id: {id_}}}"
    return Read(
        operation,
        {"Filters": lambda thing: where(vpc_id=thing.id, **filters)},
        lambda _: found,
        optional=True,
        facts=dict.fromkeys(outputs, "id"),
    )


def _delete_vpc(api: Api, thing: Scope) -> None:
    """The default ACL goes with it. Moto keeps it, with the associations of deleted subnets: one that is moved to nowhere is forgotten."""
    acls = api.call("DescribeNetworkAcls", Filters=where(vpc_id=thing.id, default="true"))["NetworkAcls"]
    api.call("DeleteVpc", VpcId=thing.id)
    for acl in acls:
        for association in acl["Associations"]:
            try:
                api.call(
                    "ReplaceNetworkAclAssociation",
                    AssociationId=association["NetworkAclAssociationId"],
                    NetworkAclId="acl-00000000000000000",
                )
            except Refused as error:
                if "NotFound" not in error.code:
                    raise
        api.call("DeleteNetworkAcl", NetworkAclId=acl["NetworkAclId"])


def _attach(api: Api, thing: Scope) -> None:
    _detach(api, thing)
    if thing.inputs.get("vpcId"):
        api.call("AttachInternetGateway", InternetGatewayId=thing.id, VpcId=thing.inputs["vpcId"])


def _detach(api: Api, thing: Scope) -> None:
    gateway = only(api, "DescribeInternetGateways", "InternetGateways", InternetGatewayIds=[thing.id])
    for attachment in gateway.get("Attachments", ()):
        api.call("DetachInternetGateway", InternetGatewayId=thing.id, VpcId=attachment["VpcId"])


def _delete_gateway(api: Api, thing: Scope) -> None:
    _detach(api, thing)
    api.call("DeleteInternetGateway", InternetGatewayId=thing.id)


def _delete_nat(api: Api, thing: Scope) -> None:
    """Only what is there: moto answers with an internal error otherwise. The interface goes with it; moto keeps it."""
    gateway = only(api, "DescribeNatGateways", "NatGateways", NatGatewayIds=[thing.id])
    if gateway.get("State", "deleted") == "deleted":
        return
    api.call("DeleteNatGateway", NatGatewayId=thing.id)
    for address in gateway["NatGatewayAddresses"]:
        if "AssociationId" in address:
            api.call("DisassociateAddress", AssociationId=address["AssociationId"])
        api.call("DeleteNetworkInterface", NetworkInterfaceId=address["NetworkInterfaceId"])


_DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}


def _route(thing: Scope) -> str:
    member, value = next((member, value) for name, member in _DESTINATIONS.items() if (value := thing.inputs.get(name)))
    return f"RouteTables[0].Routes[?{member}=='{value}'] | [0]"


def _end(thing: Scope) -> str:
    """What a route table is associated with. An association that is moved to another table gets another id, so that tells nothing."""
    return str(thing.inputs.get("subnetId") or thing.inputs.get("gatewayId") or thing.id)


def _association(api: Api, thing: Scope) -> str:
    """The id that it has now. Raises Refused when there is none."""
    for table in api.call("DescribeRouteTables")["RouteTables"]:
        for one in table["Associations"]:
            if _end(thing) in (one.get("SubnetId"), one.get("GatewayId"), one["RouteTableAssociationId"]):
                return str(one["RouteTableAssociationId"])
    raise Refused("InvalidAssociationID.NotFound", f"no route table is associated with {_end(thing)}")


ROWS: dict[str, Row] = {
    "aws:ec2/vpc:Vpc": Row(
        "ec2",
        create=Call("CreateVpc"),
        id="Vpc.VpcId",
        outputs={"dhcpOptionsId": "Vpc.DhcpOptionsId"},
        reads=(
            Read("DescribeVpcs", {"VpcIds": ["$id"]}, "Vpcs[0]"),
            _SUPPORT_READ,
            _HOSTNAMES_READ,
            _of_vpc("DescribeSecurityGroups", "SecurityGroups", "GroupId", "defaultSecurityGroupId", group_name="default"),
            _of_vpc("DescribeNetworkAcls", "NetworkAcls", "NetworkAclId", "defaultNetworkAclId", default="true"),
            _of_vpc(
                "DescribeRouteTables", "RouteTables", "RouteTableId", "mainRouteTableId", "defaultRouteTableId", association__main="true"
            ),
        ),
        settings=(_SUPPORT, _HOSTNAMES),
        delete=_delete_vpc,
        tagging=tagging("vpc"),
    ),
    "aws:ec2/subnet:Subnet": Row(
        "ec2",
        create=Call("CreateSubnet"),
        id="Subnet.SubnetId",
        outputs={"availabilityZoneId": "Subnet.AvailabilityZoneId"},
        reads=(Read("DescribeSubnets", {"SubnetIds": ["$id"]}, "Subnets[0]"),),
        settings=(
            Call(
                "ModifySubnetAttribute",
                {"SubnetId": "$id", "MapPublicIpOnLaunch": lambda thing: {"Value": bool(thing.inputs["mapPublicIpOnLaunch"])}},
                ("mapPublicIpOnLaunch",),
                fill=False,
            ),
        ),
        delete=Call("DeleteSubnet", {"SubnetId": "$id"}),
        tagging=tagging("subnet"),
    ),
    "aws:ec2/internetGateway:InternetGateway": Row(
        "ec2",
        create=Call("CreateInternetGateway"),
        id="InternetGateway.InternetGatewayId",
        reads=(
            Read("DescribeInternetGateways", {"InternetGatewayIds": ["$id"]}, "InternetGateways[0]", {"vpcId": "Attachments[0].VpcId"}),
        ),
        settings=(Own(_attach, ("vpcId",)),),
        delete=_delete_gateway,
        tagging=tagging("internet-gateway"),
    ),
    "aws:ec2/eip:Eip": Row(
        "ec2",
        # An address for documentation: moto would give out one of the loopback network.
        create=Call("AllocateAddress", {"Address": lambda thing: thing.inputs.get("address") or public_ip()}, ("address", "domain")),
        id="AllocationId",
        outputs={"allocationId": "AllocationId", "publicIp": "PublicIp"},
        reads=(Read("DescribeAddresses", {"AllocationIds": ["$id"]}, "Addresses[0]", {"address": "PublicIp"}),),
        delete=Call("ReleaseAddress", {"AllocationId": "$id"}),
        tagging=tagging("elastic-ip"),
    ),
    "aws:ec2/natGateway:NatGateway": Row(
        "ec2",
        create=Call("CreateNatGateway"),
        id="NatGateway.NatGatewayId",
        outputs={
            "associationId": "NatGateway.NatGatewayAddresses[0].AssociationId",
            "networkInterfaceId": "NatGateway.NatGatewayAddresses[0].NetworkInterfaceId",
            "publicIp": "NatGateway.NatGatewayAddresses[0].PublicIp",
        },
        reads=(
            Read(
                "DescribeNatGateways",
                {"NatGatewayIds": ["$id"]},
                "NatGateways[?State!='deleted'] | [0]",
                {"allocationId": "NatGatewayAddresses[0].AllocationId"},
            ),
        ),
        delete=_delete_nat,
        tagging=tagging("natgateway"),
    ),
    "aws:ec2/routeTable:RouteTable": Row(
        "ec2",
        create=Call("CreateRouteTable"),
        id="RouteTable.RouteTableId",
        reads=(Read("DescribeRouteTables", {"RouteTableIds": ["$id"]}, "RouteTables[0]", {"routes": lambda _: None}),),
        delete=Call("DeleteRouteTable", {"RouteTableId": "$id"}),
        tagging=tagging("route-table"),
        beyond={"routes": "routes are resources of their own here"},
    ),
    "aws:ec2/route:Route": Row(
        "ec2",
        create=Call("CreateRoute"),
        reads=(Read("DescribeRouteTables", {"RouteTableIds": ["$routeTableId"]}, _route, {"routeTableId": lambda _: None}),),
        updates=(Call("ReplaceRoute"),),
        delete=Call("DeleteRoute"),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Row(
        "ec2",
        create=Call("AssociateRouteTable"),
        id="AssociationId",
        reads=(
            Read(
                "DescribeRouteTables",
                at=lambda thing: f"RouteTables[].Associations[] | [?SubnetId=='{_end(thing)}' || GatewayId=='{_end(thing)}'] | [0]",
            ),
        ),
        updates=(
            Own(
                lambda api, thing: api.call(
                    "ReplaceRouteTableAssociation", AssociationId=_association(api, thing), RouteTableId=thing.inputs["routeTableId"]
                ),
                ("routeTableId",),
            ),
        ),
        delete=lambda api, thing: api.call("DisassociateRouteTable", AssociationId=_association(api, thing)),
    ),
}
