from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components.budget.spec import BudgetSpec
from components.geography import UnknownRegion
from components.key.spec import KeySpec
from components.platforms import Platform, load
from components.vocabulary import Cloud
from tests.components.gcp_wiring import ANSWERS, PROJECT, REGION, SITE
from tests.recorder import Recording, record


def declare() -> Platform:
    platform = load(Cloud.GCP, SITE)
    platform.key("data-key", KeySpec(purpose="data", services=("databases",)))
    platform.budget("budget", BudgetSpec(monthly_eur=100, emails=("ops@playnew.ai",)))
    return platform


@pytest.fixture(scope="module")
def registered() -> Recording[Platform]:
    return record(declare, {}, ANSWERS)


@pytest.mark.requirement("PN-01")
def test_everything_hangs_under_the_region_and_uses_its_provider(registered: Recording[Any]) -> None:
    region = registered.one("eucloud:platform:Region")
    assert (region.name, region.parent) == ("playnew-production", "")
    assert region.outputs == {"region": REGION, "account": PROJECT}
    assert {item.name for item in registered.children(region.name)} == {
        f"playnew-production-{what}" for what in ("project", "data-key", "budget")
    }
    assert {item.provider for item in registered if item.custom and item.type.startswith("gcp:")} == {"playnew-production"}


def test_what_is_random_has_an_explicit_provider_too(registered: Recording[Any]) -> None:
    assert {item.provider for item in registered if item.type.startswith("random:")} == {"playnew-production-random"}


def test_a_key_lets_in_the_agents_of_the_project(registered: Recording[Any]) -> None:
    members = registered.of("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")
    asked = {
        f"serviceAccount:{item.state['email']}"
        for item in registered.of("gcp:projects/serviceIdentity:ServiceIdentity")
        if item.inputs["service"] in ("sqladmin.googleapis.com", "secretmanager.googleapis.com")
    }
    assert {item.inputs["member"] for item in members} == asked
    assert len(asked) == 2


def test_a_platform_outside_europe_cannot_be_made() -> None:
    with pytest.raises(UnknownRegion, match="'us-central1' is in"):
        record(lambda: load(Cloud.GCP, replace(SITE, region="us-central1")), {}, ANSWERS)
