"""The pack as the engine drives it: proxies, unknowns, failures, configuration, and what it costs to load."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer  # pyright: ignore[reportPrivateUsage]  # the engine's own way in
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_STRING_VALUE, unknown_checking_proxy

from policies import adapter, exemptions
from policies.adapter import judged, plain
from policies.catalogue import RULES
from policies.exemptions import Exemption
from policies.model import UNKNOWN, Resource, Violation

ROOT = Path(adapter.__file__).parent


class Engine:
    """Sends resources to the pack as the engine does."""

    def __init__(self) -> None:
        self._servicer = cast(
            "Any",
            _PolicyAnalyzerServicer("eu-residency", "0.0.1", adapter.policies(), EnforcementLevel.MANDATORY),
        )

    def configure(self, **settings: str) -> None:
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        request.policyConfig["eu-residency"].enforcementLevel = analyzer_pb2.MANDATORY
        request.policyConfig["eu-residency"].properties.update(settings)
        self._servicer.Configure(request, None)

    def analyze(self, type_: str, properties: dict[str, object], region: str | None = "eu-south-1") -> list[tuple[int, str]]:
        request = analyzer_pb2.AnalyzeRequest(type=type_, name="thing", urn=f"urn:pulumi:prod::eu-cloud::{type_}::thing")
        request.properties.CopyFrom(json_format.ParseDict(properties, struct_pb2.Struct()))
        if region:
            request.provider.type = "pulumi:providers:aws"
            request.provider.properties.update({"region": region})
        return [(item.enforcementLevel, item.message) for item in self._servicer.Analyze(request, None).diagnostics]


@pytest.fixture
def engine() -> Engine:
    return Engine()


def test_a_foreign_replica_stops_the_preview_although_the_table_beside_it_is_not_known_yet(engine: Engine) -> None:
    table: dict[str, object] = {"name": UNKNOWN_STRING_VALUE, "replicas": [{"kmsKeyArn": UNKNOWN_STRING_VALUE, "regionName": "eu-west-2"}]}
    [(level, message)] = engine.analyze("aws:dynamodb/table:Table", table)
    assert level == analyzer_pb2.MANDATORY
    assert 'RES-03 aws:dynamodb/table:Table "thing" at replicas[0].regionName = "eu-west-2"' in message


@pytest.mark.parametrize("replicas", [UNKNOWN_ARRAY_VALUE, [{"regionName": UNKNOWN_STRING_VALUE}]])
def test_a_mandatory_rule_stays_mandatory_when_a_place_is_not_known(engine: Engine, replicas: object) -> None:
    [(level, message)] = engine.analyze("aws:dynamodb/table:Table", {"replicas": replicas})
    assert level == analyzer_pb2.MANDATORY
    assert "RES-24" in message


def test_a_resource_in_milan_passes_with_all_else_unknown(engine: Engine) -> None:
    subnet: dict[str, object] = {"vpcId": UNKNOWN_STRING_VALUE, "availabilityZone": "eu-south-1a", "tags": {"owner": UNKNOWN_STRING_VALUE}}
    assert engine.analyze("aws:ec2/subnet:Subnet", subnet) == []


def test_a_resource_without_provider_is_refused(engine: Engine) -> None:
    assert "RES-01" in engine.analyze("aws:sqs/queue:Queue", {}, region=None)[0][1]


def test_secrets_reach_the_pack_and_are_not_printed(engine: Engine) -> None:
    sealed = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "pa$$w0rd|https://x@o1.ingest.sentry.io/1"}
    messages = engine.analyze("kubernetes:core/v1:Secret", {"stringData": {"dsn": sealed}, "region": sealed}, region=None)
    assert messages
    assert "pa$$w0rd" not in str(messages)


def test_what_an_exemption_lets_through_is_told_as_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Exemption("RES-02", "aws:acm/*", "thing", "CloudFront reads it there", "platform", datetime.date(9999, 1, 1))
    monkeypatch.setattr(exemptions, "recorded", lambda: (given,))
    [(level, message)] = Engine().analyze("aws:acm/certificate:Certificate", {"region": "us-east-1"})
    assert level == analyzer_pb2.ADVISORY
    assert "Exempted until 9999-01-01 by platform: CloudFront reads it there" in message


def test_the_profile_is_configuration(engine: Engine) -> None:
    account: dict[str, object] = {"location": "norwayeast"}
    assert engine.analyze("azure-native:operationalinsights:Workspace", account, region=None)
    engine.configure(profile="eea")
    assert engine.analyze("azure-native:operationalinsights:Workspace", account, region=None) == []


def test_a_configuration_that_is_none_is_a_violation_and_no_crash(engine: Engine) -> None:
    engine.configure(profile="world")
    [(level, message)] = engine.analyze("aws:sqs/queue:Queue", {})
    assert (level, "GOV-01" in message) == (analyzer_pb2.MANDATORY, True)


def test_a_rule_that_fails_is_a_violation_that_names_it() -> None:
    def broken(resource: Resource) -> Iterator[Violation]:
        yield Violation("RES-02", "region", "", "found before")
        raise KeyError(resource.name)

    found = judged(Resource("aws:sqs/queue:Queue", "jobs", {}), [broken])
    assert [violation.rule for violation in found] == ["RES-02", "GOV-01"]
    assert "'broken' failed (KeyError)" in found[1].message


def test_proxies_become_plain_values_and_unknowns_one_value() -> None:
    proxy = unknown_checking_proxy({"a": [{"b": UNKNOWN_STRING_VALUE, "c": 22.0}], "d": UNKNOWN_ARRAY_VALUE, "e": None})
    assert plain(proxy) == {"a": [{"b": UNKNOWN, "c": 22.0}], "d": UNKNOWN, "e": None}


def test_the_pack_loads_no_cloud_sdk_and_no_validation_library() -> None:
    heavy = ("pulumi_aws", "pulumi_gcp", "pulumi_azure_native", "pulumi_kubernetes", "pydantic")
    code = f"import sys, policies.adapter; print([name for name in {heavy!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_pack_is_found_by_the_engine_under_its_name() -> None:
    described = yaml.safe_load((ROOT / "PulumiPolicy.yaml").read_text())
    assert described["name"] == "eu-residency"
    assert described["runtime"] == {"name": "python", "options": {"toolchain": "uv"}}


def test_the_documented_catalogue_is_the_packs() -> None:
    text = (ROOT / "README.md").read_text()
    rows = re.findall(r"^\| [A-Z]{3}-\d\d \|.*$", text, re.MULTILINE)
    assert rows == [f"| {rule.id} | {rule.title} | mandatory | {rule.clouds} | {rule.source} |" for rule in RULES]


def test_every_rule_that_is_reported_is_in_the_catalogue() -> None:
    sources = [*ROOT.glob("rules/*.py"), ROOT / "data/switches.yaml", ROOT / "adapter.py"]
    reported = {rule for path in sources for rule in re.findall(r"(?:\"|rule: )([A-Z]{3}-\d\d)", path.read_text())}
    assert reported == {rule.id for rule in RULES}
