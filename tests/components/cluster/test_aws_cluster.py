from __future__ import annotations

import json

import pytest
from pulumi_aws import eks

from components.cluster.aws import AwsCluster, kubeconfig
from components.cluster.aws_plan import plan
from components.cluster.spec import ClusterSpec, NodePool
from components.vocabulary import Size
from tests.components import aws_wiring as wiring
from tests.recorder import Recording, record

CLUSTER, NODES, ADDON = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:eks/addon:Addon"
NAME = "playnew-production-cluster"
HOST = NodePool(name="host", min_nodes=2, desired_nodes=2, max_nodes=3)
AGENT = NodePool(name="agent", min_nodes=1, desired_nodes=2, max_nodes=4, tainted=True)
SPEC = ClusterSpec(version="1.35", pools=(HOST, AGENT), admin_principals=(wiring.ADMIN,), admin_cidrs=("203.0.113.0/24",))


def spec(**changes: object) -> ClusterSpec:
    return SPEC.model_copy(update=changes)


def cluster(wanted: ClusterSpec = SPEC) -> Recording[AwsCluster]:
    return record(lambda: AwsCluster(NAME, wanted, wiring.SITE, wiring.network(), wiring.key()), wiring.STATES)


@pytest.fixture(scope="module")
def production() -> Recording[AwsCluster]:
    return cluster()


def test_the_api_is_reached_privately_and_from_administrators_networks_alone(production: Recording[AwsCluster]) -> None:
    config = production.one(CLUSTER).inputs["vpcConfig"]
    assert config["endpointPrivateAccess"] is True
    assert (config["endpointPublicAccess"], config["publicAccessCidrs"]) == (True, ["203.0.113.0/24"])
    assert config["subnetIds"] == ["private-a", "private-b", "private-c"]


def test_without_administrators_networks_there_is_no_public_endpoint() -> None:
    config = cluster(spec(admin_cidrs=())).one(CLUSTER).inputs["vpcConfig"]
    assert config["endpointPublicAccess"] is False
    assert "publicAccessCidrs" not in config


