from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.contract import Properties, Record, Refused
from tests.sandbox.moto.stage import REGION, Bench

CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
ROLE = "arn:aws:iam::123456789012:role/cluster"


@pytest.fixture(scope="module")
def subnets(bench: Bench) -> list[str]:
    ec2 = bench.boto3("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.78.0.0/16")["Vpc"]["VpcId"]
    blocks = ((f"10.78.{index}.0/24", f"{REGION}{zone}") for index, zone in enumerate("ab"))
    return [ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"] for cidr, zone in blocks]


def declared(name: str, subnets: list[str], **more: Any) -> Properties:
    return {
        "name": name,
        "roleArn": ROLE,
        "version": "1.35",
        "vpcConfig": {"subnetIds": subnets, "endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.0/24"]},
        "enabledClusterLogTypes": ["api", "audit"],
        **more,
    }


@pytest.fixture
def cluster(bench: Bench, subnets: list[str], tmp_path: Path) -> Record:
    """One for each test, named as its folder is."""
    return bench.make(CLUSTER, declared(tmp_path.name.replace("_", "-"), subnets))


def described(bench: Bench, cluster: Record) -> dict[str, Any]:
    return bench.boto3("eks").describe_cluster(name=cluster.id)["cluster"]


def logged(bench: Bench, cluster: Record) -> list[str]:
    sets = described(bench, cluster)["logging"]["clusterLogging"]
    return sorted(name for one in sets if one["enabled"] for name in one["types"])


def test_a_cluster_is_made_as_declared(bench: Bench, subnets: list[str]):
    key = "arn:aws:kms:eu-south-1:123456789012:key/k"
    encryption = {"provider": {"keyArn": key}, "resources": ["secrets"]}
    network = {"ipFamily": "ipv4", "serviceIpv4Cidr": "172.21.0.0/16"}
    made = bench.make(CLUSTER, declared("made", subnets, encryptionConfig=encryption, kubernetesNetworkConfig=network, tags={"a": "b"}))

    there = described(bench, made)
    assert there["arn"] == made.outputs["arn"] == f"arn:aws:eks:{REGION}:123456789012:cluster/made"
    assert (there["version"], there["roleArn"], there["tags"]) == ("1.35", ROLE, {"a": "b"})
    assert there["resourcesVpcConfig"]["subnetIds"] == subnets
    assert there["encryptionConfig"] == [encryption]
    assert there["kubernetesNetworkConfig"] == network
    assert logged(bench, made) == ["api", "audit"]
    assert bench.drifted(made) == {}


def test_each_cluster_has_an_address_and_a_certificate_of_its_own(bench: Bench, subnets: list[str]):
    one, other = (bench.make(CLUSTER, declared(name, subnets)).outputs for name in ("one", "other"))

    for name in ("endpoint", "certificateAuthority", "identities"):
        assert one[name] != other[name]


def test_a_cluster_s_security_group_stands_in_moto_and_goes_with_it(bench: Bench, cluster: Record, subnets: list[str]):
    ec2, network = bench.boto3("ec2"), cluster.outputs["vpcConfig"]
    (group,) = ec2.describe_security_groups(GroupIds=[network["clusterSecurityGroupId"]])["SecurityGroups"]

    assert (network["vpcId"], network["subnetIds"]) == (group["VpcId"], subnets)
    assert group["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == group["GroupId"]
    assert {"Key": f"kubernetes.io/cluster/{cluster.id}", "Value": "owned"} in group["Tags"]

    bench.remove(cluster)
    assert bench.drifted(cluster) is None
    assert ec2.describe_security_groups(Filters=[{"Name": "group-id", "Values": [group["GroupId"]]}])["SecurityGroups"] == []


def test_changes_of_a_cluster_are_seen_by_everybody(bench: Bench, cluster: Record):
    closed = cluster.inputs["vpcConfig"] | {"endpointPrivateAccess": True, "endpointPublicAccess": False}
    changed = bench.change(cluster, {"vpcConfig": closed, "enabledClusterLogTypes": ["scheduler"], "tags": {"c": "d"}})

    there = described(bench, changed)
    assert (there["resourcesVpcConfig"]["endpointPrivateAccess"], there["resourcesVpcConfig"]["endpointPublicAccess"]) == (True, False)
    assert there["tags"] == {"c": "d"}
    assert logged(bench, changed) == ["scheduler"]
    assert changed.outputs["vpcConfig"] == cluster.outputs["vpcConfig"] | closed
    assert bench.drifted(changed) == {}

    bench.change(changed, {"enabledClusterLogTypes": None})
    assert logged(bench, changed) == []


def test_what_moto_cannot_change_stays_with_the_stand_in(bench: Bench, cluster: Record):
    changed = bench.change(cluster, {"version": "1.36"})

    assert changed.outputs["version"] == "1.36"
    assert described(bench, changed)["version"] == "1.35"
    assert bench.drifted(changed) == {}


def test_what_others_change_of_a_cluster_is_drift(bench: Bench, cluster: Record):
    eks, opened = bench.boto3("eks"), cluster.inputs["vpcConfig"] | {"publicAccessCidrs": ["0.0.0.0/0"]}
    eks.update_cluster_config(name=cluster.id, resourcesVpcConfig=opened)
    eks.update_cluster_config(name=cluster.id, logging={"clusterLogging": [{"types": ["api"], "enabled": True}]})
    eks.tag_resource(resourceArn=cluster.outputs["arn"], tags={"by": "hand"})

    assert bench.drifted(cluster) == {"vpcConfig": opened, "enabledClusterLogTypes": ["api"], "tags": {"by": "hand"}}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "twice"}, "ResourceInUseException"),
        ({"roleArn": "cluster"}, "InvalidParameterException"),
        ({"vpcConfig": {"subnetIds": ["subnet-00000000000000000"]}}, "InvalidSubnetID.NotFound"),
    ],
)
def test_moto_refuses_what_aws_refuses(bench: Bench, subnets: list[str], changes: Properties, code: str):
    if changes.get("name") == "twice":
        bench.make(CLUSTER, declared("twice", subnets))

    with pytest.raises(Refused) as refused:
        bench.make(CLUSTER, declared("refused", subnets) | changes)
    assert refused.value.code == code
    assert "refused" not in bench.boto3("eks").list_clusters()["clusters"]


