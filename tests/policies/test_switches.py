"""Rules about inputs that move, copy or expose data without naming a place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from policies.model import UNKNOWN, Properties, Violation
from tests.policies.inputs import (
    ACCOUNT,
    AKS,
    BUCKET,
    CACHE,
    CLUSTER,
    GKE,
    LEFT_OUT,
    MANAGED_REDIS,
    MEMORYSTORE,
    REDIS_CLUSTER,
    SERVER,
    SQL,
    VALKEY,
    given,
    ingress,
    let_in,
    rule,
    security_rule,
    trust,
    wide,
)

Judge = Callable[..., list[Violation]]
INSTANCE, KEY = "aws:rds/instance:Instance", "aws:kms/key:Key"
GROUP, POLICY = "aws:ec2/securityGroup:SecurityGroup", "aws:iam/policy:Policy"
FIREWALL, GUARDS, RIGHT = (
    "gcp:compute/firewall:Firewall",
    "azure-native:network:NetworkSecurityGroup",
    "azure-native:authorization:RoleAssignment",
)
OWNER = "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
REDIS_DATABASE = "azure-native:redisenterprise:Database"

REFUSED: list[tuple[str, str, Properties]] = [
    ("RES-07", "aws:rds/globalCluster:GlobalCluster", {"globalClusterIdentifier": "g"}),
    ("RES-09", ACCOUNT, {"location": "italynorth", "sku": {"name": "Standard_GRS"}}),
    ("RES-09", ACCOUNT, {"location": "Poland Central", "sku": {"name": "Standard_RAGZRS"}}),
    ("RES-09", ACCOUNT, {"sku": {"name": "Standard_GRS"}}),  # the provider's location is Milan, which has no pair
    ("RES-09", "azure-native:dbforpostgresql:Server", {"location": "italynorth", "backup": {"geoRedundantBackup": "Enabled"}}),
    ("RES-10", "gcp:secretmanager/secret:Secret", {"replication": {"auto": {}}}),
    ("RES-11", KEY, {"multiRegion": True, "enableKeyRotation": True}),
    ("RES-11", KEY, {"multiRegion": UNKNOWN, "enableKeyRotation": True}),
    (
        "RES-13",
        "aws:cfg/configurationAggregator:ConfigurationAggregator",
        {"accountAggregationSource": {"allRegions": True, "accountIds": ["1"]}},
    ),
    ("RES-15", "gcp:pubsub/topic:Topic", {"name": "events"}),
    ("RES-16", "aws:cloudfront/distribution:Distribution", {"enabled": True}),
    ("RES-16", "azure-native:cdn:Profile", {"location": "westeurope"}),
    ("RES-19", "azure-native:cognitiveservices:Deployment", {"sku": {"name": "GlobalStandard"}}),
    ("RES-20", "gcp:bigquery/dataset:Dataset", {"datasetId": "d"}),
    ("NET-01", GROUP, ingress(22.0, "0.0.0.0/0")),
    ("NET-01", GROUP, ingress(0.0, "0.0.0.0/0", "-1")),
    (
        "NET-01",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"cidrIpv6": "::/0", "ipProtocol": "tcp", "fromPort": 3389.0, "toPort": 3389.0},
    ),
    (
        "NET-01",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": UNKNOWN, "toPort": 443.0},
    ),
    ("NET-02", INSTANCE, {"publiclyAccessible": True, "storageEncrypted": True}),
    ("NET-02", INSTANCE, {"publiclyAccessible": UNKNOWN, "storageEncrypted": True}),
    ("NET-03", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"blockPublicPolicy": True, "restrictPublicBuckets": False}),
    ("NET-04", CLUSTER, {"vpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]}}),
    ("NET-04", CLUSTER, {"vpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": UNKNOWN}}),
    ("NET-04", CLUSTER, {"vpcConfig": {"endpointPublicAccess": LEFT_OUT, "subnetIds": [UNKNOWN]}}),  # EKS opens it to everyone by default
    ("NET-01", FIREWALL, let_in("0.0.0.0/0", ["22"])),
    ("NET-01", FIREWALL, let_in("0.0.0.0/0", ["20-25"])),
    ("NET-01", FIREWALL, {"sourceRanges": ["::/0"], "allows": [{"protocol": "all"}]}),
    ("NET-01", FIREWALL, {"direction": "INGRESS", **let_in("0.0.0.0/0", [UNKNOWN])}),
    ("NET-01", GUARDS, rule("Internet", "22")),
    ("NET-01", GUARDS, rule("*", "*", protocol="*")),
    ("NET-01", GUARDS, rule("10.0.0.0/8", "5432", sourceAddressPrefixes=["0.0.0.0/0"])),
    ("NET-01", "azure-native:network:SecurityRule", security_rule("Any", "3000-4000")),
    ("NET-02", SQL, {"settings": {"ipConfiguration": {"ipv4Enabled": LEFT_OUT}}}),  # Cloud SQL gives one by default
    ("NET-02", SERVER, {"network": {"delegatedSubnetResourceId": LEFT_OUT}}),
    ("NET-02", SERVER, {"network": {"delegatedSubnetResourceId": LEFT_OUT, "publicNetworkAccess": "Enabled"}}),
    ("NET-03", BUCKET, {"publicAccessPrevention": LEFT_OUT}),
    ("NET-03", BUCKET, {"uniformBucketLevelAccess": False}),
    ("NET-04", GKE, {"privateClusterConfig": {"enablePrivateEndpoint": False}}),
    (
        "NET-04",
        GKE,
        {
            "privateClusterConfig": {"enablePrivateEndpoint": False},
            "masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "0.0.0.0/0"}]},
        },
    ),
    ("NET-04", GKE, {"masterAuthorizedNetworksConfig": {"gcpPublicCidrsAccessEnabled": True}}),
    ("NET-04", GKE, {"controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"allowExternalTraffic": True}}}),
    ("NET-04", AKS, {"apiServerAccessProfile": {"authorizedIPRanges": LEFT_OUT}}),
    ("NET-04", AKS, {"apiServerAccessProfile": {"authorizedIPRanges": ["192.0.2.0/24", "0.0.0.0/0"]}}),
    ("NET-06", GKE, {"privateClusterConfig": {"enablePrivateNodes": False}}),
    ("NET-06", AKS, {"agentPoolProfiles": [{"name": "system", "enableNodePublicIP": True}]}),
    ("NET-06", "azure-native:containerservice:AgentPool", {"enableNodePublicIP": True}),
    ("NET-06", "gcp:compute/instance:Instance", {"networkInterfaces": [{"accessConfigs": [{"networkTier": "PREMIUM"}]}]}),
    ("NET-08", ACCOUNT, {"publicNetworkAccess": "Enabled"}),
    ("NET-08", ACCOUNT, {"publicNetworkAccess": LEFT_OUT}),
    ("NET-08", "azure-native:keyvault:Vault", {"properties": {"tenantId": UNKNOWN}}),
    ("NET-09", "gcp:compute/network:Network", {"name": "n"}),
    ("ENC-01", BUCKET, {"encryption": LEFT_OUT}),
    ("ENC-01", ACCOUNT, {"encryption": {"keySource": "Microsoft.Storage"}}),
    ("ENC-02", SQL, {"encryptionKeyName": LEFT_OUT}),
    ("ENC-02", SERVER, {"dataEncryption": {"type": "SystemManaged"}}),
    ("ENC-03", AKS, {"diskEncryptionSetID": LEFT_OUT}),
    ("ENC-03", "gcp:container/nodePool:NodePool", {"nodeConfig": {"machineType": "n2-standard-4"}}),
    ("ENC-04", "gcp:kms/cryptoKey:CryptoKey", {"keyRing": UNKNOWN}),
    ("ENC-04", "gcp:kms/cryptoKey:CryptoKey", {"rotationPeriod": "7776001s"}),
    ("ENC-04", "gcp:kms/cryptoKey:CryptoKey", {"rotationPeriod": "31536000s"}),
    ("ENC-04", "azure-native:keyvault:Key", {"properties": {"kty": "RSA"}}),
    ("ENC-05", SQL, {"settings": {"ipConfiguration": {"sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}}}),
    ("RES-07", VALKEY, {"crossInstanceReplicationConfig": {"instanceRole": "PRIMARY"}}),
    ("RES-07", REDIS_CLUSTER, {"crossClusterReplicationConfig": {"clusterRole": "PRIMARY"}}),
    ("RES-07", REDIS_DATABASE, {"geoReplication": {"groupNickname": "g"}}),
    ("NET-02", MANAGED_REDIS, {"publicNetworkAccess": "Enabled"}),
    ("ENC-02", MEMORYSTORE, {"customerManagedKey": LEFT_OUT}),
    ("ENC-02", VALKEY, {"kmsKey": LEFT_OUT}),
    ("ENC-02", MANAGED_REDIS, {"encryption": LEFT_OUT}),
    ("ENC-05", MEMORYSTORE, {"transitEncryptionMode": "DISABLED"}),
    ("ENC-05", VALKEY, {"transitEncryptionMode": LEFT_OUT}),
    ("ENC-05", REDIS_CLUSTER, {"transitEncryptionMode": LEFT_OUT}),
    ("ENC-05", REDIS_DATABASE, {"clientProtocol": "Plaintext"}),
    ("ENC-05", MANAGED_REDIS, {"minimumTlsVersion": "1.1"}),
    ("IAM-05", MEMORYSTORE, {"authEnabled": LEFT_OUT}),
    ("ENC-05", ACCOUNT, {"minimumTlsVersion": "TLS1_0"}),
    ("ENC-05", ACCOUNT, {"enableHttpsTrafficOnly": False}),
    ("ENC-07", CLUSTER, {"encryptionConfig": LEFT_OUT}),
    ("ENC-07", GKE, {"databaseEncryption": {"state": "DECRYPTED"}}),
    ("ENC-07", AKS, {"securityProfile": {"azureKeyVaultKms": LEFT_OUT}}),
    ("IAM-01", "gcp:projects/iAMMember:IAMMember", {"role": "roles/editor", "member": UNKNOWN}),
    ("IAM-01", RIGHT, {"roleDefinitionId": OWNER, "principalId": UNKNOWN}),
    ("IAM-01", RIGHT, {"roleDefinitionId": f"/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590{OWNER.upper()}"}),
    ("IAM-02", "gcp:serviceaccount/key:Key", {"serviceAccountId": UNKNOWN}),
    ("IAM-02", "aws:iam/accessKey:AccessKey", {"user": "u"}),
    ("IAM-02", ACCOUNT, {"allowSharedKeyAccess": LEFT_OUT}),
    ("IAM-02", AKS, {"disableLocalAccounts": False}),
    ("IAM-02", "azure-native:containerregistry:Registry", {"publicNetworkAccess": "Disabled", "adminUserEnabled": True}),
    ("IAM-04", GKE, {"workloadIdentityConfig": LEFT_OUT}),
    ("IAM-04", AKS, {"securityProfile": {"workloadIdentity": {"enabled": False}}}),
    ("IAM-05", "gcp:storage/bucketIAMMember:BucketIAMMember", {"role": "roles/storage.objectViewer", "member": "allUsers"}),
    ("IAM-05", "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding", {"members": ["allAuthenticatedUsers"]}),
    ("RES-20", SQL, {"settings": {"backupConfiguration": {"location": LEFT_OUT}}}),
    ("ENC-02", INSTANCE, {"publiclyAccessible": False}),
    ("ENC-02", INSTANCE, {"storageEncrypted": False}),
    ("ENC-02", CACHE, {"atRestEncryptionEnabled": LEFT_OUT}),
    ("ENC-02", CACHE, {"kmsKeyId": LEFT_OUT}),
    ("ENC-02", "aws:elasticache/serverlessCache:ServerlessCache", {"engine": "valkey"}),
    ("ENC-05", CACHE, {"transitEncryptionEnabled": False}),
    ("ENC-05", CACHE, {"transitEncryptionMode": "preferred"}),
    ("ENC-05", "aws:elasticache/cluster:Cluster", {"engine": "memcached"}),
    ("ENC-03", "aws:efs/fileSystem:FileSystem", {}),
    ("ENC-03", "aws:ec2/launchTemplate:LaunchTemplate", {"blockDeviceMappings": [{"ebs": {"encrypted": "false"}}]}),
    ("ENC-04", KEY, {"description": "k"}),
    ("IAM-01", POLICY, wide("*")),
    ("IAM-01", POLICY, wide("s3:*")),
    ("IAM-03", "aws:iam/role:Role", trust("*")),
    ("IAM-03", "aws:iam/role:Role", trust({"AWS": "*"})),
]

PASSES: list[tuple[str, Properties]] = [
    (ACCOUNT, {"location": "northeurope", "sku": {"name": "Standard_GRS"}}),  # to the Netherlands
    (ACCOUNT, {"location": "italynorth", "sku": {"name": "Standard_ZRS"}}),
    ("gcp:secretmanager/secret:Secret", {"replication": {"userManaged": {"replicas": [{"location": "europe-west8"}]}}}),
    ("gcp:pubsub/topic:Topic", {"messageStoragePolicy": {"allowedPersistenceRegions": ["europe-west8"]}}),
    ("gcp:bigquery/dataset:Dataset", {"location": "EU"}),
    (KEY, {"multiRegion": False, "enableKeyRotation": True}),
    (KEY, {"customerMasterKeySpec": "RSA_4096"}),  # cannot be rotated
    (INSTANCE, {"storageEncrypted": True, "publiclyAccessible": False, "kmsKeyId": UNKNOWN}),
    (INSTANCE, {"replicateSourceDb": UNKNOWN, "publiclyAccessible": False}),  # encrypted as its source is
    (CACHE, {"transitEncryptionMode": LEFT_OUT}),  # required unless said otherwise
    ("aws:elasticache/cluster:Cluster", {"replicationGroupId": UNKNOWN}),  # as its group is
    ("aws:cloudtrail/trail:Trail", {"isMultiRegionTrail": True}),  # all regions into one bucket in the EU
    (GROUP, ingress(443.0, "0.0.0.0/0")),
    (GROUP, ingress(22.0, "10.0.0.0/8")),
    (GROUP, {"ingress": [{"protocol": "tcp", "fromPort": 5432.0, "toPort": 5432.0, "securityGroups": [UNKNOWN]}]}),
    (CLUSTER, {"vpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": ["192.0.2.0/24"]}}),
    (CLUSTER, {"vpcConfig": {"endpointPublicAccess": False, "endpointPrivateAccess": True}}),
    (POLICY, wide("s3:GetObject")),
    (POLICY, wide("s3:*", "arn:aws:s3:::logs/*")),
    (POLICY, wide("ecr:*", Condition={"StringEquals": {"aws:ResourceTag/owner": "x"}})),
    (POLICY, {"policy": UNKNOWN}),
    ("aws:iam/role:Role", trust({"Service": "pods.eks.amazonaws.com"})),
    (FIREWALL, let_in("0.0.0.0/0", ["443", "8000-9000"])),
    (FIREWALL, let_in("10.0.0.0/8", ["22"])),
    (FIREWALL, {"direction": "EGRESS", "destinationRanges": ["0.0.0.0/0"], "allows": [{"protocol": "all"}]}),
    (FIREWALL, {"sourceRanges": ["0.0.0.0/0"], "denies": [{"protocol": "all"}]}),
    (GUARDS, rule("Internet", "443")),
    (GUARDS, rule("Internet", "22", access="Deny")),
    (GUARDS, rule("VirtualNetwork", "22")),
    (SQL, {"masterInstanceName": UNKNOWN, "encryptionKeyName": LEFT_OUT}),
    (SQL, {}),
    (BUCKET, {}),
    (SERVER, {}),
    (GKE, {}),
    (AKS, {}),
    (AKS, {"apiServerAccessProfile": {"authorizedIPRanges": LEFT_OUT, "enablePrivateCluster": True}}),
    (
        GKE,
        {
            "privateClusterConfig": {"enablePrivateEndpoint": False},
            "masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "192.0.2.0/24"}]},
        },
    ),
    ("gcp:kms/cryptoKey:CryptoKey", {"rotationPeriod": "7776000s"}),
    ("gcp:kms/cryptoKey:CryptoKey", {"purpose": "ASYMMETRIC_SIGN"}),  # cannot be rotated
    ("gcp:projects/iAMMember:IAMMember", {"role": "roles/logging.logWriter", "member": UNKNOWN}),
    (RIGHT, {"roleDefinitionId": UNKNOWN, "principalId": UNKNOWN}),
]


@pytest.mark.parametrize(("rule", "type_", "properties"), REFUSED)
def test_what_moves_or_exposes_data_is_refused(judge: Judge, rule: str, type_: str, properties: Properties) -> None:
    assert {violation.rule for violation in judge(type_, given(type_, properties))} == {rule}


@pytest.mark.parametrize(("type_", "properties"), PASSES)
def test_what_keeps_data_passes(judge: Judge, type_: str, properties: Properties) -> None:
    assert judge(type_, given(type_, properties)) == []
