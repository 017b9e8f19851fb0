from __future__ import annotations

import json
from typing import Any

import pytest

from components.network.aws import AwsNetwork
from components.network.spec import NetworkSpec
from components.site import Site
from tests.answers import ACCOUNT
from tests.components.aws_wiring import KEY_ARN, SITE, SOVEREIGN, key
from tests.recorder import Recording, record

NAME = "playnew-production-network"
PER_ZONE = NetworkSpec(cidr="10.20.0.0/16", nat_per_zone=True, flow_log_days=100)
ONE = NetworkSpec(cidr="10.20.0.0/16", nat_per_zone=False)


def made(spec: NetworkSpec, site: Site = SITE) -> Recording[Any]:
    return record(
        lambda: AwsNetwork(NAME, spec, site, key()),
        {"aws:ec2/eip:Eip": lambda inputs: {"publicIp": f"15.160.0.{ord(inputs['tags']['Name'][-1])}", "allocationId": "eipalloc-1"}},
    )


@pytest.fixture(scope="module")
def production() -> Recording[Any]:
    return made(PER_ZONE)


@pytest.mark.requirement("PN-02")
def test_nodes_and_data_lie_in_three_zones_and_nothing_gets_a_public_address_by_itself(production: Recording[Any]) -> None:
    subnets = production.of("aws:ec2/subnet:Subnet")
    assert {(item.inputs["tags"]["tier"], item.inputs["availabilityZone"]) for item in subnets} == {
        (tier, zone) for tier in ("public", "private", "data") for zone in SITE.zones
    }
    assert {item.inputs["mapPublicIpOnLaunch"] for item in subnets} == {False}


def test_load_balancers_find_their_subnets_by_role(production: Recording[Any]) -> None:
    roles = {
        item.name: {tag for tag in item.inputs["tags"] if tag.startswith("kubernetes.io")}
        for item in production.of("aws:ec2/subnet:Subnet")
    }
    assert roles[f"{NAME}-public-a"] == {"kubernetes.io/role/elb"}
    assert roles[f"{NAME}-private-b"] == {"kubernetes.io/role/internal-elb"}
    assert roles[f"{NAME}-data-c"] == set()


def routes(registered: Recording[Any]) -> dict[str, tuple[str, str]]:
    """Destination and next hop by the table's name."""
    return {
        item.inputs["routeTableId"].removesuffix("-id"): (
            item.inputs["destinationCidrBlock"],
            item.inputs.get("gatewayId") or item.inputs["natGatewayId"],
        )
        for item in registered.of("aws:ec2/route:Route")
    }


def test_data_has_no_way_out_and_each_zone_has_its_own_gateway(production: Recording[Any]) -> None:
    assert routes(production) == {
        f"{NAME}-public-routes": ("0.0.0.0/0", f"{NAME}-internet-id"),
        **{f"{NAME}-private-{zone}-routes": ("0.0.0.0/0", f"{NAME}-nat-{zone}-id") for zone in "abc"},
    }
    tables = {
        item.inputs["subnetId"]: item.inputs["routeTableId"]
        for item in production.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
    }
    assert {tables[f"{NAME}-data-{zone}-id"] for zone in "abc"} == {f"{NAME}-data-routes-id"}
    assert tables[f"{NAME}-private-b-id"] == f"{NAME}-private-b-routes-id"
    assert len(tables) == 9


def test_gateways_stand_in_public_subnets_and_wait_for_the_internet_gateway(production: Recording[Any]) -> None:
    gateways = production.of("aws:ec2/natGateway:NatGateway")
    assert {item.inputs["subnetId"] for item in gateways} == {f"{NAME}-public-{zone}-id" for zone in "abc"}
    assert all(f"{NAME}-internet" in item.depends_on for item in gateways)
    assert production.one("eucloud:aws:Network").outputs["egress_ips"] == [f"15.160.0.{ord(zone)}" for zone in "abc"]


def test_machines_may_wait_for_their_ways_out(production: Recording[Any]) -> None:
    ways_out = {resource.pulumi_resource_name for resource in production.result.outputs.ways_out}
    assert ways_out == {
        *(f"{NAME}-{where}-out" for where in ("public", "private-a", "private-b", "private-c")),
        *(f"{NAME}-{tier}-{zone}-routes" for tier in ("public", "private") for zone in "abc"),
        *(item.name for item in production.of("aws:ec2/vpcEndpoint:VpcEndpoint")),
    }


def test_one_gateway_serves_all_zones_where_that_is_enough() -> None:
    registered = made(ONE)
    assert registered.types()["aws:ec2/natGateway:NatGateway"] == registered.types()["aws:ec2/eip:Eip"] == 1
    assert {hop for table, (_, hop) in routes(registered).items() if "private" in table} == {f"{NAME}-nat-a-id"}


