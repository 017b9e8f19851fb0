from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from components.cache.azure import AzureCache
from components.cache.azure_plan import plan
from components.cache.spec import CacheSpec
from components.identity.azure_roles import Role
from components.key.azure import plan as key_plan
from components.key.spec import KeySpec
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, record

INSTANCE, DATABASE = "azure-native:redisenterprise:RedisEnterprise", "azure-native:redisenterprise:Database"
ENDPOINT, LOCK = "azure-native:network:PrivateEndpoint", "azure-native:authorization:ManagementLockByScope"
NAME = "playnew-production-queue"
CLUSTER: dict[str, Any] = {"mode": "cluster", "shards": 3, "replicas": 1, "memory_gib": 4}


def cache(**changes: Any) -> Recording[AzureCache]:
    def declare() -> AzureCache:
        return AzureCache(NAME, CacheSpec(**changes), wiring.SITE, wiring.group(), wiring.network(), wiring.key(), wiring.cluster())

    return record(declare, wiring.STATES, wiring.ANSWERS)


@pytest.fixture(scope="module")
def replicated() -> Recording[AzureCache]:
    return cache(snapshot_days=7)


@pytest.mark.requirement("AA-03")
def test_a_replicated_cache_has_a_replica_and_one_shard(replicated: Recording[AzureCache]) -> None:
    made = replicated.one(INSTANCE).inputs
    assert (made["highAvailability"], made["sku"]) == ("Enabled", {"name": "Balanced_B3"})
    assert "zones" not in made
    assert replicated.one(DATABASE).inputs["clusteringPolicy"] == "NoCluster"


def test_a_single_cache_has_no_replica() -> None:
    assert cache(mode="single", replicas=0).one(INSTANCE).inputs["highAvailability"] == "Disabled"


@pytest.mark.requirement("AA-03")
def test_connections_take_tls_and_a_password(replicated: Recording[AzureCache]) -> None:
    assert replicated.one(INSTANCE).inputs["minimumTlsVersion"] == "1.2"
    made = replicated.one(DATABASE).inputs
    assert (made["clientProtocol"], made["accessKeysAuthentication"], made["port"]) == ("Encrypted", "Enabled", 10000)
    outputs = replicated.one("eucloud:azure:Cache").outputs
    assert (outputs["passwords"], outputs.get("authority")) == (["planted-primary-key"], None)


def test_the_cache_is_reached_inside_the_network_alone(replicated: Recording[AzureCache]) -> None:
    made = replicated.one(INSTANCE)
    assert made.inputs["publicNetworkAccess"] == "Disabled"
    endpoint = replicated.one(ENDPOINT).inputs
    assert endpoint["subnet"]["id"] == f"{wiring.NETWORK}/subnets/endpoints"
    [connection] = endpoint["privateLinkServiceConnections"]
    assert (connection["privateLinkServiceId"], connection["groupIds"]) == (f"{NAME}-id", ["redisEnterprise"])
    [zone] = replicated.one("azure-native:network:PrivateDnsZoneGroup").inputs["privateDnsZoneConfigs"]
    assert zone["privateDnsZoneId"].endswith("/privatelink.redis.azure.net")
    outputs = replicated.one("eucloud:azure:Cache").outputs
    assert (outputs["cidrs"], outputs["ports"]) == (["10.20.1.0/24"], [[10000, 10000]])


def test_the_endpoint_is_made_after_the_database_and_goes_before_it(replicated: Recording[AzureCache]) -> None:
    assert f"{NAME}-database" in replicated.one(ENDPOINT).depends_on


def test_disks_are_encrypted_with_a_version_of_the_customer_key(replicated: Recording[AzureCache]) -> None:
    made = replicated.one(INSTANCE).inputs
    user = f"{NAME}-encryption-id"
    assert made["encryption"]["customerManagedKeyEncryption"] == {
        "keyEncryptionKeyIdentity": {"identityType": "userAssignedIdentity", "userAssignedIdentityResourceId": user},
        "keyEncryptionKeyUrl": f"{wiring.URI}keys/platform/{wiring.VERSION}",
    }
    assert made["identity"] == {"type": "UserAssigned", "userAssignedIdentities": [user]}
    right = replicated.one("azure-native:authorization:RoleAssignment").inputs
    assert (right["scope"], right["roleDefinitionId"].rpartition("/")[2]) == (
        f"{wiring.VAULT}/keys/platform",
        Role.VAULT_CRYPTO_SERVICE_USER,
    )


def test_the_versions_of_a_key_for_caches_do_not_expire() -> None:
    """A cache stays with the version that it was told until the next update."""
    assert key_plan("platform", KeySpec(purpose="data", services=("caches",))).expires is None


