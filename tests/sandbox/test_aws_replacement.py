import pytest

from sandbox.aws.replacement import _TABLE  # pyright: ignore[reportPrivateUsage] # the table is what is judged
from sandbox.contract import UNKNOWN, Properties
from sandbox.reflected import DEFAULTS
from sandbox.reflection.model import ListOf, MapOf, ObjectOf, Schema
from sandbox.reflection.schema import Schemas
from tests.sandbox.accounts import Account

SCHEMAS = Schemas()
CLUSTER: Properties = {"name": "c", "roleArn": "r", "vpcConfig": {"subnetIds": ["a", "b"], "endpointPublicAccess": True}}


@pytest.mark.parametrize(
    ("type_", "olds", "news", "replaces"),
    [
        ("aws:ec2/subnet:Subnet", {"vpcId": "v", "cidrBlock": "10.0.0.0/24"}, {"vpcId": "v", "cidrBlock": "10.0.1.0/24"}, ("cidrBlock",)),
        ("aws:ec2/subnet:Subnet", {"vpcId": "v", "tags": {"a": "b"}}, {"vpcId": "v", "tags": {"a": "c"}}, ()),
        ("aws:eks/cluster:Cluster", CLUSTER, {**CLUSTER, "name": "d"}, ("name",)),
        ("aws:eks/cluster:Cluster", CLUSTER, {**CLUSTER, "vpcConfig": {"subnetIds": ["a", "b"], "endpointPublicAccess": False}}, ()),
        ("aws:eks/cluster:Cluster", CLUSTER, {**CLUSTER, "encryptionConfig": {"resources": ["secrets"]}}, ("encryptionConfig",)),
        ("aws:eks/cluster:Cluster", CLUSTER, {**CLUSTER, "version": "1.36"}, ()),
        ("aws:rds/instance:Instance", {"instanceClass": "db.t4g.micro"}, {"instanceClass": "db.m7g.large"}, ()),
        ("aws:rds/instance:Instance", {"storageEncrypted": False}, {"storageEncrypted": True}, ("storageEncrypted",)),
        ("aws:rds/instance:Instance", {"identifier": "a"}, {"identifier": "b"}, ()),
        ("aws:iam/role:Role", {"name": "a"}, {"name": "b"}, ("name",)),
        ("aws:s3/bucket:Bucket", {"bucket": "a"}, {"bucket": "b"}, ("bucket",)),
        ("aws:s3/bucketVersioning:BucketVersioning", {"bucket": "a"}, {"bucket": "b"}, ("bucket",)),
        ("aws:kms/key:Key", {"description": "a"}, {"description": "b"}, ()),
        ("aws:kms/key:Key", {"description": "a"}, {"description": "a", "region": "eu-west-1"}, ("region",)),
        ("aws:ec2/subnet:Subnet", {"vpcId": "v"}, {"vpcId": UNKNOWN}, ("vpcId",)),
    ],
)
def test_what_a_change_replaces(type_: str, olds: Properties, news: Properties, replaces: tuple[str, ...]):
    assert Account().diff(type_, olds, news).replaces == replaces


def test_nothing_changed_is_no_difference():
    difference = Account().diff("aws:eks/cluster:Cluster", CLUSTER, {**CLUSTER, "version": None})
    assert (difference.changes, difference.replaces) == ((), ())


def test_a_name_given_by_hand_is_freed_before_it_is_taken_again():
    olds: Properties = {"name": "db", "family": "postgres16"}
    given = Account().diff("aws:rds/parameterGroup:ParameterGroup", olds, {**olds, "family": "postgres17"})
    made = Account().diff("aws:rds/parameterGroup:ParameterGroup", olds, {**olds, "family": "postgres17", DEFAULTS: ["name"]})
    assert (given.delete_before_replace, made.delete_before_replace) == (True, False)


@pytest.mark.parametrize("type_", [type_ for type_, paths in _TABLE.items() if paths])
def test_the_table_names_properties_that_exist(type_: str):
    schema = SCHEMAS.of(type_)
    missing = [path for path in _TABLE[type_].split() if not _exists(schema, path)]
    assert missing == []


def _exists(schema: Schema, path: str) -> bool:
    properties = schema.inputs
    for part in path.split("."):
        if part not in properties:
            return False
        inner = properties[part].type
        while isinstance(inner, ListOf | MapOf):
            inner = inner.item
        properties = schema.objects[inner.name] if isinstance(inner, ObjectOf) else {}
    return True
