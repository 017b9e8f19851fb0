from __future__ import annotations

import ipaddress
import json
from datetime import datetime

import pytest

from components.cluster.gcp import ADMIN_ROLE, WINDOW, GcpCluster, kubeconfig
from components.cluster.gcp_plan import machine_type, per_zone, plan
from components.cluster.spec import ClusterSpec, NodePool
from components.vocabulary import Size
from tests.components import gcp_wiring as wiring
from tests.recorder import Recording, record

CLUSTER, POOL = "gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool"
MEMBER, ACCOUNT = "gcp:projects/iAMMember:IAMMember", "gcp:serviceaccount/account:Account"
BUCKET, SINK = "gcp:logging/projectBucketConfig:ProjectBucketConfig", "gcp:logging/projectSink:ProjectSink"
EXCLUSION = "gcp:logging/projectExclusion:ProjectExclusion"
NAME = "playnew-production-cluster"
ADMIN = "group:platform-admins@playnew.ai"
HOST = NodePool(name="host", min_nodes=2, desired_nodes=2, max_nodes=3)
AGENT = NodePool(name="agent", min_nodes=1, desired_nodes=2, max_nodes=4, tainted=True)
SPEC = ClusterSpec(version="1.35", pools=(HOST, AGENT), admin_principals=(ADMIN,), admin_cidrs=("203.0.113.0/24",))


def spec(**changes: object) -> ClusterSpec:
    return SPEC.model_copy(update=changes)


def cluster(wanted: ClusterSpec = SPEC) -> Recording[GcpCluster]:
    return record(
        lambda: GcpCluster(NAME, wanted, wiring.SITE, wiring.project(), wiring.network(), wiring.key()),
        wiring.STATES,
    )


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


def test_nodes_follow_the_version_of_the_control_plane(production: Recording[GcpCluster]) -> None:
    assert {pool.inputs["version"] for pool in production.of(POOL)} == {"1.35.3-gke.1000"}


def test_maintenance_is_at_the_weekend_and_long_enough_for_gke() -> None:
    start, end, recurrence = (*(datetime.fromisoformat(time) for time in WINDOW[:2]), WINDOW[2])
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    assert start.strftime("%A") == "Saturday"
    assert recurrence == "FREQ=WEEKLY;BYDAY=SA,SU"
    assert 8 * (end - start).total_seconds() / 3600 >= 48, "32 days have eight of these days at least"


@pytest.mark.requirement("PN-03")
def test_pools_have_four_cpus_and_sixteen_gib_over_all_zones(production: Recording[GcpCluster]) -> None:
    host, agent = production.one(POOL, f"{NAME}-host"), production.one(POOL, f"{NAME}-agent")
    for pool in (host, agent):
        assert pool.inputs["nodeConfig"]["machineType"] == "n2-standard-4"
        assert pool.inputs["nodeLocations"] == list(wiring.SITE.zones)
    assert host.inputs["autoscaling"] == {"totalMinNodeCount": 2, "totalMaxNodeCount": 3, "locationPolicy": "BALANCED"}
    assert agent.inputs["autoscaling"] == {"totalMinNodeCount": 1, "totalMaxNodeCount": 4, "locationPolicy": "BALANCED"}


@pytest.mark.requirement("PN-03")
def test_the_autoscaler_owns_the_number_of_nodes(production: Recording[GcpCluster]) -> None:
    assert {pool.ignore_changes for pool in production.of(POOL)} == {("initialNodeCount",)}
    assert all("nodeCount" not in pool.inputs for pool in production.of(POOL))


@pytest.mark.requirement("PN-23")
def test_other_limits_change_a_pool_in_place() -> None:
    def names(maximum: int) -> list[str]:
        pool = NodePool(name="host", min_nodes=2, desired_nodes=2, max_nodes=maximum)
        return [made.name for made in cluster(spec(pools=(pool,))).of(POOL)]

    assert names(6) == names(8) == [f"{NAME}-host"]


@pytest.mark.parametrize(
    ("desired", "maximum", "zones", "each"),
    [(2, 3, 3, 1), (3, 3, 3, 1), (4, 4, 3, 1), (4, 6, 3, 2), (0, 5, 3, 0), (2, 2, 2, 1), (7, 9, 3, 3)],
)
def test_a_pool_begins_with_as_many_nodes_in_each_zone_as_its_limit_allows(desired: int, maximum: int, zones: int, each: int) -> None:
    assert per_zone(desired, maximum, zones) == each
    assert each * zones <= maximum


def test_a_pool_of_fewer_nodes_than_zones_stands_in_as_many_zones() -> None:
    pool = NodePool(name="host", min_nodes=1, desired_nodes=1, max_nodes=2)
    made = cluster(spec(pools=(pool,))).one(POOL).inputs
    assert (made["nodeLocations"], made["initialNodeCount"]) == (["europe-west8-a", "europe-west8-b"], 1)


def test_spot_nodes_stand_where_there_is_capacity() -> None:
    pool = HOST.model_copy(update={"capacity": "spot"})
    made = cluster(spec(pools=(pool,))).one(POOL).inputs
    assert (made["nodeConfig"]["spot"], made["autoscaling"]["locationPolicy"]) == (True, "ANY")


