"""Managed node groups: one per pool, over all zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, eks, iam

from components.cluster.aws_plan import AMI_TYPE, Pool
from components.identity.documents import Where, allow, bare_trust, document
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.registry.aws_plan import CACHES

# No CNI policy: the network add-on has an identity of its own, so that no pod finds those rights on the node.
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")


@dataclass(frozen=True)
class NodeRole:
    arn: pulumi.Output[str]
    rights: tuple[pulumi.Resource, ...]


def node_role(name: str, place: Where, child: pulumi.ResourceOptions) -> NodeRole:
    role = iam.Role(f"{name}-node", description=f"Nodes of {name}", assume_role_policy=bare_trust("ec2.amazonaws.com"), opts=child)
    cached = [place.arn("ecr", f"repository/{prefix}/*") for prefix in CACHES.values()]
    rights = [
        iam.RolePolicyAttachment(f"{name}-node-{policy}", role=role.name, policy_arn=place.managed_policy(policy), opts=child)
        for policy in NODE_POLICIES
    ]
    # The first pull of an image through the registry's cache makes its repository, in the name of the node that pulls.
    pull = iam.RolePolicy(
        f"{name}-node-cache",
        role=role.name,
        policy=document([allow("PullThroughCache", ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"], cached)]),
        opts=child,
    )
    return NodeRole(role.arn, (*rights, pull))


def node_groups(
    name: str,
    pools: Sequence[Pool],
    tags: Mapping[str, str],
    cluster: eks.Cluster,
    role: NodeRole,
    network: NetworkOutputs,
    key: KeyOutputs,
    opts: pulumi.ResourceOptions,
) -> list[eks.NodeGroup]:
    return [_group(f"{name}-{pool.name}", pool, tags, cluster, role, network, key, opts) for pool in pools]


def _group(
    name: str,
    pool: Pool,
    tags: Mapping[str, str],
    cluster: eks.Cluster,
    role: NodeRole,
    network: NetworkOutputs,
    key: KeyOutputs,
    opts: pulumi.ResourceOptions,
) -> eks.NodeGroup:
    template = _template(name, pool, tags, key, pulumi.ResourceOptions(parent=opts.parent))
    return eks.NodeGroup(
        # The engine sends the ignored number with every change of the limits, and EKS refuses one below the minimum. So another minimum
        # is another group: it stands before the old one is drained.
        f"{name}-from-{pool.minimum}",
        cluster_name=cluster.name,
        node_role_arn=role.arn,
        subnet_ids=network.private_subnet_ids,
        ami_type=AMI_TYPE,
        capacity_type=pool.capacity_type,
        instance_types=list(pool.instance_types),
        # The version follows the cluster's, which it must not overtake.
        version=cluster.version,
        launch_template=eks.NodeGroupLaunchTemplateArgs(id=template.id, version=template.latest_version.apply(str)),
        scaling_config=eks.NodeGroupScalingConfigArgs(min_size=pool.minimum, desired_size=pool.desired, max_size=pool.maximum),
        update_config=eks.NodeGroupUpdateConfigArgs(max_unavailable=1),
        node_repair_config=eks.NodeGroupNodeRepairConfigArgs(enabled=True),
        labels=pool.labels,
        taints=[eks.NodeGroupTaintArgs(key="pool", value=pool.name, effect="NO_SCHEDULE")] if pool.tainted else None,
        opts=pulumi.ResourceOptions(
            parent=opts.parent,
            depends_on=opts.depends_on,
            # The autoscaler owns the number of nodes; the declared one is where it starts.
            ignore_changes=["scalingConfig.desiredSize"],
        ),
    )


def _template(name: str, pool: Pool, tags: Mapping[str, str], key: KeyOutputs, child: pulumi.ResourceOptions) -> ec2.LaunchTemplate:
    # No network interfaces here: naming one would drop the cluster's security group. Private subnets give no public addresses.
    named = {**tags, "Name": name}
    return ec2.LaunchTemplate(
        f"{name}-template",
        description=f"Nodes of the pool {pool.name}",
        update_default_version=True,
        metadata_options=ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled",
            http_tokens="required",
            # One hop ends on the node: a pod cannot fetch the node's credentials.
            http_put_response_hop_limit=1,
            instance_metadata_tags="disabled",
        ),
        block_device_mappings=[
            ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name="/dev/xvda",
                ebs=ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                    volume_type="gp3",
                    volume_size=pool.disk_gib,
                    encrypted="true",
                    kms_key_id=key.ref,
                    delete_on_termination="true",
                ),
            )
        ],
        # The provider's default tags reach the template, not what is launched from it.
        tag_specifications=[
            ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=named) for kind in ("instance", "volume", "network-interface")
        ],
        opts=child,
    )
