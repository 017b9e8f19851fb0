"""The location table: it agrees with the installed SDKs, and no place in it is overlooked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.geography import Cloud, regions
from policies import table
from policies.adapter import judged
from policies.data import generate
from policies.model import CLOUDS, Properties, Provider, Resource, Value, Violation

Judge = Callable[..., list[Violation]]
PLACE_RULES = {"RES-01", "RES-02", "RES-03", "RES-04", "RES-05"}
HOME = {
    Cloud.AWS: ("eu-south-1", "eu-south-1a"),
    Cloud.GCP: ("europe-west8", "europe-west8-a"),
    Cloud.AZURE: ("italynorth", "italynorth"),
}
PROVIDER = {
    Cloud.AWS: Provider("pulumi:providers:aws", {"region": "eu-south-1"}),
    Cloud.GCP: Provider("pulumi:providers:gcp", {"region": "europe-west8"}),
    Cloud.AZURE: Provider("pulumi:providers:azure-native", {"location": "italynorth"}),
}


def locations() -> Iterator[tuple[str, str, Cloud]]:
    for type_, paths in table.locations().items():
        for path in paths:
            yield type_, path, CLOUDS[type_.removeprefix("pulumi:providers:").partition(":")[0]]


LOCATIONS = tuple(locations())
FOREIGN = {cloud: tuple(r.code for r in regions(cloud) if not r.allowed()) for cloud in Cloud}


def planted(path: str, value: str) -> Properties:
    """Properties that hold `value` at `path` and nothing else."""
    result: Value = value
    for step in reversed(re.findall(r"[^.\[\]#]+|\[\]|#", path)):
        if step == "[]":
            result = [result]
        elif step == "#":
            result = {str(result): "x"}
        else:
            result = {"key" if step == "*" else step: result}
    assert isinstance(result, dict)
    return result


def found(type_: str, path: str, cloud: Cloud, value: str) -> set[str]:
    resource = Resource(type_, "thing", planted(path, value), PROVIDER[cloud])
    return {violation.rule for violation in judged(resource)} & PLACE_RULES


def test_a_foreign_region_at_any_location_of_any_type_is_refused() -> None:
    overlooked = [(type_, path) for type_, path, cloud in LOCATIONS if not found(type_, path, cloud, FOREIGN[cloud][0])]
    assert overlooked == []


@given(st.data())
def test_any_foreign_region_at_any_location_is_refused(data: st.DataObject) -> None:
    type_, path, cloud = data.draw(st.sampled_from(LOCATIONS))
    assert found(type_, path, cloud, data.draw(st.sampled_from(FOREIGN[cloud])))


def test_a_place_at_home_passes_at_every_location_of_every_type() -> None:
    refused = [
        (type_, path)
        for type_, path, cloud in LOCATIONS
        if found(type_, path, cloud, HOME[cloud][1 if re.search(r"[zZ]one\w*(\[\])?$", path) else 0]) - {"RES-01"}
    ]
    assert refused == []


def test_the_table_knows_every_type_and_stays_small() -> None:
    types = table.locations()
    assert len(types) > 5500
    assert len(LOCATIONS) > 4400
    assert generate.TABLE.stat().st_size < 1_000_000


@pytest.mark.parametrize(
    ("package", "modules"),
    [
        ("pulumi_aws", {"dynamodb", "ecr", "secretsmanager", "efs"}),
        ("pulumi_gcp", {"storage", "secretmanager"}),
        ("pulumi_azure_native", {"storage", "cosmosdb"}),
    ],
)
def test_the_table_is_what_the_installed_sdk_says(package: str, modules: set[str]) -> None:
    fresh = generate.table((package,), frozenset(modules))
    assert fresh
    assert {type_: table.locations().get(type_) for type_ in fresh} == fresh
