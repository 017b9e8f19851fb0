from __future__ import annotations

import pytest

from components.cluster.gcp import GcpCluster
from components.cluster.gcp_plan import machine_type, per_zone
from components.cluster.spec import NodePool
from components.vocabulary import Size
from tests.components import gcp_wiring as wiring
from tests.components.cluster.gcp_cluster import CLUSTER, HOST, MEMBER, NAME, POOL, cluster, spec
from tests.recorder import Recording


@pytest.fixture(scope="module")
def production() -> Recording[GcpCluster]:
    return cluster()


def test_nodes_follow_the_version_of_the_control_plane(production: Recording[GcpCluster]) -> None:
    assert {pool.inputs["version"] for pool in production.of(POOL)} == {"1.35.3-gke.1000"}


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
