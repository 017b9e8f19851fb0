from __future__ import annotations

import dataclasses
from typing import Any

import pulumi_random as random
import pytest

from components.cache.gcp import GcpCache
from components.cache.gcp_plan import ClusterPlan, InstancePlan, plan
from components.cache.spec import CacheSpec
from components.vocabulary import Window
from tests.answers import State
from tests.components import gcp_wiring as wiring
from tests.recorder import Recording, record

REDIS, VALKEY = "gcp:redis/instance:Instance", "gcp:memorystore/instance:Instance"
NAME = "playnew-production-queue"
CLUSTER = CacheSpec(mode="cluster", shards=3, replicas=1, memory_gib=4, snapshot_days=7)


def cache(**changes: Any) -> Recording[GcpCache]:
    return declared(CacheSpec(**changes))


def declared(spec: CacheSpec) -> Recording[GcpCache]:
    def declare() -> GcpCache:
        ready = random.RandomId("connection", byte_length=2)
        network = dataclasses.replace(wiring.network(), data_ready=(ready,), endpoints_ready=(ready,))
        return GcpCache(NAME, spec, wiring.SITE, wiring.project(), network, wiring.key(), wiring.cluster())

    return record(declare, wiring.STATES, wiring.ANSWERS)


@pytest.fixture(scope="module")
def replicated() -> Recording[GcpCache]:
    return cache(databases=2, snapshot_days=7)


@pytest.fixture(scope="module")
def cluster() -> Recording[GcpCache]:
    return declared(CLUSTER)


@pytest.mark.requirement("AA-03")
def test_a_replicated_cache_fails_over_to_another_zone(replicated: Recording[GcpCache]) -> None:
    made = replicated.one(REDIS).inputs
    assert (made["tier"], made["replicaCount"], made["redisVersion"]) == ("STANDARD_HA", 1, "REDIS_7_2")
    assert (made["locationId"], made["alternativeLocationId"]) == ("europe-west8-a", "europe-west8-b")
    assert made["readReplicasMode"] == "READ_REPLICAS_DISABLED"


@pytest.mark.requirement("AA-03")
def test_connections_take_tls_and_a_password(replicated: Recording[GcpCache]) -> None:
    made = replicated.one(REDIS).inputs
    assert (made["transitEncryptionMode"], made["authEnabled"]) == ("SERVER_AUTHENTICATION", True)
    outputs = replicated.one("eucloud:gcp:Cache").outputs
    assert outputs["passwords"] == ["planted-auth-string"] * 2
    assert outputs["authority"] == f"{wiring.CERTIFICATE}\n"


@pytest.mark.requirement("AA-03")
def test_keyspaces_share_one_instance(replicated: Recording[GcpCache]) -> None:
    outputs = replicated.one("eucloud:gcp:Cache").outputs
    assert [(each["host"], each["port"], each["database"]) for each in outputs["endpoints"]] == [
        ("10.20.8.4", 6378, 0),
        ("10.20.8.4", 6378, 1),
    ]
    assert (outputs["cidrs"], outputs["ports"]) == (["10.20.32.0/20"], [[6378, 6378]])


def test_the_address_is_a_private_one_from_the_networks_own_range(replicated: Recording[GcpCache]) -> None:
    made = replicated.one(REDIS)
    assert (made.inputs["connectMode"], made.inputs["authorizedNetwork"].rpartition("/")[2]) == (
        "PRIVATE_SERVICE_ACCESS",
        "playnew-production-network",
    )
    assert [urn.rpartition("::")[2] for urn in made.after] == ["connection"]


@pytest.mark.parametrize(("spec", "type_", "field"), [(CacheSpec(), REDIS, "customerManagedKey"), (CLUSTER, VALKEY, "kmsKey")])
def test_what_is_on_disk_is_encrypted_with_the_customer_key(spec: CacheSpec, type_: str, field: str) -> None:
    assert declared(spec).one(type_).inputs[field] == wiring.KEY


def test_a_single_cache_is_one_node() -> None:
    made = cache(mode="single", replicas=0).one(REDIS).inputs
    assert (made["tier"], made["replicaCount"], "alternativeLocationId" in made) == ("BASIC", 0, False)
    assert made["persistenceConfig"] == {"persistenceMode": "DISABLED"}


def test_several_replicas_take_five_gibibytes() -> None:
    made = cache(replicas=2).one(REDIS).inputs
    assert (made["readReplicasMode"], made["replicaCount"], made["memorySizeGb"]) == ("READ_REPLICAS_ENABLED", 2, 5)


@pytest.mark.parametrize("eviction", ["noeviction", "allkeys-lru", "volatile-lru"])
def test_what_goes_when_memory_is_full_is_said(eviction: str) -> None:
    """The product's own default would drop keys of a queue."""
    assert cache(eviction=eviction).one(REDIS).inputs["redisConfigs"] == {"maxmemory-policy": eviction}
    clustered = declared(CLUSTER.model_copy(update={"eviction": eviction}))
    assert clustered.one(VALKEY).inputs["engineConfigs"] == {"maxmemory-policy": eviction}


def test_maintenance_begins_with_the_window_in_utc(replicated: Recording[GcpCache], cluster: Recording[GcpCache]) -> None:
    for made in (replicated.one(REDIS), cluster.one(VALKEY)):
        [window] = made.inputs["maintenancePolicy"]["weeklyMaintenanceWindows"]
        assert (window["day"], window["startTime"]) == ("SATURDAY", {"hours": 1, "minutes": 0, "seconds": 0, "nanos": 0})


