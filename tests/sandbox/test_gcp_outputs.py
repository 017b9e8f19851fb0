"""Ids, names and computed values as GCP shows them."""

import json
import re
from typing import Any

import pytest

from sandbox.contract import UNKNOWN, Properties
from sandbox.latency import latency
from tests.sandbox.accounts import Account
from tests.sandbox.gcp_project import (
    ACCOUNT,
    BUCKET,
    CLUSTER,
    DATABASE,
    IDENTITY,
    NETWORK,
    NUMBER,
    POOL,
    PROJECT,
    REGION,
    SECRET,
    SERVICE,
    Network,
    Project,
)

HERE = f"projects/{PROJECT}"
ZONE = "gcp:dns/managedZone:ManagedZone"
REPOSITORY, ROLE = "gcp:artifactregistry/repository:Repository", "gcp:projects/iAMCustomRole:IAMCustomRole"
REPLICATION = {"userManaged": {"replicas": [{"location": REGION}]}}
IDS: dict[str, tuple[Properties, str]] = {
    SERVICE: ({"service": "pubsub.googleapis.com"}, f"{PROJECT}/pubsub.googleapis.com"),
    NETWORK: ({"name": "n"}, f"{HERE}/global/networks/n"),
    "gcp:compute/address:Address": ({"name": "a"}, f"{HERE}/regions/{REGION}/addresses/a"),
    "gcp:kms/keyRing:KeyRing": ({"name": "r", "location": REGION}, f"{HERE}/locations/{REGION}/keyRings/r"),
    ACCOUNT: ({"accountId": "playnew-host"}, f"{HERE}/serviceAccounts/playnew-host@{PROJECT}.iam.gserviceaccount.com"),
    ROLE: ({"roleId": "lister", "title": "t", "permissions": ["storage.buckets.list"]}, f"{HERE}/roles/lister"),
    SECRET: ({"secretId": "s", "replication": REPLICATION}, f"{HERE}/secrets/s"),
    BUCKET: ({"name": "playnew-logs", "location": REGION}, "playnew-logs"),
    REPOSITORY: ({"repositoryId": "images", "format": "DOCKER"}, f"{HERE}/locations/{REGION}/repositories/images"),
    ZONE: ({"name": "z", "dnsName": "playnew.ai."}, f"{HERE}/managedZones/z"),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": (
        {"bucketId": "audit", "location": REGION, "project": PROJECT},
        f"{HERE}/locations/{REGION}/buckets/audit",
    ),
}


@pytest.mark.parametrize("type_", IDS)
def test_an_id_is_the_one_that_the_provider_shows(type_: str):
    inputs, id_ = IDS[type_]
    assert Project().make(type_, "one", **inputs).id == id_


def refused(**variables: str) -> set[str]:
    """Properties of the provider that are refused."""
    project = Project(**{"project": PROJECT, **variables})
    return {failure.path for failure in project.stand_in.configure(project.instance)}


def test_the_provider_takes_a_project_a_region_and_labels():
    assert refused() == refused(defaultLabels=json.dumps({"stack": "playnew"}), zone=f"{REGION}-b") == set()


def test_the_provider_reads_no_ambient_project_or_region():
    account = Account(REGION, "gcp")
    assert {failure.path for failure in account.stand_in.configure(account.instance)} == {"project", "region"}


@pytest.mark.parametrize(
    ("name", "value", "path"),
    [
        ("project", "PlayNew", "project"),
        ("project", "ab", "project"),
        ("region", "eu-south-1", "region"),
        ("zone", "europe-west1-b", "zone"),
        ("defaultLabels", '{"Stack": "playnew"}', "defaultLabels.Stack"),
        ("defaultLabels", '{"stack": "play.new"}', "defaultLabels.stack"),
    ],
)
def test_the_provider_refuses_what_gcp_does_not_have(name: str, value: str, path: str):
    assert refused(**{name: value}) == {path}


def test_names_are_made_like_the_provider_makes_them():
    made = Project().check(NETWORK, {}, "vpc").inputs["name"]
    assert re.fullmatch(r"vpc-[0-9a-f]{7}", made)
    assert Project().check(BUCKET, {"location": REGION}, "Logs").inputs["name"].startswith("logs-")


def test_a_made_name_stays_while_the_thing_lives():
    project = Project()
    first = project.check(NETWORK, {}, "vpc").inputs
    again = project.stand_in.check(project.request(NETWORK, "vpc", b"another seed"), first, {}).inputs
    assert again["name"] == first["name"]


def test_labels_are_the_providers_and_the_resources_own():
    project = Project("compute", defaultLabels=json.dumps({"stack": "playnew", "team": "a"}))
    outputs = project.make("gcp:compute/address:Address", name="a", labels={"team": "b"}).outputs
    assert outputs["effectiveLabels"] == {"stack": "playnew", "team": "b"}
    assert outputs["labels"] == {"team": "b"}


def test_the_network_is_answered_as_a_self_link():
    made = Network()
    link = f"https://www.googleapis.com/compute/v1/{HERE}/global/networks/net"
    assert made.network.outputs["selfLink"] == made.subnet.outputs["network"] == link
    assert made.subnet.outputs["gatewayAddress"] == "10.20.0.1"


def test_a_cluster_takes_its_addresses_from_the_network():
    closed = {"enablePrivateNodes": True, "enablePrivateEndpoint": True}
    outputs = Network().cluster(privateClusterConfig=closed, masterAuthorizedNetworksConfig={}).outputs
    assert outputs["endpoint"] == outputs["privateClusterConfig"]["privateEndpoint"] == "10.20.0.2"
    assert (outputs["clusterIpv4Cidr"], outputs["servicesIpv4Cidr"]) == ("10.20.128.0/17", "10.21.0.0/20")
    assert re.fullmatch(r"1\.35\.\d+-gke\.\d+", outputs["masterVersion"])
    assert outputs["masterAuth"]["clusterCaCertificate"]


