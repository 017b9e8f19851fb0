from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from components.budget.spec import BudgetSpec
from components.geography import UnknownRegion
from components.key.spec import KeySpec
from components.platforms import Platform, load
from components.vocabulary import Cloud
from tests.answers import ACCOUNT
from tests.components.aws_wiring import SITE
from tests.recorder import Recording, record


def declare() -> Platform:
    platform = load(Cloud.AWS, SITE)
    platform.key("data-key", KeySpec(purpose="data"))
    platform.budget("budget", BudgetSpec(monthly_eur=100, emails=("ops@playnew.ai",)))
    return platform


@pytest.fixture(scope="module")
def registered() -> Recording[Platform]:
    return record(declare)


@pytest.mark.requirement("PN-01")
def test_a_region_has_one_explicit_provider_for_its_account(registered: Recording[Any]) -> None:
    provider = registered.one("pulumi:providers:aws").inputs
    assert (provider["region"], provider["stsRegion"]) == ("eu-south-1", "eu-south-1")
    assert provider["allowedAccountIds"] == f'["{ACCOUNT}"]'


def test_everything_is_tagged_with_where_it_belongs(registered: Recording[Any]) -> None:
    assert json.loads(registered.one("pulumi:providers:aws").inputs["defaultTags"]) == {
        "tags": {
            "project": "play-new",
            "managed-by": "eu-cloud",
            "environment": "production",
            "stack": "playnew-production",
            "data-residency": "eu",
        }
    }


def test_everything_hangs_under_the_region_and_uses_its_provider(registered: Recording[Any]) -> None:
    region = registered.one("eucloud:platform:Region")
    assert (region.name, region.parent) == ("playnew-production", "")
    assert region.outputs == {"region": "eu-south-1", "account": ACCOUNT}
    assert {item.name for item in registered.children(region.name)} == {"playnew-production-data-key", "playnew-production-budget"}
    assert {item.provider for item in registered if item.custom and item.type.startswith("aws:")} == {"playnew-production"}


def test_a_provider_outside_europe_cannot_be_made() -> None:
    with pytest.raises(UnknownRegion, match="'us-east-1' is in Virginia, US, outside"):
        record(lambda: load(Cloud.AWS, replace(SITE, region="us-east-1")))
