"""A Kubernetes cluster on AWS: EKS with access entries, managed node groups and add-ons that hold their own identities."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
from pulumi_aws import cloudwatch, eks, iam

from components.cluster.aws_addons import before_nodes, on_nodes
from components.cluster.aws_nodes import node_groups, node_role
from components.cluster.aws_plan import LOG_TYPES, Plan, plan
from components.cluster.outputs import ClusterOutputs
from components.cluster.spec import ClusterSpec
from components.core import Component
from components.identity.documents import Where, allow, document, service_trust, where
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.site import Site


class AwsCluster(Component[ClusterOutputs]):
    """The key must serve `logs` (the control plane's log group) and `nodes` (disks that the autoscaling service makes)."""

    TYPE = "aws:Cluster"

    def __init__(
        self,
        name: str,
        spec: ClusterSpec,
        site: Site,
        network: NetworkOutputs,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        place = where(site)
        decided = plan(spec, place.partition, network.cidr)
        cluster = self._control_plane(name, spec, decided, place, network, key)
        access = self._administrators(name, decided, place, cluster)
        first = before_nodes(name, place, cluster, self.child)
        role = node_role(name, place, self.child)
        # A node that comes up before its network add-on never gets ready, and EKS then gives the group up; likewise without a way out.
        nodes = node_groups(
            name,
            decided.pools,
            site.tags,
            cluster,
            role,
            network,
            key,
            pulumi.ResourceOptions(parent=self, depends_on=[*first.values(), *role.rights, *network.ways_out]),
        )
        # Their pods need a node to become healthy, and an add-on that does not is reported as failed.
        later = on_nodes(name, place, site.tags, cluster, key, pulumi.ResourceOptions(parent=self, depends_on=nodes))
        self.publish(
            ClusterOutputs(
                name=cluster.name,
                ref=cluster.arn,
                endpoint=cluster.endpoint,
                version=spec.version,
                kubeconfig=_kubeconfig(cluster, site.region, access),
                # EKS always sets it; the SDK's type is optional because it is the type of the input too.
                client_group=cluster.vpc_config.apply(lambda config: config.cluster_security_group_id or ""),
                pools=tuple(pool.name for pool in decided.pools),
                # The last of it: it waits for the nodes, and they for the identity agent.
                ready=(later["coredns"],),
                volumes=(later["aws-ebs-csi-driver"], later["snapshot-controller"]),
                key=key,
            )
        )

    def _control_plane(
        self, name: str, spec: ClusterSpec, decided: Plan, place: Where, network: NetworkOutputs, key: KeyOutputs
    ) -> eks.Cluster:
        logs = cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/eks/{name}/cluster",
            kms_key_id=key.ref,
            retention_in_days=decided.log_days,
            opts=self.child,
        )
        role = iam.Role(
            f"{name}-role",
            description=f"Control plane of {name}",
            assume_role_policy=service_trust("eks.amazonaws.com", place.account, place.arn("eks", f"cluster/{name}")),
            opts=self.child,
        )
        rights = [
            iam.RolePolicyAttachment(
                f"{name}-role-cluster", role=role.name, policy_arn=place.managed_policy("AmazonEKSClusterPolicy"), opts=self.child
            ),
            iam.RolePolicy(
                f"{name}-role-key",
                role=role.name,
                policy=key.ref.apply(
                    lambda arn: document([allow("Secrets", ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"], [arn])])
                ),
                opts=self.child,
            ),
        ]
        return eks.Cluster(
            name,
            name=name,
            version=spec.version,
            role_arn=role.arn,
            access_config=eks.ClusterAccessConfigArgs(
                authentication_mode="API",
                bootstrap_cluster_creator_admin_permissions=False,
            ),
            # EKS would install its own copies of the add-ons below, which then differ from what is declared here.
            bootstrap_self_managed_addons=False,
            enabled_cluster_log_types=list(LOG_TYPES),
            encryption_config=eks.ClusterEncryptionConfigArgs(
                provider=eks.ClusterEncryptionConfigProviderArgs(key_arn=key.ref), resources=["secrets"]
            ),
            kubernetes_network_config=eks.ClusterKubernetesNetworkConfigArgs(ip_family="ipv4", service_ipv4_cidr=spec.services_cidr),
            vpc_config=eks.ClusterVpcConfigArgs(
                subnet_ids=network.private_subnet_ids,
                endpoint_private_access=True,
                endpoint_public_access=decided.public_endpoint,
                public_access_cidrs=list(spec.admin_cidrs) if decided.public_endpoint else None,
            ),
            upgrade_policy=eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            zonal_shift_config=eks.ClusterZonalShiftConfigArgs(enabled=True),
            deletion_protection=spec.deletion_protected,
            # Nothing in the cluster's inputs names these: EKS makes an unencrypted log group of its own if there is none, and cannot
            # clean up its network interfaces once the role's rights are gone.
            opts=pulumi.ResourceOptions(parent=self, protect=spec.deletion_protected, depends_on=[logs, *rights]),
        )

    def _administrators(self, name: str, decided: Plan, place: Where, cluster: eks.Cluster) -> list[eks.AccessPolicyAssociation]:
        policy = place.arn("eks", "cluster-access-policy/AmazonEKSClusterAdminPolicy", region="", account="aws")
        associations: list[eks.AccessPolicyAssociation] = []
        for short, arn in decided.administrators.items():
            entry = eks.AccessEntry(f"{name}-admin-{short}", cluster_name=cluster.name, principal_arn=arn, opts=self.child)
            associations.append(
                eks.AccessPolicyAssociation(
                    f"{name}-admin-{short}",
                    cluster_name=cluster.name,
                    principal_arn=entry.principal_arn,
                    policy_arn=policy,
                    access_scope=eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
                    opts=self.child,
                )
            )
        return associations


def _kubeconfig(cluster: eks.Cluster, region: str, access: Sequence[eks.AccessPolicyAssociation]) -> pulumi.Output[str]:
    """Waits for the administrators' access, so that whoever uses it is let in."""
    return pulumi.Output.all(
        cluster.name, cluster.endpoint, cluster.certificate_authority, *(association.id for association in access)
    ).apply(lambda known: kubeconfig(known[0], known[1], known[2]["data"], region))


def kubeconfig(name: str, endpoint: str, authority: str, region: str) -> str:
    """No credential: the AWS CLI trades the caller's own for a token of a quarter of an hour."""
    token = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"],
        "interactiveMode": "Never",
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": {"server": endpoint, "certificate-authority-data": authority}}],
            "users": [{"name": name, "user": {"exec": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )
