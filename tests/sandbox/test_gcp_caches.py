"""Memorystore as GCP would take it: forms, what must be there before, who uses a key, and what is not let go."""

from typing import Any

import pytest

from sandbox.contract import Properties, Record, Refused
from sandbox.gcp.replacement import immutable
from tests.sandbox.gcp_project import CONNECTION, IDENTITY, NETWORK, NUMBER, PROJECT, REGION, SERVICE, SUBNETWORK, Network

REDIS, VALKEY = "gcp:redis/instance:Instance", "gcp:memorystore/instance:Instance"
POLICY = "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy"
AUTOMATION = ("memorystore", "networkconnectivity", "serviceconsumermanagement")


class Caches(Network):
    def __init__(self, *apis: str) -> None:
        super().__init__()
        for api in apis or ("redis", *AUTOMATION):
            self.make(SERVICE, api, service=f"{api}.googleapis.com")

    def redis(self, **changes: Any) -> Properties:
        window = {"day": "SATURDAY", "startTime": {"hours": 1, "minutes": 0, "seconds": 0, "nanos": 0}}
        return {
            "name": "queue",
            "region": REGION,
            "locationId": f"{REGION}-a",
            "alternativeLocationId": f"{REGION}-b",
            "tier": "STANDARD_HA",
            "memorySizeGb": 1,
            "replicaCount": 1,
            "redisVersion": "REDIS_7_2",
            "connectMode": "PRIVATE_SERVICE_ACCESS",
            "authorizedNetwork": self.network.id,
            "authEnabled": True,
            "transitEncryptionMode": "SERVER_AUTHENTICATION",
            "maintenancePolicy": {"weeklyMaintenanceWindows": [window]},
            "deletionProtection": False,
            **changes,
        }

    def valkey(self, **changes: Any) -> Properties:
        return {
            "instanceId": "sessions",
            "location": REGION,
            "shardCount": 3,
            "replicaCount": 1,
            "mode": "CLUSTER",
            "nodeType": "STANDARD_SMALL",
            "transitEncryptionMode": "SERVER_AUTHENTICATION",
            "desiredAutoCreatedEndpoints": [{"network": self.network.id, "projectId": PROJECT}],
            "deletionProtectionEnabled": False,
            **changes,
        }

    def endpoints(self) -> Record:
        return self.make(SUBNETWORK, "endpoints", name="endpoints", network=self.network.id, region=REGION, ipCidrRange="10.30.1.0/24")

    def policy(self, subnet: Record, **changes: Any) -> Properties:
        given = {"name": "memorystore", "location": REGION, "network": self.network.id, "serviceClass": "gcp-memorystore"}
        return {**given, "pscConfig": {"subnetworks": [subnet.id]}, **changes}

    def gone(self, record: Record) -> None:
        assert not self.held(record)
        self.world.remove(record)

    def let_make_endpoints(self) -> Record:
        return self.make(POLICY, **self.policy(self.endpoints()))


def test_an_instance_answers_with_tls_a_password_and_an_authority_in_the_networks_own_range():
    project = Caches()
    project.connection()
    made = project.make(REDIS, **project.redis())
    assert made.id == f"projects/{PROJECT}/locations/{REGION}/instances/queue"
    assert made.outputs["port"] == 6378
    assert made.outputs["host"].startswith("10.20.32.")
    assert len(made.outputs["authString"]) == 36
    assert made.outputs["serverCaCerts"][0]["cert"].startswith("-----BEGIN CERTIFICATE-----")


def test_without_tls_and_password_there_are_none():
    project = Caches()
    project.connection()
    made = project.make(REDIS, **project.redis(authEnabled=False, transitEncryptionMode="DISABLED")).outputs
    assert (made["port"], made["authString"], made["serverCaCerts"]) == (6379, "", [])


def test_an_address_of_the_services_range_takes_the_networks_connection():
    project = Caches()
    assert "private service access is not enabled" in project.refused(REDIS, **project.redis())


