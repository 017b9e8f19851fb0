"""How long the clouds take: a table of seconds by resource type and operation, typical figures from operators' experience."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

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
    "gcp:container/cluster:Cluster": Seconds(480, 300, 240),
    "gcp:container/nodePool:NodePool": Seconds(120, 180, 180),
    "gcp:sql/databaseInstance:DatabaseInstance": Seconds(720, 300, 60),
    "azure-native:containerservice:ManagedCluster": Seconds(300, 240, 300),
    "azure-native:dbforpostgresql:Server": Seconds(480, 240, 120),
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
    if row := TABLE.get(type_):
        return row
    if row := TABLE.get(type_.partition(":")[0] + ":"):
        return row
    return KUBERNETES if type_.startswith("kubernetes:") else DEFAULT
