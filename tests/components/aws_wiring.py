"""Wiring of AWS components under test. Functions, since Outputs are made inside a recording."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from components.backup.outputs import BackupOutputs
from components.bucket.outputs import BucketOutputs
from components.cluster.outputs import ClusterOutputs
from components.dns.outputs import DnsOutputs
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.site import Site
from components.vocabulary import Cloud
from tests.answers import ACCOUNT, REGION, State
from tests.recorder import output

SITE = Site(
    cloud=Cloud.AWS,
    region=REGION,
    name="playnew-production",
    account=ACCOUNT,
    environment="production",
    zones=("eu-south-1a", "eu-south-1b", "eu-south-1c"),
    tags={"project": "play-new"},
)
SOVEREIGN = Site(
    cloud=Cloud.AWS,
    region="eusc-de-east-1",
    name="playnew-production",
    account=ACCOUNT,
    environment="production",
    zones=("eusc-de-east-1a", "eusc-de-east-1b", "eusc-de-east-1c"),
)
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/platform"
BUCKET_ARN = "arn:aws:s3:::playnew-production-logs"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/platform-admins"
NODES_GROUP = "sg-0123456789abcdef0"

STATES: Mapping[str, State] = {
    "aws:eks/cluster:Cluster": lambda inputs: {
        "endpoint": f"https://ABCDEF.gr7.{REGION}.eks.amazonaws.com",
        "certificateAuthority": {"data": "Y2VydGlmaWNhdGU="},
        "vpcConfig": {**inputs["vpcConfig"], "clusterSecurityGroupId": NODES_GROUP},
    },
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
    "aws:rds/instance:Instance": lambda inputs: {
        "address": f"{inputs['identifier']}.abcdef.{REGION}.rds.amazonaws.com",
        "masterUserSecrets": [{"secretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!db-1234-AbCdEf"}],
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": lambda inputs: {
        "primaryEndpointAddress": f"master.{inputs['replicationGroupId']}.abcdef.eus1.cache.amazonaws.com",
        "configurationEndpointAddress": f"clustercfg.{inputs['replicationGroupId']}.abcdef.eus1.cache.amazonaws.com",
    },
    "aws:ecr/repository:Repository": lambda inputs: {"repositoryUrl": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{inputs['name']}"},
    "aws:route53/zone:Zone": {
        "zoneId": "Z0123456789",
        "arn": "arn:aws:route53:::hostedzone/Z0123456789",
        "nameServers": ["ns-1.awsdns-01.org"],
    },
}
"""What AWS would compute."""


def key(*, exclusive: bool = False) -> KeyOutputs:
    return KeyOutputs(id=output("platform"), ref=output(KEY_ARN), alias=output("alias/platform"), exclusive=exclusive)


def network() -> NetworkOutputs:
    return NetworkOutputs(
        id=output("vpc-1"),
        cidr="10.20.0.0/16",
        public_subnet_ids=(output("public-a"), output("public-b"), output("public-c")),
        private_subnet_ids=(output("private-a"), output("private-b"), output("private-c")),
        data_subnet_ids=(output("data-a"), output("data-b"), output("data-c")),
        private_cidrs=("10.20.16.0/20", "10.20.32.0/20", "10.20.48.0/20"),
        data_cidrs=("10.20.3.0/24", "10.20.4.0/24", "10.20.5.0/24"),
        egress_ips=(),
    )


def cluster() -> ClusterOutputs:
    return ClusterOutputs(
        name=output("playnew-production-cluster"),
        ref=output("arn:aws:eks:eu-south-1:111122223333:cluster/playnew-production-cluster"),
        endpoint=output("https://cluster"),
        version="1.35",
        kubeconfig=output("{}"),
        client_group=output(NODES_GROUP),
        pools=("host", "agent"),
        key=key(),
    )


def bucket() -> BucketOutputs:
    return BucketOutputs(name=output("playnew-production-logs"), ref=output(BUCKET_ARN), region=REGION, key=key())


def zone() -> DnsOutputs:
    return DnsOutputs(
        domain="playnew.ai",
        zone_id=output("Z0123456789"),
        ref=output("arn:aws:route53:::hostedzone/Z0123456789"),
        name_servers=output(["ns-1.awsdns-01.org"]),
    )


def backup() -> BackupOutputs:
    return BackupOutputs(vault=output("playnew-production-backup"), plan=output("0a1b2c3d-plan"), weekly={90: output("4e5f6a7b-plan")})


def statements(policy: str) -> list[dict[str, Any]]:
    return json.loads(policy)["Statement"]


def actions(policy: str) -> set[str]:
    return {action for statement in statements(policy) for action in statement["Action"]}
