from __future__ import annotations

import pytest

from components.dns.gcp import GcpDns, absolute, caa
from components.dns.spec import DnsSpec
from tests.components import gcp_wiring as wiring
from tests.recorder import Recording, record

NAME = "playnew-production-zone"
SPEC = DnsSpec(domain="playnew.ai", ops_email="ops@playnew.ai")
ZONE = "gcp:dns/managedZone:ManagedZone"


def dns(spec: DnsSpec = SPEC) -> Recording[GcpDns]:
    return record(lambda: GcpDns(NAME, spec, wiring.SITE, wiring.project()), wiring.STATES)


@pytest.mark.requirement("PN-10")
def test_the_zone_tells_its_name_servers() -> None:
    outputs = dns().one("eucloud:gcp:Dns").outputs
    assert (outputs["domain"], outputs["zone_id"]) == ("playnew.ai", NAME)
    assert outputs["name_servers"] == ["ns-cloud-a1.googledomains.com."]


def test_the_zone_is_public_and_its_name_ends_with_a_dot() -> None:
    zone = dns().one(ZONE).inputs
    assert (zone["dnsName"], zone["visibility"]) == ("playnew.ai.", "public")
    assert absolute("playnew.ai.") == "playnew.ai."


def test_the_zone_is_signed_with_keys_of_this_decade_and_cannot_be_listed() -> None:
    signed = dns().one(ZONE).inputs["dnssecConfig"]
    assert (signed["state"], signed["nonExistence"]) == ("on", "nsec3")
    assert {(key["keyType"], key["algorithm"], key["keyLength"]) for key in signed["defaultKeySpecs"]} == {
        ("keySigning", "ecdsap256sha256", 256),
        ("zoneSigning", "ecdsap256sha256", 256),
    }


def test_who_asks_for_names_is_not_written_down() -> None:
    assert dns().one(ZONE).inputs["cloudLoggingConfig"] == {"enableLogging": False}


def test_only_the_named_authorities_may_issue_certificates() -> None:
    record_ = dns().one("gcp:dns/recordSet:RecordSet").inputs
    assert (record_["type"], record_["name"], record_["managedZone"]) == ("CAA", "playnew.ai.", NAME)
    assert record_["rrdatas"] == ['0 issue "letsencrypt.org"', '0 iodef "mailto:ops@playnew.ai"']
    assert caa(SPEC.model_copy(update={"caa": ()}))[0] == '0 issue ";"'


def test_a_protected_zone_stays_and_an_unprotected_one_goes_with_its_records() -> None:
    for wanted in (True, False):
        zone = dns(SPEC.model_copy(update={"deletion_protected": wanted})).one(ZONE)
        assert (zone.protect, zone.inputs["forceDestroy"]) == (wanted, not wanted)
