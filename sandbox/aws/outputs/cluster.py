"""EKS."""

from __future__ import annotations

import base64
import secrets
from functools import partial
from typing import Any

from sandbox.aws.outputs.context import Context, Outputs
from sandbox.aws.outputs.network import fresh
from sandbox.contract import Properties
from sandbox.invent import capitals, hexadecimal, identifier
from sandbox.outputs import now

DEFAULT_VERSION = "1.35"


def _hex_capitals() -> str:
    return secrets.token_hex(16).upper()


def _authority() -> str:
    """The shape of a certificate: kubeconfigs carry it, nobody verifies it."""
    body = base64.encodebytes(secrets.token_bytes(780)).decode()
    return base64.b64encode(f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n".encode()).decode()


def cluster(c: Context) -> Properties:
    subnets: list[Any] = c.part("vpcConfig").get("subnetIds") or []
    unique = c.keep("identities", _hex_capitals)
    issuer = f"https://oidc.eks.{c.region}.{c.dns}/id/{_hex_capitals()}"
    identities = [{"oidcs": [{"issuer": issuer}]}] if isinstance(unique, str) else unique
    network = {
        "clusterSecurityGroupId": c.keep("vpcConfig.clusterSecurityGroupId", partial(fresh, "sg")),
        "vpcId": c.keep("vpcConfig.vpcId", partial(c.vpc_of_subnets, subnets)),
        "endpointPrivateAccess": False,
        "endpointPublicAccess": True,
        "publicAccessCidrs": ["0.0.0.0/0"],
    }
    return {
        "accessConfig": {"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": True},
        "certificateAuthority": c.keep("certificateAuthority", lambda: {"data": _authority()}),
        "createdAt": now(),
        "deletionProtection": False,
        "endpoint": c.keep("endpoint", lambda: f"https://{_hex_capitals()}.gr7.{c.region}.eks.{c.dns}"),
        "identities": identities,
        "kubernetesNetworkConfig": {
            "ipFamily": "ipv4",
            "serviceIpv4Cidr": "172.20.0.0/16",
            "elasticLoadBalancing": {"enabled": False},
        },
        "platformVersion": "eks.12",
        "status": "ACTIVE",
        "upgradePolicy": {"supportType": "EXTENDED"},
        "version": DEFAULT_VERSION,
        "vpcConfig": network,
    }


def node_group(c: Context) -> Properties:
    owner = c.other("aws:eks/cluster:Cluster", c.known.get("clusterName"))
    version = c.text("version") or str(owner.outputs.get("version", DEFAULT_VERSION) if owner else DEFAULT_VERSION)
    group = f"eks-{c.text('nodeGroupName')}-{identifier()}"
    template = c.known.get("launchTemplate") is not None
    return {
        "amiType": "AL2023_x86_64_STANDARD",
        "capacityType": "ON_DEMAND",
        "diskSize": 0 if template else 20,
        "instanceTypes": [] if template else ["t3.medium"],
        "releaseVersion": f"{version}.0-20261105",
        "resources": [{"autoscalingGroups": [{"name": group}], "remoteAccessSecurityGroupId": ""}],
        "status": "ACTIVE",
        "updateConfig": {"maxUnavailable": 1},
        "version": version,
    }


_ADDONS = {
    "aws-ebs-csi-driver": "v1.54.0-eksbuild.1",
    "aws-efs-csi-driver": "v2.2.0-eksbuild.1",
    "aws-guardduty-agent": "v1.12.1-eksbuild.2",
    "aws-mountpoint-s3-csi-driver": "v2.2.1-eksbuild.1",
    "amazon-cloudwatch-observability": "v4.8.0-eksbuild.1",
    "cert-manager": "v1.19.1-eksbuild.2",
    "coredns": "v1.13.1-eksbuild.1",
    "eks-node-monitoring-agent": "v1.5.0-eksbuild.1",
    "eks-pod-identity-agent": "v1.3.10-eksbuild.1",
    "external-dns": "v0.20.0-eksbuild.1",
    "kube-proxy": "v1.35.0-eksbuild.2",
    "kube-state-metrics": "v2.17.0-eksbuild.5",
    "metrics-server": "v0.8.0-eksbuild.5",
    "prometheus-node-exporter": "v1.10.2-eksbuild.4",
    "snapshot-controller": "v8.4.0-eksbuild.1",
    "vpc-cni": "v1.21.1-eksbuild.1",
}
"""Names that EKS offers, with a version of the right form."""


def addon_version(name: str, kubernetes_version: str) -> str | None:
    version = _ADDONS.get(name)
    return f"v{kubernetes_version}.0-eksbuild.2" if version and name == "kube-proxy" else version


def addon_names() -> tuple[str, ...]:
    return tuple(_ADDONS)


def addon(c: Context) -> Properties:
    owner = c.other("aws:eks/cluster:Cluster", c.known.get("clusterName"))
    version = str(owner.outputs.get("version", DEFAULT_VERSION) if owner else DEFAULT_VERSION)
    return {"addonVersion": addon_version(c.text("addonName"), version) or "", "createdAt": now(), "modifiedAt": now()}


def access_entry(c: Context) -> Properties:
    principal = c.text("principalArn")
    kind, _, name = principal.rpartition(":")[2].partition("/")
    return {
        "accessEntryArn": c.arn(f"eks:access-entry/{c.text('clusterName')}/{kind}/{c.account}/{name}/{identifier()}"),
        "createdAt": now(),
        "kubernetesGroups": [],
        "modifiedAt": now(),
        "type": "STANDARD",
        "userName": f"{principal.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/{{{{SessionName}}}}",
    }


def association(c: Context) -> Properties:
    return {"associatedAt": now(), "modifiedAt": now()}


def pod_identity(c: Context) -> Properties:
    external = f"{c.region}/{c.account}/{c.text('clusterName')}/{c.text('namespace')}/{c.text('serviceAccount')}/{hexadecimal(8)}"
    return {
        "associationArn": c.arn(f"eks:podidentityassociation/{c.text('clusterName')}/{c.id}"),
        "associationId": c.id,
        "disableSessionTags": False,
        "externalId": external,
    }


def role_id() -> str:
    return f"AROA{capitals(17)}"


OUTPUTS: dict[str, Outputs] = {
    "aws:eks/accessEntry:AccessEntry": access_entry,
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": association,
    "aws:eks/addon:Addon": addon,
    "aws:eks/cluster:Cluster": cluster,
    "aws:eks/nodeGroup:NodeGroup": node_group,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": pod_identity,
}
