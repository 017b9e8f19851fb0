"""AKS: its subnets, address ranges, versions."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.azure import arm
from sandbox.azure.fitting.network import as_range, delegated, network_of, prefixes
from sandbox.azure.lookup import CLUSTER, SUBNET, all_of, find, items, part, vault
from sandbox.azure.lookup import in_vault as parsed
from sandbox.azure.subscription import plain
from sandbox.contract import Properties, Record, Refused, Request, World

_AKS = "Microsoft.ContainerService/managedClusters"
_API = "apiServerAccessProfile.subnetId"


def _ranges(inputs: Properties, subnet: Record, world: World) -> None:
    network = network_of(world, subnet.id)
    taken = items(part(network.inputs, "addressSpace.addressPrefixes")) if network else []
    for name in ("serviceCidr", "podCidr"):
        wanted = as_range(part(inputs, f"networkProfile.{name}"))
        for value in taken:
            block = as_range(value)
            if wanted and block and wanted.overlaps(block):  # pyright: ignore[reportArgumentType] # one family
                code = "ServiceCidrOverlapExistingSubnetsCidr" if name == "serviceCidr" else "PodCidrOverlapExistingSubnetsCidr"
                raise Refused(code, f"The specified {name} {wanted} conflicts with the network {network.id if network else ''} ({block})")


def _nodes(subnet: Record, where: str) -> None:
    if services := delegated(subnet):
        raise Refused("SubnetIsDelegated", f"{where}: the subnet {subnet.id} is delegated to {', '.join(services)} and cannot hold nodes")


def _api(inputs: Properties, prior: Record | None, world: World) -> None:
    subnet = find(world, str(part(inputs, _API) or ""), SUBNET)
    if subnet is None:
        return
    if _AKS not in delegated(subnet):
        raise Refused("SubnetNotDelegated", f"{_API}: the subnet {subnet.id} must be delegated to {_AKS}")
    if any(network.prefixlen > 28 for network in prefixes(subnet.inputs)):
        raise Refused("InvalidParameter", f"{_API}: the subnet {subnet.id} is smaller than /28")
    for other in world.all(CLUSTER):
        mine = prior is not None and arm.same(other.id, prior.id)
        inline = [part(pool, "vnetSubnetID") for pool in items(other.inputs.get("agentPoolProfiles"))]
        if not mine and any(arm.same(id_, subnet.id) for id_ in (part(other.inputs, _API), *inline)):
            raise Refused("SubnetInUse", f"{_API}: the subnet {subnet.id} is in use by {other.id}")


def _cluster(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    _api(inputs, prior, world)
    found: list[Record] = []
    for index, pool in enumerate(items(inputs.get("agentPoolProfiles"))):
        if subnet := find(world, str(part(pool, "vnetSubnetID") or ""), SUBNET):
            found.append(subnet)
            _nodes(subnet, f"agentPoolProfiles[{index}].vnetSubnetID")
            if arm.same(subnet.id, part(inputs, _API)):
                raise Refused("SubnetInUse", f"{_API}: nodes cannot be in the API server's subnet {subnet.id}")
            if part(inputs, "networkProfile.outboundType") == "userAssignedNATGateway" and part(subnet.inputs, "natGateway.id") is None:
                raise Refused(
                    "ExistingNatGatewayNotAssociated",
                    f"The outbound type userAssignedNATGateway takes a NAT gateway on the subnet {subnet.id}, which has none",
                )
    if found:
        _ranges(inputs, found[0], world)
    network = network_of(world, found[0].id) if found else None
    if network and plain(str(network.outputs.get("location"))) != plain(str(inputs.get("location"))):
        raise Refused(
            "InvalidParameter", f"The network {network.id} is in {network.outputs.get('location')}, the cluster in another region"
        )
    disks = find(world, str(inputs.get("diskEncryptionSetID") or ""))
    if disks and plain(str(disks.outputs.get("location"))) != plain(str(inputs.get("location"))):
        raise Refused("InvalidDiskEncryptionSet", f"The disk encryption set {disks.id} is in another region than the cluster")
    if key := part(inputs, "securityProfile.azureKeyVaultKms.keyId"):
        what, named = parsed(str(key)), part(inputs, "securityProfile.azureKeyVaultKms.keyVaultResourceId")
        above = vault(world, what.vault) if what else None
        if above and isinstance(named, str) and not arm.same(named, above.id):
            raise Refused("AzureKeyVaultKmsMismatch", f"The key {key} is not in the vault {named}")


def _minor(version: object) -> int:
    parts = str(version).split(".")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0


def _pool(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    owner = next((r for r in world.all(CLUSTER) if arm.same(r.outputs.get("name"), inputs.get("resourceName"))), None)
    if owner is None:
        return
    if _minor(inputs.get("orchestratorVersion")) > _minor(owner.outputs.get("currentKubernetesVersion")):
        raise Refused(
            "NodePoolMcVersionIncompatible",
            f"Node pool version {inputs.get('orchestratorVersion')} and control plane version"
            f" {owner.outputs.get('currentKubernetesVersion')} are incompatible",
        )
    if prior is None and any(
        arm.same(part(pool, "name"), inputs.get("agentPoolName")) for pool in items(owner.inputs.get("agentPoolProfiles"))
    ):
        raise Refused("Conflict", f"The pool {inputs.get('agentPoolName')} is part of the cluster {owner.id} already")
    subnet = find(world, str(inputs.get("vnetSubnetID") or ""), SUBNET)
    inline = [str(part(pool, "vnetSubnetID") or "") for pool in items(owner.inputs.get("agentPoolProfiles"))]
    if subnet:
        _nodes(subnet, "vnetSubnetID")
        if any(id_ and not arm.same(arm.parent(id_), arm.parent(subnet.id)) for id_ in inline):
            raise Refused("InvalidParameter", f"All pools of a cluster must be in one network: {subnet.id} is in another one")
    if any(not id_ for id_ in inline) != (subnet is None):
        raise Refused("InvalidParameter", "All or none of the agent pools should set subnet ids")
    others = [r for r in all_of(world, request.type) if arm.same(r.inputs.get("resourceName"), inputs.get("resourceName"))]
    if prior is None and len(others) >= 99:
        raise Refused("QuotaExceeded", "A cluster has at most 100 agent pools")


RULES: dict[str, Callable[[Request, Properties, Record | None, World], None]] = {
    "azure-native:containerservice:AgentPool": _pool,
    "azure-native:containerservice:ManagedCluster": _cluster,
}
