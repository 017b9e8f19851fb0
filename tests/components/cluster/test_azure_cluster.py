from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from components.cluster.azure import AzureCluster
from components.cluster.azure_kubeconfig import authority
from components.cluster.azure_plan import Plan, node_pool_name, plan
from components.cluster.azure_rights import SNAPSHOT_ACTIONS
from components.cluster.spec import ClusterSpec, NodePool
from components.identity.azure_roles import Role
from components.vocabulary import Size
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, Registered, State, record

CLUSTER, POOL = "azure-native:containerservice:ManagedCluster", "azure-native:containerservice:AgentPool"
ASSIGNMENT, IDENTITY = "azure-native:authorization:RoleAssignment", "azure-native:managedidentity:UserAssignedIdentity"
DISKS = "azure-native:compute:DiskEncryptionSet"
NAME = "playnew-production-cluster"
ADMINS = "0aa0b3a4-92f0-4b0e-8a7c-1f2e3d4c5b6a"
FQDN = "playnew-abcd1234.hcp.italynorth.azmk8s.io"
HOST = NodePool(name="host", min_nodes=2, desired_nodes=2, max_nodes=3)
AGENT = NodePool(name="agent", min_nodes=1, desired_nodes=2, max_nodes=4, tainted=True)
SPEC = ClusterSpec(version="1.35", pools=(HOST, AGENT), admin_principals=(ADMINS,), admin_cidrs=("203.0.113.0/24",))


def id_of(item: Registered) -> str:
    """As the recorder answers it."""
    return f"{item.name}-id"


