from typing import Any

import pytest

from sandbox.contract import UNKNOWN
from sandbox.reflection.changes import changed, documented, paths, same
from sandbox.reflection.check import check
from sandbox.reflection.schema import Schemas

SCHEMAS = Schemas()
SUBNET = "aws:ec2/subnet:Subnet"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"


def reasons(token: str, inputs: dict[str, Any], closed: bool = False) -> dict[str, str]:
    return {failure.path: failure.reason for failure in check(SCHEMAS.of(token), inputs, closed)}


def test_an_unknown_property_is_refused_with_the_one_that_was_meant():
    reason = reasons(SUBNET, {"vpcId": "v", "cidrBlok": "10.0.0.0/24"})["cidrBlok"]
    assert "did you mean 'cidrBlock'?" in reason
    assert "availabilityZone" in reason


def test_a_property_in_snake_case_is_unknown():
    assert "did you mean 'cidrBlock'?" in reasons(SUBNET, {"vpcId": "v", "cidr_block": "10.0.0.0/24"})["cidr_block"]


def test_a_missing_property_is_named():
    assert reasons(SUBNET, {}) == {"vpcId": "missing required property"}


def test_a_mistake_deep_inside_has_its_wire_path():
    rule = {"status": "Enabled", "destination": {"bucket": 7, "storageClas": "STANDARD"}}
    found = reasons(REPLICATION, {"bucket": "b", "role": "r", "rules": [rule, {"status": "Enabled"}]})
    assert found["rules[0].destination.bucket"] == "expected a string, got 7"
    assert "did you mean 'storageClass'?" in found["rules[0].destination.storageClas"]
    assert found["rules[1].destination"] == "missing required property"


@pytest.mark.parametrize(
    ("token", "property_", "value", "reason"),
    [
        (SUBNET, "mapPublicIpOnLaunch", "true", "expected true or false, got 'true'"),
        (SUBNET, "ipv4NetmaskLength", 20.5, "expected a whole number, got 20.5"),
        (SUBNET, "ipv4NetmaskLength", True, "expected a whole number, got True"),
        (SUBNET, "tags", ["a"], "expected a map, got ['a']"),
        (SUBNET, "vpcId", {"id": 1}, "expected a string, got {'id': 1}"),
        ("aws:eks/nodeGroup:NodeGroup", "subnetIds", "subnet-1", "expected a list, got 'subnet-1'"),
        ("aws:eks/cluster:Cluster", "vpcConfig", "vpc", "expected an object, got 'vpc'"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(token: str, property_: str, value: Any, reason: str):
    assert reasons(token, {property_: value})[property_] == reason


@pytest.mark.parametrize("value", [20, 20.0])
def test_whole_numbers_may_arrive_as_doubles(value: float):
    assert reasons(SUBNET, {"vpcId": "v", "ipv4NetmaskLength": value}) == {}


def test_unknown_values_pass_and_null_is_absent():
    assert reasons(SUBNET, {"vpcId": UNKNOWN, "mapPublicIpOnLaunch": UNKNOWN, "cidrBlock": None}) == {}
    assert reasons(SUBNET, {"vpcId": None}) == {"vpcId": "missing required property"}


def test_a_value_outside_the_documented_list_is_refused():
    reason = reasons("aws:rds/instance:Instance", {"instanceClass": "db.m7g.large", "networkType": "IPV6"})["networkType"]
    assert reason == "'IPV6' is not a valid value (allowed: IPV4, DUAL)"


def test_open_enums_are_closed_on_request():
    inputs = {"kind": "StorageV2", "resourceGroupName": "g", "sku": {"name": "Standard_LR"}}
    assert reasons("azure-native:storage:StorageAccount", inputs) == {}
    assert "Standard_ZRS" in reasons("azure-native:storage:StorageAccount", inputs, closed=True)["sku.name"]


@pytest.mark.parametrize(
    ("old", "new", "equal"),
    [
        (1, 1.0, True),
        (True, 1, False),
        ({"a": None}, {}, True),
        ([1, {"b": 2}], [1, {"b": 2.0}], True),
        ([1], [1, 2], False),
        ("a", UNKNOWN, False),
    ],
)
def test_what_counts_as_the_same_value(old: Any, new: Any, equal: bool):
    assert same(old, new) is equal


def test_changes_name_every_object_path_without_list_indexes():
    olds = {"vpcConfig": {"subnetIds": ["a"], "endpointPublicAccess": True}, "rules": [{"days": 1}], "__defaults": []}
    news = {"vpcConfig": {"subnetIds": ["a"], "endpointPublicAccess": False}, "rules": [{"days": 2}], "__defaults": ["name"]}
    assert changed(olds, news) == ("rules", "vpcConfig")
    assert set(paths(olds, news)) == {"rules", "rules.days", "vpcConfig", "vpcConfig.endpointPublicAccess"}


def test_documented_replacements_are_collected_from_nested_objects_too():
    assert "bootstrapSelfManagedAddons" in documented(SCHEMAS.of("aws:eks/cluster:Cluster"))
