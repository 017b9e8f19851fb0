"""Who reaches what stands in the data subnets on AWS."""

from __future__ import annotations

import pulumi
from pulumi_aws import ec2, vpc

from components.cluster.outputs import ClusterOutputs
from components.network.outputs import NetworkOutputs


def only_the_cluster(
    name: str, what: str, port: int, network: NetworkOutputs, clients: ClusterOutputs, opts: pulumi.ResourceOptions
) -> ec2.SecurityGroup:
    """The security group of `what`, open to the cluster at one port.

    No egress: the provider takes away the rule that AWS adds, a store calls nobody, and answers pass without a rule. The rule stands
    apart from the group: within it the store would wait for the cluster, whose group it names.
    """
    group = ec2.SecurityGroup(f"{name}-group", description=f"{what} {name}", vpc_id=network.id, opts=opts)
    vpc.SecurityGroupIngressRule(
        f"{name}-from-cluster",
        security_group_id=group.id,
        referenced_security_group_id=clients.client_group,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description="Nodes and pods of the cluster",
        opts=opts,
    )
    return group
