"""A GCP project in memory, with the APIs that a test needs on."""

from __future__ import annotations

from typing import Any

from sandbox.contract import Instance, Properties, Record
from sandbox.gcp.projects import number
from tests.sandbox.accounts import Account

PROJECT = "playnew-prod-1234"
NUMBER = number(PROJECT)
REGION = "europe-west8"
SERVICE, IDENTITY = "gcp:projects/service:Service", "gcp:projects/serviceIdentity:ServiceIdentity"
NETWORK, SUBNETWORK = "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork"
CLUSTER, POOL = "gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool"
RING, KEY, KEY_MEMBER = "gcp:kms/keyRing:KeyRing", "gcp:kms/cryptoKey:CryptoKey", "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
RANGE, CONNECTION = "gcp:compute/globalAddress:GlobalAddress", "gcp:servicenetworking/connection:Connection"
DATABASE, SECRET, BUCKET = "gcp:sql/databaseInstance:DatabaseInstance", "gcp:secretmanager/secret:Secret", "gcp:storage/bucket:Bucket"
ACCOUNT, PROJECT_MEMBER = "gcp:serviceaccount/account:Account", "gcp:projects/iAMMember:IAMMember"
RECORD, BUCKET_MEMBER = "gcp:dns/recordSet:RecordSet", "gcp:storage/bucketIAMMember:BucketIAMMember"
USE, VIEWER = "roles/cloudkms.cryptoKeyEncrypterDecrypter", "roles/storage.objectViewer"
APIS = ("artifactregistry", "cloudkms", "compute", "container", "dns", "iam", "secretmanager", "servicenetworking", "sqladmin")


class Project(Account):
    owner = PROJECT

    def __init__(self, *apis: str, **variables: str) -> None:
        super().__init__(REGION, "gcp")
        self.instance = Instance("gcp", "urn:provider:gcp", {"project": PROJECT, "region": REGION, **variables})
        for api in apis or APIS:
            self.make(SERVICE, api, service=f"{api}.googleapis.com")

    def key(self, location: str = REGION) -> Record:
        ring = self.make(RING, f"ring-{location}", name="platform", location=location)
        return self.make(KEY, f"key-{location}", name="platform", keyRing=ring.id, rotationPeriod="7776000s")

    def let_in(self, key: Record, email: str) -> Record:
        return self.make(KEY_MEMBER, email, cryptoKeyId=key.id, role=USE, member=f"serviceAccount:{email}")


class Network(Project):
    """With a network, a subnet that has ranges for pods and services, and the way to managed services."""

    def __init__(self) -> None:
        super().__init__()
        self.network = self.make(NETWORK, name="net", autoCreateSubnetworks=False)
        ranges = [{"rangeName": "pods", "ipCidrRange": "10.20.128.0/17"}, {"rangeName": "services", "ipCidrRange": "10.21.0.0/20"}]
        self.subnet = self.make(
            SUBNETWORK, name="nodes", network=self.network.id, region=REGION, ipCidrRange="10.20.0.0/20", secondaryIpRanges=ranges
        )

    def connection(self, **inputs: Any) -> Record:
        reserved = self.make(
            RANGE,
            name="data",
            purpose="VPC_PEERING",
            addressType="INTERNAL",
            address="10.20.32.0",
            prefixLength=20,
            network=self.network.id,
        )
        return self.make(
            CONNECTION,
            network=self.network.id,
            service="servicenetworking.googleapis.com",
            reservedPeeringRanges=[reserved.outputs["name"]],
            **inputs,
        )

    def cluster_inputs(self, **inputs: Any) -> Properties:
        return {
            "name": "platform",
            "location": REGION,
            "network": self.network.id,
            "subnetwork": self.subnet.id,
            "ipAllocationPolicy": {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"},
            "workloadIdentityConfig": {"workloadPool": f"{PROJECT}.svc.id.goog"},
            "minMasterVersion": "1.35",
            "initialNodeCount": 1,
            "deletionProtection": False,
            **inputs,
        }

    def cluster(self, **inputs: Any) -> Record:
        return self.make(CLUSTER, **self.cluster_inputs(**inputs))

    def database_inputs(self, **settings: Any) -> Properties:
        ip = {"ipv4Enabled": False, "privateNetwork": self.network.id}
        return {
            "name": "platform-1a2b",
            "region": REGION,
            "databaseVersion": "POSTGRES_17",
            "settings": {"edition": "ENTERPRISE", "tier": "db-custom-2-7680", "ipConfiguration": ip, **settings},
            "deletionProtection": False,
        }
