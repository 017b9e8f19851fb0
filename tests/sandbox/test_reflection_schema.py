from pathlib import Path

import pytest

from sandbox.reflection import documentation
from sandbox.reflection.model import EnumOf, ListOf, ObjectOf, Scalar, dump, load
from sandbox.reflection.schema import Schemas, reflect
from sandbox.reflection.source import UnknownType


@pytest.mark.parametrize(
    ("token", "required"),
    [
        ("aws:ec2/subnet:Subnet", {"vpcId"}),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {"ipProtocol", "securityGroupId"}),
        ("aws:s3/bucketVersioning:BucketVersioning", {"bucket", "versioningConfiguration"}),
        ("aws:lambda/function:Function", {"role"}),
        ("kubernetes:helm.sh/v3:Release", {"chart"}),
        ("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", {"roleRef"}),
        ("random:index/randomPassword:RandomPassword", {"length"}),
        ("gcp:storage/bucket:Bucket", {"location"}),
        ("azure-native:storage:StorageAccount", {"kind", "resourceGroupName", "sku"}),
    ],
)
def test_a_type_is_found_in_its_sdk_with_what_it_requires(token: str, required: set[str]):
    assert {name for name, property_ in reflect(token).inputs.items() if property_.required} == required


def test_properties_have_wire_names_and_types():
    inputs = reflect("aws:rds/instance:Instance").inputs
    assert inputs["allocatedStorage"].type == Scalar("integer")
    assert inputs["vpcSecurityGroupIds"].type == ListOf(Scalar("string"))
    assert isinstance(inputs["storageType"].type, EnumOf)


def test_nested_objects_are_read_as_deep_as_they_go():
    schema = reflect("aws:ec2/launchTemplate:LaunchTemplate")
    mapping = schema.inputs["blockDeviceMappings"].type
    assert isinstance(mapping, ListOf)
    assert isinstance(mapping.item, ObjectOf)
    ebs = schema.objects[mapping.item.name]["ebs"].type
    assert isinstance(ebs, ObjectOf)
    assert schema.objects[ebs.name]["volumeSize"].type == Scalar("integer")


def test_enums_carry_their_values_and_say_whether_the_sdk_leaves_them_open():
    schema = reflect("azure-native:storage:StorageAccount")
    tier, kind = schema.inputs["accessTier"].type, schema.inputs["kind"].type
    assert isinstance(tier, EnumOf)
    assert isinstance(kind, EnumOf)
    assert "Hot" in tier.values
    assert (tier.open, kind.open) == (False, True)


@pytest.mark.parametrize("token", ["aws:ec2/vpk:Vpk", "aws:nowhere/vpc:Vpc", "nocloud:a/b:C", "aws", "aws:ec2/vpc:Subnet"])
def test_a_type_that_the_sdk_lacks_is_unknown(token: str):
    with pytest.raises(UnknownType):
        reflect(token)


def test_the_cache_on_disk_gives_back_what_was_read(tmp_path: Path):
    token = "aws:eks/cluster:Cluster"
    first = Schemas(tmp_path).of(token)
    (file,) = tmp_path.rglob("*.json")
    assert "aws-" in str(file.parent.name)
    assert Schemas(tmp_path).of(token) == first == load(dump(first))


def test_a_broken_cache_file_is_read_anew(tmp_path: Path):
    token = "aws:kms/key:Key"
    first = Schemas(tmp_path).of(token)
    (file,) = tmp_path.rglob("*.json")
    file.write_text("{")
    assert Schemas(tmp_path).of(token) == first


@pytest.mark.parametrize(
    ("doc", "values"),
    [
        ("Network type. Valid values: `IPV4`, `DUAL`.", ("IPV4", "DUAL")),
        ("Valid values are `a`, `b` and `c`", ("a", "b", "c")),
        ("Valid values include `a`, `b`.", ()),
        ("Valid values are `a`, `b`, or any number.", ()),
        ("Valid values: `a`, `b`. Valid values for x: `c`, `d`.", ()),
        ("One of many.", ()),
    ],
)
def test_only_lists_that_are_clearly_complete_become_allowed_values(doc: str, values: tuple[str, ...]):
    assert documentation.allowed(doc) == values


@pytest.mark.parametrize(
    ("doc", "replaces"),
    [
        ("Changing this value will force a new cluster to be created.", True),
        ("The name. Forces new resource.", True),
        ("Changing this forces a new resource to be created.", True),
        ("If the subnet was made so, changing this value will force resource recreation.", False),
        ("The name.", False),
    ],
)
def test_the_documentation_tells_what_forces_a_replacement(doc: str, replaces: bool):
    assert documentation.replaces(doc) is replaces


@pytest.mark.parametrize(
    ("doc", "value"), [("Defaults to `true`.", "true"), ("Default is 30.", "30"), ("Defaults to `a` or defaults to `b`.", "")]
)
def test_the_documentation_tells_defaults(doc: str, value: str):
    assert documentation.default(doc) == value
