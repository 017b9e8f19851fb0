"""AKS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.azure import arm
from sandbox.azure.lookup import items, part
from sandbox.azure.outputs.cluster import PATCHES
from sandbox.azure.rules.pools import POOL, judge_pool
from sandbox.contract import UNKNOWN, Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, cidr, ip_network, matches, one_of
from sandbox.walk import find, text

_RESERVED = ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24")
"""Ranges that AKS keeps for itself."""
_KEY_VERSION = r"https://[a-z0-9-]+\.vault\.azure\.net/keys/[A-Za-z0-9-]+/[0-9a-f]{32}"


def _version(request: Request, inputs: Properties) -> Iterator[Failure]:
    for where, value in (*find(inputs, "kubernetesVersion"), *find(inputs, "agentPoolProfiles[].orchestratorVersion")):
        minor = ".".join(str(value).split(".")[:2])
        if minor not in PATCHES:
            yield Failure(where, f"{show(value)}: AgentPoolK8sVersionNotSupported (allowed: {', '.join(PATCHES)} and their patches)")


def _pools(request: Request, inputs: Properties) -> Iterator[Failure]:
    pools = items(inputs.get("agentPoolProfiles"))
    if not pools:
        yield Failure("agentPoolProfiles", "a cluster is made with at least one agent pool")
        return
    if not any(part(pool, "mode") == "System" for pool in pools):
        yield Failure("agentPoolProfiles", "there must be at least one pool of mode System")
    names = [part(pool, "name") for pool in pools]
    if len(set(names)) < len(names):
        yield Failure("agentPoolProfiles", f"AgentPoolNamesMustBeUnique: {', '.join(map(str, names))}")
    for index, pool in enumerate(pools):
        yield from judge_pool(pool, f"agentPoolProfiles[{index}].", str(inputs.get("location", "")))


def _addresses(request: Request, inputs: Properties) -> Iterator[Failure]:
    profile = inputs.get("networkProfile")
    services, pods, dns = (part(profile, name) for name in ("serviceCidr", "podCidr", "dnsServiceIP"))
    ranges = {name: network for name, value in (("serviceCidr", services), ("podCidr", pods)) if (network := _network(value))}
    if services is not None and services is not UNKNOWN and dns is None:
        yield Failure("networkProfile.dnsServiceIP", "must be given together with serviceCidr")
    if isinstance(dns, str) and (network := ranges.get("serviceCidr")):
        address = ip_network(dns)
        if address is None or not address.subnet_of(network):  # pyright: ignore[reportArgumentType] # both of version 4, as the range was checked
            yield Failure("networkProfile.dnsServiceIP", f"{dns!r} is not in the service CIDR {services}")
        elif address.network_address in (network.network_address, network.network_address + 1):
            yield Failure("networkProfile.dnsServiceIP", f"{dns!r} is the first address of the service CIDR, which is the API server's")
    for name, network in ranges.items():
        for taken in _RESERVED:
            if network.overlaps(_network(taken)):  # pyright: ignore[reportArgumentType] # well-formed
                yield Failure(f"networkProfile.{name}", f"{network} overlaps {taken}, which AKS keeps for itself")
    if len(ranges) == 2 and ranges["serviceCidr"].overlaps(ranges["podCidr"]):
        yield Failure("networkProfile.podCidr", f"{pods} overlaps the service CIDR {services}")


def _network(value: Any) -> Any:
    return ip_network(value) if isinstance(value, str) else None


def _plugins(request: Request, inputs: Properties) -> Iterator[Failure]:
    get = {
        name: part(inputs.get("networkProfile"), name)
        for name in ("networkPlugin", "networkPluginMode", "networkDataplane", "networkPolicy")
    }
    pods = part(inputs.get("networkProfile"), "podCidr")
    if get["networkPluginMode"] == "overlay" and get["networkPlugin"] != "azure":
        yield Failure("networkProfile.networkPluginMode", f"'overlay' is for the plugin azure, not {show(get['networkPlugin'])}")
    if pods is not None and get["networkPlugin"] == "azure" and get["networkPluginMode"] != "overlay":
        yield Failure("networkProfile.podCidr", "takes the plugin mode overlay: without it pods have addresses of the nodes' subnet")
    if get["networkDataplane"] == "cilium" and get["networkPolicy"] not in (None, "cilium", "none"):
        yield Failure("networkProfile.networkPolicy", f"{show(get['networkPolicy'])} does not go with the dataplane cilium")
    if get["networkPolicy"] == "cilium" and get["networkDataplane"] != "cilium":
        yield Failure("networkProfile.networkPolicy", "'cilium' takes the dataplane cilium")
    outbound = part(inputs.get("networkProfile"), "outboundType")
    subnets = [part(pool, "vnetSubnetID") for pool in items(inputs.get("agentPoolProfiles"))]
    if outbound in {"userAssignedNATGateway", "userDefinedRouting"} and None in subnets:
        yield Failure("networkProfile.outboundType", f"{show(outbound)} takes nodes in a subnet of one's own (vnetSubnetID)")
    if outbound == "managedNATGateway" and any(subnets):
        yield Failure("networkProfile.outboundType", "'managedNATGateway' does not go with a subnet of one's own")


def _api_server(request: Request, inputs: Properties) -> Iterator[Failure]:
    profile = inputs.get("apiServerAccessProfile")
    private, zone = part(profile, "enablePrivateCluster") is True, part(profile, "privateDNSZone")
    if private and items(part(profile, "authorizedIPRanges")):
        yield Failure("apiServerAccessProfile.authorizedIPRanges", "cannot be used with a private cluster")
    if not private and isinstance(zone, str):
        yield Failure("apiServerAccessProfile.privateDNSZone", "is for private clusters alone")
    if isinstance(zone, str) and zone not in {"system", "none"} and not arm.is_id(zone):
        yield Failure("apiServerAccessProfile.privateDNSZone", f"{zone!r} is not a valid value (allowed: system, none, the id of a zone)")
    if part(profile, "subnetId") is not None and part(profile, "enableVnetIntegration") is not True:
        yield Failure("apiServerAccessProfile.subnetId", "takes enableVnetIntegration")
    own_network = any(part(pool, "vnetSubnetID") for pool in items(inputs.get("agentPoolProfiles")))
    if own_network and part(profile, "enableVnetIntegration") is True and part(profile, "subnetId") is None:
        yield Failure("apiServerAccessProfile.subnetId", "must be given where the nodes are in a network of one's own")
    if len(items(part(profile, "authorizedIPRanges"))) > 200:
        yield Failure("apiServerAccessProfile.authorizedIPRanges", "at most 200 ranges are allowed")


def _identities(request: Request, inputs: Properties) -> Iterator[Failure]:
    user = "UserAssigned" in str(part(inputs, "identity.type"))
    if part(inputs, "identity.type") in (None, "None") and inputs.get("servicePrincipalProfile") is None:
        yield Failure("identity", "a cluster needs a managed identity or a service principal")
    if user and len(items(part(inputs, "identity.userAssignedIdentities"))) != 1:
        yield Failure("identity.userAssignedIdentities", "exactly one identity is allowed")
    if part(inputs, "identityProfile.kubeletidentity") is not None and not user:
        yield Failure("identityProfile", "an identity of one's own for the kubelets takes a user-assigned one for the control plane")
    entra = inputs.get("aadProfile")
    if inputs.get("disableLocalAccounts") is True and part(entra, "managed") is not True:
        yield Failure("disableLocalAccounts", "takes the managed Entra integration (aadProfile.managed)")
    if part(entra, "enableAzureRBAC") is True and part(entra, "managed") is not True:
        yield Failure("aadProfile.enableAzureRBAC", "takes the managed Entra integration (aadProfile.managed)")
    if part(inputs, "securityProfile.workloadIdentity.enabled") is True and part(inputs, "oidcIssuerProfile.enabled") is not True:
        yield Failure("securityProfile.workloadIdentity", "takes the OIDC issuer (oidcIssuerProfile.enabled)")


def _kms(request: Request, inputs: Properties) -> Iterator[Failure]:
    kms = part(inputs, "securityProfile.azureKeyVaultKms")
    if not isinstance(kms, Mapping) or part(kms, "enabled") is not True:
        return
    access, vault = part(kms, "keyVaultNetworkAccess") or "Public", part(kms, "keyVaultResourceId")
    here = "securityProfile.azureKeyVaultKms"
    if part(kms, "keyId") is None:
        yield Failure(f"{here}.keyId", "missing required property")
    if access == "Private" and vault is None:
        yield Failure(f"{here}.keyVaultResourceId", "must be given with private network access")
    if access == "Public" and vault is not None:
        yield Failure(f"{here}.keyVaultResourceId", "must be empty with public network access")
    if access == "Private" and part(inputs, "apiServerAccessProfile.enableVnetIntegration") is not True:
        yield Failure(f"{here}.keyVaultNetworkAccess", "'Private' takes an API server in the network (enableVnetIntegration)")


def _plans(request: Request, inputs: Properties) -> Iterator[Failure]:
    if inputs.get("supportPlan") == "AKSLongTermSupport" and part(inputs, "sku.tier") != "Premium":
        yield Failure("supportPlan", "long-term support takes the tier Premium")
    upgrade = inputs.get("autoUpgradeProfile")
    if part(upgrade, "upgradeChannel") == "node-image" and part(upgrade, "nodeOSUpgradeChannel") not in (None, "NodeImage"):
        yield Failure("autoUpgradeProfile.nodeOSUpgradeChannel", "must be NodeImage with the channel node-image")


def _window(request: Request, inputs: Properties) -> Iterator[Failure]:
    own, window = text(inputs, "configName"), inputs.get("maintenanceWindow")
    weekly = inputs.get("timeInWeek") or inputs.get("notAllowedTime")
    if own == "default" and window is not None:
        yield Failure("maintenanceWindow", "is not for the configuration 'default', which takes timeInWeek and notAllowedTime")
    if own and own != "default" and (window is None or weekly):
        yield Failure("maintenanceWindow", f"{own} takes a maintenanceWindow and neither timeInWeek nor notAllowedTime")
    schedule = part(window, "schedule")
    if isinstance(schedule, Mapping) and len([one for one in schedule.values() if one is not None]) != 1:  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] # wire value
        yield Failure("maintenanceWindow.schedule", "exactly one of absoluteMonthly, daily, relativeMonthly, weekly must be given")


def _pool(request: Request, inputs: Properties) -> Iterator[Failure]:
    yield from judge_pool(inputs, "", "")


RULES: dict[str, tuple[Rule, ...]] = {
    "azure-native:containerservice:AgentPool": (*POOL, _version, _pool),
    "azure-native:containerservice:MaintenanceConfiguration": (
        between("maintenanceWindow.durationHours", 4, 24),
        matches("maintenanceWindow.startTime", r"([01]\d|2[0-3]):[0-5]\d", "is not a time like 03:00"),
        matches("maintenanceWindow.utcOffset", r"[+-](0\d|1[0-4]):[0-5]\d", "is not an offset like +00:00"),
        matches("maintenanceWindow.startDate", r"\d{4}-\d{2}-\d{2}", "is not a date like 2026-01-31"),
        between("maintenanceWindow.schedule.weekly.intervalWeeks", 1, 4),
        between("maintenanceWindow.schedule.daily.intervalDays", 1, 7),
        between("maintenanceWindow.schedule.absoluteMonthly.dayOfMonth", 1, 31),
        between("maintenanceWindow.schedule.absoluteMonthly.intervalMonths", 1, 6),
        between("maintenanceWindow.schedule.relativeMonthly.intervalMonths", 1, 6),
        between("timeInWeek[].hourSlots[]", 0, 23),
        _window,
    ),
    "azure-native:containerservice:ManagedCluster": (
        matches("dnsPrefix", r"[A-Za-z0-9]([A-Za-z0-9-]{0,52}[A-Za-z0-9])?", "is not a DNS prefix: 1-54 letters, digits and '-'"),
        matches("nodeResourceGroup", r"[\w().-]{0,79}[\w()-]", "is not a name for the nodes' resource group: 1-80 characters"),
        matches("kubernetesVersion", r"1\.\d{1,2}(\.\d{1,2})?", "is not a Kubernetes version like 1.35 or 1.35.1"),
        cidr("networkProfile.serviceCidr", 12, 28),
        cidr("networkProfile.podCidr", 8, 24),
        cidr("apiServerAccessProfile.authorizedIPRanges[]", 0, 32),
        matches("securityProfile.azureKeyVaultKms.keyId", _KEY_VERSION, "is not the identifier of a key's version, which AKS takes alone"),
        between("securityProfile.imageCleaner.intervalHours", 24, 2160),
        between("networkProfile.natGatewayProfile.idleTimeoutInMinutes", 4, 120),
        between("networkProfile.loadBalancerProfile.idleTimeoutInMinutes", 4, 120),
        one_of("networkProfile.ipFamilies[]", "IPv4", "IPv6"),
        *(_version, _pools, _addresses, _plugins, _api_server, _identities, _kms, _plans),
    ),
}
