"""What a process left in moto that died between a creation and the note of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from sandbox.aws.regions import DEFAULT_ACCOUNT
from sandbox.contract import Instance, Intent, Properties, Request
from tests.sandbox.moto.life import Ground
from tests.sandbox.moto.stage import REGION, Bench

TRUST = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
CNI = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
UNFINISHED: dict[str, Callable[[Ground], Properties]] = {
    "aws:ec2/vpc:Vpc": lambda ground: {"cidrBlock": "10.9.0.0/16"},
    "aws:ec2/route:Route": lambda ground: {
        "routeTableId": ground.make("aws:ec2/routeTable:RouteTable", vpcId=ground.vpc.id).id,
        "destinationCidrBlock": "0.0.0.0/0",
        "natGatewayId": "nat-0123456789abcdef0",
    },
    "aws:iam/role:Role": lambda ground: {"name": "unfinished", "assumeRolePolicy": TRUST},
    "aws:iam/policy:Policy": lambda ground: {"name": "unfinished", "policy": ALL},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": lambda ground: {"policyArn": CNI, "role": role(ground, "unfinished-1")},
    "aws:iam/rolePolicy:RolePolicy": lambda ground: {"name": "p", "policy": ALL, "role": role(ground, "unfinished-2")},
    "aws:kms/alias:Alias": lambda ground: {"name": "alias/unfinished", "targetKeyId": ground.make("aws:kms/key:Key").id},
    "aws:kms/grant:Grant": lambda ground: {
        "keyId": ground.make("aws:kms/key:Key").id,
        "granteePrincipal": "arn:aws:iam::123456789012:role/r",
        "operations": ["Decrypt"],
    },
    "aws:s3/bucket:Bucket": lambda ground: {"bucket": "unfinished"},
    "aws:s3/bucketPolicy:BucketPolicy": lambda ground: {
        "bucket": ground.make("aws:s3/bucket:Bucket", bucket="unfinished-policy").id,
        "policy": ALL,
    },
    "aws:secretsmanager/secret:Secret": lambda ground: {
        "name": "unfinished",
        "recoveryWindowInDays": 30,
        "replicas": [{"region": "eu-west-1"}],
    },
    "aws:route53/zone:Zone": lambda ground: {"name": "unfinished.example", "forceDestroy": True},
    "aws:route53/record:Record": lambda ground: {
        "zoneId": ground.make("aws:route53/zone:Zone", name="unfinished-record.example").id,
        "name": "www",
        "type": "A",
        "ttl": 60,
        "records": ["10.0.0.1"],
    },
}


def role(ground: Ground, name: str) -> str:
    return ground.make("aws:iam/role:Role", name=name, assumeRolePolicy=TRUST).id


@pytest.mark.parametrize("type_", UNFINISHED, ids=lambda type_: type_.rpartition(":")[2])
def test_it_is_taken_away_and_can_be_made_again(bench: Bench, ground: Ground, type_: str):
    inputs = UNFINISHED[type_](ground)
    request = Request(Instance("aws", "urn:provider", {"region": REGION}), f"urn:pulumi:s::p::{type_}::unfinished", type_, "unfinished")
    intent = Intent(f"token-{type_}", "aws", type_, request.urn, DEFAULT_ACCOUNT, REGION, bench.judge.intends(request, inputs))
    bench.judge.create(request, inputs, intent.token)

    assert bench.judge.settle(intent)

    made = bench.make(type_, inputs)
    assert bench.drifted(made) == {}


def test_what_never_reached_moto_needs_nothing(bench: Bench):
    assert bench.judge.settle(Intent("token-unheard", "aws", "aws:s3/bucket:Bucket", "urn", DEFAULT_ACCOUNT, REGION, "{}")) is None
