"""The rules of the policy pack over every recorded stack: nothing leaves the EU, and a planted region is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from components.vocabulary import Cloud
from policies.adapter import judged
from policies.model import Provider, Resource
from tests.inventory.cases import case
from tests.recorder import Recording, Registered

pytestmark = [pytest.mark.inventory, pytest.mark.requirement("PN-01")]
FOREIGN = {
    Cloud.AWS: ["eu-west-2", "eu-central-2", "us-east-1", "eu-isoe-west-1"],
    Cloud.GCP: ["europe-west2", "europe-west6", "us-central1", "global"],
    Cloud.AZURE: ["uksouth", "norwayeast", "switzerlandnorth", "eastus"],
}
PLANTED = [(cloud, place) for cloud, places in FOREIGN.items() for place in places]
PLACE = {Cloud.AWS: "region", Cloud.GCP: "region", Cloud.AZURE: "location"}
PROVIDER = {Cloud.AWS: "pulumi:providers:aws", Cloud.GCP: "pulumi:providers:gcp", Cloud.AZURE: "pulumi:providers:azure-native"}


def judgements(registered: Recording[Any], planted: Registered | None = None) -> Iterator[str]:
    items = [planted if planted and item.urn == planted.urn else item for item in registered]
    providers = {item.name: Provider(item.type, item.inputs) for item in items if item.type.startswith("pulumi:providers:")}
    for item in items:
        if item.custom:
            resource = Resource(item.type, item.name, item.inputs, providers.get(item.provider))
            yield from (violation.text(resource) for violation in judged(resource))


def test_nothing_that_is_registered_violates_a_rule(registered: Recording[None]) -> None:
    assert list(judgements(registered)) == []


@pytest.mark.parametrize(("cloud", "place"), PLANTED)
def test_a_provider_elsewhere_is_found_with_everything_that_uses_it(cloud: Cloud, place: str) -> None:
    production = case(cloud, "production").recorded()
    provider = production.one(PROVIDER[cloud], "playnew-production")
    found = list(judgements(production, dataclasses.replace(provider, inputs=provider.inputs | {PLACE[cloud]: place})))
    assert any("playnew-production" in line and PLACE[cloud] in line and place in line for line in found)


@pytest.mark.parametrize(("cloud", "place"), PLANTED)
def test_one_resource_elsewhere_is_found(cloud: Cloud, place: str) -> None:
    production, view = case(cloud, "production").recorded(), case(cloud, "production").view
    database = next(item for item in production.of(view.types.database) if "replica" not in item.name)
    (line, *_) = judgements(production, dataclasses.replace(database, inputs=database.inputs | {PLACE[cloud]: place}))
    assert database.name in line
    assert place in line


@pytest.mark.parametrize(
    ("cloud", "type_", "change", "path"),
    [
        (Cloud.GCP, "gcp:storage/bucket:Bucket", {"location": "EUR5"}, "location"),
        (Cloud.GCP, "gcp:storage/bucket:Bucket", {"location": "EUR7"}, "location"),
        (Cloud.GCP, "gcp:storage/bucket:Bucket", {"location": "EUR8"}, "location"),
        (Cloud.GCP, "gcp:kms/keyRing:KeyRing", {"location": "eur5"}, "location"),
        (Cloud.GCP, "gcp:kms/keyRing:KeyRing", {"location": "eur6"}, "location"),
        (Cloud.GCP, "gcp:kms/keyRing:KeyRing", {"location": "global"}, "location"),
        (Cloud.GCP, "gcp:secretmanager/secret:Secret", {"replication": {"auto": {}}}, "replication.auto"),
        (Cloud.GCP, "gcp:container/cluster:Cluster", {"nodeLocations": ["europe-west2-a"]}, "nodeLocations[0]"),
        (Cloud.AZURE, "azure-native:storage:StorageAccount", {"sku": {"name": "Standard_GZRS"}}, "sku.name"),
        (Cloud.AZURE, "azure-native:dbforpostgresql:Server", {"backup": {"geoRedundantBackup": "Enabled"}}, "backup.geoRedundantBackup"),
        (Cloud.AWS, "aws:ec2/subnet:Subnet", {"availabilityZone": "eu-west-3-cmn-wlz-1a"}, "availabilityZone"),
        (Cloud.AWS, "aws:ec2/subnet:Subnet", {"availabilityZone": "us-west-2-lax-1a"}, "availabilityZone"),
    ],
)
def test_what_hides_a_place_is_found_in_a_whole_stack(cloud: Cloud, type_: str, change: dict[str, Any], path: str) -> None:
    production = case(cloud, "production").recorded()
    item = production.of(type_)[0]
    found = [line for line in judgements(production, dataclasses.replace(item, inputs=item.inputs | change)) if item.name in line]
    assert any(f" at {path}" in line for line in found), found


def test_a_zone_of_another_region_is_found() -> None:
    production = case(Cloud.AWS, "production").recorded()
    subnet = production.of("aws:ec2/subnet:Subnet")[0]
    (line, *_) = judgements(production, dataclasses.replace(subnet, inputs=subnet.inputs | {"availabilityZone": "eu-central-1a"}))
    assert subnet.name in line
    assert "availabilityZone" in line
    assert "eu-central-1a" in line


@pytest.mark.parametrize("region", FOREIGN[Cloud.AWS])
def test_a_nested_replica_elsewhere_is_found(region: str) -> None:
    production = case(Cloud.AWS, "production").recorded()
    secret = production.of("aws:secretsmanager/secret:Secret")[0]
    (line, *_) = judgements(production, dataclasses.replace(secret, inputs=secret.inputs | {"replicas": [{"region": region}]}))
    assert secret.name in line
    assert "replicas[0].region" in line
    assert region in line