@pytest.mark.requirement("AA-03")
def test_each_keyspace_is_an_instance_of_its_own() -> None:
    registered = cache(databases=2)
    assert [item.name for item in registered.of(INSTANCE)] == [f"{NAME}-1", f"{NAME}-2"]
    assert len({item.inputs["identity"]["userAssignedIdentities"][0] for item in registered.of(INSTANCE)}) == 2
    outputs = registered.one("eucloud:azure:Cache").outputs
    hosts = [item.inputs["clusterName"] + ".italynorth.redis.azure.net" for item in registered.of(INSTANCE)]
    assert [(each["host"], each["port"], each["database"]) for each in outputs["endpoints"]] == [(host, 10000, 0) for host in hosts]
    assert len(outputs["passwords"]) == 2


@pytest.mark.requirement("SN-04")
def test_clients_of_a_cluster_find_its_shards() -> None:
    registered = cache(**CLUSTER)
    assert registered.one(DATABASE).inputs["clusteringPolicy"] == "OSSCluster"
    assert registered.one(INSTANCE).inputs["sku"] == {"name": "Balanced_B20"}
    assert registered.one("eucloud:azure:Cache").outputs["ports"] == [[10000, 10000], [8500, 8599]]


def test_another_kind_of_clustering_is_another_database(replicated: Recording[AzureCache]) -> None:
    assert replicated.one(DATABASE).replace_on_changes == ("clusteringPolicy",)


@pytest.mark.parametrize(("asked", "said"), [("noeviction", "NoEviction"), ("allkeys-lru", "AllKeysLRU"), ("volatile-lru", "VolatileLRU")])
def test_what_goes_when_memory_is_full_is_said(asked: str, said: str) -> None:
    assert cache(eviction=asked).one(DATABASE).inputs["evictionPolicy"] == said


def test_snapshots_are_taken_where_asked_for(replicated: Recording[AzureCache]) -> None:
    assert replicated.one(DATABASE).inputs["persistence"] == {"aofEnabled": False, "rdbEnabled": True, "rdbFrequency": "12h"}
    assert cache().one(DATABASE).inputs["persistence"] == {"aofEnabled": False, "rdbEnabled": False}


def test_who_connects_is_told(replicated: Recording[AzureCache]) -> None:
    setting = replicated.one("azure-native:monitor:DiagnosticSetting").inputs
    assert (setting["resourceUri"], setting["workspaceId"]) == (f"{NAME}-database-id", wiring.WORKSPACE)
    assert [item["category"] for item in setting["logs"]] == ["ConnectionEvents"]


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_cache_is_deleted_neither_by_the_engine_nor_by_the_cloud(protected: bool) -> None:
    registered = cache(deletion_protected=protected)
    assert {registered.one(type_).protect for type_ in (INSTANCE, DATABASE)} == {protected}
    locks = [(item.inputs["scope"], item.inputs["level"]) for item in registered.of(LOCK)]
    assert locks == ([(f"{NAME}-id", "CanNotDelete")] if protected else [])


@pytest.mark.parametrize(
    ("changes", "sku"),
    [
        ({"memory_gib": 2}, "Balanced_B3"),
        ({"memory_gib": 3}, "Balanced_B5"),
        ({"memory_gib": 19}, "Balanced_B20"),
        (CLUSTER | {"memory_gib": 50, "shards": 5}, "Balanced_B350"),
    ],
)
def test_sizes_hold_what_is_asked_for_beside_what_azure_reserves(changes: dict[str, Any], sku: str) -> None:
    assert plan(NAME, CacheSpec(**changes), wiring.SITE).sku == sku


def test_the_name_is_taken_worldwide_and_differs_by_subscription() -> None:
    [mine] = plan(NAME, CacheSpec(), wiring.SITE).names
    [other] = plan(NAME, CacheSpec(), dataclasses.replace(wiring.SITE, account="another")).names
    assert re.fullmatch(r"(?!.*--)[a-z0-9][a-z0-9-]{0,58}[a-z0-9]", mine)
    assert mine != other


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"replicas": 2}, r"^replicas: 2 are not what Azure keeps; allowed: 0 or 1 "),
        ({"memory_gib": 20}, r"^memory_gib: 20 is more than Azure keeps in one shard; allowed: up to 19, or mode cluster"),
        (CLUSTER | {"memory_gib": 50, "shards": 20}, r"^memory_gib: 50 for each of 20 shards are 1000; allowed: up to 288 together"),
    ],
)
def test_what_azure_cannot_serve_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(NAME, CacheSpec(**changes), wiring.SITE)
