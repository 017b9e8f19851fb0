"""EKS."""

from __future__ import annotations

import zlib
from typing import Any, cast

from sandbox.aws.moto.row import Api, Call, Own, Read, Row, Scope, Tagging
from sandbox.aws.moto.rows.ec2 import only, where

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_DROPPED = "dropped by moto 5.2.5"
_EFFECTS = ("key", "value", "effect")


def _logging(thing: Scope) -> dict[str, Any]:
    wanted = sorted(cast("list[str]", thing.inputs.get("enabledClusterLogTypes") or []))
    other = [name for name in LOG_TYPES if name not in wanted]
    sets = (({"types": wanted, "enabled": True}), ({"types": other, "enabled": False}))
    return {"clusterLogging": [one for one in sets if one["types"]]}


def _logged(cluster: Any) -> list[str]:
    sets = cast("list[dict[str, Any]]", cluster.get("logging", {}).get("clusterLogging") or [])
    return sorted(name for one in sets if one["enabled"] for name in one["types"])


def _changing(property_: str, member: str) -> Call:
    return Call("UpdateClusterConfig", {"name": "$name", member: f"${property_}"}, (property_,), fill=False)


def _group(thing: Scope) -> str:
    """Name of the security group that EKS makes for a cluster; moto does not."""
    name = str(thing.inputs["name"])
    return f"eks-cluster-sg-{name}-{zlib.crc32(f'{thing.account}/{thing.region}/{name}'.encode())}"


