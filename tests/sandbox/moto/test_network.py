from __future__ import annotations

from typing import Any

import pytest

from sandbox.contract import Record, Refused
from tests.sandbox.moto.life import Case, Ground, ec2_tags, live
from tests.sandbox.moto.stage import Bench

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
ADDRESS = "aws:ec2/eip:Eip"
NAT = "aws:ec2/natGateway:NatGateway"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"


def vpc(ec2: Any, thing: Record) -> dict[str, Any]:
    (found,) = ec2.describe_vpcs(VpcIds=[thing.id])["Vpcs"]
    names = ("enableDnsSupport", "enableDnsHostnames")
    switches = {name: ec2.describe_vpc_attribute(VpcId=thing.id, Attribute=name) for name in names}
    return {name: switches[name][f"E{name[1:]}"]["Value"] for name in names} | {"cidr": found["CidrBlock"], "tags": ec2_tags(ec2, thing)}


def subnet(ec2: Any, thing: Record) -> dict[str, Any]:
    (found,) = ec2.describe_subnets(SubnetIds=[thing.id])["Subnets"]
    told = {name: found[name] for name in ("CidrBlock", "AvailabilityZone", "AvailabilityZoneId", "MapPublicIpOnLaunch")}
    return told | {"tags": ec2_tags(ec2, thing)}


def gateway(ec2: Any, thing: Record) -> tuple[list[str], dict[str, str]]:
    (found,) = ec2.describe_internet_gateways(InternetGatewayIds=[thing.id])["InternetGateways"]
    return [one["VpcId"] for one in found["Attachments"]], ec2_tags(ec2, thing)


def address(ec2: Any, thing: Record) -> dict[str, Any]:
    (found,) = ec2.describe_addresses(AllocationIds=[thing.id])["Addresses"]
    assert found["PublicIp"] == thing.outputs["publicIp"]
    assert found["PublicIp"].replace(".", "-") in thing.outputs["publicDns"]
    return {"tags": ec2_tags(ec2, thing)}


def nat(ec2: Any, thing: Record) -> dict[str, Any]:
    (found,) = ec2.describe_nat_gateways(NatGatewayIds=[thing.id])["NatGateways"]
    (one,) = found["NatGatewayAddresses"]
    named = {"publicIp": "PublicIp", "associationId": "AssociationId", "networkInterfaceId": "NetworkInterfaceId"}
    assert {ours: thing.outputs[ours] for ours in named} == {ours: one[theirs] for ours, theirs in named.items()}
    return {"subnet": found["SubnetId"], "state": found["State"], "tags": ec2_tags(ec2, thing)}


def route(ec2: Any, thing: Record) -> dict[str, Any]:
    (table,) = ec2.describe_route_tables(RouteTableIds=[thing.inputs["routeTableId"]])["RouteTables"]
    (found,) = (one for one in table["Routes"] if one["DestinationCidrBlock"] == thing.inputs["destinationCidrBlock"])
    return {name: found[name] for name in ("GatewayId", "NatGatewayId") if name in found}


def associated(ec2: Any, thing: Record) -> list[dict[str, Any]]:
    tables = ec2.describe_route_tables()["RouteTables"]
    return [one for table in tables for one in table["Associations"] if one.get("SubnetId") == thing.inputs["subnetId"]]


def association(ec2: Any, thing: Record) -> list[str]:
    tables = ec2.describe_route_tables()["RouteTables"]
    return [
        table["RouteTableId"]
        for table in tables
        for one in table["Associations"]
        if one.get("SubnetId") == thing.inputs.get("subnetId", "")
    ]


def move(ec2: Any, thing: Record, table: str) -> None:
    (now,) = associated(ec2, thing)
    ec2.replace_route_table_association(AssociationId=now["RouteTableAssociationId"], RouteTableId=table)


def tag(ec2: Any, thing: Record, ground: Ground) -> None:
    del ground
    ec2.create_tags(Resources=[thing.id], Tags=[{"Key": "by", "Value": "hand"}])


