"""What cannot be deleted, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sandbox.azure import arm, deleted
from sandbox.azure.lookup import CLUSTER, all_of, members
from sandbox.azure.references import references
from sandbox.contract import Record, Refused, World


class Held(NamedTuple):
    """`by` is a regular expression over the types whose inputs hold a thing back."""

    by: str
    code: str
    message: str


_USERS_OF_SUBNETS = (
    r"network:(PrivateEndpoint|NetworkInterface|LoadBalancer|ApplicationGateway)$|containerservice:(ManagedCluster|AgentPool)$"
    r"|dbforpostgresql:Server$"
)
HELD: dict[str, Held] = {
    "azure-native:network:Subnet": Held(
        _USERS_OF_SUBNETS, "InUseSubnetCannotBeDeleted", "Subnet {id} is in use by {by} and cannot be deleted."
    ),
    "azure-native:network:VirtualNetwork": Held(
        r"privatedns:VirtualNetworkLink$", "CannotDeleteLinkedVirtualNetwork", "Virtual network {id} is linked to a private zone by {by}."
    ),
    "azure-native:network:NetworkSecurityGroup": Held(
        r"network:(Subnet|VirtualNetwork|NetworkInterface)$",
        "InUseNetworkSecurityGroupCannotBeDeleted",
        "Network security group {id} cannot be deleted because it is in use by {by}.",
    ),
    "azure-native:network:RouteTable": Held(
        r"network:(Subnet|VirtualNetwork)$", "InUseRouteTableCannotBeDeleted", "Route table {id} is in use by {by} and cannot be deleted."
    ),
    "azure-native:network:NatGateway": Held(
        r"network:(Subnet|VirtualNetwork)$", "InUseNatGatewayCannotBeDeleted", "Nat gateway {id} is in use by {by} and cannot be deleted."
    ),
    "azure-native:network:PublicIPAddress": Held(
        r"network:(NatGateway|LoadBalancer|NetworkInterface|BastionHost)$",
        "PublicIPAddressCannotBeDeleted",
        "Public IP address {id} can not be deleted since it is still allocated to resource {by}.",
    ),
    "azure-native:network:PublicIPPrefix": Held(
        r"network:(NatGateway|PublicIPAddress)$", "PublicIPPrefixCannotBeDeleted", "Public IP prefix {id} is still allocated to {by}."
    ),
    "azure-native:compute:DiskEncryptionSet": Held(
        r"containerservice:ManagedCluster$|compute:(Disk|Snapshot)$",
        "OperationNotAllowed",
        "Disk encryption set {id} cannot be deleted because it is in use by {by}.",
    ),
    "azure-native:authorization:RoleDefinition": Held(
        r"authorization:RoleAssignment$", "RoleDefinitionHasAssignments", "There are existing role assignments referencing role {id}: {by}."
    ),
    "azure-native:authorization:PolicyDefinition": Held(
        r"authorization:PolicyAssignment$", "PolicyDefinitionInUse", "The policy definition {id} is in use by {by}."
    ),
    "azure-native:containerregistry:CredentialSet": Held(
        r"containerregistry:CacheRule$", "CredentialSetInUse", "The credential set {id} is in use by the cache rule {by}."
    ),
    "azure-native:dataprotection:BackupPolicy": Held(
        r"dataprotection:BackupInstance$", "UserErrorPolicyInUse", "The backup policy {id} is in use by {by}."
    ),
    "azure-native:operationalinsights:Workspace": Held(r"network:FlowLog$", "Conflict", "The workspace {id} is in use by {by}."),
}
_NESTED = {
    "azure-native:network:VirtualNetwork": (r"network:Subnet$", "InUseSubnetCannotBeDeleted"),
    "azure-native:privatedns:PrivateZone": (r"privatedns:VirtualNetworkLink$", "CannotDeleteResource"),
    "azure-native:dataprotection:BackupVault": (r"dataprotection:BackupInstance$", "BackupVaultContainsBackupInstances"),
}
"""Things that do not take along all that is inside."""
_NOT_DELETED = frozenset(
    {
        *("azure-native:dbforpostgresql:Configuration", "azure-native:keyvault:Key", "azure-native:keyvault:Secret"),
        *("azure-native:storage:BlobServiceProperties", "azure-native:storage:FileServiceProperties"),
    }
)
"""What the provider does not delete at the Resource Manager: settings go back to their defaults, keys and secrets go at the vault."""
_LOCKS = re.compile(r"azure-native:authorization:ManagementLock")
_AT_A_GROUP = "/providers/Microsoft.Authorization/locks/"


def _locked(record: Record, world: World) -> None:
    """A lock holds for everything at and below its scope, and for what would take that along. Itself can go."""
    for lock in all_of(world) if record.type not in _NOT_DELETED else ():
        if not _LOCKS.match(lock.type) or arm.same(lock.id, record.id):
            continue
        scope = lock.id[: lock.id.lower().rfind(_AT_A_GROUP.lower())]
        if (arm.under(record.id, scope) or arm.under(scope, record.id)) and not _LOCKS.match(record.type):
            raise Refused(
                "ScopeLocked",
                f"The scope '{record.id}' cannot perform delete operation because following scope(s) are locked: '{scope}'."
                " Please remove the lock and try again.",
            )


def _holders(record: Record, held: Held, world: World) -> Iterator[Record]:
    for other in all_of(world):
        if not re.search(held.by, other.type) or arm.same(other.id, record.id) or arm.under(other.id, record.id):
            continue
        if any(arm.same(reference.value, record.id) for reference in references(other.inputs)):
            yield other


def release(record: Record, world: World) -> None:
    """Raises Refused while a lock stands above it or others depend on it."""
    _locked(record, world)
    if held := HELD.get(record.type):
        for holder in _holders(record, held, world):
            raise Refused(held.code, held.message.format(id=record.id, by=holder.id))
    if nested := _NESTED.get(record.type):
        for member in members(world, record.id):
            if re.search(nested[0], member.type):
                raise Refused(nested[1], f"'{record.id}' still holds '{member.id}'")
    if record.type == "azure-native:containerservice:AgentPool":
        _last_system_pool(record, world)
    deleted.bury(record, world)


def _last_system_pool(record: Record, world: World) -> None:
    above = arm.parent(record.id)
    owner = next((cluster for cluster in world.all(CLUSTER) if arm.same(cluster.id, above)), None)
    inline = owner.inputs.get("agentPoolProfiles") if owner else None
    beside = [
        r for r in members(world, above) if r.type == record.type and not arm.same(r.id, record.id) and r.inputs.get("mode") == "System"
    ]
    if record.inputs.get("mode") == "System" and owner and not inline and not beside:
        raise Refused("OperationNotAllowed", "There has to be at least one system agent pool.")