def test_an_instance_holds_the_connection_that_its_address_comes_from():
    project = Caches()
    connection = project.connection()
    instance = project.make(REDIS, **project.redis())
    assert "Producer services" in project.held(connection)
    project.gone(instance)
    project.gone(connection)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "q" * 41}, "is not a name: 1-40"),
        ({"tier": "PREMIUM"}, "allowed: BASIC, STANDARD_HA"),
        ({"redisVersion": "REDIS_8_0"}, "is not a valid value"),
        ({"replicaCount": 2}, "without read replicas the standard tier has exactly one"),
        ({"tier": "BASIC", "alternativeLocationId": None}, "the basic tier has no replicas"),
        ({"readReplicasMode": "READ_REPLICAS_ENABLED", "replicaCount": 2}, "read replicas take at least 5 GiB"),
        ({"alternativeLocationId": f"{REGION}-a"}, "must be another zone than locationId"),
        ({"locationId": "europe-west1-b"}, f"is no zone of the region ({REGION}-a"),
        ({"redisConfigs": {"maxmemory-policy": "drop-everything"}}, "maxmemory-policy must be one of noeviction"),
        ({"persistenceConfig": {"persistenceMode": "RDB"}}, "needed with the persistence mode RDB"),
        ({"maintenancePolicy": {"weeklyMaintenanceWindows": [{"day": "sat", "startTime": {"hours": 1}}]}}, "allowed: "),
    ],
)
def test_what_memorystore_for_redis_does_not_take_is_refused(changes: Properties, reason: str):
    project = Caches()
    project.connection()
    assert reason in str(project.failures(REDIS, project.redis(**changes)))


def test_the_key_lets_the_services_own_account_in_first():
    project = Caches()
    project.connection()
    project.let_make_endpoints()
    key = project.key()
    for type_, inputs, domain, api in (
        (REDIS, project.redis(customerManagedKey=key.id), "cloud-redis", "redis"),
        (VALKEY, project.valkey(kmsKey=key.id), "gcp-sa-memorystore", "memorystore"),
    ):
        email = f"service-{NUMBER}@{domain}.iam.gserviceaccount.com"
        assert f"service account {email} does not have permission" in project.refused(type_, **inputs)
        project.make(IDENTITY, api, service=f"{api}.googleapis.com")
        project.let_in(key, email)
        project.make(type_, **inputs)


def test_nobody_is_let_in_whom_nobody_asked_for():
    project = Caches()
    with pytest.raises(Refused, match="does not exist"):
        project.let_in(project.key(), f"service-{NUMBER}@cloud-redis.iam.gserviceaccount.com")


def test_a_cluster_has_its_endpoints_in_the_subnet_of_the_policy():
    project = Caches()
    project.let_make_endpoints()
    made = project.make(VALKEY, **project.valkey()).outputs
    connections = [one["pscAutoConnection"] for one in made["endpoints"][0]["connections"]]
    assert {one["connectionType"] for one in connections} == {"CONNECTION_TYPE_PRIMARY", "CONNECTION_TYPE_DISCOVERY"}
    assert {one["ipAddress"] for one in connections} == {"10.30.1.2", "10.30.1.3"}
    assert made["managedServerCas"][0]["caCerts"][0]["certificates"][0].startswith("-----BEGIN CERTIFICATE-----")
    other = project.make(VALKEY, "other", **project.valkey(instanceId="limits")).outputs
    assert other["endpoints"][0]["connections"][0]["pscAutoConnection"]["ipAddress"] == "10.30.1.4"


def test_a_cluster_takes_a_policy_of_its_network_and_region():
    project = Caches()
    assert "no service connection policy of class gcp-memorystore" in project.refused(VALKEY, **project.valkey())
    elsewhere = project.make(NETWORK, "elsewhere", name="elsewhere", autoCreateSubnetworks=False)
    subnet = project.make(SUBNETWORK, "there", name="there", network=elsewhere.id, region=REGION, ipCidrRange="10.40.1.0/24")
    project.make(POLICY, **project.policy(subnet, network=elsewhere.id))
    assert "no service connection policy" in project.refused(VALKEY, **project.valkey())


