"""The rules of the policy pack over every recorded stack: nothing leaves the EU, and a planted region is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from policies.adapter import judged
from policies.model import Provider, Resource
from tests.recorder import Recording, Registered

pytestmark = [pytest.mark.inventory, pytest.mark.requirement("PN-01")]
REGIONS = ["eu-west-2", "eu-central-2", "us-east-1"]


def judgements(registered: Recording[Any], planted: Registered | None = None) -> Iterator[str]:
    items = [planted if planted and item.urn == planted.urn else item for item in registered]
    providers = {item.name: Provider(item.type, item.inputs) for item in items if item.type.startswith("pulumi:providers:")}
    for item in items:
        if item.custom:
            resource = Resource(item.type, item.name, item.inputs, providers.get(item.provider))
            yield from (violation.text(resource) for violation in judged(resource))


def test_nothing_that_is_registered_violates_a_rule(registered: Recording[None]) -> None:
    assert list(judgements(registered)) == []


@pytest.mark.parametrize("region", REGIONS)
def test_a_provider_elsewhere_is_found_with_everything_that_uses_it(production: Recording[None], region: str) -> None:
    provider = production.one("pulumi:providers:aws", "playnew-production")
    found = list(judgements(production, dataclasses.replace(provider, inputs=provider.inputs | {"region": region})))
    assert any("playnew-production" in line and "region" in line and region in line for line in found)


@pytest.mark.parametrize("region", REGIONS)
def test_one_resource_elsewhere_is_found(production: Recording[None], region: str) -> None:
    database = production.one("aws:rds/instance:Instance")
    (line, *_) = judgements(production, dataclasses.replace(database, inputs=database.inputs | {"region": region}))
    assert database.name in line
    assert region in line


def test_a_zone_of_another_region_is_found(production: Recording[None]) -> None:
    subnet = production.of("aws:ec2/subnet:Subnet")[0]
    (line, *_) = judgements(production, dataclasses.replace(subnet, inputs=subnet.inputs | {"availabilityZone": "eu-central-1a"}))
    assert subnet.name in line
    assert "availabilityZone" in line
    assert "eu-central-1a" in line


@pytest.mark.parametrize("region", REGIONS)
def test_a_nested_replica_elsewhere_is_found(production: Recording[None], region: str) -> None:
    secret = production.of("aws:secretsmanager/secret:Secret")[0]
    (line, *_) = judgements(production, dataclasses.replace(secret, inputs=secret.inputs | {"replicas": [{"region": region}]}))
    assert secret.name in line
    assert "replicas[0].region" in line
    assert region in line