def test_a_tainted_pool_keeps_other_workloads_off_and_every_pool_has_its_label(production: Recording[GcpCluster]) -> None:
    host, agent = production.one(POOL, f"{NAME}-host").inputs["nodeConfig"], production.one(POOL, f"{NAME}-agent").inputs["nodeConfig"]
    assert "taints" not in host
    assert agent["taints"] == [{"key": "pool", "value": "agent", "effect": "NO_SCHEDULE"}]
    assert agent["labels"] == {"pool": "agent"}


def test_the_pool_that_a_cluster_is_born_with_goes_and_is_as_closed_as_the_others(production: Recording[GcpCluster]) -> None:
    made = production.one(CLUSTER)
    assert (made.inputs["removeDefaultNodePool"], made.inputs["initialNodeCount"]) == (True, 1)
    assert made.ignore_changes == ("nodeConfig",)
    first, other = made.inputs["nodeConfig"], production.one(POOL, f"{NAME}-host").inputs["nodeConfig"]
    shared = ("bootDiskKmsKey", "serviceAccount", "shieldedInstanceConfig", "workloadMetadataConfig", "kubeletConfig", "tags", "metadata")
    assert {key: first[key] for key in shared} == {key: other[key] for key in shared}


def test_nodes_are_private_shielded_and_repaired(production: Recording[GcpCluster]) -> None:
    for pool in production.of(POOL):
        assert pool.inputs["networkConfig"] == {"enablePrivateNodes": True}
        assert pool.inputs["management"] == {"autoRepair": True, "autoUpgrade": True}
        assert pool.inputs["upgradeSettings"] == {"strategy": "SURGE", "maxSurge": 1, "maxUnavailable": 0}
        config = pool.inputs["nodeConfig"]
        assert config["shieldedInstanceConfig"] == {"enableSecureBoot": True, "enableIntegrityMonitoring": True}
        assert config["kubeletConfig"] == {"insecureKubeletReadonlyPortEnabled": "FALSE"}


def test_pods_cannot_reach_the_nodes_credentials_which_are_few(production: Recording[GcpCluster]) -> None:
    email = f"{NAME}@{wiring.PROJECT}.iam.gserviceaccount.com"
    for pool in production.of(POOL):
        assert pool.inputs["nodeConfig"]["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
        assert pool.inputs["nodeConfig"]["serviceAccount"] == email
    roles = {item.inputs["role"] for item in production.of(MEMBER) if item.inputs["member"] == f"serviceAccount:{email}"}
    assert roles == {"roles/container.defaultNodeServiceAccount"}
    assert f"{NAME}-nodes-role" in production.one(POOL, f"{NAME}-host").depends_on


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


def test_long_names_are_cut_to_what_google_takes() -> None:
    decided = plan(SPEC, "a-name-that-is-much-longer-than-clusters-may-be", wiring.SITE.zones, "10.20.0.0/16", "10.20.128.0/17")
    assert len(decided.name) == 40


@pytest.mark.parametrize(
    ("size", "machine"),
    [
        (Size.SMALL, "n2-standard-2"),
        (Size.MEDIUM, "n2-standard-4"),
        (Size.LARGE, "n2-standard-8"),
        (Size.XLARGE, "n2-standard-16"),
    ],
)
def test_sizes_become_machine_types(size: Size, machine: str) -> None:
    assert machine_type(size) == machine


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"admin_cidrs": ("0.0.0.0/0",)},
            r"^admin_cidrs\[0\]: '0.0.0.0/0' opens the API to the Internet; allowed: networks of /8 and narrower$",
        ),
        ({"admin_cidrs": ("2001:db8::/32",)}, r"^admin_cidrs\[0\]: '2001:db8::/32' is IPv6"),
        ({"admin_cidrs": ("office",)}, r"^admin_cidrs\[0\]: 'office' is no network"),
        ({"admin_principals": ()}, r"^admin_principals: \(\) leaves nobody"),
        ({"admin_principals": ("admins@playnew.ai",)}, r"^admin_principals\[0\]: 'admins@playnew.ai' .* allowed: user:<e-mail>"),
        ({"admin_principals": ("allUsers",)}, r"^admin_principals\[0\]: 'allUsers'"),
        ({"services_cidr": "10.20.128.0/20"}, r"^services_cidr: '10.20.128.0/20' overlaps the network 10.20.0.0/16"),
        ({"pools": (HOST, HOST)}, r"^pools\[1\].name: 'host' is taken by pools\[0\]"),
        ({"pools": (AGENT,)}, r"^pools: agent are all tainted"),
        (
            {"pools": (HOST.model_copy(update={"desired_nodes": 9}),)},
            r"^pools\[0\].desired_nodes: 9 is not between min_nodes and max_nodes; allowed: 2 to 3$",
        ),
        (
            {"pools": (HOST.model_copy(update={"max_nodes": 200}),)},
            r"^pools: up to 201 nodes with their upgrades do not fit the pods' addresses 10.20.128.0/17; allowed: 128$",
        ),
    ],
)
def test_a_mistake_is_told_in_one_line_with_path_value_and_what_is_allowed(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        plan(spec(**changes), NAME, wiring.SITE.zones, "10.20.0.0/16", "10.20.128.0/17")
    assert "\n" not in str(refusal.value)


def test_a_network_of_the_smallest_size_still_holds_thirty_nodes() -> None:
    pods = str(list(ipaddress.ip_network("10.20.0.0/18").subnets())[1])
    pools = (HOST.model_copy(update={"max_nodes": 30}),)
    assert plan(spec(pools=pools), NAME, wiring.SITE.zones, "10.20.0.0/18", pods).pools[0].maximum == 30
