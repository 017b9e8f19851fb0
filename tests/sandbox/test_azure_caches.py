"""Managed Redis as Azure would take it: forms, who may use the key, private names, and what is not changed."""

from typing import Any

import pytest

from sandbox.contract import Properties, Refused
from tests.sandbox.azure_estate import ENCRYPTION_USER, OPEN_VAULT, WHERE, Bare, Estate

INSTANCE, DATABASE = "redisenterprise:RedisEnterprise", "redisenterprise:Database"
KEYS = "azure-native:redisenterprise:listDatabaseKeys"


class Caches(Estate):
    def encryption(self, **changes: Any) -> Properties:
        facts = {
            "keyEncryptionKeyIdentity": {"identityType": "userAssignedIdentity", "userAssignedIdentityResourceId": self.identity.id},
            "keyEncryptionKeyUrl": self.key.outputs["keyUriWithVersion"],
            **changes,
        }
        return {"customerManagedKeyEncryption": facts}

    def cache(self, **changes: Any) -> dict[str, Any]:
        return {
            "clusterName": "playnew-queue",
            "sku": {"name": "Balanced_B3"},
            "publicNetworkAccess": "Disabled",
            "highAvailability": "Enabled",
            "minimumTlsVersion": "1.2",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": [self.identity.id]},
            "encryption": self.encryption(),
            **changes,
        }

    def database(self, **changes: Any) -> dict[str, Any]:
        given = {"clusterName": "playnew-queue", "databaseName": "default", "port": 10000, "clientProtocol": "Encrypted"}
        return {**given, "clusteringPolicy": "NoCluster", "evictionPolicy": "NoEviction", **changes}


def test_an_instance_has_a_host_in_its_region_and_its_database_two_keys():
    site = Caches()
    assert site.make(INSTANCE, **site.cache()).outputs["hostName"] == f"playnew-queue.{WHERE}.redis.azure.net"
    made = site.make(DATABASE, **site.database())
    assert made.id.endswith("/providers/Microsoft.Cache/redisEnterprise/playnew-queue/databases/default")
    keys = site.invoke(KEYS, resourceGroupName="playnew", clusterName="playnew-queue", databaseName="default")
    assert len(set(keys.values())) == 2
    assert {len(key) for key in keys.values()} == {44}
    assert not set(keys.values()) & {str(value) for value in made.outputs.values()}


def test_a_database_without_access_keys_lists_none():
    site = Caches()
    site.make(INSTANCE, **site.cache())
    site.make(DATABASE, **site.database(accessKeysAuthentication="Disabled"))
    with pytest.raises(Refused, match="disabled on this database"):
        site.invoke(KEYS, resourceGroupName="playnew", clusterName="playnew-queue", databaseName="default")


def test_a_database_takes_its_instance():
    site = Caches()
    assert "playnew-queue" in site.refused(DATABASE, **site.database())


@pytest.mark.parametrize(
    ("changes", "path", "reason"),
    [
        ({"clusterName": "play--new"}, "clusterName", "single '-'"),
        ({"clusterName": "p" * 61}, "clusterName", "1-60"),
        ({"sku": {"name": "Enterprise_E10", "capacity": 2}}, "sku.name", "no longer supported"),
        ({"sku": {"name": "Balanced_B2"}}, "sku.name", "is not a valid value"),
        ({"sku": {"name": "Balanced_B3", "capacity": 2}}, "sku.capacity", "takes none"),
        ({"zones": ["1", "2"]}, "zones", "takes none"),
        ({"minimumTlsVersion": "1.1"}, "minimumTlsVersion", "allowed: 1.2"),
        ({"identity": {"type": "SystemAssigned"}}, "identity", "must hold the user-assigned identity"),
    ],
)
def test_what_managed_redis_does_not_take_is_refused(changes: dict[str, Any], path: str, reason: str):
    site = Caches()
    assert reason in site.wrong(INSTANCE, **site.cache(**changes))[path]


@pytest.mark.parametrize(
    ("changes", "path", "reason"),
    [
        ({"databaseName": "queue"}, "databaseName", "there is one only"),
        ({"port": 6380}, "port", "is not between 10000 and 10000"),
        ({"evictionPolicy": "noeviction"}, "evictionPolicy", "is not a valid value"),
        ({"clusteringPolicy": "OssCluster"}, "clusteringPolicy", "allowed: EnterpriseCluster, OSSCluster, NoCluster"),
        (
            {"persistence": {"aofEnabled": True, "aofFrequency": "1s", "rdbEnabled": True, "rdbFrequency": "12h"}},
            "persistence",
            "at most one",
        ),
        ({"persistence": {"rdbEnabled": True}}, "persistence.rdbFrequency", "missing required property"),
        ({"persistence": {"rdbEnabled": True, "rdbFrequency": "24h"}}, "persistence.rdbFrequency", "allowed: 1h, 6h, 12h"),
    ],
)
def test_what_its_database_does_not_take_is_refused(changes: dict[str, Any], path: str, reason: str):
    site = Caches()
    assert reason in site.wrong(DATABASE, **site.database(**changes))[path]


