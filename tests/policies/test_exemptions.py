"""Known deviations are data, and they end."""

from __future__ import annotations

import datetime

import pytest

from policies import exemptions
from policies.adapter import evaluate
from policies.exemptions import Exemption
from policies.model import Properties, Provider, Resource

TODAY = datetime.date(2030, 6, 15)
PROVIDER = Provider("pulumi:providers:aws", {"region": "eu-south-1"})
CERTIFICATE = Resource("aws:acm/certificate:Certificate", "edge", {"region": "us-east-1"}, PROVIDER)


def exemption(expires: datetime.date = TODAY, name: str = "edge", rule: str = "RES-02", path: str = "*") -> Exemption:
    return Exemption(rule, "aws:acm/*", name, "CloudFront reads certificates there", "platform", expires, path)


def test_without_an_exemption_virginia_is_refused() -> None:
    assert [violation.rule for violation in evaluate(CERTIFICATE, (), TODAY).standing] == ["RES-02"]


def test_an_exemption_lets_one_resource_through_and_is_told() -> None:
    verdict = evaluate(CERTIFICATE, (exemption(),), TODAY)
    assert verdict.standing == ()
    [(violation, used)] = verdict.exempted
    assert (violation.value, used.owner) == ('"us-east-1"', "platform")


@pytest.mark.parametrize("other", [exemption(name="other"), exemption(rule="RES-03"), exemption(path="domainName")])
def test_an_exemption_covers_nothing_else(other: Exemption) -> None:
    assert len(evaluate(CERTIFICATE, (other,), TODAY).standing) == 1


def test_an_expired_exemption_no_longer_counts_and_is_named() -> None:
    [violation] = evaluate(CERTIFICATE, (exemption(TODAY - datetime.timedelta(days=1)),), TODAY).standing
    assert "the exemption of platform expired on 2030-06-14" in violation.message


def test_personal_data_cannot_be_exempted() -> None:
    properties: Properties = {"region": "us-east-1", "tags": {"data-class": "personal"}}
    resource = Resource(CERTIFICATE.type, CERTIFICATE.name, properties, PROVIDER)
    [violation] = evaluate(resource, (exemption(),), TODAY).standing
    assert "personal data cannot be exempted" in violation.message


ROW = {"rule": "RES-02", "type": "aws:acm/*", "name": "edge", "reason": "r", "owner": "o", "expires": TODAY}


@pytest.mark.parametrize(
    ("row", "mistake"),
    [
        ({**ROW, "expires": "soon"}, r"exemptions\[0\]\.expires: 'soon' is no date; allowed: YYYY-MM-DD"),
        ({**ROW, "reason": ""}, r"exemptions\[0\]\.reason: empty"),
        ({key: value for key, value in ROW.items() if key != "owner"}, r"exemptions\[0\]\.owner: missing"),
        ({**ROW, "region": "us-east-1"}, r"exemptions\[0\]\.region: unknown; allowed: expires, name, owner"),
    ],
)
def test_a_malformed_exemption_is_refused_by_name(row: dict[str, object], mistake: str) -> None:
    with pytest.raises(ValueError, match=mistake):
        exemptions.read([row])


def test_the_recorded_exemptions_are_well_formed() -> None:
    assert exemptions.read([ROW]) == (Exemption("RES-02", "aws:acm/*", "edge", "r", "o", TODAY),)
    assert all(item.reason for item in exemptions.recorded())