def _identified(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Azure takes a list of identities and answers with a mapping."""
    users = {each: {"principalId": wiring.PRINCIPAL, "clientId": wiring.PRINCIPAL} for each in inputs["identity"]["userAssignedIdentities"]}
    return {"identity": inputs["identity"] | {"userAssignedIdentities": users}}


STATES: Mapping[str, State] = {
    **wiring.STATES,
    CLUSTER: lambda inputs: {
        **_identified(inputs),
        "fqdn": FQDN,
        "privateFQDN": "playnew-abcd1234.privatelink.italynorth.azmk8s.io",
        "oidcIssuerProfile": {"enabled": True, "issuerURL": wiring.ISSUER},
    },
    DISKS: _identified,
}
KUBECONFIG = {"clusters": [{"name": NAME, "cluster": {"server": f"https://{FQDN}:443", "certificate-authority-data": "Y2VydGlmaWNhdGU="}}]}
ANSWERS = {
    "azure-native:containerservice:listManagedClusterUserCredentials": {
        "kubeconfigs": [{"name": "clusterUser", "value": base64.b64encode(yaml.safe_dump(KUBECONFIG).encode()).decode()}]
    }
}


def spec(**changes: object) -> ClusterSpec:
    return SPEC.model_copy(update=changes)


def cluster(wanted: ClusterSpec = SPEC) -> Recording[AzureCluster]:
    return record(lambda: AzureCluster(NAME, wanted, wiring.SITE, wiring.group(), wiring.network(), wiring.key()), STATES, ANSWERS)


def decided(**changes: object) -> Plan:
    return plan(spec(**changes), "10.20.0.0/16", "10.244.0.0/16")


@pytest.fixture(scope="module")
def production() -> Recording[AzureCluster]:
    return cluster()


def rights(registered: Recording[AzureCluster], name: str) -> dict[str, str]:
    """Scope by role of the assignments whose names contain `name`; roles of our own by their resource's name."""
    built_in = {role.value: role.name for role in Role}
    found: dict[str, str] = {}
    for item in registered.of(ASSIGNMENT):
        if name in item.name:
            guid = item.inputs["roleDefinitionId"].rpartition("/")[2]
            found[f"{built_in.get(guid, guid)} {item.name.removeprefix(f'{NAME}-{name}-')}"] = item.inputs["scope"]
    return found


def test_the_api_is_reached_inside_the_network_and_from_administrators_networks_alone(production: Recording[AzureCluster]) -> None:
    made = production.one(CLUSTER).inputs
    assert made["apiServerAccessProfile"] == {
        "enableVnetIntegration": True,
        "subnetId": f"{wiring.NETWORK}/subnets/api",
        "authorizedIPRanges": ["203.0.113.0/24"],
        "enablePrivateCluster": False,
        "disableRunCommand": True,
    }
    assert production.one("eucloud:azure:Cluster").outputs["endpoint"] == f"https://{FQDN}:443"


def test_without_administrators_networks_the_api_has_a_private_name_alone() -> None:
    registered = cluster(spec(admin_cidrs=()))
    made = registered.one(CLUSTER).inputs
    profile = made["apiServerAccessProfile"]
    assert (profile["enablePrivateCluster"], profile["enablePrivateClusterPublicFQDN"], profile["privateDNSZone"]) == (
        True,
        False,
        "system",
    )
    assert "authorizedIPRanges" not in profile
    assert made["publicNetworkAccess"] == "Disabled"
    assert "privatelink" in registered.one("eucloud:azure:Cluster").outputs["endpoint"]


def test_entra_is_the_only_door_and_azure_decides_who_may_what(production: Recording[AzureCluster]) -> None:
    made = production.one(CLUSTER).inputs
    assert (made["disableLocalAccounts"], made["enableRBAC"]) == (True, True)
    assert made["aadProfile"] == {"managed": True, "enableAzureRBAC": True, "tenantID": wiring.TENANT}
    admins = [item for item in production.of(ASSIGNMENT) if item.inputs["principalId"] == ADMINS]
    assert {item.inputs["roleDefinitionId"].rpartition("/")[2] for item in admins} == {Role.CLUSTER_RBAC_ADMIN, Role.CLUSTER_USER}
    assert {item.inputs["scope"] for item in admins} == {id_of(production.one(CLUSTER))}


def test_secrets_and_disks_are_encrypted_with_the_customer_key(production: Recording[AzureCluster]) -> None:
    made, disks = production.one(CLUSTER).inputs, production.one(DISKS)
    assert made["securityProfile"]["azureKeyVaultKms"] == {
        "enabled": True,
        "keyId": f"{wiring.URI}keys/platform/{wiring.VERSION}",
        "keyVaultNetworkAccess": "Private",
        "keyVaultResourceId": wiring.VAULT,
    }
    assert made["diskEncryptionSetID"] == id_of(disks)
    assert disks.inputs["encryptionType"] == "EncryptionAtRestWithCustomerKey"
    assert disks.inputs["activeKey"] == {
        "keyUrl": f"{wiring.URI}keys/platform/{wiring.VERSION}",
        "sourceVault": {"id": wiring.VAULT},
    }
    assert disks.inputs["rotationToLatestKeyVersionEnabled"] is True
    for pool in (*made["agentPoolProfiles"], *(item.inputs for item in production.of(POOL))):
        assert (pool["enableEncryptionAtHost"], pool["osDiskType"]) == (True, "Managed")


def test_the_disks_identity_may_use_the_key_before_the_set_is_made(production: Recording[AzureCluster]) -> None:
    right = production.one(ASSIGNMENT, f"{NAME}-disks-encryption")
    assert right.inputs["scope"] == f"{wiring.VAULT}/keys/platform"
    assert right.inputs["roleDefinitionId"].endswith(Role.VAULT_CRYPTO_SERVICE_USER)
    assert right.urn in production.one(DISKS).through


def test_the_control_plane_has_just_the_rights_that_it_needs_and_has_them_first(production: Recording[AzureCluster]) -> None:
    [role] = production.of("azure-native:authorization:RoleDefinition")
    own = id_of(role).rpartition("/")[2]
    assert rights(production, "control-plane") == {
        "NETWORK_CONTRIBUTOR node-subnet": f"{wiring.NETWORK}/subnets/nodes",
        "NETWORK_CONTRIBUTOR api-subnet": f"{wiring.NETWORK}/subnets/api",
        "MANAGED_IDENTITY_OPERATOR kubelet": id_of(production.one(IDENTITY, f"{NAME}-kubelet-identity")),
        "VAULT_CRYPTO_USER key": f"{wiring.VAULT}/keys/platform",
        "VAULT_CONTRIBUTOR vault": wiring.VAULT,
        "READER disks": id_of(production.one(DISKS)),
        f"{own} snapshots": wiring.GROUP,
    }
    needed = {item.name for item in production.of(ASSIGNMENT) if "control-plane" in item.name}
    assert needed <= set(production.one(CLUSTER).depends_on)
    assert production.one(CLUSTER).inputs["identity"]["type"] == "UserAssigned"


def test_snapshots_of_volumes_outlive_the_cluster_since_they_are_kept_beside_it(production: Recording[AzureCluster]) -> None:
    [role] = production.of("azure-native:authorization:RoleDefinition")
    assert role.inputs["assignableScopes"] == [wiring.GROUP]
    assert role.inputs["permissions"][0]["actions"] == list(SNAPSHOT_ACTIONS)
    assert all(action.startswith("Microsoft.Compute/snapshots/") and "*" not in action for action in SNAPSHOT_ACTIONS)


def test_a_right_has_the_same_name_in_every_run_and_no_two_have_one(production: Recording[AzureCluster]) -> None:
    names = [item.inputs["roleAssignmentName"] for item in production.of(ASSIGNMENT)]
    assert names == [item.inputs["roleAssignmentName"] for item in cluster().of(ASSIGNMENT)]
    assert len(set(names)) == len(names)


def test_identities_are_told_to_azure_as_what_they_are(production: Recording[AzureCluster]) -> None:
    for item in production.of(ASSIGNMENT):
        if item.inputs["principalId"] != ADMINS:
            assert item.inputs["principalType"] == "ServicePrincipal"
        else:  # a person or a group, which Azure looks up: it refuses `User` for a group
            assert "principalType" not in item.inputs


def test_kubelets_have_an_identity_that_others_can_let_in_before_there_is_a_cluster(production: Recording[AzureCluster]) -> None:
    kubelet = production.one(IDENTITY, f"{NAME}-kubelet-identity")
    assert production.one(CLUSTER).inputs["identityProfile"]["kubeletidentity"] == {
        "resourceId": id_of(kubelet),
        "clientId": kubelet.state["clientId"],
        "objectId": wiring.PRINCIPAL,
    }
    assert production.one("eucloud:azure:Cluster").outputs["puller"] == wiring.PRINCIPAL


@pytest.mark.requirement("PN-02")
def test_pods_have_addresses_of_their_own_and_leave_by_the_networks_gateway(production: Recording[AzureCluster]) -> None:
    profile = production.one(CLUSTER).inputs["networkProfile"]
    assert (profile["networkPlugin"], profile["networkPluginMode"]) == ("azure", "overlay")
    assert (profile["networkDataplane"], profile["networkPolicy"]) == ("cilium", "cilium")
    assert (profile["podCidr"], profile["serviceCidr"], profile["dnsServiceIP"]) == ("10.244.0.0/16", "172.20.0.0/16", "172.20.0.10")
    assert (profile["outboundType"], profile["loadBalancerSku"]) == ("userAssignedNATGateway", "standard")
    for pool in (*production.one(CLUSTER).inputs["agentPoolProfiles"], *(item.inputs for item in production.of(POOL))):
        assert (pool["enableNodePublicIP"], pool["vnetSubnetID"]) == (False, f"{wiring.NETWORK}/subnets/nodes")


@pytest.mark.requirement("PN-03")
def test_pools_have_four_cpus_and_sixteen_gib_over_all_zones(production: Recording[AzureCluster]) -> None:
    host, agent = production.one(POOL, f"{NAME}-host-from-2").inputs, production.one(POOL, f"{NAME}-agent-from-1").inputs
    for pool in (host, agent):
        assert (pool["vmSize"], pool["availabilityZones"], pool["mode"]) == ("Standard_D4s_v5", ["1", "2", "3"], "User")
        assert pool["orchestratorVersion"] == "1.35"
    assert (host["minCount"], host["count"], host["maxCount"], host["enableAutoScaling"]) == (2, 2, 3, True)
    assert (agent["minCount"], agent["count"], agent["maxCount"]) == (1, 2, 4)


@pytest.mark.requirement("PN-03")
def test_the_autoscaler_owns_the_number_of_nodes(production: Recording[AzureCluster]) -> None:
    assert {pool.ignore_changes for pool in production.of(POOL)} == {("count",)}
    assert production.one(CLUSTER).ignore_changes == ("agentPoolProfiles[0].count",)


@pytest.mark.requirement("PN-23")
def test_a_pool_with_another_minimum_is_another_pool_since_aks_refuses_the_old_number_below_it() -> None:
    def pools(minimum: int, maximum: int) -> list[tuple[str, str]]:
        pool = NodePool(name="host", min_nodes=minimum, desired_nodes=minimum, max_nodes=maximum)
        return [(item.name, item.inputs["agentPoolName"]) for item in cluster(spec(pools=(pool,))).of(POOL)]

    assert pools(2, 6) == pools(2, 8) == [(f"{NAME}-host-from-2", "hostx2")]
    assert pools(3, 8) == [(f"{NAME}-host-from-3", "hostx3")]


def test_the_system_pool_takes_aks_own_pods_alone(production: Recording[AzureCluster]) -> None:
    [system] = production.one(CLUSTER).inputs["agentPoolProfiles"]
    assert (system["mode"], system["nodeTaints"]) == ("System", ["CriticalAddonsOnly=true:NoSchedule"])
    assert (system["minCount"], system["availabilityZones"]) == (2, ["1", "2", "3"])


def test_a_tainted_pool_keeps_other_workloads_off_and_every_pool_has_its_label(production: Recording[AzureCluster]) -> None:
    host, agent = production.one(POOL, f"{NAME}-host-from-2").inputs, production.one(POOL, f"{NAME}-agent-from-1").inputs
    assert "nodeTaints" not in host
    assert (agent["nodeTaints"], agent["nodeLabels"]) == (["pool=agent:NoSchedule"], {"pool": "agent"})


def test_nobody_logs_in_to_a_node_and_a_node_starts_signed_systems_alone(production: Recording[AzureCluster]) -> None:
    expected = {"enableSecureBoot": True, "enableVTPM": True, "sshAccess": "Disabled"}
    assert [item.inputs["securityProfile"] for item in production.of(POOL)] == [expected, expected]
    assert production.one(CLUSTER).inputs["agentPoolProfiles"][0]["securityProfile"] == expected
    assert "linuxProfile" not in production.one(CLUSTER).inputs


def test_a_spot_pool_says_the_taint_that_aks_gives_it() -> None:
    pool = AGENT.model_copy(update={"capacity": "spot"})
    made = cluster(spec(pools=(HOST, pool))).one(POOL, f"{NAME}-agent-from-1").inputs
    assert (made["scaleSetPriority"], made["scaleSetEvictionPolicy"], made["spotMaxPrice"]) == ("Spot", "Delete", -1)
    assert made["nodeTaints"] == ["pool=agent:NoSchedule", "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]
    assert "upgradeSettings" not in made


def test_the_cluster_has_a_promised_uptime_and_never_slides_into_paid_extended_support(production: Recording[AzureCluster]) -> None:
    made = production.one(CLUSTER).inputs
    assert made["sku"] == {"name": "Base", "tier": "Standard"}
    assert made["supportPlan"] == "KubernetesOfficial"


def test_upgrades_stay_in_the_minor_and_come_in_their_hours(production: Recording[AzureCluster]) -> None:
    assert production.one(CLUSTER).inputs["autoUpgradeProfile"] == {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"}
    windows = {
        item.inputs["configName"]: item.inputs["maintenanceWindow"]
        for item in production.of("azure-native:containerservice:MaintenanceConfiguration")
    }
    assert set(windows) == {"aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"}
    assert {(window["durationHours"], window["startTime"], window["utcOffset"]) for window in windows.values()} == {(4, "03:00", "+00:00")}
    assert len({window["schedule"]["weekly"]["dayOfWeek"] for window in windows.values()}) == 2


def test_the_clusters_own_resources_are_in_a_group_that_nobody_else_changes(production: Recording[AzureCluster]) -> None:
    made = production.one(CLUSTER).inputs
    assert made["nodeResourceGroup"] == f"{NAME}-nodes"
    assert made["nodeResourceGroupProfile"] == {"restrictionLevel": "ReadOnly"}


def test_the_control_planes_logs_are_kept_as_long_as_asked(production: Recording[AzureCluster]) -> None:
    workspace = production.one("azure-native:operationalinsights:Workspace")
    assert (workspace.inputs["retentionInDays"], workspace.inputs["location"]) == (90, "italynorth")
    setting = production.one("azure-native:monitor:DiagnosticSetting").inputs
    assert (setting["resourceUri"], setting["workspaceId"]) == (id_of(production.one(CLUSTER)), id_of(workspace))
    assert {"kube-apiserver", "kube-audit-admin", "guard"} <= {item["category"] for item in setting["logs"]}
    assert all(item["enabled"] for item in setting["logs"])
    short = cluster(spec(log_days=14)).one("azure-native:operationalinsights:Workspace")
    assert short.inputs["retentionInDays"] == 30


def test_workloads_get_identities_by_the_tokens_that_the_cluster_issues(production: Recording[AzureCluster]) -> None:
    made = production.one(CLUSTER).inputs
    assert (made["oidcIssuerProfile"], made["securityProfile"]["workloadIdentity"]) == ({"enabled": True}, {"enabled": True})
    assert production.one("eucloud:azure:Cluster").outputs["issuer"] == wiring.ISSUER


def test_the_drivers_of_disks_and_snapshots_come_with_the_cluster_and_no_other(production: Recording[AzureCluster]) -> None:
    assert production.one(CLUSTER).inputs["storageProfile"] == {
        "diskCSIDriver": {"enabled": True},
        "snapshotController": {"enabled": True},
        "fileCSIDriver": {"enabled": False},
        "blobCSIDriver": {"enabled": False},
    }
    assert "addonProfiles" not in production.one(CLUSTER).inputs


def test_the_kubeconfig_asks_for_a_token_and_holds_none(production: Recording[AzureCluster]) -> None:
    config = json.loads(production.one("eucloud:azure:Cluster").outputs["kubeconfig"])
    user = config["users"][0]["user"]
    assert user == {"exec": {**user["exec"], "command": "kubelogin"}}
    assert user["exec"]["args"][-2:] == ["--tenant-id", wiring.TENANT]
    assert config["clusters"][0]["cluster"] == {"server": f"https://{FQDN}:443", "certificate-authority-data": "Y2VydGlmaWNhdGU="}


@pytest.mark.parametrize("told", ["not base64!", base64.b64encode(b"{}").decode(), base64.b64encode(b"clusters: []").decode()])
def test_a_cluster_that_does_not_tell_its_certificate_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match="kubeconfig"):
        authority(told)


def test_the_cluster_is_ready_with_its_pools_and_is_known_by_their_subnet(production: Recording[AzureCluster]) -> None:
    outputs = production.one("eucloud:azure:Cluster").outputs
    assert (outputs["client_group"], outputs["pools"]) == (f"{wiring.NETWORK}/subnets/nodes", ["host", "agent"])
    ready = {resource.pulumi_resource_name for resource in production.result.outputs.ready}
    assert ready == {f"{NAME}-host-from-2", f"{NAME}-agent-from-1"}


def test_a_protected_cluster_is_not_deleted_by_the_engine() -> None:
    assert [cluster(spec(deletion_protected=wanted)).one(CLUSTER).protect for wanted in (True, False)] == [True, False]


def test_everything_with_tags_carries_the_stacks(production: Recording[AzureCluster]) -> None:
    tagged: list[Registered] = [item for item in production if "location" in item.inputs]
    assert {item.type for item in tagged} >= {CLUSTER, DISKS, IDENTITY}
    for item in tagged:
        assert (item.inputs["tags"]["stack"], item.inputs["tags"]["project"]) == ("playnew-production", "play-new"), item.name


@pytest.mark.parametrize(
    ("size", "machine"),
    [
        (Size.SMALL, "Standard_D2s_v5"),
        (Size.MEDIUM, "Standard_D4s_v5"),
        (Size.LARGE, "Standard_D8s_v5"),
        (Size.XLARGE, "Standard_D16s_v5"),
    ],
)
def test_sizes_become_machines(size: Size, machine: str) -> None:
    assert decided(pools=(HOST.model_copy(update={"size": size}),)).pools[0].vm_size == machine


@pytest.mark.parametrize(("name", "minimum", "expected"), [("host", 2, "hostx2"), ("gpu-large", 0, "gpulargex0"), ("a1", 10, "a1x10")])
def test_a_pools_name_is_short_and_without_hyphens(name: str, minimum: int, expected: str) -> None:
    assert node_pool_name(name, minimum) == expected


def test_a_long_pools_name_is_cut_and_stays_apart() -> None:
    names = {node_pool_name(f"playnewpool{letter}", 100) for letter in "ab"}
    assert len(names) == 2
    assert all(len(name) <= 12 and name.isalnum() for name in names)


MISTAKES: list[tuple[dict[str, Any], str]] = [
    (
        {"admin_cidrs": ("0.0.0.0/0",)},
        r"^admin_cidrs\[0\]: '0.0.0.0/0' opens the API to the Internet; allowed: networks of /8 and narrower$",
    ),
    ({"admin_cidrs": ("office",)}, r"^admin_cidrs\[0\]: 'office' is no network"),
    ({"admin_cidrs": ("2001:db8::/32",)}, r"^admin_cidrs\[0\]: '2001:db8::/32' is no IPv4 network"),
    ({"admin_principals": ()}, r"^admin_principals: \(\) leaves nobody"),
    ({"admin_principals": ("ops@playnew.ai",)}, r"^admin_principals\[0\]: 'ops@playnew.ai' is no object id .* allowed: a GUID$"),
    ({"services_cidr": "10.20.128.0/20"}, r"^services_cidr: '10.20.128.0/20' overlaps the network addresses 10.20.0.0/16"),
    ({"services_cidr": "10.244.128.0/20"}, r"^services_cidr: '10.244.128.0/20' overlaps the pods' addresses 10.244.0.0/16"),
    ({"services_cidr": "172.31.0.0/16"}, r"^services_cidr: '172.31.0.0/16' overlaps 172.31.0.0/16, which AKS keeps for itself"),
    ({"log_days": 800}, r"^log_days: 800 .* allowed: 1 to 730$"),
    ({"pools": (HOST, HOST)}, r"^pools\[1\].name: 'host' is taken by pools\[0\]"),
    (
        {"pools": (HOST, HOST.model_copy(update={"name": "ho-st"}))},
        r"^pools\[1\].name: 'ho-st' is 'hostx2' without hyphens, which is taken; allowed: another name$",
    ),
    ({"pools": (AGENT,)}, r"^pools: agent are all tainted"),
    ({"pools": (HOST.model_copy(update={"capacity": "spot"}),)}, r"^pools: host are all tainted \(AKS taints spot nodes\)"),
    ({"pools": (HOST.model_copy(update={"disk_gib": 20}),)}, r"^pools\[0\].disk_gib: 20 .* allowed: 30 to 2048$"),
    (
        {"pools": (HOST.model_copy(update={"desired_nodes": 9}),)},
        r"^pools\[0\].desired_nodes: 9 is not between min_nodes and max_nodes; allowed: 2 to 3$",
    ),
    (
        {"pools": (HOST.model_copy(update={"max_nodes": 300}),)},
        r"^pools: 307 nodes at most, but 10.244.0.0/16 has room for the pods of 256",
    ),
]


@pytest.mark.parametrize(("changes", "message"), MISTAKES)
def test_a_mistake_is_told_in_one_line_with_path_value_and_what_is_allowed(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        decided(**changes)
    assert "\n" not in str(refusal.value)