def test_the_key_is_one_version_of_a_key_that_the_identity_may_use():
    site = Caches()
    bare = site.encryption(keyEncryptionKeyUrl=site.key.outputs["keyUri"])
    assert "names no version" in str(site.wrong(INSTANCE, **site.cache(encryption=bare)))
    site.world.remove(site.assignment)
    assert "KeyVaultAccessForbidden" in site.refused(INSTANCE, **site.cache())


def test_the_vault_stands_in_the_region_of_the_cache():
    site = Caches()
    there = Bare("westeurope")
    vault = there.make("keyvault:Vault", vaultName="elsewhere", properties=OPEN_VAULT)
    key = there.make("keyvault:Key", keyName="platform", vaultName="elsewhere", properties={"kty": "RSA", "keySize": 3072})
    for record in (vault, key):
        site.world.put(record)
    site.let_in(site.identity.outputs["principalId"], ENCRYPTION_USER, key.id, "abroad")
    abroad = site.encryption(keyEncryptionKeyUrl=key.outputs["keyUriWithVersion"])
    assert "InvalidCustomerManagedKey" in site.refused(INSTANCE, **site.cache(encryption=abroad))


def test_one_shard_holds_no_more_than_25_gigabytes():
    site = Caches()
    site.make(INSTANCE, **site.cache(sku={"name": "Balanced_B50"}))
    assert "up to 25 GB" in site.refused(DATABASE, **site.database())
    site.make(DATABASE, **site.database(clusteringPolicy="OSSCluster"))


def test_an_endpoint_leads_to_the_instance_by_its_own_kind_and_zone():
    site = Caches()
    made = site.make(INSTANCE, **site.cache())

    def endpoint(kind: str) -> dict[str, Any]:
        connection = {"name": "redis", "privateLinkServiceId": made.id, "groupIds": [kind]}
        return {"privateEndpointName": "queue", "subnet": {"id": site.endpoints.id}, "privateLinkServiceConnections": [connection]}

    assert "allowed: one of redisEnterprise" in site.refused("network:PrivateEndpoint", **endpoint("redisCache"))
    site.make("network:PrivateEndpoint", **endpoint("redisEnterprise"))
    zones = {
        domain: site.make("privatedns:PrivateZone", domain, privateZoneName=domain, location="global").id
        for domain in ("privatelink.redis.azure.net", "privatelink.redis.cache.windows.net")
    }

    def group(domain: str) -> dict[str, Any]:
        configs = [{"name": "redis", "privateDnsZoneId": zones[domain]}]
        return {"privateDnsZoneGroupName": "default", "privateEndpointName": "queue", "privateDnsZoneConfigs": configs}

    assert "PrivateDnsZoneMismatch" in site.refused("network:PrivateDnsZoneGroup", **group("privatelink.redis.cache.windows.net"))
    site.make("network:PrivateDnsZoneGroup", **group("privatelink.redis.azure.net"))


def test_connections_are_what_its_logs_know():
    site = Caches()
    site.make(INSTANCE, **site.cache())
    database = site.make(DATABASE, **site.database())
    workspace = site.make("operationalinsights:Workspace", workspaceName="playnew")
    setting = {"name": "audit", "resourceUri": database.id, "workspaceId": workspace.id}
    assert "supported ones are: ConnectionEvents" in site.refused(
        "monitor:DiagnosticSetting", **setting, logs=[{"category": "ConnectedClientList", "enabled": True}]
    )
    site.make("monitor:DiagnosticSetting", **setting, logs=[{"category": "ConnectionEvents", "enabled": True}])


def test_replicas_are_added_and_never_taken_away():
    site = Caches()
    made = site.make(INSTANCE, **site.cache(highAvailability="Disabled"))
    made = site.change(made, highAvailability="Enabled")
    with pytest.raises(Refused, match="High availability cannot be disabled"):
        site.change(made, highAvailability="Disabled")


def test_shards_are_added_and_never_taken_away():
    site = Caches()
    site.make(INSTANCE, **site.cache())
    made = site.change(site.make(DATABASE, **site.database()), clusteringPolicy="OSSCluster")
    with pytest.raises(Refused, match="from OSSCluster to NoCluster"):
        site.change(made, clusteringPolicy="NoCluster")


def test_names_are_taken_worldwide():
    site = Caches()
    site.make(INSTANCE, **site.cache())
    site.make("resources:ResourceGroup", "second", resourceGroupName="second")
    assert "NameNotAvailable" in site.refused(INSTANCE, **site.cache(resourceGroupName="second"))


def test_a_lock_on_the_instance_holds_its_database():
    site = Caches()
    made = site.make(INSTANCE, **site.cache())
    database = site.make(DATABASE, **site.database())
    site.make("authorization:ManagementLockByScope", scope=made.id, lockName="queue-lock", level="CanNotDelete")
    assert "ScopeLocked" in site.held(database)
    assert "ScopeLocked" in site.held(made)
