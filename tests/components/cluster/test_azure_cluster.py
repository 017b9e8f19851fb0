from __future__ import annotations

import base64
import json

import pytest

from components.cluster.azure import AzureCluster
from components.cluster.azure_kubeconfig import authority
from tests.components import azure_wiring as wiring
from tests.components.cluster.azure_cluster import CLUSTER, DISKS, FQDN, IDENTITY, NAME, POOL, cluster, id_of, spec
from tests.recorder import Recording, Registered


@pytest.fixture(scope="module")
def production() -> Recording[AzureCluster]:
    return cluster()


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


@pytest.mark.requirement("PN-02")
def test_pods_have_addresses_of_their_own_and_leave_by_the_networks_gateway(production: Recording[AzureCluster]) -> None:
    profile = production.one(CLUSTER).inputs["networkProfile"]
    assert (profile["networkPlugin"], profile["networkPluginMode"]) == ("azure", "overlay")
    assert (profile["networkDataplane"], profile["networkPolicy"]) == ("cilium", "cilium")
    assert (profile["podCidr"], profile["serviceCidr"], profile["dnsServiceIP"]) == ("10.244.0.0/16", "172.20.0.0/16", "172.20.0.10")
    assert (profile["outboundType"], profile["loadBalancerSku"]) == ("userAssignedNATGateway", "standard")
    for pool in (*production.one(CLUSTER).inputs["agentPoolProfiles"], *(item.inputs for item in production.of(POOL))):
        assert (pool["enableNodePublicIP"], pool["vnetSubnetID"]) == (False, f"{wiring.NETWORK}/subnets/nodes")


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