def test_a_window_just_after_midnight_is_on_the_day_before_in_utc() -> None:
    decided = plan(NAME, CacheSpec(maintenance=Window(day="mon", start="00:30", end="02:00")), wiring.SITE)
    assert (decided.maintenance.day, decided.maintenance.hour, decided.maintenance.minute) == ("SUNDAY", 23, 30)


def test_snapshots_are_taken_once_a_day(replicated: Recording[GcpCache]) -> None:
    assert replicated.one(REDIS).inputs["persistenceConfig"] == {"persistenceMode": "RDB", "rdbSnapshotPeriod": "TWENTY_FOUR_HOURS"}


def test_backups_of_a_cluster_are_kept_for_their_days(cluster: Recording[GcpCache]) -> None:
    assert cluster.one(VALKEY).inputs["automatedBackupConfig"] == {
        "fixedFrequencySchedule": {"startTime": {"hours": 21}},
        "retention": "604800s",
    }
    assert "automatedBackupConfig" not in declared(CLUSTER.model_copy(update={"snapshot_days": 0})).one(VALKEY).inputs


@pytest.mark.requirement("SN-04")
def test_a_cluster_spreads_its_shards_over_the_zones(cluster: Recording[GcpCache]) -> None:
    made = cluster.one(VALKEY).inputs
    assert (made["mode"], made["shardCount"], made["replicaCount"], made["nodeType"]) == ("CLUSTER", 3, 1, "STANDARD_SMALL")
    assert made["zoneDistributionConfig"] == {"mode": "MULTI_ZONE"}
    assert (made["transitEncryptionMode"], made["serverCaMode"]) == ("SERVER_AUTHENTICATION", "GOOGLE_MANAGED_PER_INSTANCE_CA")


@pytest.mark.requirement("SN-04")
def test_clients_of_a_cluster_begin_at_its_discovery_endpoint(cluster: Recording[GcpCache]) -> None:
    outputs = cluster.one("eucloud:gcp:Cache").outputs
    assert outputs["endpoints"] == [{"host": "10.20.1.2", "port": 6379, "database": 0}]
    assert outputs["authority"] == f"{wiring.CERTIFICATE}\n"
    assert (outputs["cidrs"], outputs["ports"]) == (["10.20.1.0/24"], [[6379, 6379], [11000, 13047]])


def test_a_cluster_without_its_discovery_endpoint_is_no_cluster() -> None:
    nothing: dict[str, Any] = {"endpoints": [], "managedServerCas": []}
    states: dict[str, State] = {**wiring.STATES, VALKEY: nothing}
    with pytest.raises(ValueError, match="0 addresses for discovery"):
        record(
            lambda: GcpCache(NAME, CLUSTER, wiring.SITE, wiring.project(), wiring.network(), wiring.key(), wiring.cluster()),
            states,
            wiring.ANSWERS,
        )


def test_a_cluster_waits_for_the_networks_policy_and_knows_no_password(cluster: Recording[GcpCache]) -> None:
    made = cluster.one(VALKEY)
    assert made.inputs["authorizationMode"] == "AUTH_DISABLED"
    assert [urn.rpartition("::")[2] for urn in made.after] == ["connection"]
    assert cluster.one("eucloud:gcp:Cache").outputs["passwords"] == []


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_cache_is_deleted_neither_by_the_engine_nor_by_the_cloud(protected: bool) -> None:
    instance = cache(deletion_protected=protected).one(REDIS)
    shards = declared(CLUSTER.model_copy(update={"deletion_protected": protected})).one(VALKEY)
    assert (instance.protect, instance.inputs["deletionProtection"]) == (protected, protected)
    assert (shards.protect, shards.inputs["deletionProtectionEnabled"]) == (protected, protected)


@pytest.mark.parametrize(
    ("memory", "node"), [(1, "STANDARD_SMALL"), (6, "HIGHMEM_MEDIUM"), (11, "HIGHMEM_XLARGE"), (50, "HIGHMEM_2XLARGE")]
)
def test_nodes_hold_what_is_asked_for(memory: int, node: str) -> None:
    decided = plan(NAME, CLUSTER.model_copy(update={"memory_gib": memory}), wiring.SITE)
    assert isinstance(decided, ClusterPlan)
    assert decided.node == node


def test_names_fit_the_products() -> None:
    long = "playnew-production-a-name-that-goes-on-and-on-and-on"
    instance, clustered = plan(long, CacheSpec(), wiring.SITE), plan(long, CLUSTER, wiring.SITE)
    assert isinstance(instance, InstancePlan)
    assert (len(instance.name), clustered.name) == (40, long)


@pytest.mark.parametrize(
    ("spec", "zones", "message"),
    [
        (
            CacheSpec(maintenance=Window(start="02:00", end="02:30")),
            wiring.SITE.zones,
            r"^maintenance: 02:00-02:30 lasts 30 minutes; allowed: 60",
        ),
        (CacheSpec(), ("europe-west8-a",), r"^replicas: 1 take a second zone, and europe-west8 is used with europe-west8-a; allowed: 0"),
    ],
)
def test_what_memorystore_cannot_serve_is_refused(spec: CacheSpec, zones: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(NAME, spec, dataclasses.replace(wiring.SITE, zones=zones))
