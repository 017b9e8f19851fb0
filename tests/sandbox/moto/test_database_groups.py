from __future__ import annotations

import pytest

from sandbox.contract import Properties, Refused
from tests.sandbox.moto.stage import REGION, Bench

PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
SUBNETS = "aws:rds/subnetGroup:SubnetGroup"


@pytest.fixture(scope="module")
def subnets(bench: Bench) -> list[str]:
    ec2 = bench.boto3("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.79.0.0/16")["Vpc"]["VpcId"]
    blocks = ((f"10.79.{index}.0/24", f"{REGION}{zone}") for index, zone in enumerate("abc"))
    return [ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"] for cidr, zone in blocks]


def parameter(name: str, value: str, method: str = "immediate") -> Properties:
    return {"name": name, "value": value, "applyMethod": method}


def shown(bench: Bench, group: str) -> dict[str, tuple[str, str]]:
    found = bench.boto3("rds").describe_db_parameters(DBParameterGroupName=group)["Parameters"]
    return {one["ParameterName"]: (one["ParameterValue"], one["Source"]) for one in found}


def test_a_parameter_group_holds_the_parameters_of_the_inputs(bench: Bench):
    given = [parameter("rds.force_ssl", "1"), parameter("shared_preload_libraries", "pg_stat_statements", "pending-reboot")]
    group = bench.make(PARAMETERS, {"name": "pg", "family": "postgres16", "description": "d", "parameters": given})

    assert shown(bench, "pg") == {"rds.force_ssl": ("1", "user"), "shared_preload_libraries": ("pg_stat_statements", "user")}
    assert bench.drifted(group) == {}

    group = bench.change(group, {"parameters": [parameter("rds.force_ssl", "0")]})
    assert shown(bench, "pg") == {"rds.force_ssl": ("0", "user"), "shared_preload_libraries": ("", "engine-default")}
    assert bench.drifted(group) == {}

    changed = {"ParameterName": "log_statement", "ParameterValue": "all", "ApplyMethod": "immediate"}
    bench.boto3("rds").modify_db_parameter_group(DBParameterGroupName="pg", Parameters=[changed])
    assert bench.drifted(group) == {"parameters": [parameter("rds.force_ssl", "0"), parameter("log_statement", "all")]}

    bench.remove(group)
    assert bench.drifted(group) is None


def test_a_parameter_group_s_name_is_given_once(bench: Bench):
    given = {"name": "once", "family": "postgres16", "description": "d"}
    bench.make(PARAMETERS, given)

    with pytest.raises(Refused, match="DBParameterGroupAlreadyExists"):
        bench.make(PARAMETERS, given)


def test_a_subnet_group_is_changed_where_it_stands(bench: Bench, subnets: list[str]):
    group = bench.make(SUBNETS, {"name": "sn", "description": "d", "subnetIds": subnets[:2], "tags": {"a": "b"}})
    group = bench.change(group, {"description": "other", "subnetIds": subnets})

    (there,) = bench.boto3("rds").describe_db_subnet_groups(DBSubnetGroupName="sn")["DBSubnetGroups"]
    assert there["DBSubnetGroupDescription"] == "other"
    assert [one["SubnetIdentifier"] for one in there["Subnets"]] == subnets
    assert (there["DBSubnetGroupArn"], there["VpcId"]) == (group.outputs["arn"], group.outputs["vpcId"])
    assert bench.drifted(group) == {}

    bench.boto3("rds").modify_db_subnet_group(DBSubnetGroupName="sn", SubnetIds=subnets[1:])
    assert bench.drifted(group) == {"subnetIds": subnets[1:]}

    bench.remove(group)
    assert bench.drifted(group) is None


def test_a_subnet_group_needs_subnets_that_exist(bench: Bench):
    with pytest.raises(Refused, match=r"InvalidSubnetID\.NotFound"):
        bench.make(SUBNETS, {"name": "lost", "description": "d", "subnetIds": ["subnet-00000000000000000"]})
