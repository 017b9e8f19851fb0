"""The only list of places: regions of the three clouds, their country, membership, zones and pairs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache

from components import places


class Cloud(StrEnum):
    """Defined here and re-exported by `components.vocabulary`: the policy pack loads this file and nothing heavier."""

    AWS = "aws"
    GCP = "gcp"
    AZURE = "azure"


class Membership(StrEnum):
    EU = "eu"  # member state
    EEA = "eea"  # Norway, Iceland, Liechtenstein: the GDPR applies, EU law as a whole does not
    NONE = "none"


class Profile(StrEnum):
    """How far data may travel. `eea+adequacy` adds the United Kingdom and Switzerland by their adequacy decisions."""

    EU = "eu"
    EEA = "eea"
    EEA_ADEQUACY = "eea+adequacy"


class Verdict(StrEnum):
    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"  # shaped like a place, but in no table: never a pass
    NOT_A_PLACE = "not a place"


@dataclass(frozen=True)
class Region:
    """`pair` is where Azure's geo-redundant services copy to; `zone_ids` is AWS's prefix of zone ids (euw1 of euw1-az1)."""

    cloud: Cloud
    code: str
    place: str
    country: str
    membership: Membership
    zones: tuple[str, ...] = ()
    pair: str | None = None
    partition: str = ""
    dns_suffix: str = ""
    zone_ids: str = ""

    def allowed(self, profile: Profile = Profile.EU) -> bool:
        return _allowed(self.membership, self.country, profile)


@dataclass(frozen=True)
class Judgement:
    """What a value at a location property means. `place` is for people, `region` is set when the value lies in one region."""

    verdict: Verdict
    place: str = ""
    region: Region | None = None


class UnknownRegion(ValueError):
    """A region that is not in the table, or not where the caller needs it. One line with the value and the allowed values."""


_DNS_SUFFIX = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu", "aws-iso-e": "cloud.adc-e.uk"}
_GCP_LINK = re.compile(r"/(?:locations|regions|zones|instanceConfigs)/([^/]+)")


def regions(cloud: Cloud) -> tuple[Region, ...]:
    return tuple(_table(cloud).values())


def eu_regions(cloud: Cloud, profile: Profile = Profile.EU) -> tuple[Region, ...]:
    """The regions that `profile` allows, in the table's order."""
    return tuple(region for region in regions(cloud) if region.allowed(profile))


def region(cloud: Cloud, code: str) -> Region:
    """Raises `UnknownRegion` for a code that no table holds. Foreign regions are found: ask `allowed` whether data may live there."""
    found = _table(cloud).get(normalise(cloud, code))
    if found is None:
        raise UnknownRegion(f"{code!r} is no {cloud} region that is known here; allowed: {allowed_codes(cloud)}")
    return found


def eu_region(cloud: Cloud, code: str, profile: Profile = Profile.EU) -> Region:
    """As `region`, and refuses what `profile` does not allow."""
    found = region(cloud, code)
    if not found.allowed(profile):
        raise UnknownRegion(
            f"{code!r} is in {found.place}, {found.country}, outside the {profile} profile; allowed: {allowed_codes(cloud, profile)}"
        )
    return found


def allowed_codes(cloud: Cloud, profile: Profile = Profile.EU) -> str:
    return ", ".join(item.code for item in eu_regions(cloud, profile))


def normalise(cloud: Cloud, code: str) -> str:
    """Azure's API takes "West Europe" for westeurope; the other clouds take codes as they stand."""
    return code.replace(" ", "").lower() if cloud is Cloud.AZURE else code.strip().lower()


def zone_in(where: Region, zone: str) -> bool:
    """Strict: a zone of the table or an AWS zone id. No Local Zone, Wavelength Zone or Outpost, whatever its prefix."""
    return zone in where.zones or (bool(where.zone_ids) and re.fullmatch(re.escape(where.zone_ids) + r"-az[1-6]", zone) is not None)


def geo_redundant_target(where: Region) -> Region | None:
    """Where Azure's geo-redundant SKUs copy to; None when the region has no pair, so that such a SKU cannot work."""
    return _table(where.cloud).get(where.pair) if where.pair else None


