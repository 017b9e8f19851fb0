"""What somebody with the console changes behind the engine's back, in whatever stack: by boto3 and by plain API calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.engine.stage import Resource
from tests.judges.standing import Standing, name, reference

OPEN = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@dataclass(frozen=True)
class Tampering:
    """`look` asks the judge for what is there."""

    resource: str
    gone: bool
    act: Callable[[], object]
    look: Callable[[], Any]


def tamperings(stood: Standing) -> list[Tampering]:
    """One of each kind, on the first resource that it can be done to. A resource is met once at most."""
    return [*_in_the_cloud(stood), *in_the_cluster(stood)]


def _in_the_cloud(stood: Standing) -> Iterator[Tampering]:
    account = stood.account()

    group = _first(stood, "aws:ec2/securityGroup:SecurityGroup", lambda one: one["inputs"].get("ingress"))
    ec2, id_ = account.at("ec2", _region(group)), group["id"]
    yield Tampering(
        name(group),
        False,
        lambda: ec2.authorize_security_group_ingress(GroupId=id_, IpPermissions=[OPEN]),
        lambda: account.ask("ec2", _region(group), "describe_security_groups", "SecurityGroups[].IpPermissions", GroupIds=[id_]),
    )

    policy = _first(stood, "aws:s3/bucketPolicy:BucketPolicy")
    closed = policy["id"]
    yield Tampering(
        name(policy),
        True,
        lambda: account.at("s3", _region(policy)).delete_bucket_policy(Bucket=closed),
        lambda: account.ask("s3", _region(policy), "get_bucket_policy", "Policy", Bucket=closed),
    )

    block = _first(stood, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", lambda one: one["id"] != closed)
    yield Tampering(
        name(block),
        True,
        lambda: account.at("s3", _region(block)).delete_public_access_block(Bucket=block["id"]),
        lambda: account.ask("s3", _region(block), "get_public_access_block", "PublicAccessBlockConfiguration", Bucket=block["id"]),
    )

    key = _first(stood, "aws:kms/key:Key", lambda one: one["inputs"].get("enableKeyRotation"))
    yield Tampering(
        name(key),
        False,
        lambda: account.at("kms", _region(key)).disable_key_rotation(KeyId=key["id"]),
        lambda: account.ask("kms", _region(key), "get_key_rotation_status", "KeyRotationEnabled", KeyId=key["id"]),
    )


def in_the_cluster(stood: Standing) -> Iterator[Tampering]:
    settings = _first(stood, "kubernetes:core/v1:ConfigMap", lambda one: one["inputs"].get("data") and not one["inputs"].get("immutable"))
    key = next(iter(settings["inputs"]["data"]))

    def change() -> None:
        with stood.cluster() as api:
            merge = {"data": {key: "somebody else's"}}
            api.request("PATCH", api.path(reference(settings)), body=merge, content="application/merge-patch+json")

    yield Tampering(name(settings), False, change, lambda: _object(stood, settings, "data"))

    rule = _first(stood, "kubernetes:networking.k8s.io/v1:NetworkPolicy")

    def delete() -> None:
        with stood.cluster() as api:
            api.delete(reference(rule))

    yield Tampering(name(rule), True, delete, lambda: _object(stood, rule, "spec"))


def _first(stood: Standing, type_: str, fits: Callable[[Resource], object] = lambda _: True) -> Resource:
    return next(one for one in stood.of(type_) if fits(one))


def _region(resource: Resource) -> str:
    return str(resource["outputs"]["region"])


def _object(stood: Standing, resource: Resource, part: str) -> Any:
    with stood.cluster() as api:
        live = api.get(reference(resource))
        return live and live.get(part)
