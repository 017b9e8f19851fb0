from __future__ import annotations

from typing import Any

import pytest

from components.dns.azure import AzureDns
from components.dns.spec import DnsSpec
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, record

NAME = "playnew-production-dns"
SPEC = DnsSpec(domain="playnew.ai", ops_email="ops@playnew.ai")


def dns(spec: DnsSpec = SPEC) -> Recording[AzureDns]:
    return record(lambda: AzureDns(NAME, spec, wiring.SITE, wiring.group()), wiring.STATES)


def caa(spec: DnsSpec) -> list[tuple[int, str, str]]:
    records: list[dict[str, Any]] = dns(spec).one("azure-native:dns:RecordSet").inputs["caaRecords"]
    return [(one["flags"], one["tag"], one["value"]) for one in records]


@pytest.mark.requirement("PN-10")
def test_the_zone_is_public_and_tells_its_name_servers() -> None:
    registered = dns()
    zone = registered.one("azure-native:dns:Zone").inputs
    assert (zone["zoneName"], zone["zoneType"], zone["location"]) == ("playnew.ai", "Public", "global")
    outputs = registered.one("eucloud:azure:Dns").outputs
    assert (outputs["domain"], outputs["zone_id"], outputs["ref"]) == ("playnew.ai", "playnew.ai", f"{NAME}-zone-id")
    assert outputs["name_servers"] == ["ns1-01.azure-dns.com.", "ns2-01.azure-dns.net."]


def test_only_the_named_authorities_may_issue_certificates() -> None:
    record_ = dns().one("azure-native:dns:RecordSet").inputs
    assert (record_["recordType"], record_["relativeRecordSetName"], record_["zoneName"]) == ("CAA", "@", "playnew.ai")
    assert caa(SPEC) == [(0, "issue", "letsencrypt.org"), (0, "iodef", "mailto:ops@playnew.ai")]
    assert caa(SPEC.model_copy(update={"caa": ()}))[0] == (0, "issue", ";")


def test_the_zone_is_signed() -> None:
    assert dns().one("azure-native:dns:DnssecConfig").inputs["zoneName"] == "playnew.ai"


@pytest.mark.parametrize("wanted", [True, False])
def test_a_protected_zone_stays(wanted: bool) -> None:
    registered = dns(SPEC.model_copy(update={"deletion_protected": wanted}))
    assert registered.one("azure-native:dns:Zone").protect is wanted
    assert registered.one("azure-native:dns:DnssecConfig").protect is wanted
