"""The region tables of the three clouds."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from components.geography import (
    Cloud,
    Membership,
    Profile,
    UnknownRegion,
    Verdict,
    eu_region,
    eu_regions,
    geo_redundant_target,
    is_eu_place,
    judge,
    region,
    regions,
    zone_in,
)


def codes(cloud: Cloud) -> set[str]:
    return {item.code for item in eu_regions(cloud)}


def test_six_commercial_regions_of_aws_and_the_sovereign_one_are_in_the_eu() -> None:
    assert codes(Cloud.AWS) == {"eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3", "eusc-de-east-1"}


def test_eleven_of_googles_thirteen_european_regions_are_in_the_eu() -> None:
    european = {item.code for item in regions(Cloud.GCP) if item.code.startswith("europe-")}
    assert len(european) == 13
    assert european - codes(Cloud.GCP) == {"europe-west2", "europe-west6"}


def test_fourteen_regions_of_azure_are_in_the_eu() -> None:
    assert len(codes(Cloud.AZURE)) == 14


def test_every_region_that_the_aws_sdk_knows_is_in_the_table() -> None:
    known = json.loads(files("botocore").joinpath("data/partitions.json").read_text())
    listed = {code: part["id"] for part in known["partitions"] for code in part["regions"] if not code.endswith("-global")}
    missing = {code for code in listed if code not in {item.code for item in regions(Cloud.AWS)}}
    assert {code for code in missing if not code.startswith("us-iso")} == set()
    assert {item.code: item.partition for item in regions(Cloud.AWS)} == {i.code: listed[i.code] for i in regions(Cloud.AWS)}


def test_the_sovereign_cloud_has_its_own_partition_and_domain() -> None:
    found = region(Cloud.AWS, "eusc-de-east-1")
    assert (found.partition, found.dns_suffix) == ("aws-eusc", "amazonaws.eu")


@pytest.mark.parametrize("code", ["eu-west-2", "eu-central-2", "us-east-1"])
def test_a_region_outside_the_eu_is_refused_with_the_allowed_ones(code: str) -> None:
    with pytest.raises(UnknownRegion, match=rf"'{code}' .*outside the eu profile; allowed: .*eu-south-1") as refusal:
        eu_region(Cloud.AWS, code)
    assert "\n" not in str(refusal.value)


def test_a_region_that_does_not_exist_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(UnknownRegion, match=r"'europe-west5' .*allowed: .*europe-west8"):
        region(Cloud.GCP, "europe-west5")


@pytest.mark.parametrize(
    ("cloud", "code", "zones"),
    [
        (Cloud.AWS, "eu-south-1", ("eu-south-1a", "eu-south-1b", "eu-south-1c")),
        (Cloud.GCP, "europe-west1", ("europe-west1-b", "europe-west1-c", "europe-west1-d")),
        (Cloud.AZURE, "italynorth", ("1", "2", "3")),
        (Cloud.AZURE, "germanynorth", ()),
    ],
)
def test_zones_are_named_as_the_cloud_names_them(cloud: Cloud, code: str, zones: tuple[str, ...]) -> None:
    assert region(cloud, code).zones == zones


def test_every_region_where_a_cluster_may_run_has_three_zones() -> None:
    assert {len(item.zones) for item in eu_regions(Cloud.AWS) + eu_regions(Cloud.GCP)} == {3}


@pytest.mark.parametrize("zone", ["eu-west-3-cmn-wlz-1a", "eu-west-3d", "eu-west-1a", "euw2-az1", "eu-west-3", ""])
def test_a_zone_counts_only_by_name(zone: str) -> None:
    assert not zone_in(region(Cloud.AWS, "eu-west-3"), zone)


def test_a_zone_id_counts_as_its_region() -> None:
    assert zone_in(region(Cloud.AWS, "eu-west-3"), "euw3-az2")


@pytest.mark.parametrize(
    ("cloud", "value", "service", "verdict"),
    [
        (Cloud.AWS, "eu-west-3-cmn-wlz-1a", None, Verdict.UNKNOWN),
        (Cloud.AWS, "eu-central-1-ham-1a", None, Verdict.INSIDE),
        (Cloud.AWS, "euw2-az1", None, Verdict.OUTSIDE),
        (Cloud.AWS, "", None, Verdict.NOT_A_PLACE),
        (Cloud.GCP, "EUR4", "storage", Verdict.INSIDE),
        (Cloud.GCP, "EUR5", "storage", Verdict.OUTSIDE),
        (Cloud.GCP, "eur3", "spanner", Verdict.INSIDE),
        (Cloud.GCP, "eur6", "spanner", Verdict.OUTSIDE),
        (Cloud.GCP, "eur6", "kms", Verdict.OUTSIDE),
        (Cloud.GCP, "europe", "artifactregistry", Verdict.INSIDE),
        (Cloud.GCP, "europe", "storage", Verdict.UNKNOWN),
        (Cloud.GCP, "projects/p/locations/europe-west8/keyRings/k", None, Verdict.INSIDE),
        (Cloud.GCP, "https://www.googleapis.com/compute/v1/projects/p/zones/europe-west2-a", None, Verdict.OUTSIDE),
        (Cloud.GCP, "projects/p/instanceConfigs/regional-europe-west8", "spanner", Verdict.INSIDE),
        (Cloud.AZURE, "West Europe", None, Verdict.INSIDE),
        (Cloud.AZURE, "UK South", None, Verdict.OUTSIDE),
        (Cloud.AZURE, "europe", None, Verdict.OUTSIDE),
        (Cloud.AZURE, "germany", None, Verdict.INSIDE),
        (Cloud.AZURE, "2", None, Verdict.NOT_A_PLACE),
    ],
)
def test_places_are_judged_by_table_and_never_by_prefix(cloud: Cloud, value: str, service: str | None, verdict: Verdict) -> None:
    assert is_eu_place(cloud, value, service) is verdict


def test_the_profile_widens_to_norway_and_then_to_countries_with_an_adequacy_decision() -> None:
    allowed = [[is_eu_place(Cloud.AZURE, code, None, profile) for code in ("norwayeast", "uksouth", "eastus")] for profile in Profile]
    assert allowed == [
        [Verdict.OUTSIDE, Verdict.OUTSIDE, Verdict.OUTSIDE],
        [Verdict.INSIDE, Verdict.OUTSIDE, Verdict.OUTSIDE],
        [Verdict.INSIDE, Verdict.INSIDE, Verdict.OUTSIDE],
    ]
    assert region(Cloud.AZURE, "norwayeast").membership is Membership.EEA


def test_no_pair_of_an_eu_region_leaves_the_eu() -> None:
    targets = [geo_redundant_target(item) for item in eu_regions(Cloud.AZURE)]
    assert all(target.allowed() for target in targets if target)
    assert [item.code for item, target in zip(eu_regions(Cloud.AZURE), targets, strict=True) if target is None] == [
        "austriaeast",
        "belgiumcentral",
        "denmarkeast",
        "italynorth",
        "polandcentral",
        "spaincentral",
    ]


def test_every_pair_is_a_region_of_the_table() -> None:
    assert [item.code for item in regions(Cloud.AZURE) if item.pair and geo_redundant_target(item) is None] == []


def test_a_judgement_tells_the_place_for_people() -> None:
    assert judge(Cloud.AWS, "eu-west-2").place == "London, GB"
