"""GKE and Backup for GKE rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.contract import Failure, Properties, Request
from sandbox.gcp.outputs.cluster import VERSIONS
from sandbox.gcp.paths import part
from sandbox.gcp.rules.base import IAM, rfc1035
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, cidr, known, matches, one_of
from sandbox.walk import find, number, text, values

_VERSION = re.compile(r"latest|-|(\d+\.\d+)(\.\d+(-gke\.\d+)?)?")
_STRATEGIES = ("SURGE", "BLUE_GREEN", "SHORT_LIVED")
_LOGS = (
    *("SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER", "KCP_SSHD", "KCP_CONNECTION", "KCP_HPA"),
    *("KCP_GPU_DRA", "KCP_DRA"),
)
_METRICS = (
    *("SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER", "STORAGE", "HPA", "POD", "DAEMONSET", "DEPLOYMENT"),
    *("STATEFULSET", "KUBELET", "CADVISOR", "DCGM", "JOBSET", "WORKLOADS", "LWS", "KVCACHE"),
)
_EFFECTS = ("NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE")


def _version(path: str) -> Rule:
    def rule(request: Request, inputs: Properties) -> Iterator[Failure]:
        for where, value in find(inputs, path):
            match = _VERSION.fullmatch(str(value))
            if match is None:
                yield Failure(where, f"{show(value)} is not a version like 1.35 or 1.35.2-gke.1269000")
            elif match.group(1) and match.group(1) not in VERSIONS:
                yield Failure(where, f"No valid versions with the prefix {show(match.group(1))} found (offered: {', '.join(VERSIONS)})")

    return rule


def _cluster(request: Request, inputs: Properties) -> Iterator[Failure]:
    private = "privateClusterConfig"
    if values(inputs, f"{private}.enablePrivateEndpoint") == [True] and inputs.get("masterAuthorizedNetworksConfig") is None:
        yield Failure("masterAuthorizedNetworksConfig", "needed when the private endpoint is the only one")
    if inputs.get("removeDefaultNodePool") is True and inputs.get("initialNodeCount") is None and not inputs.get("nodePools"):
        yield Failure("initialNodeCount", "must be set to a number greater than 0 with removeDefaultNodePool")
    if inputs.get("enableAutopilot") is True:
        for name in ("removeDefaultNodePool", "nodePools", "enableShieldedNodes", "enableIntranodeVisibility", "networkPolicy"):
            if inputs.get(name) is not None:
                yield Failure(name, "conflicts with enableAutopilot")
    if text(inputs, "datapathProvider") == "ADVANCED_DATAPATH" and values(inputs, "networkPolicy.enabled") == [True]:
        yield Failure("networkPolicy", "Network policy is always on with Dataplane V2 and must not be switched on")
    if text(inputs, "networkingMode") == "ROUTES" and inputs.get("ipAllocationPolicy") is not None:
        yield Failure("ipAllocationPolicy", "only for networkingMode VPC_NATIVE")
    encryption = part(inputs, "databaseEncryption")
    if encryption.get("state") in ("ENCRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED") and not encryption.get("keyName"):
        yield Failure("databaseEncryption.keyName", f"needed with state {encryption['state']}")


def _either(request: Request, inputs: Properties) -> Iterator[Failure]:
    policy = part(inputs, "maintenancePolicy")
    if policy.get("dailyMaintenanceWindow") and policy.get("recurringWindow"):
        yield Failure("maintenancePolicy", "one of dailyMaintenanceWindow and recurringWindow")
    mixed = [("clusterSecondaryRangeName", "clusterIpv4CidrBlock"), ("servicesSecondaryRangeName", "servicesIpv4CidrBlock")]
    for one, other in mixed:
        if values(inputs, f"ipAllocationPolicy.{one}") and values(inputs, f"ipAllocationPolicy.{other}"):
            yield Failure(f"ipAllocationPolicy.{other}", f"conflicts with {one}")


def _scaling(request: Request, inputs: Properties) -> Iterator[Failure]:
    scaling = part(inputs, "autoscaling")
    if not scaling:
        return
    if inputs.get("nodeCount") is not None:
        yield Failure("nodeCount", "not to be used with autoscaling: each change of size would be undone")
    plain, total = (("minNodeCount", "maxNodeCount"), ("totalMinNodeCount", "totalMaxNodeCount"))
    given = [names for names in (plain, total) if any(known(scaling.get(name)) for name in names)]
    if len(given) > 1:
        yield Failure("autoscaling.totalMaxNodeCount", "limits per zone and limits of the whole pool exclude each other")
    for low_name, high_name in given:
        low, high = number(inputs, f"autoscaling.{low_name}") or 0, number(inputs, f"autoscaling.{high_name}")
        if high is None and high_name not in scaling:
            yield Failure(f"autoscaling.{high_name}", f"needed with {low_name}")
        elif high is not None and (high < 1 or low > high):
            yield Failure(f"autoscaling.{low_name}", f"{low:g} is not between 0 and {high_name} {high:g}")


def _upgrade(request: Request, inputs: Properties) -> Iterator[Failure]:
    surge, missing = number(inputs, "upgradeSettings.maxSurge"), number(inputs, "upgradeSettings.maxUnavailable")
    if surge == 0 and missing == 0:
        yield Failure("upgradeSettings.maxSurge", "maxSurge and maxUnavailable cannot both be 0")


def _nodes(prefix: str) -> tuple[Rule, ...]:
    return (
        between(f"{prefix}.diskSizeGb", 10, 65536),
        one_of(f"{prefix}.diskType", "pd-standard", "pd-balanced", "pd-ssd", "hyperdisk-balanced", "hyperdisk-extreme"),
        one_of(f"{prefix}.taints[].effect", *_EFFECTS),
        one_of(f"{prefix}.workloadMetadataConfig.mode", "MODE_UNSPECIFIED", "GCE_METADATA", "GKE_METADATA"),
        matches(f"{prefix}.machineType", r"[a-z]+\d+[a-z]?(-[a-z0-9]+)+", "is not a machine type"),
        matches(
            f"{prefix}.imageType",
            r"(?i)COS_CONTAINERD|UBUNTU_CONTAINERD|WINDOWS_LTSC_CONTAINERD|WINDOWS_SAC_CONTAINERD",
            "is not an image type (allowed: COS_CONTAINERD, UBUNTU_CONTAINERD, WINDOWS_LTSC_CONTAINERD)",
        ),
        matches(f"{prefix}.oauthScopes[]", r"https://www\.googleapis\.com/auth/[a-z._-]+|[a-z-]+", "is not a scope"),
        matches(f"{prefix}.tags[]", r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", "is not a network tag"),
        one_of(f"{prefix}.kubeletConfig.insecureKubeletReadonlyPortEnabled", "TRUE", "FALSE"),
    )


RULES: dict[str, tuple[Rule, ...]] = {
    "gcp:container/cluster:Cluster": (
        rfc1035(longest=40),
        _version("minMasterVersion"),
        one_of("releaseChannel.channel", "UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"),
        one_of("datapathProvider", "DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"),
        one_of("networkingMode", "VPC_NATIVE", "ROUTES"),
        one_of("databaseEncryption.state", "ENCRYPTED", "DECRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED"),
        one_of("loggingConfig.enableComponents[]", *_LOGS),
        one_of("monitoringConfig.enableComponents[]", *_METRICS),
        one_of("gatewayApiConfig.channel", "CHANNEL_DISABLED", "CHANNEL_EXPERIMENTAL", "CHANNEL_STANDARD"),
        one_of("dnsConfig.clusterDns", "PROVIDER_UNSPECIFIED", "PLATFORM_DEFAULT", "CLOUD_DNS", "KUBE_DNS"),
        one_of("anonymousAuthenticationConfig.mode", "ENABLED", "LIMITED"),
        one_of("ipAllocationPolicy.stackType", "IPV4", "IPV4_IPV6"),
        one_of("securityPostureConfig.mode", "DISABLED", "BASIC", "ENTERPRISE"),
        one_of("nodePoolDefaults.nodeConfigDefaults.insecureKubeletReadonlyPortEnabled", "TRUE", "FALSE"),
        cidr("masterAuthorizedNetworksConfig.cidrBlocks[].cidrBlock"),
        cidr("privateClusterConfig.masterIpv4CidrBlock", 28, 28),
        between("defaultMaxPodsPerNode", 8, 256),
        _cluster,
        _either,
        *_nodes("nodeConfig"),
    ),
    "gcp:container/nodePool:NodePool": (
        rfc1035(longest=40),
        _version("version"),
        one_of("autoscaling.locationPolicy", "BALANCED", "ANY"),
        between("maxPodsPerNode", 8, 256),
        one_of("upgradeSettings.strategy", *_STRATEGIES),
        one_of("placementPolicy.type", "COMPACT"),
        _scaling,
        _upgrade,
        *_nodes("nodeConfig"),
    ),
    "gcp:gkebackup/backupPlan:BackupPlan": (
        rfc1035(),
        between("retentionPolicy.backupDeleteLockDays", 0, 90),
        between("retentionPolicy.backupRetainDays", 0, 365),
        matches("backupSchedule.cronSchedule", r"\S+( \S+){4}", "is not a schedule of five fields"),
    ),
    "gcp:gkebackup/restorePlan:RestorePlan": (rfc1035(),),
    "gcp:gkebackup/backupPlanIamMember:BackupPlanIamMember": IAM,
}