def nodes(cluster: Record, subnets: list[str], **more: Any) -> Properties:
    return {
        "clusterName": cluster.id,
        "nodeGroupName": "pool",
        "nodeRoleArn": ROLE,
        "subnetIds": subnets,
        "instanceTypes": ["m6i.xlarge"],
        "scalingConfig": {"minSize": 1, "maxSize": 3, "desiredSize": 2},
        **more,
    }


def pool(bench: Bench, cluster: Record) -> dict[str, Any]:
    return bench.boto3("eks").describe_nodegroup(clusterName=cluster.id, nodegroupName="pool")["nodegroup"]


def test_a_node_group_is_made_as_declared(bench: Bench, cluster: Record, subnets: list[str]):
    template = bench.boto3("ec2").create_launch_template(LaunchTemplateName="nodes", LaunchTemplateData={})["LaunchTemplate"]
    made = bench.make(
        NODES,
        nodes(
            cluster,
            subnets,
            amiType="AL2023_x86_64_STANDARD",
            labels={"pool": "agents"},
            taints=[{"key": "pool", "value": "agents", "effect": "NO_SCHEDULE"}],
            launchTemplate={"id": template["LaunchTemplateId"], "version": "1"},
            updateConfig={"maxUnavailable": 1},
            nodeRepairConfig={"enabled": True},
            tags={"a": "b"},
        ),
    )

    there = pool(bench, cluster)
    assert there["nodegroupArn"] == made.outputs["arn"]
    assert made.outputs["resources"][0]["autoscalingGroups"] == there["resources"]["autoScalingGroups"]
    assert (there["subnets"], there["nodeRole"], there["instanceTypes"]) == (subnets, ROLE, ["m6i.xlarge"])
    assert (there["labels"], there["taints"][0]["effect"]) == ({"pool": "agents"}, "NO_SCHEDULE")
    assert there["launchTemplate"]["name"] == "nodes"
    assert (there["updateConfig"], there["nodeRepairConfig"]) == ({"maxUnavailable": 1}, {"enabled": True})
    assert (there["scalingConfig"], there["tags"]) == ({"minSize": 1, "maxSize": 3, "desiredSize": 2}, {"a": "b"})
    assert bench.drifted(made) == {}


def test_changes_of_a_node_group_are_seen_by_everybody(bench: Bench, cluster: Record, subnets: list[str]):
    old, kept = {"key": "old", "value": "1", "effect": "NO_EXECUTE"}, {"key": "kept", "value": "1", "effect": "NO_SCHEDULE"}
    made = bench.make(NODES, nodes(cluster, subnets, labels={"old": "1", "kept": "1"}, taints=[old, kept]))

    changes = {
        "labels": {"kept": "2", "new": "1"},
        "taints": [kept | {"value": "2"}, {"key": "new", "value": "1", "effect": "PREFER_NO_SCHEDULE"}],
        "scalingConfig": {"minSize": 1, "maxSize": 9, "desiredSize": 2},
        "updateConfig": {"maxUnavailable": 3},
        "nodeRepairConfig": {"enabled": True},
    }
    changed = bench.change(made, changes)

    there = pool(bench, cluster)
    assert {name: there[name] for name in changes} == changes
    assert bench.drifted(changed) == {}

    bare = bench.change(changed, {"labels": None, "taints": None})
    assert (pool(bench, cluster).get("labels"), pool(bench, cluster).get("taints")) == ({}, [])
    assert bench.drifted(bare) == {}


def test_what_others_change_of_a_node_group_is_drift(bench: Bench, cluster: Record, subnets: list[str]):
    made = bench.make(NODES, nodes(cluster, subnets))
    eks, named = bench.boto3("eks"), {"clusterName": cluster.id, "nodegroupName": "pool"}

    eks.update_nodegroup_config(**named, scalingConfig={"desiredSize": 3})
    assert bench.drifted(made) == {"scalingConfig": {"minSize": 1, "maxSize": 3, "desiredSize": 3}}

    eks.delete_nodegroup(**named)
    assert bench.drifted(made) is None


def test_a_cluster_goes_after_its_node_groups(bench: Bench, cluster: Record, subnets: list[str]):
    made = bench.make(NODES, nodes(cluster, subnets))

    with pytest.raises(Refused, match="Cluster has nodegroups attached"):
        bench.remove(cluster)
    assert bench.drifted(cluster) == {}

    bench.remove(made)
    bench.remove(cluster)
    assert bench.drifted(made) is bench.drifted(cluster) is None


def test_a_node_group_needs_its_cluster(bench: Bench, cluster: Record, subnets: list[str]):
    bench.remove(cluster)

    with pytest.raises(Refused, match="No cluster found for name"):
        bench.make(NODES, nodes(cluster, subnets))
