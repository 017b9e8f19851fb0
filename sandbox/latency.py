"""How long the clouds take: a table of seconds by resource type and operation, typical figures from operators' experience."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

from sandbox.contract import Properties

Operation = Literal["create", "update", "delete"]
Source = Callable[[str, Properties, Operation], float]


@dataclass(frozen=True)
class Seconds:
    create: float
    update: float
    delete: float


DEFAULT = Seconds(2, 2, 2)
KUBERNETES = Seconds(1, 1, 2)

TABLE = {
    "aws:acm/certificate:Certificate": Seconds(10, 2, 3),
    "aws:acm/certificateValidation:CertificateValidation": Seconds(90, 2, 1),
    "aws:backup/plan:Plan": Seconds(3, 3, 3),
    "aws:ec2/flowLog:FlowLog": Seconds(3, 3, 3),
    "aws:ec2/internetGateway:InternetGateway": Seconds(3, 3, 20),
    "aws:ec2/natGateway:NatGateway": Seconds(120, 5, 60),
    "aws:ec2/subnet:Subnet": Seconds(3, 3, 5),
    "aws:ec2/vpc:Vpc": Seconds(12, 3, 3),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Seconds(60, 30, 60),
    "aws:efs/fileSystem:FileSystem": Seconds(15, 5, 10),
    "aws:efs/mountTarget:MountTarget": Seconds(90, 5, 60),
    "aws:eks/addon:Addon": Seconds(45, 45, 15),
    "aws:eks/cluster:Cluster": Seconds(600, 480, 180),
    "aws:eks/nodeGroup:NodeGroup": Seconds(180, 240, 240),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Seconds(2, 2, 2),
    "aws:elasticache/replicationGroup:ReplicationGroup": Seconds(600, 300, 300),
    "aws:elasticache/serverlessCache:ServerlessCache": Seconds(120, 60, 60),
    "aws:iam/role:Role": Seconds(2, 2, 2),
    "aws:kms/key:Key": Seconds(5, 5, 5),
    "aws:lb/loadBalancer:LoadBalancer": Seconds(150, 10, 20),
    "aws:rds/instance:Instance": Seconds(480, 300, 240),
    "aws:rds/cluster:Cluster": Seconds(60, 60, 60),
    "aws:rds/clusterInstance:ClusterInstance": Seconds(420, 300, 240),
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": Seconds(120, 5, 30),
    "aws:route53/record:Record": Seconds(35, 35, 35),
    "aws:route53/zone:Zone": Seconds(40, 5, 35),
    "aws:s3/bucket:Bucket": Seconds(3, 2, 2),
    "kubernetes:apps/v1:Deployment": Seconds(5, 5, 5),
    "kubernetes:apps/v1:DaemonSet": Seconds(5, 5, 5),
    "kubernetes:apps/v1:StatefulSet": Seconds(5, 5, 5),
    "kubernetes:batch/v1:Job": Seconds(5, 5, 2),
    "kubernetes:core/v1:Namespace": Seconds(1, 1, 5),
    "kubernetes:helm.sh/v3:Release": Seconds(45, 30, 15),
    "random:": Seconds(0, 0, 0),
    "tls:": Seconds(0, 0, 0),
}
"""Keys are type tokens; a key that ends in a colon holds for every type that begins with it."""

GCP = {
    "gcp:artifactregistry/repository:Repository": Seconds(12, 3, 10),
    "gcp:billing/budget:Budget": Seconds(3, 3, 2),
    "gcp:cloudasset/projectFeed:ProjectFeed": Seconds(5, 5, 3),
    "gcp:compute/address:Address": Seconds(4, 4, 4),
    "gcp:compute/firewall:Firewall": Seconds(12, 12, 12),
    "gcp:compute/globalAddress:GlobalAddress": Seconds(12, 3, 12),
    "gcp:compute/network:Network": Seconds(22, 12, 32),
    "gcp:compute/route:Route": Seconds(12, 12, 22),
    "gcp:compute/router:Router": Seconds(12, 12, 12),
    "gcp:compute/routerNat:RouterNat": Seconds(12, 12, 12),
    "gcp:compute/subnetwork:Subnetwork": Seconds(22, 12, 22),
    "gcp:container/cluster:Cluster": Seconds(480, 300, 240),
    "gcp:container/nodePool:NodePool": Seconds(120, 180, 180),
    "gcp:dns/managedZone:ManagedZone": Seconds(2, 2, 2),
    "gcp:gkebackup/backupPlan:BackupPlan": Seconds(12, 12, 12),
    "gcp:gkebackup/restorePlan:RestorePlan": Seconds(12, 12, 12),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": Seconds(5, 5, 5),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": Seconds(15, 10, 2),
    "gcp:memorystore/instance:Instance": Seconds(720, 600, 300),
    "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy": Seconds(12, 12, 12),
    "gcp:projects/iAMCustomRole:IAMCustomRole": Seconds(2, 2, 2),
    "gcp:projects/iAMMember:IAMMember": Seconds(9, 9, 9),
    "gcp:projects/service:Service": Seconds(20, 2, 1),
    "gcp:projects/serviceIdentity:ServiceIdentity": Seconds(4, 4, 0),
    "gcp:redis/instance:Instance": Seconds(330, 240, 120),
    "gcp:serviceaccount/account:Account": Seconds(12, 2, 2),
    "gcp:serviceaccount/iAMMember:IAMMember": Seconds(5, 5, 5),
    "gcp:servicenetworking/connection:Connection": Seconds(60, 40, 30),
    "gcp:sql/database:Database": Seconds(3, 3, 3),
    "gcp:sql/databaseInstance:DatabaseInstance": Seconds(720, 300, 60),
    "gcp:sql/user:User": Seconds(3, 3, 3),
    "gcp:storage/bucketIAMMember:BucketIAMMember": Seconds(5, 5, 5),
    "gcp:storage/transferJob:TransferJob": Seconds(3, 3, 2),
}
HIGHLY_AVAILABLE_INSTANCE = Seconds(960, 420, 60)

AZURE = {
    "azure-native:authorization:RoleAssignment": Seconds(5, 5, 4),
    "azure-native:compute:DiskEncryptionSet": Seconds(15, 15, 10),
    "azure-native:containerregistry:Registry": Seconds(20, 15, 15),
    "azure-native:containerservice:AgentPool": Seconds(150, 180, 210),
    "azure-native:containerservice:ManagedCluster": Seconds(360, 240, 300),
    "azure-native:dataprotection:BackupInstance": Seconds(60, 30, 30),
    "azure-native:dataprotection:BackupVault": Seconds(20, 15, 15),
    "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra": Seconds(60, 60, 60),
    "azure-native:dbforpostgresql:Configuration": Seconds(30, 30, 30),
    "azure-native:dbforpostgresql:Database": Seconds(15, 15, 15),
    "azure-native:dbforpostgresql:Server": Seconds(420, 240, 120),
    "azure-native:dns:Zone": Seconds(5, 3, 5),
    "azure-native:keyvault:Key": Seconds(4, 4, 4),
    "azure-native:keyvault:Vault": Seconds(30, 10, 10),
    "azure-native:network:FlowLog": Seconds(15, 10, 10),
    "azure-native:network:NatGateway": Seconds(10, 10, 10),
    "azure-native:network:PrivateDnsZoneGroup": Seconds(15, 10, 10),
    "azure-native:network:PrivateEndpoint": Seconds(45, 30, 30),
    "azure-native:network:PublicIPAddress": Seconds(5, 5, 15),
    "azure-native:network:Subnet": Seconds(6, 6, 12),
    "azure-native:network:VirtualNetwork": Seconds(6, 6, 12),
    "azure-native:operationalinsights:Workspace": Seconds(40, 10, 15),
    "azure-native:privatedns:PrivateZone": Seconds(35, 5, 20),
    "azure-native:privatedns:VirtualNetworkLink": Seconds(35, 10, 20),
    "azure-native:redisenterprise:Database": Seconds(180, 120, 90),
    "azure-native:redisenterprise:RedisEnterprise": Seconds(600, 600, 300),
    "azure-native:resources:ResourceGroup": Seconds(2, 2, 20),
    "azure-native:storage:ObjectReplicationPolicy": Seconds(10, 10, 5),
    "azure-native:storage:StorageAccount": Seconds(25, 10, 5),
}
ZONE_REDUNDANT_SERVER = Seconds(780, 420, 180)
MULTI_AZ_INSTANCE = Seconds(900, 600, 300)
GATEWAY_ENDPOINT = Seconds(5, 5, 5)


def latency(type_: str, inputs: Properties, operation: Operation) -> float:
    """Seconds in a real cloud, not scaled. 0 for what never leaves the machine (random, tls)."""
    return getattr(_row(type_, inputs), operation)


def none(type_: str, inputs: Properties, operation: Operation) -> float:
    """The default: a world without waiting."""
    del type_, inputs, operation
    return 0.0


SOURCES: dict[str, Source] = {"none": none, "realistic": latency}


@dataclass(frozen=True)
class Clock:
    """Waits `source` seconds divided by `scale`; `pause` sleeps, and may raise to interrupt."""

    source: Source = none
    scale: float = 1.0

    def wait(self, type_: str, inputs: Properties, operation: Operation, pause: Callable[[float], None] = time.sleep) -> None:
        seconds = self.source(type_, inputs, operation) / self.scale
        if seconds > 0:
            pause(seconds)


def _row(type_: str, inputs: Properties) -> Seconds:
    if type_ == "aws:rds/instance:Instance" and inputs.get("multiAz") is True:
        return MULTI_AZ_INSTANCE
    if type_ == "aws:ec2/vpcEndpoint:VpcEndpoint" and inputs.get("vpcEndpointType", "Gateway") == "Gateway":
        return GATEWAY_ENDPOINT
    if type_ == "azure-native:dbforpostgresql:Server" and _zone_redundant(inputs):
        return ZONE_REDUNDANT_SERVER
    if type_ == "gcp:sql/databaseInstance:DatabaseInstance" and _regional(inputs):
        return HIGHLY_AVAILABLE_INSTANCE
    if row := TABLE.get(type_) or GCP.get(type_) or AZURE.get(type_):
        return row
    if row := TABLE.get(type_.partition(":")[0] + ":"):
        return row
    return KUBERNETES if type_.startswith("kubernetes:") else DEFAULT


def _regional(inputs: Properties) -> bool:
    settings = inputs.get("settings")
    return isinstance(settings, dict) and cast("Properties", settings).get("availabilityType") == "REGIONAL"


def _zone_redundant(inputs: Properties) -> bool:
    high = inputs.get("highAvailability")
    return isinstance(high, dict) and cast("Properties", high).get("mode") == "ZoneRedundant"
