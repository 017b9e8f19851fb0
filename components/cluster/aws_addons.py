"""EKS add-ons: what makes nodes ready, then what runs on them.

No version is pinned: EKS takes its default for the cluster's minor, which it has tested together. It never moves one by itself: README.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import eks, iam

from components.identity.aws_statements import VOLUME_TAG, volume_key
from components.identity.documents import Where, document, pod_trust
from components.key.outputs import KeyOutputs


def before_nodes(name: str, place: Where, cluster: eks.Cluster, child: pulumi.ResourceOptions) -> dict[str, eks.Addon]:
    """DaemonSets: healthy without a node, and needed by the first one."""
    cni = _role(f"{name}-cni", place, name, "aws-node", child)
    right = iam.RolePolicyAttachment(
        f"{name}-cni-policy", role=cni.name, policy_arn=place.managed_policy("AmazonEKS_CNI_Policy"), opts=child
    )
    after_right = pulumi.ResourceOptions(parent=child.parent, depends_on=[right])  # without it the first pods get no address
    return {
        "vpc-cni": _addon(name, "vpc-cni", cluster, after_right, {"enableNetworkPolicy": "true"}, {"aws-node": cni.arn}),
        "kube-proxy": _addon(name, "kube-proxy", cluster, child),
        "eks-pod-identity-agent": _addon(name, "eks-pod-identity-agent", cluster, child),
    }


def on_nodes(
    name: str, place: Where, tags: Mapping[str, str], cluster: eks.Cluster, key: KeyOutputs, opts: pulumi.ResourceOptions
) -> dict[str, eks.Addon]:
    child = pulumi.ResourceOptions(parent=opts.parent)
    account = "ebs-csi-controller-sa"
    storage = _role(f"{name}-storage", place, name, account, child)
    disks = iam.RolePolicyAttachment(
        f"{name}-storage-policy",
        role=storage.name,
        policy_arn=place.managed_policy("service-role/AmazonEBSCSIDriverPolicy"),
        opts=child,
    )
    policy = key.ref.apply(lambda arn: document(volume_key(place, arn)))
    encryption = iam.RolePolicy(f"{name}-storage-key", role=storage.name, policy=policy, opts=child)
    # On destroy the driver needs its rights until the last volume is gone.
    with_rights = opts.merge(pulumi.ResourceOptions(depends_on=[disks, encryption]))
    # The provider's default tags do not reach volumes that the driver makes; the cluster's tag is what backup rights rest on.
    settings = {"controller": {"extraVolumeTags": {**tags, VOLUME_TAG: name}}}
    return {
        "coredns": _addon(name, "coredns", cluster, opts),
        "snapshot-controller": _addon(name, "snapshot-controller", cluster, opts),
        "aws-ebs-csi-driver": _addon(name, "aws-ebs-csi-driver", cluster, with_rights, settings, {account: storage.arn}),
    }


def _role(name: str, place: Where, cluster: str, account: str, child: pulumi.ResourceOptions) -> iam.Role:
    trust = pod_trust(place.account, cluster, "kube-system", account)
    return iam.Role(name, description=f"Pods of kube-system/{account}", assume_role_policy=trust, opts=child)


def _addon(
    name: str,
    addon: str,
    cluster: eks.Cluster,
    opts: pulumi.ResourceOptions,
    settings: Mapping[str, Any] | None = None,
    identities: Mapping[str, pulumi.Input[str]] | None = None,
) -> eks.Addon:
    return eks.Addon(
        f"{name}-{addon}",
        cluster_name=cluster.name,
        addon_name=addon,
        configuration_values=json.dumps(settings, sort_keys=True) if settings else None,
        pod_identity_associations=[
            eks.AddonPodIdentityAssociationArgs(service_account=account, role_arn=role) for account, role in identities.items()
        ]
        if identities
        else None,
        # What is declared here wins over what somebody changed by hand.
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        opts=opts,
    )
