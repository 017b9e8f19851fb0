from __future__ import annotations

import pytest

from components.dns.aws import AwsDns, caa
from components.dns.spec import DnsSpec
from tests.components import aws_wiring as wiring
from tests.recorder import Recording, record

SPEC = DnsSpec(domain="playnew.ai", ops_email="ops@playnew.ai")


def dns(spec: DnsSpec = SPEC) -> Recording[AwsDns]:
    return record(lambda: AwsDns("playnew-production-dns", spec, wiring.SITE), wiring.STATES)


@pytest.mark.requirement("PN-10")
def test_the_zone_tells_its_name_servers() -> None:
    outputs = dns().one("eucloud:aws:Dns").outputs
    assert (outputs["domain"], outputs["zone_id"]) == ("playnew.ai", "Z0123456789")
    assert outputs["name_servers"] == ["ns-1.awsdns-01.org"]


def test_only_the_named_authorities_may_issue_certificates() -> None:
    record_ = dns().one("aws:route53/record:Record").inputs
    assert (record_["type"], record_["name"]) == ("CAA", "playnew.ai")
    assert record_["records"] == ['0 issue "letsencrypt.org"', '0 iodef "mailto:ops@playnew.ai"']
    assert caa(SPEC.model_copy(update={"caa": ()}))[0] == '0 issue ";"'


def test_a_protected_zone_stays_and_an_unprotected_one_goes_with_its_records() -> None:
    for wanted in (True, False):
        zone = dns(SPEC.model_copy(update={"deletion_protected": wanted})).one("aws:route53/zone:Zone")
        assert (zone.protect, zone.inputs["forceDestroy"]) == (wanted, not wanted)
