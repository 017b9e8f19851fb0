"""What of AWS must go before what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ops.stack.order import Deletion, Pair, Rule, Those, before, but, either, texts, types
from tests.destroy_rules.kubernetes import HANDLED, RELEASES, at, claims, cleaned, load_balancer, names, namespace, release, rules, runs_as

CLUSTER = types("aws:eks/cluster:Cluster")
NODES = types("aws:eks/nodeGroup:NodeGroup")
ADDONS = types("aws:eks/addon:Addon")
OF_CLUSTER = types("aws:eks/nodeGroup:*", "aws:eks/addon:*", "aws:eks/access*", "aws:eks/podIdentityAssociation:*")
NETWORKED = types(
    *("aws:eks/cluster:*", "aws:ec2/natGateway:*", "aws:ec2/vpcEndpoint:*", "aws:rds/instance:*", "aws:rds/subnetGroup:*", "aws:lb/*"),
    *("aws:elasticache/replicationGroup:*", "aws:elasticache/subnetGroup:*"),
)
"""What has network interfaces in subnets, by itself or through a group of subnets."""
PLACES = types(
    *("aws:ec2/subnet:Subnet", "aws:rds/subnetGroup:SubnetGroup", "aws:elasticache/subnetGroup:SubnetGroup"),
    "aws:ec2/securityGroup:SecurityGroup",
)
STORES = types("aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup")
OF_STORES = types("aws:rds/parameterGroup:*", "aws:elasticache/parameterGroup:*", "aws:cloudwatch/logGroup:LogGroup")
VPC = types("aws:ec2/vpc:Vpc")
ROLES = types("aws:iam/role:Role")
RIGHTS = types("aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:*")
BINDINGS = types("aws:eks/podIdentityAssociation:PodIdentityAssociation")
KEYS = types("aws:kms/key:Key")


def addon(*names: str) -> Those:
    return lambda one: ADDONS(one) and one.inputs.get("addonName") in names


def in_role(one: Deletion, role: Deletion) -> bool:
    """Takes the role on, or is one of its rights."""
    return not ROLES(one) and (
        role.outputs.get("arn") in texts(one.inputs) or (RIGHTS(one) and one.inputs.get("role") == role.outputs["name"])
    )


def called(one: Deletion, other: Deletion) -> bool:
    """Whether the one refers to the other by its name."""
    return other.outputs.get("name") in texts(one.inputs)


def encrypted(one: Deletion, key: Deletion) -> bool:
    """Names the key as a value of its own: a policy that speaks of a key is not encrypted with it."""
    return not KEYS(one) and not {key.id, key.outputs.get("arn")}.isdisjoint(texts(one.inputs))


def rights(all_: Sequence[Deletion], one: Deletion) -> Iterator[Deletion]:
    """Those of the roles that the cloud takes on for it."""
    taken = [role.outputs["name"] for role in all_ if ROLES(role) and in_role(one, role)]
    return (right for right in all_ if RIGHTS(right) and right.inputs.get("role") in taken)


def rights_of_machines(all_: Sequence[Deletion]) -> Iterator[Pair]:
    for one in filter(either(CLUSTER, NODES, ADDONS), all_):
        yield from ((one, right) for right in rights(all_, one))


def rights_of_pods(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """A workload with the binding of its service account, and with each right of the role."""
    for binding in filter(BINDINGS, all_):
        pods = [one for one in all_ if runs_as(one, binding.inputs["namespace"], binding.inputs["serviceAccount"])]
        yield from ((pod, needed) for pod in pods for needed in (binding, *rights(all_, binding)))


def ways_out(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """Node groups with the gateways, endpoints and routes of their own subnets and of the gateways'."""
    groups, gateways = list(filter(NODES, all_)), list(filter(types("aws:ec2/natGateway:NatGateway"), all_))
    subnets = {text for one in (*groups, *gateways) for text in texts(one.inputs)}
    routed = [one for one in all_ if types("aws:ec2/routeTableAssociation:*")(one) and one.inputs["subnetId"] in subnets]
    ways = [*gateways, *routed, *filter(types("aws:ec2/vpcEndpoint:*", "aws:ec2/route:Route"), all_)]
    yield from ((group, way) for group in groups for way in ways)


def spaces_of_claims(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """What the program itself claims goes one by one, before its namespace."""
    spaces = {namespace(one) for one in all_ if RELEASES(one) and claims(one)}
    for space in filter(types("kubernetes:core/v1:Namespace"), all_):
        if at(space.inputs, "metadata", "name") in spaces:
            yield from ((space, driver) for driver in filter(addon("aws-ebs-csi-driver"), all_))


RULES = (
    *rules(CLUSTER, NODES, VPC),
    *cleaned(
        ("load balancers", load_balancer, release("aws-load-balancer-controller")),
        ("volumes", either(claims, types("kubernetes:storage.k8s.io/*")), addon("aws-ebs-csi-driver")),
        ("snapshots", either(claims, release("velero")), addon("snapshot-controller")),
    ),
    Rule(
        "pods need names, addresses and rights to the end",
        before(HANDLED, addon("coredns", "vpc-cni", "kube-proxy", "eks-pod-identity-agent")),
    ),
    Rule("EKS refuses to delete a cluster with node groups", before(OF_CLUSTER, CLUSTER)),
    Rule("nodes, and the controllers on them, call the cloud to the end", ways_out),
    Rule("EC2 refuses to delete what has network interfaces in it", before(NETWORKED, PLACES, names)),
    Rule("EC2 refuses to delete a network with parts", before(but(types("aws:ec2/*", "aws:rds/*", "aws:eks/*"), VPC), VPC, names)),
    Rule("databases and caches are in their parameter groups, and write logs, to the end", before(STORES, OF_STORES, called)),
    Rule("what acts in a role cannot even clean up without it", before(types("aws:*"), ROLES, in_role)),
    Rule("what acts in a role cleans up with its rights", rights_of_machines),
    Rule("a controller without rights leaves what it should remove", rights_of_pods),
    Rule("without its key nothing can be read any more", before(types("aws:*"), KEYS, encrypted)),
    Rule("what charts claimed goes with its namespace at the latest, and nobody else removes volumes", spaces_of_claims),
)
