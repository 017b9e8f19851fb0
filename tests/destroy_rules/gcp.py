"""What of GCP must go before what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ops.stack.order import Deletion, Pair, Rule, before, but, either, texts, types
from tests.destroy_rules.kubernetes import at, claims, names, namespace, rules, runs_as

CLUSTER = types("gcp:container/cluster:Cluster")
NODES = types("gcp:container/nodePool:NodePool")
OF_CLUSTER = types("gcp:container/nodePool:*", "gcp:gkebackup/*")
VPC = types("gcp:compute/network:Network")
SUBNET = types("gcp:compute/subnetwork:Subnetwork")
NETWORKED = types(
    *("gcp:compute/*", "gcp:container/cluster:*", "gcp:servicenetworking/*", "gcp:sql/databaseInstance:*", "gcp:dns/managedZone:*"),
    *("gcp:networkconnectivity/*", "gcp:redis/*", "gcp:memorystore/*"),
)
"""What names a network by its id, the private names in it among it."""
WAYS_OUT = types("gcp:compute/routerNat:RouterNat", "gcp:compute/route:Route")
ROUTER, ADDRESSES = types("gcp:compute/router:Router"), types("gcp:compute/address:Address", "gcp:compute/globalAddress:GlobalAddress")
INSTANCES = types("gcp:sql/databaseInstance:DatabaseInstance", "gcp:redis/instance:Instance")
CONNECTION = types("gcp:servicenetworking/connection:Connection")
CACHES, ENDPOINTS = types("gcp:memorystore/instance:Instance"), types("gcp:networkconnectivity/serviceConnectionPolicy:*")
ACCOUNTS = types("gcp:serviceaccount/account:Account")
GRANTS = types("gcp:*:*IAMMember", "gcp:*:*IamMember")
BINDINGS = types("gcp:serviceaccount/iAMMember:IAMMember")
ROLES = types("gcp:projects/iAMCustomRole:IAMCustomRole")
KEYS, KEY_GRANTS = types("gcp:kms/cryptoKey:CryptoKey"), types("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")
SINKS, LOG_BUCKETS = types("gcp:logging/projectSink:ProjectSink"), types("gcp:logging/projectBucketConfig:ProjectBucketConfig")
POD = re.compile(r"serviceAccount:[^\[]+\.svc\.id\.goog\[(?P<namespace>[^/]+)/(?P<account>[^\]]+)\]")


def private_names(one: Deletion) -> bool:
    """Under which nodes find Google's APIs."""
    return one.type == "gcp:dns/recordSet:RecordSet" and "eucloud:gcp:Network$" in one.urn


def of_account(one: Deletion, account: Deletion) -> bool:
    """Lets the account in somewhere, or somebody in on it."""
    return not {f"serviceAccount:{account.outputs['email']}", account.outputs["name"]}.isdisjoint(texts(one.inputs))


def takes_on(one: Deletion, account: Deletion) -> bool:
    return account.outputs["email"] in texts(one.inputs)


def granted(one: Deletion, role: Deletion) -> bool:
    return one.inputs.get("role") == role.outputs["name"]


