"""Every place that a resource or a provider names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from components.geography import Profile
from policies.adapter import judged
from policies.model import UNKNOWN, Properties, Provider, Resource, Violation

Judge = Callable[..., list[Violation]]
LONDON, ZURICH, VIRGINIA = "eu-west-2", "eu-central-2", "us-east-1"


@pytest.fixture
def judge(judge: Judge) -> Judge:
    """What the rules of residency say: how data is closed and encrypted is another matter."""
    return lambda *args, **more: [violation for violation in judge(*args, **more) if violation.rule.startswith("RES-")]


def rules(violations: list[Violation]) -> list[str]:
    return [violation.rule for violation in violations]


@pytest.mark.parametrize("region", [LONDON, ZURICH, VIRGINIA, "eu-isoe-west-1", "eu-west-9", "EU"])
def test_a_provider_outside_the_eu_is_refused(judge: Judge, region: str) -> None:
    [violation] = judge("pulumi:providers:aws", {"region": region})
    assert (violation.rule, violation.path, violation.value) == ("RES-01", "region", f'"{region}"')


@pytest.mark.parametrize(
    ("type_", "properties"),
    [("pulumi:providers:aws", {}), ("pulumi:providers:gcp", {"project": "p"}), ("pulumi:providers:azure-native", {})],
)
def test_a_provider_without_a_place_is_refused(judge: Judge, type_: str, properties: Properties) -> None:
    assert rules(judge(type_, properties)) == ["RES-01"]


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("pulumi:providers:aws", {"region": "eu-south-1"}),
        ("pulumi:providers:aws", {"region": "eusc-de-east-1"}),
        ("pulumi:providers:aws", {"region": "eu-west-1", "endpoints": '[{"s3": "https://s3.eu-west-1.amazonaws.com"}]'}),
        ("pulumi:providers:gcp", {"region": "europe-west8", "zone": "europe-west8-a"}),
        ("pulumi:providers:azure-native", {"location": "West Europe"}),
        ("pulumi:providers:kubernetes", {"kubeconfig": UNKNOWN}),
        ("pulumi:providers:random", {}),
    ],
)
def test_a_provider_in_the_eu_passes(judge: Judge, type_: str, properties: Properties) -> None:
    assert judge(type_, properties) == []


@pytest.mark.parametrize(
    "extra",
    [
        {"stsRegion": VIRGINIA},
        {"endpoints": '[{"s3": "https://s3.us-east-1.amazonaws.com"}]'},
        {"endpoints": '[{"s3": "https://storage.example.com"}]'},
        {"endpoints": [{"sqs": "https://sqs.eu-west-2.amazonaws.com"}]},
    ],
)
def test_a_provider_that_redirects_traffic_is_refused(judge: Judge, extra: Properties) -> None:
    assert "RES-01" in rules(judge("pulumi:providers:aws", {"region": "eu-south-1", **extra}))


def test_a_provider_whose_region_is_not_known_at_preview_is_refused(judge: Judge) -> None:
    assert rules(judge("pulumi:providers:aws", {"region": UNKNOWN})) == ["RES-24"]


@pytest.mark.parametrize("provider", [None, Provider("pulumi:providers:aws", {})])
def test_a_resource_whose_region_the_environment_would_choose_is_refused(provider: Provider | None) -> None:
    assert rules(judged(Resource("aws:sqs/queue:Queue", "jobs", {}, provider))) == ["RES-01"]


def test_a_resource_of_a_foreign_provider_is_refused_even_where_it_names_no_region() -> None:
    """The region of a replica's own provider is its destination: the type has no field for it."""
    provider = Provider("pulumi:providers:aws", {"region": LONDON})
    [violation] = judged(Resource("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", "copy", {}, provider))
    assert (violation.rule, violation.path, violation.value) == ("RES-01", "provider.region", '"eu-west-2"')


CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"

