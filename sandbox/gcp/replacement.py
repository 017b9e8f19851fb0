"""Properties whose change makes a new thing. The SDK's documentation says it of few; this is what the provider does."""

from __future__ import annotations

_NODES = " ".join(
    f"nodeConfig.{name}"
    for name in (
        *("advancedMachineFeatures", "bootDiskKmsKey", "confidentialNodes", "ephemeralStorageLocalSsdConfig", "guestAccelerators"),
        *("localSsdCount", "metadata", "minCpuPlatform", "nodeGroup", "oauthScopes", "preemptible", "reservationAffinity"),
        *("serviceAccount", "shieldedInstanceConfig", "soleTenantConfig", "spot"),
    )
)
_TABLE: dict[str, str] = {
    "gcp:artifactregistry/repository:Repository": "format kmsKeyName location mode repositoryId remoteRepositoryConfig.dockerRepository",
    "gcp:billing/budget:Budget": "billingAccount",
    "gcp:cloudasset/projectFeed:ProjectFeed": "feedId",
    "gcp:compute/address:Address": (
        "address addressType description ipVersion name network networkTier prefixLength purpose region subnetwork ipv6EndpointType"
    ),
    "gcp:compute/disk:Disk": "diskEncryptionKey image name snapshot type zone",
    "gcp:compute/firewall:Firewall": "direction name network",
    "gcp:compute/globalAddress:GlobalAddress": "address addressType description ipVersion name network prefixLength purpose",
    "gcp:compute/network:Network": "autoCreateSubnetworks description internalIpv6Range mtu name networkProfile",
    "gcp:compute/route:Route": "description destRange name network nextHopGateway nextHopIlb nextHopInstance nextHopIp priority tags",
    "gcp:compute/router:Router": "encryptedInterconnectRouter name network region",
    "gcp:compute/routerNat:RouterNat": "endpointTypes name region router type autoNetworkTier initialNatIps",
    "gcp:compute/subnetwork:Subnetwork": "description name network purpose region externalIpv6Prefix",
    "gcp:container/cluster:Cluster": (
        "clusterIpv4Cidr confidentialNodes datapathProvider defaultMaxPodsPerNode description enableAutopilot enableKubernetesAlpha"
        " enableTpu initialNodeCount ipAllocationPolicy.clusterIpv4CidrBlock ipAllocationPolicy.clusterSecondaryRangeName"
        " ipAllocationPolicy.servicesIpv4CidrBlock ipAllocationPolicy.servicesSecondaryRangeName ipAllocationPolicy.stackType location"
        " masterAuth.clientCertificateConfig name network networkingMode privateClusterConfig.enablePrivateNodes"
        " privateClusterConfig.masterIpv4CidrBlock privateClusterConfig.privateEndpointSubnetwork subnetwork"
        " enableMultiNetworking dnsConfig.clusterDnsDomain " + _NODES
    ),
    "gcp:container/nodePool:NodePool": (
        "cluster initialNodeCount location maxPodsPerNode name namePrefix networkConfig.createPodRange networkConfig.podIpv4CidrBlock"
        " networkConfig.podRange networkConfig.subnetwork placementPolicy " + _NODES
    ),
    "gcp:dns/managedZone:ManagedZone": "dnsName name privateVisibilityConfig.gkeClusters reverseLookup visibility",
    "gcp:dns/policy:Policy": "name",
    "gcp:dns/recordSet:RecordSet": "managedZone name type",
    "gcp:gkebackup/backupPlan:BackupPlan": "cluster location name",
    "gcp:gkebackup/restorePlan:RestorePlan": "backupPlan cluster location name",
    "gcp:kms/cryptoKey:CryptoKey": (
        "cryptoKeyBackend destroyScheduledDuration importOnly keyRing name purpose skipInitialVersionCreation"
        " versionTemplate.protectionLevel"
    ),
    "gcp:kms/keyRing:KeyRing": "location name",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "bucketId location",
    "gcp:logging/projectSink:ProjectSink": "name uniqueWriterIdentity",
    "gcp:memorystore/instance:Instance": (
        "authorizationMode desiredAutoCreatedEndpoints gcsSource instanceId kmsKey location managedBackupSource mode serverCaMode"
        " serverCaPool transitEncryptionMode zoneDistributionConfig"
    ),
    "gcp:monitoring/notificationChannel:NotificationChannel": "",
    "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy": "location name network serviceClass",
    "gcp:orgpolicy/policy:Policy": "name parent",
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": "service",
    "gcp:projects/iAMCustomRole:IAMCustomRole": "roleId",
    "gcp:projects/service:Service": "service",
    "gcp:projects/serviceIdentity:ServiceIdentity": "service",
    "gcp:pubsub/topic:Topic": "name",
    "gcp:redis/instance:Instance": (
        "alternativeLocationId authorizedNetwork connectMode customerManagedKey locationId name readReplicasMode region"
        " reservedIpRange tier transitEncryptionMode"
    ),
    "gcp:secretmanager/regionalSecret:RegionalSecret": "location secretId",
    "gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion": "isSecretDataBase64 secret secretData secretDataWoVersion",
    "gcp:secretmanager/secret:Secret": "replication secretId",
    "gcp:secretmanager/secretVersion:SecretVersion": "isSecretDataBase64 secret secretData secretDataWoVersion",
    "gcp:serviceaccount/account:Account": "accountId",
    "gcp:servicenetworking/connection:Connection": "network service",
    "gcp:sql/database:Database": "instance name",
    "gcp:sql/databaseInstance:DatabaseInstance": (
        "encryptionKeyName masterInstanceName name region clone restoreBackupContext settings.ipConfiguration.allocatedIpRange"
    ),
    "gcp:sql/user:User": "host instance name type",
    "gcp:storage/bucket:Bucket": "customPlacementConfig enableObjectRetention hierarchicalNamespace location name",
}
"""Object paths, separated by spaces; the project forces a new thing everywhere. An empty text says: looked up, nothing else does."""


def immutable(type_: str) -> frozenset[str]:
    if type_ in _TABLE:
        return frozenset({"project", *_TABLE[type_].split()})
    if type_.endswith(("IAMMember", "IamMember")):
        names = ("member", "role", "condition", "project", "location", "region", "bucket", "secretId", "cryptoKeyId", "keyRingId")
        return frozenset({*names, "serviceAccountId", "managedZone", "repository", "topic", "name", "subnetwork", "instance"})
    return frozenset({"project", "name", "location", "region", "zone", "namePrefix"})