def test_the_default_security_group_lets_nothing_through(production: Recording[Any]) -> None:
    group = production.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    assert (group.inputs["ingress"], group.inputs["egress"], group.inputs["vpcId"]) == ([], [], f"{NAME}-vpc-id")


def test_data_subnets_talk_to_the_network_alone(production: Recording[Any]) -> None:
    acl = production.one("aws:ec2/networkAcl:NetworkAcl").inputs
    assert acl["subnetIds"] == [f"{NAME}-data-{zone}-id" for zone in "abc"]
    assert [(rule["action"], rule["cidrBlock"]) for rule in acl["ingress"] + acl["egress"]] == [("allow", "10.20.0.0/16")] * 2


def test_images_secrets_and_logs_stay_off_the_internet(production: Recording[Any]) -> None:
    doors = {item.inputs["serviceName"]: item.inputs for item in production.of("aws:ec2/vpcEndpoint:VpcEndpoint")}
    prefix = "com.amazonaws.eu-south-1."
    assert {name.removeprefix(prefix) for name in doors} == {
        *("s3", "ecr.api", "ecr.dkr", "eks-auth", "kms", "logs", "secretsmanager", "sts"),
    }
    interfaces = [door for door in doors.values() if door["vpcEndpointType"] == "Interface"]
    assert all(door["privateDnsEnabled"] and door["securityGroupIds"] == [f"{NAME}-endpoints-id"] for door in interfaces)
    assert doors[f"{prefix}s3"]["routeTableIds"] == [f"{NAME}-private-{zone}-routes-id" for zone in "abc"]
    group = production.one("aws:ec2/securityGroup:SecurityGroup").inputs
    assert [(rule["fromPort"], rule["toPort"], rule["cidrBlocks"]) for rule in group["ingress"]] == [(443, 443, ["10.20.0.0/16"])]
    assert group["egress"] == []


def test_nothing_is_written_to_another_accounts_bucket_through_the_endpoint(production: Recording[Any]) -> None:
    policy = json.loads(production.one("aws:ec2/vpcEndpoint:VpcEndpoint", f"{NAME}-s3").inputs["policy"])
    read, own = policy["Statement"]
    assert set(read["Action"]) == {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"}
    assert own["Condition"] == {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}
    secrets = json.loads(production.one("aws:ec2/vpcEndpoint:VpcEndpoint", f"{NAME}-secretsmanager").inputs["policy"])
    assert [statement["Condition"] for statement in secrets["Statement"]] == [own["Condition"]]


def test_endpoint_names_follow_the_partition() -> None:
    names = {item.inputs["serviceName"] for item in made(ONE, SOVEREIGN).of("aws:ec2/vpcEndpoint:VpcEndpoint")}
    assert {"eu.amazonaws.eusc-de-east-1.ecr.api", "eu.amazonaws.eusc-de-east-1.ecr.dkr", "com.amazonaws.eusc-de-east-1.sts"} <= names


def test_every_flow_is_logged_encrypted_and_kept_at_least_as_long_as_asked(production: Recording[Any]) -> None:
    flow = production.one("aws:ec2/flowLog:FlowLog").inputs
    group = production.one("aws:cloudwatch/logGroup:LogGroup")
    assert (flow["trafficType"], flow["logDestination"], flow["maxAggregationInterval"]) == ("ALL", group.state["arn"], 60)
    assert (group.inputs["kmsKeyId"], group.inputs["retentionInDays"]) == (KEY_ARN, 120)


def test_flow_logs_are_written_by_a_role_that_can_do_nothing_else(production: Recording[Any]) -> None:
    trust = json.loads(production.one("aws:iam/role:Role").inputs["assumeRolePolicy"])["Statement"][0]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:eu-south-1:{ACCOUNT}:vpc-flow-log/*"},
    }
    write, find = json.loads(production.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"]
    group = production.one("aws:cloudwatch/logGroup:LogGroup").state["arn"]
    assert write["Resource"] == [group, f"{group}:*"]
    assert (find["Action"], find["Resource"]) == ("logs:DescribeLogGroups", f"arn:aws:logs:eu-south-1:{ACCOUNT}:log-group:*")


def test_others_get_ids_in_zone_order_and_planned_ranges(production: Recording[Any]) -> None:
    outputs = production.one("eucloud:aws:Network").outputs
    assert outputs["id"] == f"{NAME}-vpc-id"
    assert outputs["private_subnet_ids"] == [f"{NAME}-private-{zone}-id" for zone in "abc"]
    assert outputs["private_cidrs"] == ["10.20.16.0/20", "10.20.32.0/20", "10.20.48.0/20"]
    assert outputs["data_cidrs"] == ["10.20.8.0/24", "10.20.9.0/24", "10.20.10.0/24"]


def test_everything_hangs_under_the_component_and_nothing_takes_its_default_provider_by_name(production: Recording[Any]) -> None:
    assert {item.parent for item in production if item.custom} == {NAME}
