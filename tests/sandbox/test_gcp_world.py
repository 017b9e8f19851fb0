"""What GCP refuses because of what exists: references, APIs, keys, ranges; and what it does not let go."""

from typing import Any

import pytest

from sandbox.contract import Properties, Record
from tests.sandbox.gcp_project import (
    ACCOUNT,
    BUCKET,
    CLUSTER,
    CONNECTION,
    DATABASE,
    IDENTITY,
    KEY,
    KEY_MEMBER,
    NETWORK,
    NUMBER,
    POOL,
    PROJECT,
    RANGE,
    REGION,
    RING,
    SECRET,
    SERVICE,
    SUBNETWORK,
    USE,
    Network,
    Project,
)

HERE = f"projects/{PROJECT}"
SECRET_VERSION, BUCKET_MEMBER = "gcp:secretmanager/secretVersion:SecretVersion", "gcp:storage/bucketIAMMember:BucketIAMMember"
PROJECT_MEMBER, ACCOUNT_MEMBER = "gcp:projects/iAMMember:IAMMember", "gcp:serviceaccount/iAMMember:IAMMember"
ZONE, RECORD = "gcp:dns/managedZone:ManagedZone", "gcp:dns/recordSet:RecordSet"
REPOSITORY, ROUTER, NAT = "gcp:artifactregistry/repository:Repository", "gcp:compute/router:Router", "gcp:compute/routerNat:RouterNat"
VIEWER = "roles/storage.objectViewer"


def secret(key: Record, location: str = REGION) -> Properties:
    replica = {"location": location, "customerManagedEncryption": {"kmsKeyName": key.id}}
    return {"secretId": "s", "replication": {"userManaged": {"replicas": [replica]}}}


@pytest.mark.parametrize(
    "network", ["other", f"{HERE}/global/networks/other", f"https://www.googleapis.com/compute/v1/{HERE}/global/networks/other"]
)
def test_a_network_must_exist_however_it_is_named(network: str):
    assert "was not found" in Network().refused(SUBNETWORK, name="s", network=network, region=REGION, ipCidrRange="10.9.0.0/24")


@pytest.mark.parametrize(
    "form", ["net", f"{HERE}/global/networks/net", f"https://www.googleapis.com/compute/v1/{HERE}/global/networks/net"]
)
def test_a_network_is_found_under_each_of_its_names(form: str):
    assert Network().make(SUBNETWORK, "other", name="s", network=form, region=REGION, ipCidrRange="10.9.0.0/24")


DANGLING: dict[str, tuple[Properties, str]] = {
    POOL: ({"cluster": "nowhere", "location": REGION}, "clusters/nowhere"),
    KEY: ({"keyRing": f"{HERE}/locations/{REGION}/keyRings/nowhere"}, "keyRings/nowhere"),
    SECRET_VERSION: ({"secret": f"{HERE}/secrets/nowhere", "secretData": "x"}, "secrets/nowhere"),
    BUCKET_MEMBER: ({"bucket": "nowhere", "role": VIEWER, "member": "user:a@playnew.ai"}, "nowhere"),
    RECORD: ({"managedZone": "nowhere", "name": "a.playnew.ai.", "type": "A", "rrdatas": ["192.0.2.1"]}, "nowhere"),
    NAT: (
        {
            "router": "nowhere",
            "region": REGION,
            "natIpAllocateOption": "AUTO_ONLY",
            "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
        },
        "routers/nowhere",
    ),
    "gcp:sql/user:User": ({"instance": "nowhere", "name": "admin"}, "nowhere"),
    PROJECT_MEMBER: ({"project": PROJECT, "role": f"{HERE}/roles/nowhere", "member": "user:a@playnew.ai"}, "roles/nowhere"),
}


@pytest.mark.parametrize("type_", DANGLING)
def test_what_is_named_must_exist(type_: str):
    inputs, named = DANGLING[type_]
    assert named in Network().refused(type_, **inputs)


def test_a_service_account_must_exist_to_get_a_right():
    project = Project()
    member = f"serviceAccount:playnew-host@{PROJECT}.iam.gserviceaccount.com"
    assert "does not exist" in project.refused(PROJECT_MEMBER, project=PROJECT, role=VIEWER, member=member)
    project.make(ACCOUNT, accountId="playnew-host")
    assert project.make(PROJECT_MEMBER, project=PROJECT, role=VIEWER, member=member)


