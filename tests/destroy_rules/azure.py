"""What of Azure must go before what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ops.stack.order import Deletion, Pair, Rule, before, either, texts, types
from tests.destroy_rules.kubernetes import at, names, rules, runs_as

CLUSTER = types("azure-native:containerservice:ManagedCluster")
NODES = types("azure-native:containerservice:AgentPool")
OF_CLUSTER = types("azure-native:containerservice:AgentPool", "azure-native:containerservice:MaintenanceConfiguration")
NETWORK = types("azure-native:network:VirtualNetwork")
SUBNETS = types("azure-native:network:Subnet")
ENDPOINTS = types("azure-native:network:PrivateEndpoint")
SERVERS = types("azure-native:dbforpostgresql:Server")
CACHES = types("azure-native:redisenterprise:RedisEnterprise")
LINKS, ZONES = types("azure-native:privatedns:VirtualNetworkLink"), types("azure-native:privatedns:PrivateZone")
IDENTITIES = types("azure-native:managedidentity:UserAssignedIdentity")
RIGHTS = types("azure-native:authorization:RoleAssignment")
DEFINITIONS = types("azure-native:authorization:RoleDefinition")
BINDINGS = types("azure-native:managedidentity:FederatedIdentityCredential")
LOCKS = types("azure-native:authorization:ManagementLockByScope")
KEYS = types("azure-native:keyvault:Key")
ENCRYPTED = types(
    "azure-native:compute:DiskEncryptionSet",
    "azure-native:containerregistry:Registry",
    "azure-native:containerservice:ManagedCluster",
    "azure-native:dataprotection:BackupVault",
    "azure-native:dbforpostgresql:Server",
    "azure-native:redisenterprise:RedisEnterprise",
    "azure-native:storage:StorageAccount",
)


def takes(one: Deletion, identity: Deletion) -> bool:
    """Acts as it, or is one of its rights: Azure names identities as keys of a mapping, too, and rights by the principal."""
    listed: Collection[str] = at(one.inputs, "identity", "userAssignedIdentities") or ()
    return identity.id in listed or (RIGHTS(one) and one.inputs["principalId"] == identity.outputs["principalId"])


def opens(one: Deletion, key: Deletion) -> bool:
    """Names the key by its address, with or without a version, or by its name in the vault."""
    address = str(key.outputs["keyUri"])
    said = texts(one.inputs)
    return any(text == address or text.startswith(f"{address}/") for text in said) or key.inputs["keyName"] in said


def rights(all_: Sequence[Deletion], identity: Deletion) -> Iterator[Deletion]:
    return (right for right in all_ if RIGHTS(right) and right.inputs["principalId"] == identity.outputs["principalId"])


def rights_of_machines(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """What acts as an identity, with each right that the identity has on something else."""
    for one in filter(either(ENCRYPTED, types("azure-native:network:FlowLog")), all_):
        for identity in filter(IDENTITIES, all_):
            if takes(one, identity):
                yield from ((one, right) for right in rights(all_, identity) if right.inputs["scope"] != one.id)


def rights_of_pods(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """A workload with the federated credential of its service account, and with each right of that identity."""
    for binding in filter(BINDINGS, all_):
        space, account = binding.inputs["subject"].split(":")[2:]
        pods = [one for one in all_ if runs_as(one, space, account)]
        users = [one for one in filter(IDENTITIES, all_) if one.outputs["name"] == binding.inputs["resourceName"]]
        needed = (binding, *(right for identity in users for right in rights(all_, identity)))
        yield from ((pod, one) for pod in pods for one in needed)


def names_of_databases(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """A server with the zone that its name is in, and with that zone's link to the network."""
    for server in filter(SERVERS, all_):
        for zone in filter(ZONES, all_):
            if names(server, zone):
                linked = [link for link in filter(LINKS, all_) if link.inputs["privateZoneName"] == zone.outputs["name"]]
                yield from ((server, one) for one in (*linked, zone))


def under_locks(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """Each lock with what it is on, and with what lies below that, at any depth, by its id or by its name."""
    below = ("scope", "resourceUri", "serverName", "accountName", "registryName", "clusterName")
    for lock in filter(LOCKS, all_):
        locked = [one for one in all_ if one.id == lock.inputs["scope"]]
        known = {lock.inputs["scope"], *(one.outputs["name"] for one in locked)}
        inside = [
            one for one in filter(types("azure-native:*"), all_) if not LOCKS(one) and any(one.inputs.get(key) in known for key in below)
        ]
        deeper = {one.id for one in inside}
        yield from ((lock, one) for one in (*locked, *inside))
        yield from ((lock, one) for one in all_ if one.inputs.get("resourceUri") in deeper and one not in inside)


def doors(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """An endpoint with the instance that it leads to, and with the database of that."""
    for endpoint in filter(ENDPOINTS, all_):
        for cache in filter(CACHES, all_):
            if cache.id in texts(endpoint.inputs):
                inside = [one for one in all_ if one.inputs.get("clusterName") == cache.outputs["name"] and one is not cache]
                yield from ((endpoint, one) for one in (cache, *(one for one in inside if one.type.endswith(":Database"))))


def names_and_doors(all_: Sequence[Deletion]) -> Iterator[Pair]:
    yield from names_of_databases(all_)
    yield from doors(all_)


def ways_out(all_: Sequence[Deletion]) -> Iterator[Pair]:
    """Nodes with the gateway, its addresses, and the private names of what they reach inside."""
    ways = types("azure-native:network:NatGateway", "azure-native:network:PublicIPAddress", "azure-native:privatedns:VirtualNetworkLink")
    yield from before(either(NODES, CLUSTER), ways)(all_)


LOCKED = Rule("Azure refuses to delete what is below a lock", under_locks)
"""For stacks whose data is protected: others have no lock."""

RULES = (
    *rules(CLUSTER, NODES, NETWORK),
    Rule("what is part of a cluster is taken out of it before it goes", before(OF_CLUSTER, CLUSTER)),
    Rule("nodes, and the controllers on them, call the cloud to the end", ways_out),
    Rule(
        "Azure refuses to delete a subnet with network interfaces in it", before(either(CLUSTER, NODES, SERVERS, ENDPOINTS), SUBNETS, names)
    ),
    Rule("a database is looked up by its private name to the end, and a cache does one thing at a time", names_and_doors),
    Rule("what acts as an identity cannot even clean up without it", before(types("azure-native:*"), IDENTITIES, takes)),
    Rule("what acts as an identity cleans up with its rights", rights_of_machines),
    Rule("a controller without rights leaves what it should remove", rights_of_pods),
    Rule(
        "Azure refuses to delete a role that is assigned",
        before(RIGHTS, DEFINITIONS, lambda one, role: one.inputs["roleDefinitionId"] == role.id),
    ),
    Rule("without its key nothing can be read any more", before(ENCRYPTED, KEYS, opens)),
)
