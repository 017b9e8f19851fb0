"""APIs that must be on, agents of services, and what keys, buckets and topics let them do."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.contract import Properties, Record
from tests.sandbox.gcp_project import (
    BUCKET,
    BUCKET_MEMBER,
    CLUSTER,
    DATABASE,
    IDENTITY,
    KEY_MEMBER,
    NETWORK,
    NUMBER,
    POOL,
    PROJECT,
    REGION,
    SECRET,
    SERVICE,
    USE,
    VIEWER,
    Network,
    Project,
)


def secret(key: Record, location: str = REGION) -> Properties:
    replica = {"location": location, "customerManagedEncryption": {"kmsKeyName": key.id}}
    return {"secretId": "s", "replication": {"userManaged": {"replicas": [replica]}}}


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


def test_switching_an_api_on_twice_changes_nothing():
    project = Project("compute")
    project.world.keep(SERVICE, f"{PROJECT}/dns.googleapis.com", "not switched off")
    assert project.make(SERVICE, "dns", service="dns.googleapis.com")


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
