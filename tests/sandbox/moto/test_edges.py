from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.contract import Record, Refused
from tests.sandbox.moto.life import Case, Ground, ec2_tags, live
from tests.sandbox.moto.stage import REGION, Bench

ACL = "aws:ec2/networkAcl:NetworkAcl"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"

S3 = f"com.amazonaws.{REGION}.s3"


def policy(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}]})


def allow(number: int, cidr: str, port: int | None = None) -> dict[str, Any]:
    ports = {"protocol": "-1", "fromPort": 0, "toPort": 0} if port is None else {"protocol": "tcp", "fromPort": port, "toPort": port}
    return {"ruleNo": number, "action": "allow", "cidrBlock": cidr, **ports}


def acl(ec2: Any, thing: Record) -> dict[str, Any]:
    (found,) = ec2.describe_network_acls(NetworkAclIds=[thing.id])["NetworkAcls"]
    entries = {
        (one["Egress"], one["RuleNumber"], one["Protocol"], one["CidrBlock"], one.get("PortRange", {}).get("From"))
        for one in found["Entries"]
    }
    return {"entries": entries, "subnets": {one["SubnetId"] for one in found["Associations"]}, "tags": ec2_tags(ec2, thing)}


def endpoint(ec2: Any, thing: Record) -> dict[str, Any]:
    (found,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[thing.id])["VpcEndpoints"]
    tables = ec2.describe_route_tables()["RouteTables"]
    return {
        "tables": set(found["RouteTableIds"]),
        "led by": {table["RouteTableId"] for table in tables for one in table["Routes"] if one.get("GatewayId") == thing.id},
        "subnets": set(found["SubnetIds"]),
        "groups": {one["GroupId"] for one in found["Groups"]},
        "actions": {one["Action"] for one in json.loads(found["PolicyDocument"])["Statement"]},
        "tags": ec2_tags(ec2, thing),
    }


def told(**known: Any) -> dict[str, Any]:
    return {**{key: set[str]() for key in ("tables", "led by", "subnets", "groups")}, "actions": {"*"}, "tags": dict[str, str](), **known}


def guarded(ground: Ground) -> dict[str, Any]:
    for number, name in enumerate("cd", 70):
        ground.stand(f"subnet-{name}", SUBNET, vpcId=ground.vpc.id, cidrBlock=f"10.20.{number}.0/24")
    return {
        "vpcId": ground.vpc.id,
        "subnetIds": [ground.ids["subnet-c"]],
        "ingress": [allow(100, "10.20.0.0/16")],
        "egress": [allow(100, "10.20.0.0/16"), allow(200, "0.0.0.0/0", 443)],
        "tags": {"a": "b"},
    }


def gateway(ground: Ground) -> dict[str, Any]:
    for name in "ab":
        ground.stand(f"table-{name}", TABLE, vpcId=ground.vpc.id)
    return {
        "vpcId": ground.vpc.id,
        "serviceName": S3,
        "vpcEndpointType": "Gateway",
        "routeTableIds": [ground.ids["table-a"]],
        "policy": policy("s3:*"),
        "tags": {"a": "b"},
    }


def interface(ground: Ground) -> dict[str, Any]:
    for name in "ab":
        ground.stand(f"group-{name}", GROUP, name=f"endpoints-{name}", description="d", vpcId=ground.vpc.id)
    return {
        "vpcId": ground.vpc.id,
        "serviceName": f"com.amazonaws.{REGION}.kms",
        "vpcEndpointType": "Interface",
        "subnetIds": [ground.public.id],
        "securityGroupIds": [ground.ids["group-a"]],
        "privateDnsEnabled": True,
    }


