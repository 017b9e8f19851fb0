from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest

from components.azure_versions import unversioned
from components.dns.spec import DnsSpec
from components.platforms import Platform, load
from components.vocabulary import Cloud
from tests.components.azure_wiring import ANSWERS, SITE, STATES
from tests.recorder import Recording, record

VERSION = re.compile(r"/v\d{8}")
VERSIONED_TYPE = re.compile(r"azure-native:\w+/v\d{8}\w*:\w+")
INVENTORIES = Path(__file__).resolve().parents[1] / "inventories"


def declare() -> Platform:
    platform = load(Cloud.AZURE, SITE)
    platform.dns("zone", DnsSpec(domain="playnew.ai", ops_email="ops@playnew.ai"))
    return platform


@pytest.fixture(scope="module")
def registered() -> Recording[Platform]:
    return record(declare, STATES, ANSWERS)


def test_nothing_is_declared_under_a_version_so_that_no_state_holds_one() -> None:
    recorded = {path.stem: path.read_text(encoding="utf-8") for path in INVENTORIES.glob("*/azure-*.yaml")}
    assert [name for name, text in recorded.items() if "azure-native:dns:Zone" not in text] == [], "inventories name types"
    assert recorded
    assert [found for text in recorded.values() for found in VERSIONED_TYPE.findall(text)] == []


def test_the_sdks_types_under_earlier_versions_are_told_for_no_resource(registered: Recording[Any]) -> None:
    zone = registered.one("azure-native:dns:Zone")
    assert [item.name for item in registered if any(VERSION.search(alias) for alias in item.aliases)] == []
    assert any("azure-native:network:Zone" in alias for alias in zone.aliases), "types that moved are"


def test_a_renamed_resource_keeps_what_it_was_called() -> None:
    own: list[Any] = [
        "urn:pulumi:prod::eu-cloud::azure-native:dns:Zone::old",
        pulumi.Alias(name="old"),
        pulumi.Alias(type_="eucloud:azure:Zone"),
    ]
    sdk = [pulumi.Alias(type_="azure-native:dns/v20180501:Zone"), pulumi.Alias(type_="azure-native:network/v20230701preview:Zone")]
    given = pulumi.ResourceOptions(aliases=[*own, *sdk], protect=True, ignore_changes=["tags"])
    changed = unversioned(transformed(given))
    assert changed is not None
    assert changed.opts.aliases == own
    assert (changed.opts.protect, changed.opts.ignore_changes) == (True, ["tags"])


@pytest.mark.parametrize("aliases", [None, [], [pulumi.Alias(name="old")]])
def test_resources_without_such_types_are_left_alone(aliases: list[pulumi.Alias] | None) -> None:
    assert unversioned(transformed(pulumi.ResourceOptions(aliases=aliases))) is None


def transformed(opts: pulumi.ResourceOptions) -> pulumi.ResourceTransformationArgs:
    return pulumi.ResourceTransformationArgs(cast("pulumi.Resource", None), "azure-native:dns:Zone", "zone", {}, opts)
