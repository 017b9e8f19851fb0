"""The order in which a stack must go, so that a destroy comes to an end and leaves nothing behind that costs or hinders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from ops.stack.order import Deletion, Pair, Rule, Those, before, but, either, texts, types

CLUSTER = types("aws:eks/cluster:Cluster")
NODES = types("aws:eks/nodeGroup:NodeGroup")
ADDONS = types("aws:eks/addon:Addon")
OF_CLUSTER = types("aws:eks/nodeGroup:*", "aws:eks/addon:*", "aws:eks/access*", "aws:eks/podIdentityAssociation:*")
NETWORKED = types(
    "aws:eks/cluster:*", "aws:ec2/natGateway:*", "aws:ec2/vpcEndpoint:*", "aws:rds/instance:*", "aws:rds/subnetGroup:*", "aws:lb/*"
)
"""What has network interfaces in subnets, by itself or through a group of subnets."""
PLACES = types("aws:ec2/subnet:Subnet", "aws:rds/subnetGroup:SubnetGroup", "aws:ec2/securityGroup:SecurityGroup")
VPC = types("aws:ec2/vpc:Vpc")
ROLES = types("aws:iam/role:Role")
RIGHTS = types("aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:*")
BINDINGS = types("aws:eks/podIdentityAssociation:PodIdentityAssociation")
KEYS = types("aws:kms/key:Key")

OBJECTS = types("kubernetes:*")
RELEASES = types("kubernetes:helm.sh/v3:Release")
WORKLOADS = types("kubernetes:helm.sh/v3:Release", "kubernetes:apps/v1:*", "kubernetes:batch/v1:*")


def at(value: Any, *path: str) -> Any:
    """None where the path breaks off."""
    for key in path:
        value = cast("Mapping[str, Any]", value).get(key) if isinstance(value, Mapping) else None
    return value


def entries(value: Any) -> list[tuple[str, Any]]:
    """Keys and values of a mapping; those of the mappings in a list."""
    if isinstance(value, Mapping):
        return list(cast("Mapping[str, Any]", value).items())
    return [entry for one in cast("list[Any]", value) for entry in entries(one)] if isinstance(value, list) else []


def keys(value: Any) -> frozenset[str]:
    """Every key, however deep."""
    return frozenset[str]().union(*({key} | keys(inner) for key, inner in entries(value)))


def namespace(one: Deletion) -> str:
    return one.inputs.get("namespace") or at(one.inputs, "metadata", "namespace") or ""


def release(name: str) -> Those:
    return lambda one: RELEASES(one) and one.inputs.get("name") == name


def addon(*names: str) -> Those:
    return lambda one: ADDONS(one) and one.inputs.get("addonName") in names


def load_balancer(one: Deletion) -> bool:
    return one.type == "kubernetes:core/v1:Service" and at(one.inputs, "spec", "type") == "LoadBalancer"


def public_name(one: Deletion) -> bool:
    """An object from which external-dns takes a host name."""
    annotations: Mapping[str, str] = at(one.inputs, "metadata", "annotations") or {}
    return any(key.startswith("external-dns.alpha.kubernetes.io/") for key in annotations)


def claims(one: Deletion) -> bool:
    """Holds a volume: a claim, or a release whose values ask for some of a class."""
    return one.type == "kubernetes:core/v1:PersistentVolumeClaim" or (
        RELEASES(one) and bool({"storageClassName", "storageClass"} & keys(one.inputs))
    )


PLAIN = either(
    types("kubernetes:core/v1:*", "kubernetes:rbac.authorization.k8s.io/*", "kubernetes:networking.k8s.io/v1:NetworkPolicy"),
    types("kubernetes:policy/v1:*", "kubernetes:storage.k8s.io/*", "kubernetes:monitoring.coreos.com/*"),
    release("prometheus-operator-crds"),
)
HANDLED = either(but(OBJECTS, PLAIN), load_balancer)
"""What more than the API server takes part in when it goes: a kubelet that stops pods, a controller that finalizes."""

CLEANERS: tuple[tuple[str, Those, Those], ...] = (
    ("load balancers", load_balancer, release("aws-load-balancer-controller")),
    ("the records of public names", public_name, release("external-dns")),
    ("proxies", types("kubernetes:gateway.networking.k8s.io/*", "kubernetes:gateway.envoyproxy.io/*"), release("envoy-gateway")),
    ("certificates and their challenges", types("kubernetes:cert-manager.io/*"), release("cert-manager")),
    ("the secrets that it wrote", types("kubernetes:external-secrets.io/*"), release("external-secrets")),
    ("objects whose definition is gone", types("kubernetes:monitoring.coreos.com/*"), release("prometheus-operator-crds")),
    ("volumes", either(claims, types("kubernetes:storage.k8s.io/*")), addon("aws-ebs-csi-driver")),
    ("snapshots", either(claims, release("velero")), addon("snapshot-controller")),
)
"""What a controller removes or finalizes, and which one it is."""


def names(one: Deletion, other: Deletion) -> bool:
    """Whether the one refers to the other by its id."""
    return other.id in texts(one.inputs)


def in_role(one: Deletion, role: Deletion) -> bool:
    """Takes the role on, or is one of its rights."""
    return not ROLES(one) and (
        role.outputs.get("arn") in texts(one.inputs) or (RIGHTS(one) and one.inputs.get("role") == role.outputs["name"])
    )


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
        account = binding.inputs["serviceAccount"]
        pods = [one for one in all_ if WORKLOADS(one) and namespace(one) == binding.inputs["namespace"] and account in accounts(one.inputs)]
        yield from ((pod, needed) for pod in pods for needed in (binding, *rights(all_, binding)))


def accounts(value: Any) -> frozenset[str]:
    """The service accounts that a chart's values or a pod's template name."""
    found = [texts(inner) if key.startswith("serviceAccount") else accounts(inner) for key, inner in entries(value)]
    return frozenset[str]().union(*found)


def ways_out(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """Node groups with the gateways, endpoints and routes of their own subnets and of the gateways'."""
    groups, gateways = list(filter(NODES, all_)), list(filter(types("aws:ec2/natGateway:NatGateway"), all_))
    subnets = {text for one in (*groups, *gateways) for text in texts(one.inputs)}
    routed = [one for one in all_ if types("aws:ec2/routeTableAssociation:*")(one) and one.inputs["subnetId"] in subnets]
    ways = [*gateways, *routed, *filter(types("aws:ec2/vpcEndpoint:*", "aws:ec2/route:Route"), all_)]
    yield from ((group, way) for group in groups for way in ways)