def test_an_open_cluster_has_a_public_address_too():
    outputs = Network().cluster(privateClusterConfig={"enablePrivateNodes": True}).outputs
    private = outputs["privateClusterConfig"]
    assert outputs["endpoint"] == private["publicEndpoint"] != private["privateEndpoint"]


def test_an_update_keeps_what_was_computed_and_renews_the_version():
    project = Network()
    cluster = project.cluster()
    newer = project.change(cluster, minMasterVersion="1.36")
    assert newer.outputs["endpoint"] == cluster.outputs["endpoint"]
    assert newer.outputs["masterVersion"].startswith("1.36.")


def test_a_node_pool_follows_its_cluster():
    project = Network()
    project.cluster(nodeLocations=[f"{REGION}-a", f"{REGION}-b"])
    pool = project.make(POOL, name="host", cluster="platform", location=REGION)
    assert pool.id == f"{HERE}/locations/{REGION}/clusters/platform/nodePools/host"
    assert pool.outputs["nodeLocations"] == [f"{REGION}-a", f"{REGION}-b"]
    assert len(pool.outputs["instanceGroupUrls"]) == 2


def test_a_database_has_an_address_of_the_reserved_range_alone():
    project = Network()
    project.connection()
    outputs = project.make(DATABASE, **project.database_inputs()).outputs
    assert outputs["privateIpAddress"].startswith("10.20.32.")
    assert outputs["publicIpAddress"] == ""
    assert outputs["connectionName"] == f"{PROJECT}:{REGION}:platform-1a2b"
    assert outputs["serverCaCerts"][0]["cert"].startswith("-----BEGIN CERTIFICATE")


def test_secrets_are_named_by_the_projects_number_and_versions_counted():
    project = Project()
    secret = project.make(SECRET, secretId="s", replication=REPLICATION)
    versions = [
        project.make("gcp:secretmanager/secretVersion:SecretVersion", f"v{index}", secret=secret.id, secretData="x") for index in (1, 2)
    ]
    assert secret.outputs["name"] == f"projects/{NUMBER}/secrets/s"
    assert [version.id for version in versions] == [f"projects/{NUMBER}/secrets/s/versions/{index}" for index in (1, 2)]


def test_accounts_and_agents_have_addresses():
    project = Project()
    account = project.make(ACCOUNT, accountId="playnew-host").outputs
    assert account["member"] == f"serviceAccount:playnew-host@{PROJECT}.iam.gserviceaccount.com"
    agent = project.make(IDENTITY, service="sqladmin.googleapis.com").outputs
    assert agent["email"] == f"service-{NUMBER}@gcp-sa-cloud-sql.iam.gserviceaccount.com"


def test_a_key_begins_with_a_version():
    primaries = Project().key().outputs["primaries"]
    assert primaries == [
        {"name": f"{HERE}/locations/{REGION}/keyRings/platform/cryptoKeys/platform/cryptoKeyVersions/1", "state": "ENABLED"}
    ]


def test_a_repository_and_a_zone_are_reached_by_name():
    project = Project()
    assert project.make(REPOSITORY, repositoryId="images", format="DOCKER").outputs["registryUri"] == (
        f"{REGION}-docker.pkg.dev/{PROJECT}/images"
    )
    assert len(project.make(ZONE, name="z", dnsName="playnew.ai.").outputs["nameServers"]) == 4


def test_what_only_gcp_can_tell_is_unknown_before():
    project = Network()
    foreseen = project.stand_in.preview(project.request(CLUSTER), project.cluster_inputs())
    assert foreseen["endpoint"] is foreseen["masterVersion"] is UNKNOWN
    assert foreseen["project"] == PROJECT


OFFERED: dict[str, dict[str, Any]] = {
    "gcp:organizations/getProject:getProject": {"number": NUMBER, "projectId": PROJECT},
    "gcp:organizations/getClientConfig:getClientConfig": {"project": PROJECT, "region": REGION},
    "gcp:compute/getZones:getZones": {"names": [f"{REGION}-a", f"{REGION}-b", f"{REGION}-c"]},
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": {
        "emailAddress": f"service-{NUMBER}@gs-project-accounts.iam.gserviceaccount.com"
    },
    "gcp:logging/getProjectSettings:getProjectSettings": {"kmsServiceAccountId": f"cmek-p{NUMBER}@gcp-sa-logging.iam.gserviceaccount.com"},
}


@pytest.mark.parametrize("token", OFFERED)
def test_a_data_source_answers_of_this_project(token: str):
    answered = Project().invoke(token)
    assert {name: answered[name] for name in OFFERED[token]} == OFFERED[token]


def test_a_data_source_finds_what_exists():
    project = Network()
    found = project.invoke("gcp:compute/getNetwork:getNetwork", name="net")
    assert found["id"] == project.network.id


def test_engine_versions_are_those_of_the_prefix():
    versions = Project().invoke("gcp:container/getEngineVersions:getEngineVersions", location=REGION, versionPrefix="1.35.")
    assert versions["latestMasterVersion"].startswith("1.35.")
    assert len(versions["validMasterVersions"]) == 1


def test_the_keys_place_is_in_its_id():
    assert Project().key().id == f"{HERE}/locations/{REGION}/keyRings/platform/cryptoKeys/platform"


def test_a_database_in_two_zones_takes_longest():
    both = {"settings": {"availabilityType": "REGIONAL"}}
    assert latency(DATABASE, both, "create") > latency(DATABASE, {}, "create") > latency(CLUSTER, {}, "create")
