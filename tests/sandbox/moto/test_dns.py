from __future__ import annotations

from typing import Any

import pytest

from sandbox.contract import Properties, Record, Refused
from tests.sandbox.moto.life import Case, Ground, live
from tests.sandbox.moto.stage import Bench

ZONE, RECORD = "aws:route53/zone:Zone", "aws:route53/record:Record"


def zone(ground: Ground, name: str, **inputs: Any) -> Record:
    return ground.make(ZONE, name=name, **inputs)


def sets(bench: Bench, of: Record, type_: str = "") -> list[dict[str, Any]]:
    found = bench.boto3("route53").list_resource_record_sets(HostedZoneId=of.id)["ResourceRecordSets"]
    return [one for one in found if one["Type"] == type_ or (not type_ and one["Type"] not in ("NS", "SOA"))]


def upsert(bench: Bench, of: Record | str, record: Properties, action: str = "UPSERT") -> None:
    id_ = of if isinstance(of, str) else of.id
    changes = [{"Action": action, "ResourceRecordSet": record}]
    bench.boto3("route53").change_resource_record_sets(HostedZoneId=id_, ChangeBatch={"Changes": changes})


def shown_zone(dns: Any, thing: Record) -> Properties:
    found = dns.get_hosted_zone(Id=thing.id)
    tags = dns.list_tags_for_resource(ResourceType="hostedzone", ResourceId=thing.id)["ResourceTagSet"]["Tags"]
    return {
        "name": found["HostedZone"]["Name"],
        "comment": found["HostedZone"]["Config"]["Comment"],
        "private": found["HostedZone"]["Config"]["PrivateZone"],
        "vpcs": [one["VPCId"] for one in found.get("VPCs", [])],
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def meddle_zone(dns: Any, thing: Record, ground: Ground) -> None:
    dns.update_hosted_zone_comment(Id=thing.id, Comment="mine")
    dns.change_tags_for_resource(ResourceType="hostedzone", ResourceId=thing.id, RemoveTagKeys=["c"])


def shown_record(dns: Any, thing: Record) -> tuple[int, list[str]]:
    there = dns.list_resource_record_sets(HostedZoneId=thing.inputs["zoneId"])["ResourceRecordSets"]
    (found,) = (one for one in there if one["Type"] == "TXT")
    return found["TTL"], [one["Value"] for one in found["ResourceRecords"]]


CASES = [
    Case(
        ZONE,
        "route53",
        given=lambda _: {"name": "one.example", "tags": {"a": "b"}},
        show=shown_zone,
        made=lambda _: {"name": "one.example.", "comment": "Managed by Pulumi", "private": False, "vpcs": [], "tags": {"a": "b"}},
        change=lambda _: {"comment": "ours", "tags": {"c": "d"}},
        changed=lambda _: {"name": "one.example.", "comment": "ours", "private": False, "vpcs": [], "tags": {"c": "d"}},
        meddle=meddle_zone,
        drift=lambda _: {"comment": "mine", "tags": {}},
    ),
    Case(
        RECORD,
        "route53",
        given=lambda ground: {
            "zoneId": zone(ground, "two.example").id,
            "name": "www",
            "type": "TXT",
            "ttl": 60,
            "records": ["v=spf1 -all", "b"],
        },
        show=shown_record,
        made=lambda _: (60, ['"v=spf1 -all"', '"b"']),
        change=lambda _: {"ttl": 120, "records": ["c"]},
        changed=lambda _: (120, ['"c"']),
        meddle=lambda _dns, thing, ground: upsert(
            ground.bench,
            thing.inputs["zoneId"],
            {"Name": "www.two.example", "Type": "TXT", "TTL": 1, "ResourceRecords": [{"Value": '"x"'}]},
        ),
        drift=lambda _: {"ttl": 1, "records": ["x"]},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_zones_and_records_live_in_moto(ground: Ground, case: Case):
    live(case, ground)


def test_a_zone_is_known_by_what_moto_calls_it(bench: Bench, ground: Ground):
    made = zone(ground, "known.example")
    found = bench.boto3("route53").get_hosted_zone(Id=made.id)
    assert found["HostedZone"]["Id"] == f"/hostedzone/{made.id}"
    assert made.outputs["zoneId"] == made.id
    assert made.outputs["arn"] == f"arn:aws:route53:::hostedzone/{made.id}"
    assert made.outputs["nameServers"] == sorted(found["DelegationSet"]["NameServers"])
    assert made.outputs["primaryNameServer"] == made.outputs["nameServers"][0]


def test_a_private_zone_answers_in_its_networks(bench: Bench, ground: Ground):
    other = ground.make("aws:ec2/vpc:Vpc", cidrBlock="10.40.0.0/16")
    made = zone(ground, "inside.example", vpcs=[{"vpcId": ground.vpc.id}])
    assert shown_zone(bench.boto3("route53"), made)["vpcs"] == [ground.vpc.id]
    assert bench.drifted(made) == {}

    made = bench.change(made, {"vpcs": [{"vpcId": other.id, "vpcRegion": "eu-south-1"}]})
    assert shown_zone(bench.boto3("route53"), made) | {"tags": {}} == {
        "name": "inside.example.",
        "comment": "Managed by Pulumi",
        "private": True,
        "vpcs": [other.id],
        "tags": {},
    }


POINTING: dict[str, tuple[Properties, Properties]] = {
    "an alias": (
        {"type": "A", "aliases": [{"name": "lb.eu", "zoneId": "Z1", "evaluateTargetHealth": True}]},
        {"AliasTarget": {"DNSName": "lb.eu", "HostedZoneId": "Z1", "EvaluateTargetHealth": True}},
    ),
    "a weight": (
        {"type": "CNAME", "ttl": 5, "records": ["a.eu"], "setIdentifier": "w", "weightedRoutingPolicies": [{"weight": 10}]},
        {"SetIdentifier": "w", "Weight": 10},
    ),
    "a region": (
        {"type": "CNAME", "ttl": 5, "records": ["a.eu"], "setIdentifier": "r", "latencyRoutingPolicies": [{"region": "eu-west-1"}]},
        {"SetIdentifier": "r", "Region": "eu-west-1"},
    ),
    "a place": (
        {"type": "CNAME", "ttl": 5, "records": ["a.eu"], "setIdentifier": "g", "geolocationRoutingPolicies": [{"continent": "EU"}]},
        {"SetIdentifier": "g", "GeoLocation": {"ContinentCode": "EU"}},
    ),
    "a failover": (
        {"type": "A", "ttl": 5, "records": ["10.0.0.1"], "setIdentifier": "f", "failoverRoutingPolicies": [{"type": "PRIMARY"}]},
        {"SetIdentifier": "f", "Failover": "PRIMARY"},
    ),
    "many values": (
        {"type": "A", "ttl": 5, "records": ["10.0.0.1"], "setIdentifier": "m", "multivalueAnswerRoutingPolicy": True},
        {"SetIdentifier": "m", "MultiValueAnswer": True},
    ),
}


@pytest.mark.parametrize(("given", "shown"), POINTING.values(), ids=POINTING.keys())
def test_a_record_may_point_in_any_way(bench: Bench, ground: Ground, given: Properties, shown: Properties):
    of = zone(ground, f"way{bench.made}.example")
    made = ground.make(RECORD, zoneId=of.id, name="www", **given)
    (found,) = sets(bench, of)
    assert {name: found[name] for name in shown} == shown
    assert bench.drifted(made) == {}

    bench.remove(made)
    assert sets(bench, of) == []


def test_a_record_that_somebody_rewrote_can_still_be_removed(bench: Bench, ground: Ground):
    of = zone(ground, "rewritten.example")
    made = ground.make(RECORD, zoneId=of.id, name="rewritten.example", type="A", ttl=5, records=["10.0.0.1"])
    upsert(bench, of, {"Name": "rewritten.example", "Type": "A", "TTL": 6, "ResourceRecords": [{"Value": "10.0.0.2"}]})
    bench.remove(made)
    assert bench.drifted(made) is None


def test_a_zone_with_records_of_others_goes_only_by_force(bench: Bench, ground: Ground):
    kept, forced = zone(ground, "kept.example"), zone(ground, "forced.example", forceDestroy=True)
    for one in (kept, forced):
        upsert(bench, one, {"Name": f"a.{one.inputs['name']}", "Type": "A", "TTL": 6, "ResourceRecords": [{"Value": "10.0.0.2"}]})
    with pytest.raises(Refused, match="HostedZoneNotEmpty"):
        bench.remove(kept)
    bench.remove(forced)
    assert bench.drifted(forced) is None


def test_a_name_outside_its_zone_stands_below_it_and_one_that_exists_is_refused(bench: Bench, ground: Ground):
    of = zone(ground, "names.example")
    given = {"zoneId": of.id, "type": "A", "ttl": 5, "records": ["10.0.0.1"]}
    ground.make(RECORD, name="other.org", **given)
    assert [one["Name"] for one in sets(bench, of)] == ["other.org.names.example."]

    with pytest.raises(Refused, match=r"InvalidChangeBatch.*already exists"):
        ground.make(RECORD, name="other.org", **given)
    ground.make(RECORD, name="other.org", allowOverwrite=True, **given)


def test_a_record_that_was_removed_can_be_made_again(bench: Bench, ground: Ground):
    """Beside the zone's own records, which come after it."""
    of = zone(ground, "again.example")
    given = {"zoneId": of.id, "name": "again.example", "type": "CAA", "ttl": 5, "records": ['0 issue "ca.example"']}
    bench.remove(ground.make(RECORD, **given))
    ground.make(RECORD, **given)
    assert [one["Type"] for one in sets(bench, of)] == ["CAA"]
