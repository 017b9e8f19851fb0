from __future__ import annotations

import json
from datetime import datetime

import pytest

from components.cluster.gcp import ADMIN_ROLE, WINDOW, GcpCluster, kubeconfig
from tests.components import gcp_wiring as wiring
from tests.components.cluster.gcp_cluster import ADMIN, BUCKET, CLUSTER, EXCLUSION, MEMBER, NAME, POOL, SINK, cluster, spec
from tests.recorder import Recording


@pytest.fixture(scope="module")
def production() -> Recording[GcpCluster]:
    return cluster()


def test_the_control_plane_and_its_nodes_stand_in_all_zones_of_the_region(production: Recording[GcpCluster]) -> None:
    inputs = production.one(CLUSTER).inputs
    assert (inputs["location"], inputs["nodeLocations"]) == ("europe-west8", list(wiring.SITE.zones))


def test_the_api_is_reached_privately_and_from_administrators_networks_alone(production: Recording[GcpCluster]) -> None:
    inputs = production.one(CLUSTER).inputs
    assert inputs["privateClusterConfig"] == {"enablePrivateNodes": True, "enablePrivateEndpoint": False}
    networks = inputs["masterAuthorizedNetworksConfig"]
    assert [block["cidrBlock"] for block in networks["cidrBlocks"]] == ["10.20.0.0/16", "203.0.113.0/24"]
    assert (networks["gcpPublicCidrsAccessEnabled"], networks["privateEndpointEnforcementEnabled"]) == (False, True)


def test_without_administrators_networks_there_is_no_public_endpoint() -> None:
    inputs = cluster(spec(admin_cidrs=())).one(CLUSTER).inputs
    assert inputs["privateClusterConfig"]["enablePrivateEndpoint"] is True
    assert [block["cidrBlock"] for block in inputs["masterAuthorizedNetworksConfig"]["cidrBlocks"]] == ["10.20.0.0/16"]


def test_the_endpoint_by_name_which_knows_no_networks_is_closed(production: Recording[GcpCluster]) -> None:
    endpoints = production.one(CLUSTER).inputs["controlPlaneEndpointsConfig"]
    assert endpoints == {"dnsEndpointConfig": {"allowExternalTraffic": False}}


def test_addresses_come_from_the_networks_own_ranges(production: Recording[GcpCluster]) -> None:
    inputs = production.one(CLUSTER).inputs
    assert inputs["networkingMode"] == "VPC_NATIVE"
    assert inputs["ipAllocationPolicy"] == {
        "clusterSecondaryRangeName": "pods",
        "servicesSecondaryRangeName": "services",
        "stackType": "IPV4",
    }
    assert inputs["subnetwork"].endswith("subnetworks/playnew-production-network-private")


def test_network_policies_are_enforced_and_find_dns_where_they_look_for_it(production: Recording[GcpCluster]) -> None:
    inputs = production.one(CLUSTER).inputs
    assert inputs["datapathProvider"] == "ADVANCED_DATAPATH"
    assert inputs["addonsConfig"]["networkPolicyConfig"] == {"disabled": True}
    assert inputs["dnsConfig"] == {"clusterDns": "KUBE_DNS"}
    assert inputs["addonsConfig"]["dnsCacheConfig"] == {"enabled": False}


def test_pods_have_identities_and_nobody_an_older_way_in(production: Recording[GcpCluster]) -> None:
    inputs = production.one(CLUSTER).inputs
    assert inputs["workloadIdentityConfig"] == {"workloadPool": f"{wiring.PROJECT}.svc.id.goog"}
    assert inputs["enableLegacyAbac"] is False
    assert inputs["masterAuth"] == {"clientCertificateConfig": {"issueClientCertificate": False}}
    assert inputs["anonymousAuthenticationConfig"] == {"mode": "LIMITED"}
    assert set(inputs["rbacBindingConfig"].values()) == {False}


def test_administrators_administer_this_cluster_alone(production: Recording[GcpCluster]) -> None:
    member = production.one(MEMBER, f"{NAME}-admin-group-platform-admins-playnew-ai")
    assert (member.inputs["role"], member.inputs["member"]) == (ADMIN_ROLE, ADMIN)
    this = f"projects/{wiring.PROJECT}/locations/europe-west8/clusters/{NAME}"
    assert member.inputs["condition"]["expression"] == f'resource.name == "{this}" || resource.name.startsWith("{this}/")'


def test_secrets_and_disks_are_encrypted_with_the_customer_key(production: Recording[GcpCluster]) -> None:
    inputs = production.one(CLUSTER).inputs
    assert inputs["databaseEncryption"] == {"state": "ENCRYPTED", "keyName": wiring.KEY}
    disks = [inputs["nodeConfig"], *(pool.inputs["nodeConfig"] for pool in production.of(POOL))]
    assert {disk["bootDiskKmsKey"] for disk in disks} == {wiring.KEY}


