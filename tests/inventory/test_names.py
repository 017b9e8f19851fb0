"""Names: unique where the service wants them unique, and short enough for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.inventory.pods import objects
from tests.recorder import Recording, Registered

pytestmark = pytest.mark.inventory

LIMITS: dict[str, tuple[str, int]] = {
    "aws:backup/plan:Plan": ("name", 50),
    "aws:backup/vault:Vault": ("name", 50),
    "aws:budgets/budget:Budget": ("name", 100),
    "aws:cloudtrail/trail:Trail": ("name", 128),
    "aws:cloudwatch/logGroup:LogGroup": ("name", 512),
    "aws:ec2/launchTemplate:LaunchTemplate": ("name", 128),
    "aws:ec2/securityGroup:SecurityGroup": ("name", 255),
    "aws:ecr/repository:Repository": ("name", 256),
    "aws:eks/cluster:Cluster": ("name", 100),
    "aws:eks/nodeGroup:NodeGroup": ("nodeGroupName", 63),
    "aws:elasticache/parameterGroup:ParameterGroup": ("name", 255),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("replicationGroupId", 40),
    "aws:elasticache/subnetGroup:SubnetGroup": ("name", 255),
    "aws:iam/role:Role": ("name", 64),
    "aws:iam/rolePolicy:RolePolicy": ("name", 128),
    "aws:kms/alias:Alias": ("name", 256),
    "aws:rds/instance:Instance": ("identifier", 63),
    "aws:rds/parameterGroup:ParameterGroup": ("name", 255),
    "aws:rds/subnetGroup:SubnetGroup": ("name", 255),
    "aws:s3/bucket:Bucket": ("bucket", 63),
    "aws:secretsmanager/secret:Secret": ("name", 512),
}
"""By type: the input that names the thing, and the most characters that its service takes (from the services' API references)."""

TAIL = len("-0123456")
"""What the provider adds to a logical name where no physical one is given."""
EVERYWHERE = ("aws:s3/", "aws:iam/")
"""Services with one space of names for all regions."""


def physical(registered: Recording[Any]) -> Iterator[tuple[Registered, str]]:
    for item in registered:
        if item.type in LIMITS:
            yield item, str(item.inputs.get(LIMITS[item.type][0]) or item.name + TAIL * "x")


def test_names_are_as_short_as_their_service_wants(on_aws: Recording[None]) -> None:
    assert [f"{item.type} {name}: {len(name)}" for item, name in physical(on_aws) if len(name) > LIMITS[item.type][1]] == []


def test_names_are_unique_in_their_service_and_region(on_aws: Recording[None]) -> None:
    names = Counter(
        (item.type, "" if item.type.startswith(EVERYWHERE) else item.provider, item.inputs.get("role", ""), name)
        for item, name in physical(on_aws)
    )
    assert [key for key, times in names.items() if times > 1] == []


DOCUMENTED = ("pn-host", "pn-agent-runner", "ai-agents-api", "ai-agents-worker", "ai-agents-migrations", "supernova-")
"""Repositories whose names the systems' documents tell."""
STORES = ("pn", "aa", "supernova", "platform")
"""What the systems' secrets, and the platform's, begin with."""


def test_everything_with_a_name_in_aws_starts_with_the_stacks(on_aws: Recording[None]) -> None:
    """Two stacks may live in one account. What a system's document names itself stays as documented."""
    prefix = on_aws.one("eucloud:platform:Region").name
    documented = (*DOCUMENTED, *(f"{name}/" for name in STORES), "ecr-pullthroughcache/")
    for item, name in physical(on_aws):
        assert prefix in name or name.startswith(documented), f"{item.type} {name}"


def test_objects_of_the_cluster_are_unique_and_named_as_dns_wants(registered: Recording[None]) -> None:
    found = [(obj["kind"], obj["metadata"].get("namespace", ""), obj["metadata"]["name"]) for _, obj in objects(registered)]
    assert len(found) > 70
    assert [key for key, times in Counter(found).items() if times > 1] == []
    assert [key for key in found if len(key[2]) > 63] == []


def test_releases_are_unique_and_fit_into_helms_labels(registered: Recording[None]) -> None:
    releases = [(item.inputs["namespace"], item.inputs["name"]) for item in registered.of("kubernetes:helm.sh/v3:Release")]
    assert len(set(releases)) == len(releases) >= 7
    assert [name for _, name in releases if len(name) > 53] == []