NESTED: list[tuple[str, Properties, str]] = [
    ("aws:dynamodb/table:Table", {"replicas": [{"regionName": LONDON}]}, "replicas[0].regionName"),
    ("aws:secretsmanager/secret:Secret", {"replicas": [{"region": "eu-west-1"}, {"region": VIRGINIA}]}, "replicas[1].region"),
    (
        "aws:ecr/replicationConfiguration:ReplicationConfiguration",
        {"replicationConfiguration": {"rules": [{"destinations": [{"region": ZURICH, "registryId": "1"}]}]}},
        "replicationConfiguration.rules[0].destinations[0].region",
    ),
    ("aws:rds/snapshotCopy:SnapshotCopy", {"destinationRegion": VIRGINIA}, "destinationRegion"),
    ("aws:efs/replicationConfiguration:ReplicationConfiguration", {"destination": {"region": LONDON}}, "destination.region"),
    (
        "aws:keyspaces/keyspace:Keyspace",
        {"replicationSpecification": {"regionLists": ["eu-west-1", LONDON]}},
        "replicationSpecification.regionLists[1]",
    ),
    ("aws:ssmincidents/replicationSet:ReplicationSet", {"regions": [{"name": ZURICH}]}, "regions[0].name"),
    ("aws:s3/bucket:Bucket", {"region": LONDON}, "region"),
    (
        "gcp:secretmanager/secret:Secret",
        {"replication": {"userManaged": {"replicas": [{"location": "europe-west2"}]}}},
        "replication.userManaged.replicas[0].location",
    ),
    ("gcp:storage/bucket:Bucket", {"location": "europe-west6"}, "location"),
    (
        "gcp:sql/databaseInstance:DatabaseInstance",
        {"region": "europe-west8", "settings": {"backupConfiguration": {"location": "us"}}},
        "settings.backupConfiguration.location",
    ),
    ("azure-native:storage:StorageAccount", {"location": "uksouth"}, "location"),
    ("azure-native:storage:StorageAccount", {"location": "UK South"}, "location"),
    ("azure-native:storage:StorageAccount", {"location": "Norway East"}, "location"),
    (
        "azure-native:cosmosdb:DatabaseAccount",
        {"location": "italynorth", "locations": [{"locationName": "Switzerland North"}]},
        "locations[0].locationName",
    ),
]


@pytest.mark.parametrize(("type_", "properties", "path"), NESTED)
def test_a_foreign_place_is_refused_wherever_it_stands(judge: Judge, type_: str, properties: Properties, path: str) -> None:
    found = judge(type_, properties)
    assert [violation.path for violation in found] == [path]