def two_nats(ground: Ground) -> dict[str, Any]:
    for name in "ab":
        ground.stand(f"nat-{name}", NAT, subnetId=ground.public.id, allocationId=ground.make(ADDRESS, domain="vpc").id)
    table = ground.stand("table of a route", TABLE, vpcId=ground.vpc.id)
    return {"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": ground.ids["nat-a"]}


def two_tables(ground: Ground) -> dict[str, Any]:
    for name in "ab":
        ground.stand(f"table-{name}", TABLE, vpcId=ground.vpc.id)
    return {"subnetId": ground.private.id, "routeTableId": ground.ids["table-a"]}


SUBNETS = {"CidrBlock": "10.20.50.0/24", "AvailabilityZone": "eu-south-1c", "AvailabilityZoneId": "eus1-az3"}

CASES = (
    Case(
        VPC,
        "ec2",
        given=lambda ground: {"cidrBlock": "10.40.0.0/16", "enableDnsSupport": True, "enableDnsHostnames": True, "tags": {"a": "b"}},
        show=vpc,
        made=lambda ground: {"cidr": "10.40.0.0/16", "enableDnsSupport": True, "enableDnsHostnames": True, "tags": {"a": "b"}},
        change=lambda ground: {"enableDnsHostnames": False, "tags": {"c": "d"}},
        changed=lambda ground: {"cidr": "10.40.0.0/16", "enableDnsSupport": True, "enableDnsHostnames": False, "tags": {"c": "d"}},
        meddle=lambda ec2, thing, ground: ec2.modify_vpc_attribute(VpcId=thing.id, EnableDnsSupport={"Value": False}),
        drift=lambda ground: {"enableDnsSupport": False},
    ),
    Case(
        SUBNET,
        "ec2",
        given=lambda ground: {
            "vpcId": ground.vpc.id,
            "cidrBlock": "10.20.50.0/24",
            "availabilityZone": "eu-south-1c",
            "mapPublicIpOnLaunch": False,
            "tags": {"a": "b"},
        },
        show=subnet,
        made=lambda ground: {**SUBNETS, "MapPublicIpOnLaunch": False, "tags": {"a": "b"}},
        change=lambda ground: {"mapPublicIpOnLaunch": True, "tags": {"a": "c"}},
        changed=lambda ground: {**SUBNETS, "MapPublicIpOnLaunch": True, "tags": {"a": "c"}},
        meddle=lambda ec2, thing, ground: ec2.modify_subnet_attribute(SubnetId=thing.id, MapPublicIpOnLaunch={"Value": False}),
        drift=lambda ground: {"mapPublicIpOnLaunch": False},
    ),
    Case(
        GATEWAY,
        "ec2",
        given=lambda ground: {"vpcId": ground.vpc.id, "tags": {"a": "b"}},
        show=gateway,
        made=lambda ground: ([ground.vpc.id], {"a": "b"}),
        change=lambda ground: {"vpcId": ground.stand("second network", VPC, cidrBlock="10.41.0.0/16"), "tags": {}},
        changed=lambda ground: ([ground.ids["second network"]], {}),
        meddle=lambda ec2, thing, ground: ec2.detach_internet_gateway(InternetGatewayId=thing.id, VpcId=ground.ids["second network"]),
        drift=lambda ground: {"vpcId": None},
    ),
    Case(
        ADDRESS,
        "ec2",
        given=lambda ground: {"domain": "vpc", "tags": {"a": "b"}},
        show=address,
        made=lambda ground: {"tags": {"a": "b"}},
        change=lambda ground: {"tags": {"a": "c", "d": "e"}},
        changed=lambda ground: {"tags": {"a": "c", "d": "e"}},
        meddle=tag,
        drift=lambda ground: {"tags": {"a": "c", "d": "e", "by": "hand"}},
    ),
    Case(
        NAT,
        "ec2",
        given=lambda ground: {
            "subnetId": ground.public.id,
            "connectivityType": "public",
            "allocationId": ground.stand("address of a NAT", ADDRESS, domain="vpc"),
        },
        show=nat,
        made=lambda ground: {"subnet": ground.public.id, "state": "available", "tags": {}},
        change=lambda ground: {"tags": {"a": "b"}},
        changed=lambda ground: {"subnet": ground.public.id, "state": "available", "tags": {"a": "b"}},
        meddle=tag,
        drift=lambda ground: {"tags": {"a": "b", "by": "hand"}},
    ),
    Case(
        TABLE,
        "ec2",
        given=lambda ground: {"vpcId": ground.vpc.id, "tags": {"a": "b"}},
        show=ec2_tags,
        made=lambda ground: {"a": "b"},
        change=lambda ground: {"tags": {"c": "d"}},
        changed=lambda ground: {"c": "d"},
        meddle=lambda ec2, thing, ground: ec2.delete_tags(Resources=[thing.id], Tags=[{"Key": "c"}]),
        drift=lambda ground: {"tags": {}},
    ),
    Case(
        ROUTE,
        "ec2",
        given=two_nats,
        show=route,
        made=lambda ground: {"NatGatewayId": ground.ids["nat-a"]},
        change=lambda ground: {"natGatewayId": ground.ids["nat-b"]},
        changed=lambda ground: {"NatGatewayId": ground.ids["nat-b"]},
        meddle=lambda ec2, thing, ground: ec2.replace_route(
            RouteTableId=thing.inputs["routeTableId"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=ground.ids["nat-a"]
        ),
        drift=lambda ground: {"natGatewayId": ground.ids["nat-a"]},
    ),
    Case(
        ASSOCIATION,
        "ec2",
        given=two_tables,
        show=association,
        made=lambda ground: [ground.ids["table-a"]],
        change=lambda ground: {"routeTableId": ground.ids["table-b"]},
        changed=lambda ground: [ground.ids["table-b"]],
        meddle=lambda ec2, thing, ground: move(ec2, thing, ground.ids["table-a"]),
        drift=lambda ground: {"routeTableId": ground.ids["table-a"]},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_lives_in_moto_from_creation_to_deletion(ground: Ground, case: Case):
    live(case, ground)


def test_a_network_tells_what_came_with_it(bench: Bench):
    made = bench.make(VPC, {"cidrBlock": "10.42.0.0/16"})
    ec2 = bench.boto3("ec2")
    mine = [{"Name": "vpc-id", "Values": [made.id]}]

    (group,) = ec2.describe_security_groups(Filters=mine)["SecurityGroups"]
    (table,) = ec2.describe_route_tables(Filters=mine)["RouteTables"]
    (acl,) = ec2.describe_network_acls(Filters=mine)["NetworkAcls"]
    assert made.outputs["defaultSecurityGroupId"] == group["GroupId"]
    assert made.outputs["mainRouteTableId"] == made.outputs["defaultRouteTableId"] == table["RouteTableId"]
    assert made.outputs["defaultNetworkAclId"] == acl["NetworkAclId"]
    kept = bench.change(made, {"tags": {"a": "b"}})
    assert kept.outputs["defaultNetworkAclId"] == acl["NetworkAclId"]


def test_a_network_takes_with_it_what_came_with_it(bench: Bench):
    made = bench.make(VPC, {"cidrBlock": "10.43.0.0/16"})
    inside = bench.make(SUBNET, {"vpcId": made.id, "cidrBlock": "10.43.0.0/24"})
    address_ = bench.make(ADDRESS, {"domain": "vpc"})
    bench.make(GATEWAY, {"vpcId": made.id})
    out = bench.make(NAT, {"subnetId": inside.id, "allocationId": address_.id})

    bench.remove(out)
    bench.remove(address_)
    bench.remove(inside)
    bench.remove(made)

    ec2 = bench.boto3("ec2")
    mine = [{"Name": "vpc-id", "Values": [made.id]}]
    assert ec2.describe_network_acls(Filters=mine)["NetworkAcls"] == []
    assert ec2.describe_route_tables(Filters=mine)["RouteTables"] == []
    assert ec2.describe_security_groups(Filters=mine)["SecurityGroups"] == []
    assert ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [inside.id]}])["NetworkInterfaces"] == []