def _secure(api: Api, thing: Scope) -> None:
    """Raises Refused where a subnet does not exist, which moto's EKS does not look at."""
    ec2, name = api.service("ec2"), _group(thing)
    vpc = only(ec2, "DescribeSubnets", "Subnets", SubnetIds=thing.inputs["vpcConfig"]["subnetIds"])["VpcId"]
    if only(ec2, "DescribeSecurityGroups", "SecurityGroups", Filters=where(group_name=name)):
        return
    tags = {"Name": name, f"kubernetes.io/cluster/{thing.inputs['name']}": "owned"}
    kept = [{"ResourceType": "security-group", "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]
    about = (
        "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads."
    )
    group = ec2.call("CreateSecurityGroup", GroupName=name, Description=about, VpcId=vpc, TagSpecifications=kept)["GroupId"]
    itself = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}]
    ec2.call("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=itself)


def _delete(api: Api, thing: Scope) -> None:
    """The group goes with the cluster."""
    api.call("DeleteCluster", name=thing.inputs["name"])
    ec2 = api.service("ec2")
    if group := only(ec2, "DescribeSecurityGroups", "SecurityGroups", Filters=where(group_name=_group(thing))):
        ec2.call("DeleteSecurityGroup", GroupId=group["GroupId"])


def _nodes(thing: Scope) -> dict[str, Any]:
    return {"clusterName": thing.inputs["clusterName"], "nodegroupName": thing.inputs["nodeGroupName"]}


def _label(api: Api, thing: Scope) -> None:
    wanted = cast("dict[str, str]", thing.inputs.get("labels") or {})
    there = cast("dict[str, str]", api.call("DescribeNodegroup", **_nodes(thing))["nodegroup"].get("labels") or {})
    changes = {"addOrUpdateLabels": wanted, "removeLabels": sorted(there.keys() - wanted.keys())}
    api.call("UpdateNodegroupConfig", **_nodes(thing), labels={key: value for key, value in changes.items() if value})


def _taint(api: Api, thing: Scope) -> None:
    given = cast("list[dict[str, Any]]", thing.inputs.get("taints") or [])
    wanted = [{key: one[key] for key in _EFFECTS if one.get(key)} for one in given]
    there = cast("list[dict[str, Any]]", api.call("DescribeNodegroup", **_nodes(thing))["nodegroup"].get("taints") or [])
    changes = {"addOrUpdateTaints": wanted, "removeTaints": [one for one in there if one not in wanted]}
    # Taking away goes by key and effect, also what has just been given another value: so first the one, then the other.
    for kind in ("removeTaints", "addOrUpdateTaints"):
        if changes[kind]:
            api.call("UpdateNodegroupConfig", **_nodes(thing), taints={kind: changes[kind]})


def _remote(thing: Scope) -> dict[str, Any] | None:
    access = cast("dict[str, Any]", thing.inputs.get("remoteAccess") or {})
    given = {"ec2SshKey": access.get("ec2SshKey"), "sourceSecurityGroups": access.get("sourceSecurityGroupIds")}
    return {member: value for member, value in given.items() if value} or None


_NO_VERSION = "moto 5.2.5 has no UpdateNodegroupVersion"

ROWS: dict[str, Row] = {
    "aws:eks/cluster:Cluster": Row(
        "eks",
        create=Call("CreateCluster", {"resourcesVpcConfig": "$vpcConfig", "logging": _logging}),
        # Not its endpoint, certificate authority and issuer: moto gives all clusters the same address, and no certificate.
        outputs={"arn": "cluster.arn"},
        reads=(
            Read("DescribeCluster", {"name": "$name"}, "cluster", {"vpcConfig": "resourcesVpcConfig", "enabledClusterLogTypes": _logged}),
            Read(
                "DescribeSecurityGroups",
                {"Filters": lambda thing: where(group_name=_group(thing))},
                "SecurityGroups[0].{id: GroupId, vpc: VpcId}",
                optional=True,
                facts={"vpcConfig": "{clusterSecurityGroupId: id, vpcId: vpc}"},
                service="ec2",
            ),
        ),
        prepare=_secure,  # before the cluster: a moto that is killed in between must not come back with a cluster that has no group
        updates=(
            _changing("vpcConfig", "resourcesVpcConfig"),
            _changing("kubernetesNetworkConfig", "kubernetesNetworkConfig"),
            Call("UpdateClusterConfig", {"name": "$name", "logging": _logging}, ("enabledClusterLogTypes",), fill=False),
        ),
        delete=_delete,
        tagging=Tagging(),
        watched=("enabledClusterLogTypes",),
        beyond=dict.fromkeys(
            ("accessConfig", "bootstrapSelfManagedAddons", "deletionProtection", "upgradePolicy", "zonalShiftConfig"), _DROPPED
        )
        | dict.fromkeys(("computeConfig", "controlPlaneScalingConfig", "outpostConfig", "storageConfig"), _DROPPED)
        | {"forceUpdateVersion": "moto 5.2.5 has no UpdateClusterVersion"},
        fixed={"version": "moto 5.2.5 has no UpdateClusterVersion"},
    ),
    "aws:eks/nodeGroup:NodeGroup": Row(
        "eks",
        # What moto takes by the updating call only, comes with that.
        create=Call(
            "CreateNodegroup",
            {
                "nodeRole": "$nodeRoleArn",
                "subnets": "$subnetIds",
                "remoteAccess": _remote,
                "updateConfig": None,
                "nodeRepairConfig": None,
            },
        ),
        outputs={
            "arn": "nodegroup.nodegroupArn",
            "resources": "nodegroup.[{autoscalingGroups: resources.autoScalingGroups, remoteAccessSecurityGroupId: ''}]",
        },
        reads=(
            Read(
                "DescribeNodegroup",
                {"clusterName": "$clusterName", "nodegroupName": "$nodeGroupName"},
                "nodegroup",
                {"nodeRoleArn": "nodeRole", "subnetIds": "subnets"},
            ),
        ),
        settings=(Call("UpdateNodegroupConfig", {"labels": None, "taints": None}, ("scalingConfig", "updateConfig", "nodeRepairConfig")),),
        updates=(Own(_label, ("labels",)), Own(_taint, ("taints",))),
        delete=Call("DeleteNodegroup", {"clusterName": "$clusterName", "nodegroupName": "$nodeGroupName"}),
        tagging=Tagging(),
        beyond={"forceUpdateVersion": _NO_VERSION},
        fixed={
            "version": _NO_VERSION,
            "releaseVersion": _NO_VERSION,
            "launchTemplate": _NO_VERSION,
            "tags": "moto 5.2.5 has TagResource for clusters only",
        },
    ),
}

SCHEMA_ONLY = {
    "aws:eks/accessEntry:AccessEntry": "moto 5.2.5 has no CreateAccessEntry",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": "moto 5.2.5 has no AssociateAccessPolicy",
    "aws:eks/addon:Addon": "moto 5.2.5 has no CreateAddon",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "moto 5.2.5 has no CreatePodIdentityAssociation",
}
