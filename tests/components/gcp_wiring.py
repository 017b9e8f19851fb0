"""Wiring of GCP components under test. Functions, since Outputs are made inside a recording."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.backup.outputs import BackupOutputs
from components.bucket.outputs import BucketOutputs
from components.cluster.outputs import ClusterOutputs
from components.dns.outputs import DnsOutputs
from components.gcp_project import APIS, Project
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.site import Site
from components.vocabulary import Cloud
from tests.answers import State
from tests.recorder import output

REGION = "europe-west8"
PROJECT = "playnew-prod-1234"
NUMBER = "112233445566"
SITE = Site(
    cloud=Cloud.GCP,
    region=REGION,
    name="playnew-production",
    account=PROJECT,
    environment="production",
    zones=("europe-west8-a", "europe-west8-b", "europe-west8-c"),
    tags={"project": "play-new", "domain": "playnew.ai"},
)
RING = f"projects/{PROJECT}/locations/{REGION}/keyRings/playnew-production"
KEY = f"{RING}/cryptoKeys/platform"
NODES = f"playnew-production-cluster@{PROJECT}.iam.gserviceaccount.com"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
CLUSTER = f"projects/{PROJECT}/locations/{REGION}/clusters/playnew-production-cluster"

STATES: Mapping[str, State] = {
    "gcp:container/cluster:Cluster": {
        "endpoint": "10.20.16.2",
        "masterAuth": {"clusterCaCertificate": "Y2VydGlmaWNhdGU="},
        "masterVersion": "1.35.3-gke.1000",
    },
    "gcp:serviceaccount/account:Account": lambda inputs: {
        "email": (address := f"{inputs['accountId']}@{inputs['project']}.iam.gserviceaccount.com"),
        "name": f"projects/{inputs['project']}/serviceAccounts/{address}",
    },
    "gcp:artifactregistry/repository:Repository": lambda inputs: {"name": inputs["repositoryId"]},
    "gcp:projects/iAMCustomRole:IAMCustomRole": lambda inputs: {"name": f"projects/{inputs['project']}/roles/{inputs['roleId']}"},
    "gcp:dns/managedZone:ManagedZone": {"nameServers": ["ns-cloud-a1.googledomains.com."]},
    "gcp:memorystore/instance:Instance": {
        "endpoints": [
            {
                "connections": [
                    {"pscAutoConnection": {"connectionType": f"CONNECTION_TYPE_{kind}", "ipAddress": address, "port": 6379}}
                    for kind, address in (("PRIMARY", "10.20.1.3"), ("DISCOVERY", "10.20.1.2"))
                ]
            }
        ],
        "managedServerCas": [{"caCerts": [{"certificates": [CERTIFICATE]}]}],
    },
    "gcp:redis/instance:Instance": {
        "host": "10.20.8.4",
        "port": 6378,
        "authString": "planted-auth-string",
        "serverCaCerts": [{"cert": CERTIFICATE}],
    },
}
"""What GCP would compute."""

ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "gcp:organizations/getProject:getProject": {"projectId": PROJECT, "number": NUMBER, "billingAccount": "012345-6789AB-CDEF01"},
    "gcp:logging/getProjectSettings:getProjectSettings": {
        "kmsServiceAccountId": f"service-{NUMBER}@gcp-sa-logging.iam.gserviceaccount.com"
    },
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": {
        "emailAddress": f"service-{NUMBER}@gs-project-accounts.iam.gserviceaccount.com"
    },
    "gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount": {
        "email": f"project-{NUMBER}@storage-transfer-service.iam.gserviceaccount.com"
    },
}
"""What GCP tells of a project that exists."""


def project() -> Project:
    return Project(
        id=PROJECT,
        number=output(NUMBER),
        apis={api: output(PROJECT) for api in APIS},
        agents={api: output(f"service-{NUMBER}@gcp-sa-{api.split('.')[0]}.iam.gserviceaccount.com") for api in APIS},
        billing_account=output("012345-6789AB-CDEF01"),
    )


def key(*, exclusive: bool = False) -> KeyOutputs:
    return KeyOutputs(id=output(KEY), ref=output(KEY), alias=output("platform"), exclusive=exclusive)


def network() -> NetworkOutputs:
    subnet = f"projects/{PROJECT}/regions/{REGION}/subnetworks/playnew-production-network-private"
    return NetworkOutputs(
        id=output(f"projects/{PROJECT}/global/networks/playnew-production-network"),
        cidr="10.20.0.0/16",
        public_subnet_ids=(),
        private_subnet_ids=(output(subnet),),
        data_subnet_ids=(),
        private_cidrs=("10.20.16.0/20",),
        data_cidrs=("10.20.32.0/20",),
        egress_ips=(),
        endpoint_cidr="10.20.1.0/24",
        pod_cidr="10.20.128.0/17",
        ranges={"pods": output("pods"), "services": output("services")},
    )


def cluster() -> ClusterOutputs:
    return ClusterOutputs(
        name=output("playnew-production-cluster"),
        ref=output(CLUSTER),
        endpoint=output("https://10.20.16.2"),
        version="1.35",
        kubeconfig=output("{}"),
        client_group=output("playnew-production-cluster"),
        pools=("host", "agent"),
        puller=output(NODES),
        key=key(),
    )


def bucket() -> BucketOutputs:
    name = "playnew-production-logs-0a1b2c"
    return BucketOutputs(name=output(name), ref=output(f"https://www.googleapis.com/storage/v1/b/{name}"), region=REGION, key=key())


def zone() -> DnsOutputs:
    return DnsOutputs(
        domain="playnew.ai",
        zone_id=output("playnew-production-zone"),
        ref=output(f"projects/{PROJECT}/managedZones/playnew-production-zone"),
        name_servers=output(["ns-cloud-a1.googledomains.com."]),
    )


def backup() -> BackupOutputs:
    return BackupOutputs(vault=output(""), plan=output("playnew-production-backup"))
