"""Route 53."""

from __future__ import annotations

import secrets
from typing import Any, cast

from sandbox.aws.moto.row import Api, Call, Own, Read, Row, Scope, Source, Tagging

_APEX = ("NS", "SOA")
"""Records that every zone has, and keeps."""
_TEXTS = ("TXT", "SPF")
_ROUTED = {
    "weightedRoutingPolicies": {"Weight": "weight"},
    "latencyRoutingPolicies": {"Region": "region"},
    "failoverRoutingPolicies": {"Failover": "type"},
}


def _first(value: Any) -> dict[str, Any]:
    return cast("list[dict[str, Any]]", value)[0] if value else {}


def _full(name: str, domain: str) -> str:
    """Names may be relative to the zone's own."""
    plain, top = name.rstrip("."), domain.rstrip(".")
    return plain if plain == top or plain.endswith(f".{top}") else f"{plain}.{top}".lstrip(".")


def _find_name(api: Api, thing: Scope) -> None:
    zone = api.call("GetHostedZone", Id=thing.get("zoneId"))["HostedZone"]
    thing.outputs["fqdn"] = _full(str(thing.get("name")), str(zone["Name"]))


def _quoted(type_: Any, values: Any) -> list[str]:
    """Texts travel in quotes, and Pulumi writes them without."""
    return [f'"{value}"' if type_ in _TEXTS else str(value) for value in cast("list[str]", values or [])]


def _record_set(thing: Scope) -> dict[str, Any]:
    given = thing.inputs
    found: dict[str, Any] = {"Name": thing.get("fqdn"), "Type": given["type"]}
    if given.get("records"):
        found |= {
            "ResourceRecords": [{"Value": value} for value in _quoted(given["type"], given["records"])],
            "TTL": int(given.get("ttl") or 300),
        }
    if alias := _first(given.get("aliases")):
        found["AliasTarget"] = {
            "DNSName": alias["name"],
            "HostedZoneId": alias["zoneId"],
            "EvaluateTargetHealth": bool(alias.get("evaluateTargetHealth")),
        }
    for name, members in _ROUTED.items():
        found |= {member: policy[of] for policy in [_first(given.get(name))] for member, of in members.items() if of in policy}
    if place := _first(given.get("geolocationRoutingPolicies")):
        codes = {"ContinentCode": "continent", "CountryCode": "country", "SubdivisionCode": "subdivision"}
        found["GeoLocation"] = {member: place[name] for member, name in codes.items() if place.get(name)}
    plain = {"SetIdentifier": "setIdentifier", "HealthCheckId": "healthCheckId", "MultiValueAnswer": "multivalueAnswerRoutingPolicy"}
    return found | {member: given[name] for member, name in plain.items() if given.get(name)}


def _batch(action: str | None = None) -> Source:
    def changes(thing: Scope) -> dict[str, Any]:
        what = action or ("UPSERT" if thing.inputs.get("allowOverwrite") else "CREATE")
        return {"Changes": [{"Action": what, "ResourceRecordSet": _record_set(thing)}]}

    return changes


def _path(thing: Scope) -> str:
    """To the one record set among all from its name on."""
    one = f"Name=='{thing.get('fqdn')}.' && Type=='{thing.inputs['type']}'"
    if known := thing.inputs.get("setIdentifier"):
        one += f" && SetIdentifier=='{known}'"
    return f"ResourceRecordSets[?{one}] | [0]"


def _records(found: Any) -> list[str]:
    values = [str(one["Value"]) for one in cast("list[dict[str, Any]]", found.get("ResourceRecords") or [])]
    return [value.strip('"') for value in values] if found["Type"] in _TEXTS else values


def _aliases(found: Any) -> list[dict[str, Any]] | None:
    target = found.get("AliasTarget")
    if not target:
        return None
    return [{"name": target["DNSName"], "zoneId": target["HostedZoneId"], "evaluateTargetHealth": target["EvaluateTargetHealth"]}]


def _routed(name: str) -> Any:
    def seen(found: Any) -> list[dict[str, Any]] | None:
        return [{of: found[member] for member, of in _ROUTED[name].items()}] if set(_ROUTED[name]) <= found.keys() else None

    return seen


def _delete_record(api: Api, thing: Scope) -> None:
    """Route 53 deletes only what is described exactly as it is now."""
    if not thing.outputs.get("fqdn"):
        _find_name(api, thing)
    there = [one for one in _all(api, thing.get("zoneId")) if _same(one, thing)]
    _delete_sets(api, thing.get("zoneId"), there)


def _same(one: dict[str, Any], thing: Scope) -> bool:
    key = (one["Name"].rstrip("."), one["Type"], one.get("SetIdentifier"))
    return key == (thing.get("fqdn"), thing.inputs["type"], thing.inputs.get("setIdentifier"))