CASES = (
    Case(
        ACL,
        "ec2",
        given=guarded,
        show=acl,
        made=lambda ground: {
            "entries": {
                (False, 100, "-1", "10.20.0.0/16", None),
                (True, 100, "-1", "10.20.0.0/16", None),
                (True, 200, "6", "0.0.0.0/0", 443),
            },
            "subnets": {ground.ids["subnet-c"]},
            "tags": {"a": "b"},
        },
        change=lambda ground: {
            "subnetIds": [ground.ids["subnet-d"]],
            "ingress": [allow(100, "10.0.0.0/8"), allow(110, "10.20.0.0/16", 22)],
            "egress": [],
            "tags": {"c": "d"},
        },
        changed=lambda ground: {
            "entries": {(False, 100, "-1", "10.0.0.0/8", None), (False, 110, "6", "10.20.0.0/16", 22)},
            "subnets": {ground.ids["subnet-d"]},
            "tags": {"c": "d"},
        },
        meddle=lambda ec2, thing, ground: ec2.create_network_acl_entry(
            NetworkAclId=thing.id, RuleNumber=1, Protocol="-1", RuleAction="allow", Egress=True, CidrBlock="0.0.0.0/0"
        ),
        drift=lambda ground: {"egress": [allow(1, "0.0.0.0/0")]},
    ),
    Case(
        ENDPOINT,
        "ec2",
        given=gateway,
        show=endpoint,
        made=lambda ground: told(tables={ground.ids["table-a"]}, actions={"s3:*"}, tags={"a": "b"}) | {"led by": {ground.ids["table-a"]}},
        change=lambda ground: {"routeTableIds": [ground.ids["table-b"]], "policy": None, "tags": {"c": "d"}},
        changed=lambda ground: told(tables={ground.ids["table-b"]}, tags={"c": "d"}) | {"led by": {ground.ids["table-b"]}},
        meddle=lambda ec2, thing, ground: ec2.modify_vpc_endpoint(VpcEndpointId=thing.id, AddRouteTableIds=[ground.ids["table-a"]]),
        drift=lambda ground: {"routeTableIds": [ground.ids["table-b"], ground.ids["table-a"]]},
    ),
    Case(
        ENDPOINT,
        "ec2",
        given=interface,
        show=endpoint,
        made=lambda ground: told(subnets={ground.public.id}, groups={ground.ids["group-a"]}),
        change=lambda ground: {
            "subnetIds": [ground.private.id],
            "securityGroupIds": [ground.ids["group-b"]],
            "policy": policy("kms:Decrypt"),
        },
        changed=lambda ground: told(subnets={ground.private.id}, groups={ground.ids["group-b"]}, actions={"kms:Decrypt"}),
        meddle=lambda ec2, thing, ground: ec2.modify_vpc_endpoint(
            VpcEndpointId=thing.id, PolicyDocument=policy("kms:*"), RemoveSecurityGroupIds=[ground.ids["group-b"]]
        ),
        drift=lambda ground: {"policy": policy("kms:*"), "securityGroupIds": []},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=("acl", "gateway", "interface"))
def test_it_lives_in_moto_from_creation_to_deletion(ground: Ground, case: Case):
    live(case, ground)


def test_a_subnet_always_has_one_acl(bench: Bench, ground: Ground):
    subnet = ground.make(SUBNET, vpcId=ground.vpc.id, cidrBlock="10.20.80.0/24")

    def its(ec2: Any) -> list[str]:
        found = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet.id]}])["NetworkAcls"]
        return [one["NetworkAclId"] for one in found]

    made = ground.make(ACL, vpcId=ground.vpc.id, subnetIds=[subnet.id])
    assert its(bench.boto3("ec2")) == [made.id]
    bench.remove(made)
    assert its(bench.boto3("ec2")) == [ground.vpc.outputs["defaultNetworkAclId"]]


def test_an_endpoint_goes_also_when_somebody_has_led_a_table_to_it(bench: Bench, ground: Ground):
    made = bench.make(ENDPOINT, {"vpcId": ground.vpc.id, "serviceName": S3})
    table = bench.make(TABLE, {"vpcId": ground.vpc.id})
    bench.boto3("ec2").modify_vpc_endpoint(VpcEndpointId=made.id, AddRouteTableIds=[table.id])
    bench.remove(made)
    assert bench.drifted(made) is None


REFUSED = {
    "InvalidVpcID.NotFound": (ENDPOINT, {"vpcId": "vpc-00000000000000000", "serviceName": S3}),
    "InvalidSubnetID.NotFound": (ACL, {"vpcId": "$vpc", "subnetIds": ["subnet-00000000000000000"]}),
    "NetworkAclEntryAlreadyExists": (ACL, {"vpcId": "$vpc", "ingress": [allow(1, "10.0.0.0/8"), allow(1, "10.1.0.0/16")]}),
}


def test_what_moto_refuses_is_refused_in_its_words_and_leaves_nothing(bench: Bench, ground: Ground):
    mine = [{"Name": "vpc-id", "Values": [ground.vpc.id]}]
    before = len(bench.boto3("ec2").describe_network_acls(Filters=mine)["NetworkAcls"])
    codes: list[str] = []
    for type_, inputs in REFUSED.values():
        with pytest.raises(Refused) as refusal:
            bench.make(type_, {name: ground.vpc.id if value == "$vpc" else value for name, value in inputs.items()})
        codes.append(refusal.value.code)
    assert codes == list(REFUSED)
    assert len(bench.boto3("ec2").describe_network_acls(Filters=mine)["NetworkAcls"]) == before