def spaces_of_claims(all_: Sequence[Deletion]) -> Iterator[Pair]:
    spaces = {namespace(one) for one in all_ if claims(one)}
    for space in filter(types("kubernetes:core/v1:Namespace"), all_):
        if at(space.inputs, "metadata", "name") in spaces:
            yield from ((space, driver) for driver in filter(addon("aws-ebs-csi-driver"), all_))


RULES = (
    Rule("nothing stops pods and finalizes objects any more when the nodes are gone", before(HANDLED, NODES)),
    Rule("a load balancer that stands keeps subnets and addresses", before(load_balancer, either(CLUSTER, VPC))),
    Rule("volumes that stand are lost from sight with their cluster", before(claims, either(NODES, CLUSTER))),
    Rule(
        "pods need names, addresses and rights to the end",
        before(HANDLED, addon("coredns", "vpc-cni", "kube-proxy", "eks-pod-identity-agent")),
    ),
    Rule("EKS refuses to delete a cluster with node groups", before(OF_CLUSTER, CLUSTER)),
    Rule("nodes, and the controllers on them, call the cloud to the end", ways_out),
    Rule("EC2 refuses to delete what has network interfaces in it", before(NETWORKED, PLACES, names)),
    Rule("EC2 refuses to delete a network with parts", before(but(types("aws:ec2/*", "aws:rds/*", "aws:eks/*"), VPC), VPC, names)),
    Rule("what acts in a role cannot even clean up without it", before(types("aws:*"), ROLES, in_role)),
    Rule("what acts in a role cleans up with its rights", rights_of_machines),
    Rule("a controller without rights leaves what it should remove", rights_of_pods),
    Rule("without its key nothing can be read any more", before(types("aws:*"), KEYS, encrypted)),
    Rule("what charts claimed goes with its namespace at the latest, and nobody else removes volumes", spaces_of_claims),
    *(Rule(f"nobody else removes {what}", before(those, cleaner)) for what, those, cleaner in CLEANERS),
)
