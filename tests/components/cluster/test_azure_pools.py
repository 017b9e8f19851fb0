from __future__ import annotations

import pytest

from components.cluster.azure import AzureCluster
from components.cluster.azure_plan import node_pool_name
from components.cluster.spec import NodePool
from components.vocabulary import Size
from tests.components.cluster.azure_cluster import AGENT, CLUSTER, HOST, NAME, POOL, cluster, decided, spec
from tests.recorder import Recording


@pytest.fixture(scope="module")
def production() -> Recording[AzureCluster]:
    return cluster()


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