def rights_of_machines(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """The cluster and its nodes with each right of the account that they take on."""
    for account in filter(ACCOUNTS, all_):
        machines = [one for one in filter(either(CLUSTER, NODES), all_) if takes_on(one, account)]
        rights = [one for one in filter(GRANTS, all_) if one.inputs.get("member") == f"serviceAccount:{account.outputs['email']}"]
        # Pulling images is for pods, and those are gone before their nodes.
        yield from ((one, right) for one in machines for right in rights if "artifactregistry" not in right.type)


def rights_of_pods(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """A workload with the binding of its service account, and with each right of the account that it acts as."""
    accounts = {one.outputs["name"]: f"serviceAccount:{one.outputs['email']}" for one in filter(ACCOUNTS, all_)}
    for binding in filter(BINDINGS, all_):
        if pod := POD.fullmatch(binding.inputs["member"]):
            pods = [one for one in all_ if runs_as(one, pod["namespace"], pod["account"])]
            member = accounts[binding.inputs["serviceAccountId"]]
            rights = [one for one in filter(GRANTS, all_) if one.inputs.get("member") == member]
            yield from ((one, needed) for one in pods for needed in (binding, *rights))


def let_in(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """What lies under a key, with the rights by which its service reads it."""
    own = {f"serviceAccount:{one.outputs['email']}" for one in filter(ACCOUNTS, all_)}
    for grant in filter(KEY_GRANTS, all_):
        if grant.inputs["member"] not in own:  # those are pods, which read through the API
            yield from ((one, grant) for one in all_ if not KEY_GRANTS(one) and grant.inputs["cryptoKeyId"] in texts(one.inputs))


def encrypted(one: Deletion, key: Deletion) -> bool:
    return not KEYS(one) and key.id in texts(one.inputs)


def spaces_of_claims(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """Claims that charts made go with their namespace at the latest. GKE's storage driver is part of the control plane."""
    spaces = {namespace(one) for one in all_ if claims(one)}
    for space in filter(types("kubernetes:core/v1:Namespace"), all_):
        if at(space.inputs, "metadata", "name") in spaces:
            yield from ((space, cluster) for cluster in filter(CLUSTER, all_))


def writes_to(one: Deletion, bucket: Deletion) -> bool:
    return one.inputs["destination"].endswith(bucket.id)


def of_router(one: Deletion, router: Deletion) -> bool:
    return one.inputs.get("router") == router.outputs["name"]


def in_network(one: Deletion, bringer: Deletion) -> bool:
    """Has its address from a range that the connection brings, or from the subnet that the policy names."""
    return bringer.inputs["network"] in texts(one.inputs)


def addressed(all_: Sequence[Deletion]) -> Iterator[Pair]:
    yield from before(INSTANCES, CONNECTION, in_network)(all_)
    yield from before(CACHES, ENDPOINTS, in_network)(all_)


def named_in(one: Deletion, other: Deletion) -> bool:
    """By its link or its name."""
    return not {f"{other.name}-selfLink", other.outputs["name"]}.isdisjoint(texts(one.inputs))


RULES = (
    *rules(CLUSTER, NODES, VPC),
    Rule("GKE counts nodes and backup plans among a cluster's parts", before(OF_CLUSTER, CLUSTER)),
    Rule("nodes, and the controllers on them, call the cloud to the end", before(NODES, either(WAYS_OUT, private_names))),
    Rule("a network with parts is refused", before(but(NETWORKED, VPC), VPC, names)),
    Rule(
        "a subnet with machines or endpoints in it is refused",
        before(types("gcp:container/cluster:*", "gcp:compute/routerNat:*", "gcp:networkconnectivity/*"), SUBNET, names),
    ),
    Rule("a router goes with its NAT in one step otherwise", before(types("gcp:compute/routerNat:*"), ROUTER, of_router)),
    Rule("addresses that are in use are refused", before(types("gcp:compute/routerNat:*", "gcp:servicenetworking/*"), ADDRESSES, named_in)),
    Rule("what brings addresses is refused while a database or a cache has one of them", addressed),
    Rule("what acts as an account cleans up as it", before(either(CLUSTER, NODES), ACCOUNTS, takes_on)),
    Rule("a grant outlives its account as `deleted:`", before(GRANTS, ACCOUNTS, of_account)),
    Rule("a role that is granted stays so, and keeps its name", before(GRANTS, ROLES, granted)),
    Rule("what acts as an account cleans up with its rights", rights_of_machines),
    Rule("a controller without rights leaves what it should remove", rights_of_pods),
    Rule("without its key nothing can be read any more", before(types("gcp:*"), KEYS, encrypted)),
    Rule("without its right on the key a service reads nothing either", let_in),
    Rule("a sink without its bucket writes errors", before(SINKS, LOG_BUCKETS, writes_to)),
    Rule("nobody else removes volumes", spaces_of_claims),
)
