"""Nodes on GCP: their service account, and one autoscaled pool per pool asked for."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_gcp import container, projects, serviceaccount

from components.cluster.gcp_plan import LONGEST_ACCOUNT, LONGEST_TAG, PODS_PER_NODE, Pool
from components.gcp_project import Project, labels
from components.key.outputs import KeyOutputs
from components.naming import fit
from components.network.outputs import NetworkOutputs
from components.site import Site

NODE_ROLE = "roles/container.defaultNodeServiceAccount"
"""Writes logs and metrics, and nothing else. Who pulls from which repository is the registry's to say."""

DISK_TYPE = "pd-balanced"
IMAGE_TYPE = "COS_CONTAINERD"
SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
"""Scopes are the older, coarser limit: with all of them, IAM alone decides."""

METADATA = {"disable-legacy-endpoints": "true"}
"""GKE's own default, which the provider would otherwise try to unset."""


@dataclass(frozen=True)
class Nodes:
    """What all nodes of a cluster share. `account` is the e-mail address of their service account, known once it has its rights."""

    account: pulumi.Output[str]
    tag: str
    labels: dict[str, str]
    key: pulumi.Output[str]


def nodes(name: str, site: Site, project: Project, key: KeyOutputs, child: pulumi.ResourceOptions) -> Nodes:
    account = serviceaccount.Account(
        f"{name}-nodes",
        account_id=fit(name, LONGEST_ACCOUNT),
        display_name=f"Nodes of {name}",
        project=project.on("iam.googleapis.com"),
        opts=child,
    )
    right = projects.IAMMember(
        f"{name}-nodes-role",
        project=project.id,
        role=NODE_ROLE,
        member=account.email.apply(lambda email: f"serviceAccount:{email}"),
        opts=child,
    )
    entitled = pulumi.Output.all(account.email, right.id).apply(lambda known: str(known[0]))
    return Nodes(entitled, fit(name, LONGEST_TAG), labels(site), key.ref)


def node_pool(
    name: str,
    pool: Pool,
    site: Site,
    project: Project,
    cluster: container.Cluster,
    shared: Nodes,
    network: NetworkOutputs,
    child: pulumi.ResourceOptions,
) -> container.NodePool:
    return container.NodePool(
        f"{name}-{pool.name}",
        name=pool.name,
        project=project.id,
        location=site.region,
        cluster=cluster.name,
        # Automatic upgrades move nodes to the control plane's patch; another minor of the control plane takes them along from here, since
        # the cluster's exclusion holds automatic upgrades to one back.
        version=cluster.master_version,
        node_locations=list(pool.zones),
        initial_node_count=pool.initial,
        autoscaling=container.NodePoolAutoscalingArgs(
            # The plain limits count per zone.
            total_min_node_count=pool.minimum,
            total_max_node_count=pool.maximum,
            location_policy=pool.location_policy,
        ),
        max_pods_per_node=PODS_PER_NODE,
        network_config=container.NodePoolNetworkConfigArgs(enable_private_nodes=True),
        management=container.NodePoolManagementArgs(auto_repair=True, auto_upgrade=True),
        upgrade_settings=container.NodePoolUpgradeSettingsArgs(strategy="SURGE", max_surge=1, max_unavailable=0),
        node_config=container.NodePoolNodeConfigArgs(
            machine_type=pool.machine_type,
            image_type=IMAGE_TYPE,
            disk_type=DISK_TYPE,
            disk_size_gb=pool.disk_gib,
            boot_disk_kms_key=shared.key,
            spot=pool.spot,
            service_account=shared.account,
            oauth_scopes=list(SCOPES),
            labels=pool.labels,
            resource_labels=shared.labels,
            tags=[shared.tag],
            taints=[container.NodePoolNodeConfigTaintArgs(key="pool", value=pool.name, effect="NO_SCHEDULE")] if pool.tainted else None,
            metadata=METADATA,
            # Pods see the metadata server of GKE, which gives them their own identity and never the node's.
            workload_metadata_config=container.NodePoolNodeConfigWorkloadMetadataConfigArgs(mode="GKE_METADATA"),
            shielded_instance_config=container.NodePoolNodeConfigShieldedInstanceConfigArgs(
                enable_secure_boot=True, enable_integrity_monitoring=True
            ),
            kubelet_config=container.NodePoolNodeConfigKubeletConfigArgs(insecure_kubelet_readonly_port_enabled="FALSE"),
        ),
        opts=pulumi.ResourceOptions(
            parent=child.parent,
            depends_on=list(network.ways_out),
            # The autoscaler owns the number of nodes, and another initial one would replace the pool.
            ignore_changes=["initialNodeCount"],
        ),
    )


def first_pool(shared: Nodes) -> container.ClusterNodeConfigArgs:
    """The pool that a cluster is born with and that goes at once: small, and as closed as the others meanwhile."""
    return container.ClusterNodeConfigArgs(
        machine_type="e2-medium",
        image_type=IMAGE_TYPE,
        disk_type=DISK_TYPE,
        disk_size_gb=20,
        boot_disk_kms_key=shared.key,
        service_account=shared.account,
        oauth_scopes=list(SCOPES),
        resource_labels=shared.labels,
        tags=[shared.tag],
        metadata=METADATA,
        workload_metadata_config=container.ClusterNodeConfigWorkloadMetadataConfigArgs(mode="GKE_METADATA"),
        shielded_instance_config=container.ClusterNodeConfigShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
        kubelet_config=container.ClusterNodeConfigKubeletConfigArgs(insecure_kubelet_readonly_port_enabled="FALSE"),
    )