def test_the_control_planes_logs_are_kept_in_the_region_under_the_key_and_not_worldwide(production: Recording[GcpCluster]) -> None:
    bucket = production.one(BUCKET).inputs
    assert (bucket["location"], bucket["retentionDays"]) == ("europe-west8", 90)
    assert bucket["cmekSettings"] == {"kmsKeyName": wiring.KEY}
    sink, exclusion = production.one(SINK), production.one(EXCLUSION)
    assert sink.inputs["filter"] == exclusion.inputs["filter"]
    assert f'cluster_name="{NAME}"' in sink.inputs["filter"]
    assert sink.inputs["destination"].startswith("logging.googleapis.com/")
    assert production.one(BUCKET).name in sink.depends_on


def test_the_way_of_the_logs_stands_before_the_cluster_that_writes_them(production: Recording[GcpCluster]) -> None:
    assert {production.one(SINK).name, production.one(EXCLUSION).name} <= set(production.one(CLUSTER).depends_on)
    assert production.one(SINK).name in production.one(EXCLUSION).depends_on
    components = production.one(CLUSTER).inputs["loggingConfig"]["enableComponents"]
    assert components == ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"]


def test_metrics_are_gathered_once(production: Recording[GcpCluster]) -> None:
    assert production.one(CLUSTER).inputs["monitoringConfig"] == {
        "enableComponents": ["SYSTEM_COMPONENTS"],
        "managedPrometheus": {"enabled": False},
    }


def test_a_protected_cluster_is_deleted_neither_by_the_engine_nor_by_the_provider() -> None:
    for wanted in (True, False):
        made = cluster(spec(deletion_protected=wanted)).one(CLUSTER)
        assert (made.protect, made.inputs["deletionProtection"]) == (wanted, wanted)


def test_patches_come_by_themselves_and_another_minor_when_it_is_asked_for(production: Recording[GcpCluster]) -> None:
    inputs = production.one(CLUSTER).inputs
    assert (inputs["minMasterVersion"], inputs["releaseChannel"]) == ("1.35", {"channel": "REGULAR"})
    [exclusion] = inputs["maintenancePolicy"]["maintenanceExclusions"]
    assert exclusion["exclusionOptions"] == {"scope": "NO_MINOR_UPGRADES", "endTimeBehavior": "UNTIL_END_OF_SUPPORT"}
    assert "endTime" not in exclusion


def test_maintenance_is_at_the_weekend_and_long_enough_for_gke() -> None:
    start, end, recurrence = (*(datetime.fromisoformat(time) for time in WINDOW[:2]), WINDOW[2])
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    assert start.strftime("%A") == "Saturday"
    assert recurrence == "FREQ=WEEKLY;BYDAY=SA,SU"
    assert 8 * (end - start).total_seconds() / 3600 >= 48, "32 days have eight of these days at least"


def test_what_is_launched_carries_the_sites_labels(production: Recording[GcpCluster]) -> None:
    for pool in production.of(POOL):
        assert pool.inputs["nodeConfig"]["resourceLabels"]["project"] == "play-new"
    assert production.one(CLUSTER).inputs["resourceLabels"]["data-residency"] == "eu"


def test_add_ons_that_the_platform_brings_itself_are_not_gkes(production: Recording[GcpCluster]) -> None:
    addons = production.one(CLUSTER).inputs["addonsConfig"]
    assert addons["gcePersistentDiskCsiDriverConfig"] == {"enabled": True}
    assert addons["gkeBackupAgentConfig"] == {"enabled": True}
    assert addons["httpLoadBalancing"] == {"disabled": False}, "by it load balancers come with backend services"
    assert production.one(CLUSTER).inputs["gatewayApiConfig"] == {"channel": "CHANNEL_DISABLED"}


def test_the_kubeconfig_asks_for_a_token_and_holds_none(production: Recording[GcpCluster]) -> None:
    config = json.loads(production.one("eucloud:gcp:Cluster").outputs["kubeconfig"])
    user = config["users"][0]["user"]
    assert user == {"exec": {**user["exec"], "command": "gke-gcloud-auth-plugin"}}
    assert config["clusters"][0]["cluster"] == {"server": "https://10.20.16.2", "certificate-authority-data": "Y2VydGlmaWNhdGU="}
    assert json.loads(kubeconfig("a", "192.0.2.1", "c"))["current-context"] == "a"


def test_others_know_the_cluster_by_name_tag_and_who_pulls(production: Recording[GcpCluster]) -> None:
    outputs = production.one("eucloud:gcp:Cluster").outputs
    assert outputs["ref"] == wiring.CLUSTER
    assert (outputs["endpoint"], outputs["pools"]) == ("https://10.20.16.2", ["host", "agent"])
    assert production.one(POOL, f"{NAME}-host").inputs["nodeConfig"]["tags"] == [outputs["client_group"]]
    assert outputs["puller"] == wiring.NODES
    assert [resource.pulumi_resource_name for resource in production.result.outputs.ready] == [f"{NAME}-host", f"{NAME}-agent"]