def test_people_and_other_projects_accounts_need_not_be_here():
    for index, member in enumerate(("group:admins@playnew.ai", "serviceAccount:x@another-project.iam.gserviceaccount.com")):
        assert Project().make(PROJECT_MEMBER, str(index), project=PROJECT, role=VIEWER, member=member)


def test_a_pods_identity_needs_a_cluster_with_the_pool():
    project = Network()
    account = project.make(ACCOUNT, accountId="playnew-host")
    bound = {
        "serviceAccountId": account.id,
        "role": "roles/iam.workloadIdentityUser",
        "member": f"serviceAccount:{PROJECT}.svc.id.goog[apps/host]",
    }
    assert "Identity Pool does not exist" in project.refused(ACCOUNT_MEMBER, **bound)
    project.cluster()
    assert project.make(ACCOUNT_MEMBER, **bound)


def test_nothing_is_made_while_its_api_is_off():
    project = Project("compute")
    assert "sqladmin.googleapis.com" in project.refused(
        DATABASE, databaseVersion="POSTGRES_17", settings={"tier": "db-f1-micro", "edition": "ENTERPRISE"}
    )
    assert project.make(NETWORK, name="n")


def test_an_api_stays_on_unless_it_is_switched_off():
    kept, off = Project("compute"), Project("compute")
    for project, inputs in ((kept, {}), (off, {"disableOnDestroy": True})):
        service = next(iter(project.world.all(SERVICE)))
        service.inputs.update(inputs)
        assert project.held(service) == ""
        project.world.remove(service)
    assert kept.make(NETWORK, name="n")
    assert "SERVICE_DISABLED" in off.refused(NETWORK, name="n")


def test_a_services_agent_exists_once_it_is_asked_for():
    project = Project()
    key = project.key()
    member = f"serviceAccount:service-{NUMBER}@gcp-sa-cloud-sql.iam.gserviceaccount.com"
    assert "does not exist" in project.refused(KEY_MEMBER, cryptoKeyId=key.id, role=USE, member=member)
    project.make(IDENTITY, service="sqladmin.googleapis.com")
    assert project.make(KEY_MEMBER, cryptoKeyId=key.id, role=USE, member=member)


def test_the_agent_of_another_projects_number_does_not_exist_here():
    project = Project()
    member = "serviceAccount:service-112233445566@container-engine-robot.iam.gserviceaccount.com"
    assert "does not exist" in project.refused(KEY_MEMBER, cryptoKeyId=project.key().id, role=USE, member=member)


def test_a_key_must_let_the_service_in_before():
    project = Project()
    key = project.key()
    agent = project.make(IDENTITY, service="secretmanager.googleapis.com").outputs["email"]
    assert agent in project.refused(SECRET, **secret(key))
    project.let_in(key, agent)
    assert project.make(SECRET, **secret(key))


CONSUMERS: dict[str, str] = {
    BUCKET: f"service-{NUMBER}@gs-project-accounts.iam.gserviceaccount.com",
    CLUSTER: f"service-{NUMBER}@container-engine-robot.iam.gserviceaccount.com",
    POOL: f"service-{NUMBER}@compute-system.iam.gserviceaccount.com",
}


@pytest.mark.parametrize("type_", CONSUMERS)
def test_each_consumer_uses_a_key_through_its_own_agent(type_: str):
    project = Network()
    key = project.key()
    inputs: dict[str, Any] = {
        BUCKET: {"name": "playnew", "location": REGION.upper(), "encryption": {"defaultKmsKeyName": key.id}},
        CLUSTER: project.cluster_inputs(databaseEncryption={"state": "ENCRYPTED", "keyName": key.id}),
        POOL: {"name": "host", "cluster": "platform", "location": REGION, "nodeConfig": {"bootDiskKmsKey": key.id}},
    }[type_]
    if type_ == POOL:
        project.cluster()
    assert CONSUMERS[type_] in project.refused(type_, **inputs)
    project.let_in(key, CONSUMERS[type_])
    assert project.make(type_, **inputs)


