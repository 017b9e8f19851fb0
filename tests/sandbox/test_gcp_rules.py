"""What GCP refuses in single values, by type; and which changes make a new thing."""

from typing import Any

import pytest

from sandbox.contract import UNKNOWN, Properties
from tests.sandbox.gcp_project import (
    ACCOUNT,
    BUCKET,
    CLUSTER,
    DATABASE,
    KEY,
    NETWORK,
    POOL,
    PROJECT,
    RANGE,
    REGION,
    RING,
    SECRET,
    SUBNETWORK,
    Project,
)
from tests.sandbox.test_unknown_inputs import holes

FIREWALL, NAT, ROUTE = "gcp:compute/firewall:Firewall", "gcp:compute/routerNat:RouterNat", "gcp:compute/route:Route"
ZONE, RECORD = "gcp:dns/managedZone:ManagedZone", "gcp:dns/recordSet:RecordSet"
BUDGET, CHANNEL = "gcp:billing/budget:Budget", "gcp:monitoring/notificationChannel:NotificationChannel"
REPOSITORY, ROLE = "gcp:artifactregistry/repository:Repository", "gcp:projects/iAMCustomRole:IAMCustomRole"
POLICY, SINK = "gcp:orgpolicy/policy:Policy", "gcp:logging/projectSink:ProjectSink"
MEMBER, ACCOUNT_MEMBER = "gcp:projects/iAMMember:IAMMember", "gcp:serviceaccount/iAMMember:IAMMember"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
HERE = f"projects/{PROJECT}"
RING_ID = f"{HERE}/locations/{REGION}/keyRings/r"

