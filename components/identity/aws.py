"""A workload's identity on AWS: an IAM role that one service account obtains through EKS Pod Identity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pulumi
from pulumi_aws import eks, iam, kms

from components.cluster.outputs import ClusterOutputs
from components.core import Component
from components.identity import aws_statements as statements
from components.identity.aws_load_balancing import load_balancing
from components.identity.documents import Statement, Where, document, pod_trust, where
from components.identity.outputs import IdentityOutputs
from components.identity.spec import (
    AutoscalingGrant,
    BucketGrant,
    DnsGrant,
    Grant,
    IdentitySpec,
    KeyGrant,
    LoadBalancingGrant,
    SecretsGrant,
    SnapshotGrant,
)
from components.site import Site


class AwsIdentity(Component[IdentityOutputs]):
    """The role's name is the component's, so that it is found in the audit trail by who it is for."""

    TYPE = "aws:Identity"

    def __init__(
        self,
        name: str,
        spec: IdentitySpec,
        site: Site,
        grants: Sequence[Grant],
        cluster: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = iam.Role(
            f"{name}-role",
            description=f"Pods of {spec.namespace}/{spec.service_account}",
            assume_role_policy=cluster.name.apply(
                lambda cluster_name: pod_trust(site.account, cluster_name, spec.namespace, spec.service_account)
            ),
            opts=self.child,
        )
        rights: list[pulumi.Resource] = []
        if grants:
            policy = iam.RolePolicy(
                f"{name}-policy",
                role=role.name,
                policy=pulumi.Output.all(*(_statements(where(site), site.name, grant) for grant in grants)).apply(_document),
                opts=self.child,
            )
            rights.append(policy)
        for index, grant in enumerate(grant for grant in grants if isinstance(grant, KeyGrant) and grant.key.exclusive):
            # The key's own policy leaves IAM no say: a grant is the only way in.
            given = kms.Grant(
                f"{name}-key-{index}",
                key_id=grant.key.id,
                grantee_principal=role.arn,
                operations=["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"],
                opts=self.child,
            )
            rights.append(given)
        binding = eks.PodIdentityAssociation(
            f"{name}-binding",
            cluster_name=cluster.name,
            namespace=spec.namespace,
            service_account=spec.service_account,
            role_arn=role.arn,
            # Whoever waits for the binding starts with its rights, and on destroy cleans up with them to the end.
            opts=pulumi.ResourceOptions(parent=self, depends_on=rights),
        )
        self.publish(IdentityOutputs(ref=role.arn, annotations={}, pod_labels={}, binding=binding))


def _document(groups: Sequence[Sequence[Statement]]) -> str:
    """Statement ids are unique within a policy: the same kind of grant may come twice."""
    flat = [statement for group in groups for statement in group]
    return document([statement | {"Sid": f"{statement['Sid']}{index}"} for index, statement in enumerate(flat)])


def _statements(place: Where, prefix: str, grant: Grant) -> pulumi.Output[list[Statement]]:
    """Waits for what the grant refers to, then asks the pure function of its kind."""
    match grant:
        case BucketGrant(bucket, access):
            return _of(partial(statements.bucket, place, access, region=bucket.region), arn=bucket.ref, key=bucket.key.ref)
        case KeyGrant(key):
            return _of(statements.key, arn=key.ref)
        case SecretsGrant(prefixes, keys, database_admins):
            read = partial(statements.secrets, place, prefixes, database_admins=f"{prefix}-" if database_admins else None)
            return pulumi.Output.all(*(key.ref for key in keys)).apply(lambda arns: read(keys=arns))
        case DnsGrant(zone):
            return _of(statements.dns, zone=zone.ref)
        case AutoscalingGrant(cluster):
            return _of(partial(statements.autoscaling, place), cluster=cluster.name)
        case LoadBalancingGrant(cluster, network):
            return _of(partial(load_balancing, place), cluster=cluster.name, vpc=network.id)
        case SnapshotGrant(cluster):
            volume_key = cluster.key.ref if cluster.key else None
            return _of(partial(statements.snapshots, place), cluster=cluster.name, key=volume_key)


def _of(build: Callable[..., list[Statement]], **inputs: pulumi.Input[str] | None) -> pulumi.Output[list[Statement]]:
    return pulumi.Output.all(**inputs).apply(lambda known: build(**known))