@pytest.mark.parametrize("location", ["europe-west1", "europe"])
def test_a_key_lies_where_it_is_used(location: str):
    project = Project()
    key = project.key(location)
    project.let_in(key, project.make(IDENTITY, service="secretmanager.googleapis.com").outputs["email"])
    assert f"the key {key.id} is in {location}" in project.refused(SECRET, **secret(key))


def test_ranges_of_a_network_do_not_overlap():
    project = Network()
    common = {"name": "s", "network": project.network.id, "region": REGION}
    assert "conflicts with 10.20.0.0/20" in project.refused(SUBNETWORK, **common, ipCidrRange="10.20.8.0/24")
    assert "conflicts with 10.20.128.0/17" in project.refused(SUBNETWORK, **common, ipCidrRange="10.20.200.0/24")
    reserved = {"name": "data", "purpose": "VPC_PEERING", "addressType": "INTERNAL", "network": project.network.id}
    assert "conflicts" in project.refused(RANGE, **reserved, address="10.20.0.0", prefixLength=24)
    assert project.make(SUBNETWORK, "free", **common, ipCidrRange="10.20.64.0/24")


def test_a_clusters_ranges_are_those_of_its_subnetwork():
    project = Network()
    wrong = {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "service"}
    assert "'service' does not exist" in project.refused(CLUSTER, **project.cluster_inputs(ipAllocationPolicy=wrong))


def test_a_cluster_lies_in_its_subnetworks_region_and_in_zones_of_it():
    project = Network()
    assert "not in the cluster's region" in project.refused(CLUSTER, **project.cluster_inputs(location="europe-west1"))
    assert "no zone of" in project.refused(CLUSTER, **project.cluster_inputs(nodeLocations=["europe-west1-b"]))


def test_a_clusters_pool_of_identities_is_its_projects():
    project = Network()
    foreign = {"workloadPool": "another-project.svc.id.goog"}
    assert "is not of this project" in project.refused(CLUSTER, **project.cluster_inputs(workloadIdentityConfig=foreign))


def test_nodes_are_not_newer_than_the_control_plane():
    project = Network()
    project.cluster()
    assert "newer than the master's" in project.refused(POOL, cluster="platform", location=REGION, version="1.36")


def test_a_private_database_needs_the_way_to_managed_services():
    project = Network()
    assert "at least 1 private services connection" in project.refused(DATABASE, **project.database_inputs())
    project.connection()
    assert project.make(DATABASE, **project.database_inputs())


def test_the_range_of_a_connection_is_reserved_for_it():
    project = Network()
    project.make(
        RANGE, name="data", addressType="INTERNAL", purpose="PRIVATE_SERVICE_CONNECT", address="10.9.0.1", network=project.network.id
    )
    wanted = {"network": project.network.id, "service": "servicenetworking.googleapis.com", "reservedPeeringRanges": ["data"]}
    assert "VPC_PEERING" in project.refused(CONNECTION, **wanted)


def test_names_are_taken_once():
    project = Network()
    assert "already exists" in project.refused(NETWORK, name="net")
    project.make(BUCKET, name="playnew", location=REGION)
    assert "not available" in project.refused(BUCKET, name="playnew", location="europe-west1")


def test_switching_an_api_on_twice_changes_nothing():
    project = Project("compute")
    project.world.keep(SERVICE, f"{PROJECT}/dns.googleapis.com", "not switched off")
    assert project.make(SERVICE, "dns", service="dns.googleapis.com")


def test_a_network_is_held_by_what_is_in_it():
    project = Network()
    assert project.subnet.id in project.held(project.network)
    cluster = project.cluster()
    assert cluster.id in project.held(project.subnet)
    assert project.held(cluster) == ""


def test_the_way_to_managed_services_is_held_by_databases():
    project = Network()
    connection = project.connection()
    database = project.make(DATABASE, **project.database_inputs())
    assert "still using this connection" in project.held(connection)
    project.world.remove(database)
    assert project.held(connection) == ""


def test_a_connection_may_leave_its_databases_behind():
    project = Network()
    connection = project.connection(deletionPolicy="REMOVE_PEERING")
    project.make(DATABASE, **project.database_inputs())
    assert project.held(connection) == ""


def test_an_abandoned_connection_holds_the_network():
    project = Network()
    connection = project.connection(deletionPolicy="ABANDON")
    assert project.held(connection) == ""
    for record in (connection, project.subnet, *project.world.all(RANGE)):
        project.world.remove(record)
    assert "peering" in project.held(project.network)