def test_access_is_by_entries_and_not_by_who_made_the_cluster(production: Recording[AwsCluster]) -> None:
    assert production.one(CLUSTER).inputs["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    association = production.one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    assert association.inputs["principalArn"] == wiring.ADMIN
    assert association.inputs["policyArn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    assert set(association.depends_on) == {f"{NAME}-admin-role-platform-admins", NAME}


def test_secrets_logs_and_disks_are_encrypted_with_the_customer_key(production: Recording[AwsCluster]) -> None:
    encryption = production.one(CLUSTER).inputs["encryptionConfig"]
    assert encryption == {"provider": {"keyArn": wiring.KEY_ARN}, "resources": ["secrets"]}
    assert production.one("aws:cloudwatch/logGroup:LogGroup").inputs["kmsKeyId"] == wiring.KEY_ARN
    for template in production.of("aws:ec2/launchTemplate:LaunchTemplate"):
        disk = template.inputs["blockDeviceMappings"][0]["ebs"]
        assert (disk["volumeType"], disk["encrypted"], disk["kmsKeyId"]) == ("gp3", "true", wiring.KEY_ARN)


def test_the_control_planes_log_group_stands_before_the_cluster_that_writes_to_it(production: Recording[AwsCluster]) -> None:
    group = production.one("aws:cloudwatch/logGroup:LogGroup")
    assert group.inputs["name"] == f"/aws/eks/{NAME}/cluster"
    assert group.inputs["retentionInDays"] == 90
    assert group.name in production.one(CLUSTER).depends_on
    assert len(production.one(CLUSTER).inputs["enabledClusterLogTypes"]) == 5


def test_a_protected_cluster_is_deleted_neither_by_the_engine_nor_by_the_cloud() -> None:
    for wanted in (True, False):
        made = cluster(spec(deletion_protected=wanted)).one(CLUSTER)
        assert (made.protect, made.inputs["deletionProtection"]) == (wanted, wanted)


def test_the_cluster_never_slides_into_paid_extended_support(production: Recording[AwsCluster]) -> None:
    assert production.one(CLUSTER).inputs["upgradePolicy"] == {"supportType": "STANDARD"}


@pytest.mark.requirement("PN-03")
def test_pools_have_four_cpus_and_sixteen_gib_over_all_zones(production: Recording[AwsCluster]) -> None:
    host, agent = production.one(NODES, f"{NAME}-host-from-2"), production.one(NODES, f"{NAME}-agent-from-1")
    for pool in (host, agent):
        assert pool.inputs["instanceTypes"] == ["m6i.xlarge"]
        assert pool.inputs["subnetIds"] == ["private-a", "private-b", "private-c"]
    assert host.inputs["scalingConfig"] == {"minSize": 2, "desiredSize": 2, "maxSize": 3}
    assert agent.inputs["scalingConfig"] == {"minSize": 1, "desiredSize": 2, "maxSize": 4}


@pytest.mark.requirement("PN-03")
def test_the_autoscaler_owns_the_number_of_nodes(production: Recording[AwsCluster]) -> None:
    assert {pool.ignore_changes for pool in production.of(NODES)} == {("scalingConfig.desiredSize",)}


@pytest.mark.requirement("PN-23")
def test_a_pool_with_another_minimum_is_another_group_since_eks_refuses_the_old_number_below_it() -> None:
    def groups(minimum: int, maximum: int) -> list[str]:
        pool = NodePool(name="host", min_nodes=minimum, desired_nodes=minimum, max_nodes=maximum)
        return [group.name for group in cluster(spec(pools=(pool,))).of(NODES)]

    assert groups(2, 6) == groups(2, 8) == [f"{NAME}-host-from-2"]
    assert groups(3, 8) == [f"{NAME}-host-from-3"]


def test_a_tainted_pool_keeps_other_workloads_off_and_every_pool_has_its_label(production: Recording[AwsCluster]) -> None:
    host, agent = production.one(NODES, f"{NAME}-host-from-2"), production.one(NODES, f"{NAME}-agent-from-1")
    assert "taints" not in host.inputs
    assert agent.inputs["taints"] == [{"key": "pool", "value": "agent", "effect": "NO_SCHEDULE"}]
    assert agent.inputs["labels"] == {"pool": "agent"}


def test_pods_cannot_reach_the_nodes_credentials(production: Recording[AwsCluster]) -> None:
    for template in production.of("aws:ec2/launchTemplate:LaunchTemplate"):
        options = template.inputs["metadataOptions"]
        assert (options["httpTokens"], options["httpPutResponseHopLimit"]) == ("required", 1)


def test_what_is_launched_carries_the_sites_tags(production: Recording[AwsCluster]) -> None:
    for template in production.of("aws:ec2/launchTemplate:LaunchTemplate"):
        tags = {item["resourceType"]: item["tags"] for item in template.inputs["tagSpecifications"]}
        assert set(tags) == {"instance", "volume", "network-interface"}
        assert all(values["project"] == "play-new" for values in tags.values())


def test_the_network_is_ready_before_the_nodes_and_the_rest_after_them(production: Recording[AwsCluster]) -> None:
    for pool in production.of(NODES):
        assert {f"{NAME}-vpc-cni", f"{NAME}-kube-proxy", f"{NAME}-eks-pod-identity-agent"} <= set(pool.depends_on)
    for addon in ("coredns", "aws-ebs-csi-driver", "snapshot-controller"):
        assert {f"{NAME}-host-from-2", f"{NAME}-agent-from-1"} <= set(production.one(ADDON, f"{NAME}-{addon}").depends_on)


def test_the_driver_of_volumes_has_its_rights_from_first_to_last(production: Recording[AwsCluster]) -> None:
    driver = production.one(ADDON, f"{NAME}-aws-ebs-csi-driver")
    assert {f"{NAME}-storage-policy", f"{NAME}-storage-key"} <= set(driver.depends_on)


def test_network_policies_are_enforced(production: Recording[AwsCluster]) -> None:
    settings = json.loads(production.one(ADDON, f"{NAME}-vpc-cni").inputs["configurationValues"])
    assert settings == {"enableNetworkPolicy": "true"}


def test_add_ons_that_call_aws_have_identities_of_their_own(production: Recording[AwsCluster]) -> None:
    accounts = {
        addon.inputs["addonName"]: [item["serviceAccount"] for item in addon.inputs["podIdentityAssociations"]]
        for addon in production.of(ADDON)
        if "podIdentityAssociations" in addon.inputs
    }
    assert accounts == {"vpc-cni": ["aws-node"], "aws-ebs-csi-driver": ["ebs-csi-controller-sa"]}
    node_policies = {
        item.inputs["policyArn"]
        for item in production.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        if item.inputs["role"] == f"{NAME}-node"
    }
    assert node_policies == {
        "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
        "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    }


def test_no_add_ons_version_is_pinned(production: Recording[AwsCluster]) -> None:
    assert [addon for addon in production.of(ADDON) if "addonVersion" in addon.inputs] == []


@pytest.mark.requirement("PN-22")
def test_volumes_carry_the_clusters_tag_by_which_they_may_be_backed_up(production: Recording[AwsCluster]) -> None:
    settings = json.loads(production.one(ADDON, f"{NAME}-aws-ebs-csi-driver").inputs["configurationValues"])
    assert settings["controller"]["extraVolumeTags"] == {"project": "play-new", "cluster": NAME}


def test_the_kubeconfig_asks_for_a_token_and_holds_none(production: Recording[AwsCluster]) -> None:
    config = json.loads(production.one("eucloud:aws:Cluster").outputs["kubeconfig"])
    user = config["users"][0]["user"]
    assert user == {"exec": {**user["exec"], "command": "aws"}}
    assert user["exec"]["args"] == ["--region", "eu-south-1", "eks", "get-token", "--cluster-name", NAME, "--output", "json"]
    assert config["clusters"][0]["cluster"]["certificate-authority-data"] == "Y2VydGlmaWNhdGU="
    assert json.loads(kubeconfig("a", "https://b", "c", "eu-west-1"))["current-context"] == "a"


def test_the_cluster_is_known_by_the_group_of_its_nodes_and_ready_when_pods_find_others_by_name(
    production: Recording[AwsCluster],
) -> None:
    outputs = production.one("eucloud:aws:Cluster").outputs
    assert outputs["client_group"] == wiring.NODES_GROUP
    assert outputs["pools"] == ["host", "agent"]
    assert [resource.pulumi_resource_name for resource in production.result.outputs.ready] == [f"{NAME}-coredns"]


def test_whoever_makes_volumes_or_snapshots_may_wait_for_their_drivers(production: Recording[AwsCluster]) -> None:
    assert [type(resource) for resource in production.result.outputs.volumes] == [eks.Addon, eks.Addon]


@pytest.mark.parametrize(
    ("size", "capacity", "partition", "types"),
    [
        (Size.SMALL, "on-demand", "aws", ("m6i.large",)),
        (Size.MEDIUM, "on-demand", "aws", ("m6i.xlarge",)),
        (Size.LARGE, "spot", "aws", ("m6i.2xlarge", "m5.2xlarge")),
        (Size.XLARGE, "on-demand", "aws-eusc", ("m7i.4xlarge",)),
    ],
)
def test_sizes_become_instance_types(size: Size, capacity: str, partition: str, types: tuple[str, ...]) -> None:
    pool = HOST.model_copy(update={"size": size, "capacity": capacity})
    admin = wiring.ADMIN.replace("arn:aws:", f"arn:{partition}:")
    decided = plan(spec(pools=(pool,), admin_principals=(admin,)), partition, "10.20.0.0/16").pools[0]
    assert decided.instance_types == types
    assert decided.capacity_type == capacity.replace("-", "_").upper()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"admin_cidrs": ("0.0.0.0/0",)},
            r"^admin_cidrs\[0\]: '0.0.0.0/0' opens the API to the Internet; allowed: networks of /8 and narrower$",
        ),
        ({"admin_cidrs": ("203.0.113.0/24", "128.0.0.0/1")}, r"^admin_cidrs\[1\]: '128.0.0.0/1' opens the API"),
        ({"admin_cidrs": ("office",)}, r"^admin_cidrs\[0\]: 'office' is no network"),
        ({"admin_principals": ()}, r"^admin_principals: \(\) leaves nobody"),
        (
            {"admin_principals": ("arn:aws-eusc:iam::111122223333:role/x",)},
            r"^admin_principals\[0\]: .* allowed: arn:aws:iam::<account>:role",
        ),
        ({"services_cidr": "10.20.128.0/20"}, r"^services_cidr: '10.20.128.0/20' overlaps the network 10.20.0.0/16"),
        ({"pools": (HOST, HOST)}, r"^pools\[1\].name: 'host' is taken by pools\[0\]"),
        ({"pools": (AGENT,)}, r"^pools: agent are all tainted"),
        (
            {"pools": (HOST.model_copy(update={"desired_nodes": 9}),)},
            r"^pools\[0\].desired_nodes: 9 is not between min_nodes and max_nodes; allowed: 2 to 3$",
        ),
    ],
)
def test_a_mistake_is_told_in_one_line_with_path_value_and_what_is_allowed(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        plan(spec(**changes), "aws", "10.20.0.0/16")
    assert "\n" not in str(refusal.value)