def test_what_is_gone_already_counts_as_deleted(bench: Bench, ground: Ground):
    things = [
        bench.make(ADDRESS, {"domain": "vpc"}),
        bench.make(TABLE, {"vpcId": ground.vpc.id}),
        bench.make(GATEWAY, {"vpcId": ground.vpc.id}),
        bench.make(VPC, {"cidrBlock": "10.44.0.0/16"}),
    ]
    things.append(bench.make(NAT, {"subnetId": ground.public.id, "allocationId": bench.make(ADDRESS, {"domain": "vpc"}).id}))
    things.append(bench.make(ROUTE, {"routeTableId": things[1].id, "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": things[-1].id}))
    for thing in reversed(things):
        bench.judge.delete(thing)
        assert bench.judge.read(thing) is None
        bench.judge.delete(thing)


REFUSED = {
    "InvalidSubnet.Conflict": (SUBNET, {"vpcId": "$vpc", "cidrBlock": "10.20.0.0/25"}),
    "InvalidSubnet.Range": (SUBNET, {"vpcId": "$vpc", "cidrBlock": "192.168.0.0/24"}),
    "InvalidVpc.Range": (VPC, {"cidrBlock": "10.0.0.0/8"}),
    "InvalidVpcID.NotFound": (SUBNET, {"vpcId": "vpc-00000000000000000", "cidrBlock": "10.20.0.0/24"}),
    "InvalidAllocationID.NotFound": (NAT, {"subnetId": "$subnet", "allocationId": "eipalloc-00000000000000000"}),
    "InvalidRouteTableID.NotFound": (ASSOCIATION, {"subnetId": "$subnet", "routeTableId": "rtb-00000000000000000"}),
    "InvalidInternetGatewayID.NotFound": (
        ROUTE,
        {"routeTableId": "$table", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-00000000000000000"},
    ),
    "RouteAlreadyExists": (ROUTE, {"routeTableId": "$table", "destinationCidrBlock": "10.99.0.0/16", "gatewayId": "$gateway"}),
}


def test_what_moto_refuses_is_refused_in_its_words(bench: Bench, ground: Ground):
    table = bench.make(TABLE, {"vpcId": ground.vpc.id})
    way = bench.make(GATEWAY, {"vpcId": ground.vpc.id})
    bench.make(ROUTE, {"routeTableId": table.id, "destinationCidrBlock": "10.99.0.0/16", "gatewayId": way.id})
    names = {"$vpc": ground.vpc.id, "$subnet": ground.public.id, "$table": table.id, "$gateway": way.id}
    codes: list[str] = []
    for type_, inputs in REFUSED.values():
        with pytest.raises(Refused) as refusal:
            bench.make(type_, {name: names.get(str(value), value) for name, value in inputs.items()})
        codes.append(refusal.value.code)
    assert codes == list(REFUSED)


def test_what_others_stand_on_is_not_deleted(bench: Bench, ground: Ground):
    table = bench.make(TABLE, {"vpcId": ground.vpc.id})
    own = bench.make(SUBNET, {"vpcId": ground.vpc.id, "cidrBlock": "10.20.60.0/24"})
    bench.make(ASSOCIATION, {"subnetId": own.id, "routeTableId": table.id})
    for thing in (ground.vpc, table):
        with pytest.raises(Refused, match="has dependencies") as refusal:
            bench.judge.delete(thing)
        assert refusal.value.code == "DependencyViolation"
        assert bench.drifted(thing) == {}
