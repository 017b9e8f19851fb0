"""No name overflows, however long the settings let its prefix be."""

from __future__ import annotations

import pytest

from tests.recorder import Registered
from tests.stacks import stack

LONGEST = {
    "name": "abcdefghijkl",
    "environment": "development",
    "systems/play-new/phase": 1,
    "guardrail/record_configuration": True,
    "guardrail/deny_target": "ou-ab12-cdefghij",
}
RANDOM = 8  # the hyphen and seven characters that the provider adds to a name it makes, and refuses to add beyond the limit

# Names that the provider makes out of the logical name.
AUTOMATIC = {
    "aws:ec2/launchTemplate:LaunchTemplate": 128,
    "aws:ec2/securityGroup:SecurityGroup": 255,
    "aws:eks/nodeGroup:NodeGroup": 63,
    "aws:iam/role:Role": 64,
    "aws:iam/rolePolicy:RolePolicy": 128,
    "aws:rds/parameterGroup:ParameterGroup": 255,
    "aws:rds/subnetGroup:SubnetGroup": 255,
}
# Names that are given: the input and its limit.
GIVEN = {
    "aws:accessanalyzer/analyzer:Analyzer": ("analyzerName", 255),
    "aws:backup/plan:Plan": ("name", 50),
    "aws:backup/selection:Selection": ("name", 50),
    "aws:backup/vault:Vault": ("name", 50),
    "aws:budgets/budget:Budget": ("name", 100),
    "aws:cfg/deliveryChannel:DeliveryChannel": ("name", 256),
    "aws:cfg/recorder:Recorder": ("name", 256),
    "aws:cloudtrail/trail:Trail": ("name", 128),
    "aws:cloudwatch/logGroup:LogGroup": ("name", 512),
    "aws:ecr/repository:Repository": ("name", 256),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": ("ecrRepositoryPrefix", 30),
    "aws:eks/cluster:Cluster": ("name", 100),
    "aws:kms/alias:Alias": ("name", 256),
    "aws:organizations/policy:Policy": ("name", 128),
    "aws:rds/instance:Instance": ("identifier", 63),
    "aws:s3/bucket:Bucket": ("bucket", 63),
    "aws:secretsmanager/secret:Secret": ("name", 512),
}


def length(item: Registered) -> int:
    if item.type in AUTOMATIC:
        return len(item.name) + RANDOM
    return len(item.inputs[GIVEN[item.type][0]])


@pytest.mark.inventory
@pytest.mark.parametrize("kind", [*AUTOMATIC, *GIVEN])
def test_the_longest_permitted_prefix_fits_every_name(kind: str) -> None:
    made = stack("prod", LONGEST).of(kind)
    assert made
    limit = AUTOMATIC.get(kind) or GIVEN[kind][1]
    assert [f"{item.name}: {length(item)} of {limit}" for item in made if length(item) > limit] == []