@pytest.mark.parametrize("type_", [CLUSTER, DATABASE])
def test_the_provider_protects_clusters_and_databases_unless_told_otherwise(type_: str):
    project = Network()
    project.connection()
    inputs = project.cluster_inputs() if type_ == CLUSTER else project.database_inputs()
    protected = project.make(type_, **{**inputs, "deletionProtection": None})
    assert "deletionProtection=false" in project.held(protected)


def test_clouds_and_policies_protect_too():
    project = Network()
    project.connection()
    assert "disable the deletion protection" in project.held(
        project.make(DATABASE, **project.database_inputs(deletionProtectionEnabled=True))
    )
    assert "deletionPolicy" in project.held(project.make(BUCKET, name="playnew", location=REGION, deletionPolicy="PREVENT"))


def test_a_zone_is_held_by_its_records():
    project = Project()
    zone = project.make(ZONE, name="z", dnsName="playnew.ai.")
    record = {"managedZone": "z", "name": "a.playnew.ai.", "type": "A", "ttl": 300, "rrdatas": ["192.0.2.1"]}
    project.make(RECORD, **record)
    assert "can not be deleted" in project.held(zone)
    assert project.held(project.change(zone, forceDestroy=True)) == ""


@pytest.mark.parametrize("type_", [RING, KEY])
def test_names_of_rings_and_keys_stay_taken_after_the_thing_is_gone(type_: str):
    project = Project()
    key = project.key()
    record = key if type_ == KEY else next(iter(project.world.all(RING)))
    assert project.held(record) == ""
    project.world.remove(record)
    assert "already exists" in project.refused(type_, **record.inputs)


def test_a_network_can_be_made_anew():
    project = Project()
    network = project.make(NETWORK, name="net")
    assert project.held(network) == ""
    project.world.remove(network)
    assert project.make(NETWORK, name="net")


def test_a_router_in_another_region_is_not_found():
    project = Network()
    project.make(ROUTER, name="r", network="net", region="europe-west1")
    nat = {"natIpAllocateOption": "AUTO_ONLY", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}
    assert "routers/r" in project.refused(NAT, router="r", region=REGION, **nat)


def test_a_private_bucket_lets_nobody_unknown_in():
    project = Project()
    project.make(BUCKET, name="playnew", location=REGION, publicAccessPrevention="enforced")
    assert "not allowed" in project.refused(BUCKET_MEMBER, bucket="playnew", role=VIEWER, member="allUsers")


def test_a_bucket_tells_a_topic_only_when_it_may():
    project = Project("pubsub")
    project.make(BUCKET, name="playnew", location=REGION)
    topic = project.make("gcp:pubsub/topic:Topic", name="notices")
    wanted = {"bucket": "playnew", "topic": topic.id, "payloadFormat": "JSON_API_V1"}
    agent = f"service-{NUMBER}@gs-project-accounts.iam.gserviceaccount.com"
    assert agent in project.refused("gcp:storage/notification:Notification", **wanted)
    publisher = {"topic": "notices", "role": "roles/pubsub.publisher", "member": f"serviceAccount:{agent}"}
    project.make("gcp:pubsub/topicIAMMember:TopicIAMMember", **publisher)
    assert project.make("gcp:storage/notification:Notification", **wanted)


def test_objects_are_copied_between_buckets_that_the_copier_sees():
    project = Project("storagetransfer")
    copier = f"serviceAccount:project-{NUMBER}@storage-transfer-service.iam.gserviceaccount.com"
    for name, where in (("playnew", REGION), ("playnew-copy", "europe-west12")):
        project.make(BUCKET, name, name=name, location=where)
    ends = {"gcsDataSource": {"bucketName": "playnew"}, "gcsDataSink": {"bucketName": "playnew-copy"}}
    job = {"description": "copies", "transferSpec": ends}
    for name in ("playnew", "playnew-copy"):
        assert f"bucket {name}." in project.refused("gcp:storage/transferJob:TransferJob", **job)
        project.make(BUCKET_MEMBER, name, bucket=name, role="roles/storage.legacyBucketReader", member=copier)
    assert project.make("gcp:storage/transferJob:TransferJob", **job)