def is_eu_place(cloud: Cloud, value: str, service: str | None = None, profile: Profile = Profile.EU) -> Verdict:
    return judge(cloud, value, service, profile).verdict


@lru_cache(maxsize=4096)
def judge(cloud: Cloud, value: str, service: str | None = None, profile: Profile = Profile.EU) -> Judgement:
    """Judges a region, zone, multi-region or geography. `service` decides GCP's multi-regions: EUR4 is fine, EUR5 holds London."""
    text = _plain(cloud, value)
    if not text or (cloud is Cloud.AZURE and text.isdigit()):  # Azure numbers its zones within the region
        return Judgement(Verdict.NOT_A_PLACE)
    found = _table(cloud).get(text) or _region_of_zone(cloud, text)
    if found is not None:
        verdict = Verdict.INSIDE if found.allowed(profile) else Verdict.OUTSIDE
        return Judgement(verdict, f"{found.place}, {found.country}", found)
    if cloud is Cloud.GCP:
        return _judge_multi_region(text, service, profile)
    if cloud is Cloud.AZURE and text in places.AZURE_GEOGRAPHIES:
        inside = _allowed(Membership(places.AZURE_GEOGRAPHIES[text]), "", profile)
        return Judgement(Verdict.INSIDE if inside else Verdict.OUTSIDE, f"the geography {text}")
    return Judgement(Verdict.UNKNOWN)


def _plain(cloud: Cloud, value: str) -> str:
    """The bare code: without a self-link's path around it, without Spanner's `regional-`."""
    if cloud is Cloud.GCP and (link := _GCP_LINK.findall(f"/{value}")):
        value = link[-1]
    return normalise(cloud, value).removeprefix("regional-" if cloud is Cloud.GCP else "")


def _region_of_zone(cloud: Cloud, zone: str) -> Region | None:
    if zone in places.AWS_LOCAL_ZONES:
        return _table(cloud).get(places.AWS_LOCAL_ZONES[zone])
    return next((item for item in regions(cloud) if zone_in(item, zone)), None) if cloud is not Cloud.AZURE else None


def _judge_multi_region(text: str, service: str | None, profile: Profile) -> Judgement:
    for line in _rows(places.GCP_MULTI):
        known_service, value, membership, covers = line
        if value.lower() == text and known_service in ("*", service):
            inside = _allowed(Membership(membership), "", profile)
            return Judgement(Verdict.INSIDE if inside else Verdict.OUTSIDE, covers)
    return Judgement(Verdict.UNKNOWN)


def _allowed(membership: Membership, country: str, profile: Profile) -> bool:
    if membership is Membership.EU:
        return True
    if membership is Membership.EEA:
        return profile is not Profile.EU
    return profile is Profile.EEA_ADEQUACY and country in places.ADEQUATE


def _membership(country: str) -> Membership:
    return Membership.EU if country in places.EU else Membership.EEA if country in places.EEA else Membership.NONE


def _rows(table: str) -> list[list[str]]:
    return [line.split("|") for line in table.strip().splitlines()]


@cache
def _table(cloud: Cloud) -> dict[str, Region]:
    rows = ((row + [""] * 6)[:6] for row in _rows({Cloud.AWS: places.AWS, Cloud.GCP: places.GCP, Cloud.AZURE: places.AZURE}[cloud]))
    return {code: _build(cloud, code, place, country, zones, extra) for code, place, country, zones, *extra in rows}


def _build(cloud: Cloud, code: str, place: str, country: str, zones: str, extra: list[str]) -> Region:
    base = Region(cloud, code, place, country, _membership(country))
    match cloud:
        case Cloud.AWS:
            partition = extra[1] or "aws"
            suffix = _DNS_SUFFIX.get(partition, "amazonaws.com")
            return replace(base, zones=tuple(code + z for z in zones), partition=partition, dns_suffix=suffix, zone_ids=extra[0])
        case Cloud.GCP:
            return replace(base, zones=tuple(f"{code}-{z}" for z in zones))
        case Cloud.AZURE:
            return replace(base, zones=tuple(zones), pair=extra[0] or None)