GOOD: dict[str, Properties] = {
    NETWORK: {"name": "net"},
    SUBNETWORK: {"name": "s", "network": "net", "ipCidrRange": "10.0.0.0/20"},
    FIREWALL: {"name": "f", "network": "net", "denies": [{"protocol": "all"}], "sourceRanges": ["0.0.0.0/0"]},
    NAT: {
        "router": "r",
        "natIpAllocateOption": "MANUAL_ONLY",
        "natIps": ["a"],
        "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
    },
    ROUTE: {"destRange": "0.0.0.0/0", "network": "net", "nextHopGateway": "default-internet-gateway"},
    RANGE: {"name": "d", "purpose": "VPC_PEERING", "addressType": "INTERNAL", "prefixLength": 20, "address": "10.0.16.0", "network": "net"},
    ZONE: {"dnsName": "playnew.ai."},
    RECORD: {"managedZone": "z", "name": "a.playnew.ai.", "type": "A", "ttl": 300, "rrdatas": ["192.0.2.1"]},
    CLUSTER: {
        "name": "c",
        "location": REGION,
        "initialNodeCount": 1,
        "removeDefaultNodePool": True,
        "minMasterVersion": "1.35",
        "datapathProvider": "ADVANCED_DATAPATH",
        "databaseEncryption": {"state": "ENCRYPTED", "keyName": "k"},
        "privateClusterConfig": {"enablePrivateNodes": True, "enablePrivateEndpoint": True},
        "masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "203.0.113.0/24"}]},
        "ipAllocationPolicy": {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"},
    },
    POOL: {"name": "host", "cluster": "c", "autoscaling": {"totalMinNodeCount": 1, "totalMaxNodeCount": 3}},
    DATABASE: {
        "name": "db",
        "databaseVersion": "POSTGRES_17",
        "settings": {
            "edition": "ENTERPRISE",
            "tier": "db-custom-2-7680",
            "availabilityType": "REGIONAL",
            "diskSize": 20,
            "diskAutoresizeLimit": 100,
            "ipConfiguration": {"ipv4Enabled": False, "privateNetwork": "net", "sslMode": "ENCRYPTED_ONLY"},
            "backupConfiguration": {
                "enabled": True,
                "pointInTimeRecoveryEnabled": True,
                "location": REGION,
                "transactionLogRetentionDays": 7,
                "backupRetentionSettings": {"retainedBackups": 14},
            },
        },
    },
    BUCKET: {"name": "playnew-logs", "location": "EUROPE-WEST8"},
    REPOSITORY: {"repositoryId": "images", "format": "DOCKER"},
    ACCOUNT: {"accountId": "playnew-host"},
    ACCOUNT_MEMBER: {
        "serviceAccountId": f"{HERE}/serviceAccounts/a@b.iam.gserviceaccount.com",
        "role": "roles/iam.workloadIdentityUser",
        "member": f"serviceAccount:{PROJECT}.svc.id.goog[apps/host]",
    },
    MEMBER: {"project": PROJECT, "role": "roles/container.clusterViewer", "member": "group:admins@playnew.ai"},
    ROLE: {"roleId": "bucketLister", "title": "t", "permissions": ["storage.buckets.list"]},
    RING: {"name": "platform", "location": REGION},
    KEY: {"name": "platform", "keyRing": RING_ID, "rotationPeriod": "7776000s", "destroyScheduledDuration": "2592000s"},
    SECRET: {"secretId": "a_b-c", "replication": {"userManaged": {"replicas": [{"location": REGION}]}}},
    VERSION: {"secret": f"{HERE}/secrets/s", "secretData": "x"},
    CHANNEL: {"type": "email", "labels": {"email_address": "ops@playnew.ai"}},
    BUDGET: {
        "billingAccount": "012345-6789AB-CDEF01",
        "amount": {"specifiedAmount": {"currencyCode": "EUR", "units": "1000"}},
        "thresholdRules": [{"thresholdPercent": 0.5}],
    },
    SINK: {"name": "audit", "destination": f"logging.googleapis.com/{HERE}/locations/{REGION}/buckets/audit"},
    POLICY: {
        "name": f"{HERE}/policies/gcp.resourceLocations",
        "parent": HERE,
        "spec": {"rules": [{"values": {"allowedValues": ["in:eu-locations"]}}]},
    },
}


@pytest.mark.parametrize("type_", GOOD)
def test_right_values_pass(type_: str):
    assert Project().failures(type_, GOOD[type_]) == {}


WRONG: list[tuple[str, dict[str, Any], str]] = [
    (NETWORK, {"name": "Net"}, "name"),
    (NETWORK, {"name": "n" * 64}, "name"),
    (NETWORK, {"name": "net-"}, "name"),
    (NETWORK, {"deletionPolicy": "KEEP"}, "deletionPolicy"),
    (SUBNETWORK, {"ipCidrRange": "10.0.0.1/20"}, "ipCidrRange"),
    (SUBNETWORK, {"ipCidrRange": "10.0.0.0/30"}, "ipCidrRange"),
    (SUBNETWORK, {"region": "eu-south-1"}, "region"),
    (SUBNETWORK, {"logConfig": {"flowSampling": 2}}, "logConfig.flowSampling"),
    (FIREWALL, {"sourceRanges": None}, "sourceRanges"),
    (FIREWALL, {"allows": [{"protocol": "tcp"}]}, "allows"),
    (FIREWALL, {"denies": [{"protocol": "tcp", "ports": ["70000"]}]}, "denies[0].ports[0]"),
    (FIREWALL, {"denies": [{"protocol": "http"}]}, "denies[0].protocol"),
    (FIREWALL, {"priority": 65536}, "priority"),
    (FIREWALL, {"direction": "EGRESS"}, "sourceRanges"),
    (NAT, {"natIps": None}, "natIps"),
    (NAT, {"enableDynamicPortAllocation": True, "maxPortsPerVm": 100}, "maxPortsPerVm"),
    (NAT, {"maxPortsPerVm": 128}, "maxPortsPerVm"),
    (NAT, {"enableDynamicPortAllocation": True, "enableEndpointIndependentMapping": True}, "enableEndpointIndependentMapping"),
    (NAT, {"sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS"}, "subnetworks"),
    (ROUTE, {"nextHopIp": "10.0.0.1"}, "nextHopGateway"),
    (RANGE, {"prefixLength": None, "address": None}, "prefixLength"),
    (RANGE, {"address": "10.0.17.0"}, "address"),
    (RANGE, {"addressType": "EXTERNAL"}, "purpose"),
    (ZONE, {"dnsName": "playnew.ai"}, "dnsName"),
    (ZONE, {"visibility": "private", "dnssecConfig": {"state": "on"}}, "dnssecConfig"),
    (RECORD, {"name": "a.playnew.ai"}, "name"),
    (RECORD, {"rrdatas": ["a.playnew.ai."]}, "rrdatas[0]"),
    (RECORD, {"type": "CNAME", "rrdatas": ["b.playnew.ai"]}, "rrdatas[0]"),
    (RECORD, {"ttl": -1}, "ttl"),
    (CLUSTER, {"name": "c" * 41}, "name"),
    (CLUSTER, {"minMasterVersion": "1.20"}, "minMasterVersion"),
    (CLUSTER, {"initialNodeCount": None}, "initialNodeCount"),
    (CLUSTER, {"enableAutopilot": True}, "removeDefaultNodePool"),
    (CLUSTER, {"datapathProvider": "DATAPLANE_V2"}, "datapathProvider"),
    (CLUSTER, {"datapathProvider": "ADVANCED_DATAPATH", "networkPolicy": {"enabled": True}}, "networkPolicy"),
    (CLUSTER, {"masterAuthorizedNetworksConfig": None}, "masterAuthorizedNetworksConfig"),
    (
        CLUSTER,
        {"masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "203.0.113.1/24"}]}},
        "masterAuthorizedNetworksConfig.cidrBlocks[0].cidrBlock",
    ),
    (CLUSTER, {"databaseEncryption": {"state": "ENCRYPTED"}}, "databaseEncryption.keyName"),
    (CLUSTER, {"resourceLabels": {"Stack": "a"}}, "resourceLabels.Stack"),
    (POOL, {"autoscaling": {"totalMinNodeCount": 4, "totalMaxNodeCount": 3}}, "autoscaling.totalMinNodeCount"),
    (POOL, {"autoscaling": {"maxNodeCount": 1, "totalMaxNodeCount": 3}}, "autoscaling.totalMaxNodeCount"),
    (POOL, {"nodeCount": 3}, "nodeCount"),
    (POOL, {"nodeConfig": {"taints": [{"key": "a", "value": "b", "effect": "NoSchedule"}]}}, "nodeConfig.taints[0].effect"),
    (POOL, {"nodeConfig": {"diskSizeGb": 5}}, "nodeConfig.diskSizeGb"),
    (POOL, {"nodeConfig": {"machineType": "m7i.large"}}, "nodeConfig.machineType"),
    (POOL, {"upgradeSettings": {"maxSurge": 0, "maxUnavailable": 0}}, "upgradeSettings.maxSurge"),
    (DATABASE, {"name": "d" * 90}, "name"),
    (DATABASE, {"databaseVersion": "17"}, "databaseVersion"),
    (DATABASE, {"settings": {"tier": "db-custom-2-7680"}}, "settings.tier"),
    (DATABASE, {"settings": {"edition": "ENTERPRISE_PLUS", "tier": "db-custom-2-7680"}}, "settings.tier"),
    (DATABASE, {"settings": {"edition": "ENTERPRISE", "tier": "db-perf-optimized-N-2"}}, "settings.tier"),
    (DATABASE, {"settings": {"edition": "ENTERPRISE", "tier": "db-custom-3-7680"}}, "settings.tier"),
    (DATABASE, {"settings": {"edition": "ENTERPRISE", "tier": "db-custom-2-7000"}}, "settings.tier"),
    (
        DATABASE,
        {"settings": {"edition": "ENTERPRISE", "tier": "db-f1-micro", "availabilityType": "REGIONAL"}},
        "settings.availabilityType",
    ),
    (
        DATABASE,
        {"settings": {"edition": "ENTERPRISE", "tier": "db-f1-micro", "ipConfiguration": {"ipv4Enabled": False}}},
        "settings.ipConfiguration.ipv4Enabled",
    ),
    (
        DATABASE,
        {"settings": {"edition": "ENTERPRISE", "tier": "db-f1-micro", "ipConfiguration": {"sslMode": "REQUIRE"}}},
        "settings.ipConfiguration.sslMode",
    ),
    (
        DATABASE,
        {"settings": {"edition": "ENTERPRISE", "tier": "db-f1-micro", "backupConfiguration": {"location": "italy"}}},
        "settings.backupConfiguration.location",
    ),
    (
        DATABASE,
        {"settings": {"edition": "ENTERPRISE", "tier": "db-f1-micro", "backupConfiguration": {"transactionLogRetentionDays": 14}}},
        "settings.backupConfiguration.transactionLogRetentionDays",
    ),
    (BUCKET, {"name": "my-google-bucket"}, "name"),
    (BUCKET, {"name": "Upper"}, "name"),
    (BUCKET, {"name": "192.0.2.1"}, "name"),
    (BUCKET, {"location": "eu-south-1"}, "location"),
    (BUCKET, {"softDeletePolicy": {"retentionDurationSeconds": 3600}}, "softDeletePolicy.retentionDurationSeconds"),
    (BUCKET, {"publicAccessPrevention": "on"}, "publicAccessPrevention"),
    (BUCKET, {"labels": {f"l{index}": "a" for index in range(65)}}, "labels"),
    (REPOSITORY, {"repositoryId": "Images"}, "repositoryId"),
    (REPOSITORY, {"mode": "REMOTE_REPOSITORY"}, "remoteRepositoryConfig"),
    (
        REPOSITORY,
        {"cleanupPolicies": [{"id": "a", "action": "DELETE", "condition": {"olderThan": "14d"}}]},
        "cleanupPolicies[0].condition.olderThan",
    ),
    (ACCOUNT, {"accountId": "host"}, "accountId"),
    (ACCOUNT, {"accountId": "h" * 31}, "accountId"),
    (ACCOUNT_MEMBER, {"serviceAccountId": "a@b.iam.gserviceaccount.com"}, "serviceAccountId"),
    (MEMBER, {"member": "admins@playnew.ai"}, "member"),
    (MEMBER, {"role": "container.clusterViewer"}, "role"),
    (MEMBER, {"role": "roles/container.clusterReader"}, "role"),
    (ROLE, {"roleId": "bucket-lister"}, "roleId"),
    (ROLE, {"permissions": ["storage.*"]}, "permissions[0]"),
    (RING, {"name": "platform.one"}, "name"),
    (KEY, {"rotationPeriod": "90d"}, "rotationPeriod"),
    (KEY, {"rotationPeriod": "3600s"}, "rotationPeriod"),
    (KEY, {"destroyScheduledDuration": "3600s"}, "destroyScheduledDuration"),
    (KEY, {"keyRing": "platform"}, "keyRing"),
    (SECRET, {"secretId": "a/b"}, "secretId"),
    (SECRET, {"replication": {}}, "replication"),
    (SECRET, {"versionDestroyTtl": "60s"}, "versionDestroyTtl"),
    (VERSION, {"secretData": ""}, "secretData"),
    (VERSION, {"secretData": "x" * 70000}, "secretData"),
    (CHANNEL, {"labels": {"address": "ops@playnew.ai"}}, "labels"),
    (CHANNEL, {"type": "mail"}, "type"),
    (BUDGET, {"thresholdRules": [{"thresholdPercent": 50}]}, "thresholdRules[0].thresholdPercent"),
    (BUDGET, {"billingAccount": "my-account"}, "billingAccount"),
    (BUDGET, {"amount": {}}, "amount"),
    (SINK, {"destination": f"{HERE}/locations/{REGION}/buckets/audit"}, "destination"),
    (POLICY, {"name": "gcp.resourceLocations"}, "name"),
    (POLICY, {"parent": "organizations/1"}, "name"),
    (POLICY, {"spec": {"rules": [{"enforce": "true"}]}}, "spec.rules[0].enforce"),
]


@pytest.mark.parametrize(("type_", "changes", "path"), WRONG)
def test_a_wrong_value_is_refused_at_its_place(type_: str, changes: dict[str, Any], path: str):
    inputs = {name: value for name, value in {**GOOD[type_], **changes}.items() if value is not None}
    assert set(Project().failures(type_, inputs)) == {path}


@pytest.mark.parametrize("type_", GOOD)
def test_what_is_not_known_yet_is_not_refused(type_: str):
    for hole in holes(GOOD[type_]):
        if hole is not UNKNOWN:
            assert Project().failures(type_, hole) == {}, hole


REPLACED: list[tuple[str, str, Any]] = [
    (NETWORK, "name", "other"),
    (SUBNETWORK, "network", "other"),
    (CLUSTER, "location", "europe-west1"),
    (CLUSTER, "datapathProvider", "LEGACY_DATAPATH"),
    (POOL, "cluster", "other"),
    (POOL, "nodeConfig", {"spot": True}),
    (DATABASE, "region", "europe-west1"),
    (DATABASE, "encryptionKeyName", "k"),
    (BUCKET, "location", "EUROPE-WEST1"),
    (KEY, "keyRing", f"{RING_ID}2"),
    (SECRET, "replication", {"auto": {}}),
    (VERSION, "secretData", "y"),
    (MEMBER, "role", "roles/viewer"),
]
UPDATED: list[tuple[str, str, Any]] = [
    (SUBNETWORK, "ipCidrRange", "10.0.0.0/19"),
    (CLUSTER, "minMasterVersion", "1.36"),
    (POOL, "autoscaling", {"totalMinNodeCount": 1, "totalMaxNodeCount": 5}),
    (POOL, "nodeConfig", {"labels": {"a": "b"}}),
    (DATABASE, "settings", {"edition": "ENTERPRISE", "tier": "db-custom-4-15360"}),
    (BUCKET, "labels", {"a": "b"}),
    (KEY, "rotationPeriod", "8640000s"),
]


@pytest.mark.parametrize(("type_", "name", "value"), REPLACED)
def test_some_changes_make_a_new_thing(type_: str, name: str, value: Any):
    assert Project().diff(type_, GOOD[type_], {**GOOD[type_], name: value}).replaces == (name,)


@pytest.mark.parametrize(("type_", "name", "value"), UPDATED)
def test_others_are_made_in_place(type_: str, name: str, value: Any):
    difference = Project().diff(type_, GOOD[type_], {**GOOD[type_], name: value})
    assert (difference.changes, difference.replaces) == ((name,), ())


def test_a_thing_of_a_given_name_goes_before_its_successor():
    given = {"name": "net", "mtu": 1460}
    assert Project().diff(NETWORK, given, {**given, "mtu": 1500}).delete_before_replace
    made = {**given, "__defaults": ["name"]}
    assert not Project().diff(NETWORK, made, {**made, "mtu": 1500}).delete_before_replace