@pytest.mark.parametrize("missing", ["networkconnectivity", "serviceconsumermanagement"])
def test_a_cluster_takes_the_apis_by_which_endpoints_are_made(missing: str):
    project = Caches("memorystore", *(api for api in AUTOMATION if api not in (missing, "memorystore")))
    assert f"{missing}.googleapis.com is not enabled" in project.refused(VALKEY, **project.valkey())


def test_a_network_has_one_policy_for_a_region_and_service():
    project = Caches()
    subnet = project.endpoints()
    project.make(POLICY, **project.policy(subnet))
    assert "there can be one" in project.refused(POLICY, **project.policy(subnet, name="another"))


def test_a_policy_takes_a_subnet_of_its_own_network():
    project = Caches()
    elsewhere = project.make(NETWORK, "elsewhere", name="elsewhere", autoCreateSubnetworks=False)
    subnet = project.make(SUBNETWORK, "there", name="there", network=elsewhere.id, region=REGION, ipCidrRange="10.40.1.0/24")
    assert "is not of" in project.refused(POLICY, **project.policy(subnet))


def test_policy_and_subnet_go_after_the_cluster():
    project = Caches()
    policy = project.let_make_endpoints()
    cluster = project.make(VALKEY, **project.valkey())
    subnet = next(one for one in project.world.all(SUBNETWORK) if one.outputs["name"] == "endpoints")
    assert "in use by" in project.held(policy)
    project.gone(cluster)
    assert "already being used" in project.held(subnet)
    project.gone(policy)
    project.gone(subnet)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"instanceId": "abc"}, "is not an id: 4-63"),
        ({"nodeType": "CUSTOM_MINI"}, "is for instances without cluster mode"),
        ({"shardCount": 200}, "400 nodes with their replicas are more than 250"),
        ({"authorizationMode": "TOKEN_AUTH"}, "allowed: AUTH_DISABLED, IAM_AUTH"),
        ({"engineVersion": "REDIS_7_2"}, "is not a version of Valkey"),
        ({"desiredAutoCreatedEndpoints": []}, "needed: a network in which the instance has its endpoints"),
        (
            {"transitEncryptionMode": "TRANSIT_ENCRYPTION_DISABLED", "serverCaMode": "GOOGLE_MANAGED_PER_INSTANCE_CA"},
            "takes transitEncryptionMode",
        ),
        (
            {"automatedBackupConfig": {"retention": "60s", "fixedFrequencySchedule": {"startTime": {"hours": 1}}}},
            "is not between 86400s and 31536000s",
        ),
    ],
)
def test_what_memorystore_for_valkey_does_not_take_is_refused(changes: Properties, reason: str):
    project = Caches()
    project.let_make_endpoints()
    assert reason in str(project.failures(VALKEY, project.valkey(**changes)))


def test_what_is_protected_stays():
    project = Caches()
    project.connection()
    project.let_make_endpoints()
    unsaid = {name: value for name, value in project.redis().items() if name != "deletionProtection"}
    assert "deletionProtection=false" in project.held(project.make(REDIS, **unsaid))
    assert "deletionProtectionEnabled" in project.held(project.make(VALKEY, **project.valkey(deletionProtectionEnabled=True)))


@pytest.mark.parametrize(
    ("type_", "replaced", "kept"),
    [
        (REDIS, {"customerManagedKey", "tier", "transitEncryptionMode"}, {"memorySizeGb", "redisVersion", "redisConfigs", "authEnabled"}),
        (VALKEY, {"kmsKey", "mode", "transitEncryptionMode"}, {"shardCount", "replicaCount", "nodeType", "engineVersion"}),
    ],
)
def test_what_cannot_be_changed_in_place_makes_a_new_one(type_: str, replaced: set[str], kept: set[str]):
    fixed = immutable(type_)
    assert replaced <= fixed
    assert not kept & fixed


def test_the_connection_of_another_network_serves_nobody_here():
    project = Caches()
    elsewhere = project.make(NETWORK, "elsewhere", name="elsewhere", autoCreateSubnetworks=False)
    project.connection()
    assert CONNECTION in {one.type for one in project.world.all()}
    assert "private service access" in project.refused(REDIS, **project.redis(authorizedNetwork=elsewhere.id))