def _all(api: Api, zone: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", api.call("ListResourceRecordSets", HostedZoneId=zone)["ResourceRecordSets"])


def _delete_sets(api: Api, zone: str, sets: list[dict[str, Any]]) -> None:
    if sets:
        changes = [{"Action": "DELETE", "ResourceRecordSet": one} for one in sets]
        api.call("ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch={"Changes": changes})


def _delete_zone(api: Api, thing: Scope) -> None:
    """A zone goes with the records that others wrote only where `forceDestroy` says so; otherwise Route 53 refuses."""
    if thing.inputs.get("forceDestroy"):
        _delete_sets(api, thing.id, [one for one in _all(api, thing.id) if one["Type"] not in _APEX])
    api.call("DeleteHostedZone", Id=thing.id)


def _network(one: dict[str, Any], thing: Scope) -> dict[str, str]:
    return {"VPCId": str(one["vpcId"]), "VPCRegion": str(one.get("vpcRegion") or thing.region)}


def _settle_networks(api: Api, thing: Scope) -> None:
    """A private zone answers in the VPCs of the inputs."""
    there = cast("list[dict[str, str]]", api.call("GetHostedZone", Id=thing.id).get("VPCs") or [])
    wanted = [_network(one, thing) for one in cast("list[dict[str, Any]]", thing.inputs.get("vpcs") or [])]
    for one in wanted:
        if one not in there:
            api.call("AssociateVPCWithHostedZone", HostedZoneId=thing.id, VPC=one)
    for one in there:
        if one not in wanted:
            api.call("DisassociateVPCFromHostedZone", HostedZoneId=thing.id, VPC=one)


def _private(thing: Scope) -> dict[str, str] | None:
    first = _first(thing.inputs.get("vpcs"))
    return _network(first, thing) if first else None


def _config(thing: Scope) -> dict[str, Any]:
    private = {"PrivateZone": True} if thing.inputs.get("vpcs") else {}
    return {"Comment": _comment(thing), **private}


def _comment(thing: Scope) -> str:
    return str(thing.inputs.get("comment") or "Managed by Pulumi")


_SERVERS = "DelegationSet.NameServers && sort(DelegationSet.NameServers)"
_GEO = "GeoLocation.[{continent: ContinentCode, country: CountryCode, subdivision: SubdivisionCode}]"
_IN_ZONE: dict[str, Source] = {"HostedZoneId": "$zoneId"}
_SET = (
    "records",
    "ttl",
    "aliases",
    "healthCheckId",
    "setIdentifier",
    "multivalueAnswerRoutingPolicy",
    *_ROUTED,
    "geolocationRoutingPolicies",
)

ROWS: dict[str, Row] = {
    "aws:route53/zone:Zone": Row(
        "route53",
        create=Call(
            "CreateHostedZone",
            {"CallerReference": lambda thing: secrets.token_hex(16), "HostedZoneConfig": _config, "VPC": _private},
            ("name", "comment", "vpcs", "delegationSetId"),
        ),
        id=lambda answer, thing: str(answer["HostedZone"]["Id"]).rpartition("/")[2],
        outputs={"nameServers": _SERVERS, "primaryNameServer": f"({_SERVERS})[0]"},
        reads=(
            Read(
                "GetHostedZone",
                {"Id": "$id"},
                seen={
                    "name": lambda found: str(found["HostedZone"]["Name"]).rstrip("."),
                    "comment": "HostedZone.Config.Comment",
                    "vpcs": "VPCs[].{vpcId: VPCId, vpcRegion: VPCRegion}",
                },
            ),
            Read("ListTagsForResource", {"ResourceType": "hostedzone", "ResourceId": "$id"}, "ResourceTagSet"),
        ),
        settings=(Own(_settle_networks, ("vpcs",)),),
        updates=(Call("UpdateHostedZoneComment", {"Id": "$id", "Comment": _comment}, ("comment",)),),
        delete=Own(_delete_zone, ("forceDestroy",)),
        undo=Call("DeleteHostedZone", {"Id": "$id"}),
        tagging=Tagging("$id", "ChangeTagsForResource", "ChangeTagsForResource", "hostedzone"),
        watched=("comment",),
        beyond={"enableAcceleratedRecovery": "moto 5.2.5 has no accelerated recovery"},
    ),
    "aws:route53/record:Record": Row(
        "route53",
        prepare=_find_name,
        create=Call("ChangeResourceRecordSets", _IN_ZONE | {"ChangeBatch": _batch()}, ("name", "type", "allowOverwrite", "zoneId", *_SET)),
        reads=(
            Read(
                "ListResourceRecordSets",
                _IN_ZONE | {"StartRecordName": "$fqdn", "StartRecordType": "$type"},
                _path,
                {
                    "name": lambda found: str(found["Name"]).rstrip("."),
                    "records": _records,
                    "aliases": _aliases,
                    **{name: _routed(name) for name in _ROUTED},
                    "geolocationRoutingPolicies": _GEO,
                    "multivalueAnswerRoutingPolicy": "MultiValueAnswer",
                },
            ),
        ),
        updates=(Call("ChangeResourceRecordSets", _IN_ZONE | {"ChangeBatch": _batch("UPSERT")}, _SET),),
        delete=_delete_record,
        beyond={
            "cidrRoutingPolicy": "moto 5.2.5 keeps no CidrRoutingConfig",
            "geoproximityRoutingPolicy": "moto 5.2.5 keeps no GeoProximityLocation",
        },
    ),
}