@pytest.mark.parametrize(("type_", "properties", "path"), NESTED)
def test_the_message_names_resource_path_value_and_what_is_allowed(judge: Judge, type_: str, properties: Properties, path: str) -> None:
    [violation] = judge(type_, properties)
    text = violation.text(Resource(type_, "thing", properties))
    assert type_ in text
    assert '"thing"' in text
    assert f"{path} = {violation.value}" in text
    assert "Allowed: " in text
    assert any(code in text for code in ("eu-south-1", "europe-west8", "italynorth"))
    assert "\n" not in text


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("aws:ec2/subnet:Subnet", {"availabilityZone": "eu-west-3-cmn-wlz-1a"}),  # Casablanca
        ("aws:ec2/subnet:Subnet", {"availabilityZone": "eu-west-2a"}),
        ("aws:ec2/subnet:Subnet", {"availabilityZoneId": "euw2-az1"}),
        ("aws:ec2/subnet:Subnet", {"availabilityZone": "eu-west-1a"}),  # in the EU, but not the resource's region
        ("aws:ec2/subnet:Subnet", {"region": "eu-west-1", "availabilityZone": "eu-south-1a"}),
        ("aws:ec2/subnet:Subnet", {"availabilityZone": "eu-south-1z"}),
        ("aws:rds/cluster:Cluster", {"storageEncrypted": True, "availabilityZones": ["eu-south-1a", "eu-west-1b"]}),
        (CACHE, {"preferredCacheClusterAzs": ["eu-south-1a", "eu-west-2b"]}),
        (CACHE, {"nodeGroupConfigurations": [{"primaryAvailabilityZone": "eu-west-1b"}]}),
        (
            "aws:efs/replicationConfiguration:ReplicationConfiguration",
            {"destination": {"region": "eu-west-1", "availabilityZoneName": "eu-south-1a"}},
        ),
        ("gcp:container/cluster:Cluster", {"location": "europe-west8", "nodeLocations": ["europe-west2-a"]}),
        ("gcp:compute/instance:Instance", {"zone": "europe-west1-a"}),  # Belgium has b, c and d
    ],
)
def test_a_zone_elsewhere_is_refused(judge: Judge, type_: str, properties: Properties) -> None:
    assert set(rules(judge(type_, properties))) <= {"RES-03", "RES-04"}
    assert judge(type_, properties)


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("aws:ec2/subnet:Subnet", {"availabilityZone": "eu-south-1b", "vpcId": UNKNOWN, "cidrBlock": "10.0.0.0/24"}),
        ("aws:ec2/subnet:Subnet", {"availabilityZoneId": "eus1-az2"}),
        ("aws:ec2/subnet:Subnet", {"region": "eu-central-1", "availabilityZone": "eu-central-1-ham-1a"}),
        ("aws:iam/role:Role", {"assumeRolePolicy": UNKNOWN}),
        ("aws:route53/zone:Zone", {"name": "example.eu", "vpcs": [{"vpcId": UNKNOWN, "vpcRegion": "eu-south-1"}]}),
        ("aws:identitystore/user:User", {"addresses": {"region": "Lombardia"}}),
        ("gcp:compute/instance:Instance", {"zone": "europe-west1-b"}),
        ("gcp:storage/bucket:Bucket", {"location": "EU"}),
        ("gcp:storage/bucket:Bucket", {"location": "EUR4"}),
        ("gcp:spanner/instance:Instance", {"config": "regional-europe-west8"}),
        (
            "azure-native:containerservice:ManagedCluster",
            {"location": "italynorth", "agentPoolProfiles": [{"availabilityZones": ["1", "2", "3"]}]},
        ),
        ("azure-native:dns:Zone", {"location": "global"}),
        ("kubernetes:apps/v1:Deployment", {"metadata": {"name": UNKNOWN}}),
        ("random:index/randomPassword:RandomPassword", {"length": 32.0}),
        ("eucloud:aws:Network", {}),
    ],
)
def test_places_in_the_eu_pass_and_unknowns_that_are_no_places_do_not_matter(judge: Judge, type_: str, properties: Properties) -> None:
    assert judge(type_, properties) == []


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("gcp:storage/bucket:Bucket", {"location": "EUR5"}),
        ("gcp:storage/bucket:Bucket", {"location": "EUR7"}),
        ("gcp:storage/bucket:Bucket", {"location": "EUR8"}),
        ("gcp:kms/keyRing:KeyRing", {"location": "eur6"}),
        ("gcp:kms/keyRing:KeyRing", {"location": "global"}),
        ("gcp:spanner/instance:Instance", {"config": "eur5"}),
        ("gcp:kms/keyRing:KeyRing", {"location": "EU"}),  # Storage's word, none of KMS
    ],
)
def test_a_multi_region_counts_by_what_the_service_puts_in_it(judge: Judge, type_: str, properties: Properties) -> None:
    assert rules(judge(type_, properties)) == ["RES-05"]


@pytest.mark.parametrize(
    ("type_", "properties", "path"),
    [
        ("aws:dynamodb/table:Table", {"replicas": [{"regionName": UNKNOWN}]}, "replicas[0].regionName"),
        ("aws:dynamodb/table:Table", {"replicas": UNKNOWN}, "replicas"),
        ("gcp:storage/bucket:Bucket", {"location": UNKNOWN}, "location"),
        ("azure-native:storage:StorageAccount", {"location": UNKNOWN}, "location"),
    ],
)
def test_a_place_that_is_not_known_at_preview_is_refused(judge: Judge, type_: str, properties: Properties, path: str) -> None:
    assert [(violation.rule, violation.path) for violation in judge(type_, properties)] == [("RES-24", path)]


def test_a_type_that_the_table_lacks_is_judged_by_the_names_of_its_inputs(judge: Judge) -> None:
    assert rules(judge("aws:brandnew/thing:Thing", {"copies": [{"targetRegion": LONDON}]})) == ["RES-03"]


def test_the_profile_decides_about_norway_and_london(judge: Judge) -> None:
    oslo: Properties = {"location": "norwayeast"}
    london: Properties = {"location": "uksouth"}
    account = "azure-native:storage:StorageAccount"
    assert [bool(judge(account, oslo, profile=profile)) for profile in Profile] == [True, False, False]
    assert [bool(judge(account, london, profile=profile)) for profile in Profile] == [True, True, False]
