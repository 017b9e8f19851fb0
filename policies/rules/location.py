"""RES-01 to RES-05 and RES-24: every place that a resource or a provider names lies in the EU."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from components.geography import Cloud, Judgement, Region, Verdict, judge
from policies import facts, table
from policies.model import Hit, Resource, Unknown, Value, Violation, at, parsed, shown

DEFAULT_PLACE = {Cloud.AWS: ("region",), Cloud.GCP: ("region", "zone"), Cloud.AZURE: ("location",)}


def places(resource: Resource) -> Iterator[Violation]:
    cloud = resource.cloud
    if cloud is None:
        return
    for path in table.paths(resource):
        for hit in at(resource.properties, path):
            yield from _judge(resource, cloud, hit)


def provider(resource: Resource) -> Iterator[Violation]:
    """A place must be written: without one an environment variable or a profile of whoever runs the program would choose it."""
    cloud = resource.cloud
    if cloud is None:
        return
    if resource.is_provider:
        names = DEFAULT_PLACE[cloud]
        if not any(resource.properties.get(name) for name in names) and resource.package != "azuread":
            yield Violation(
                "RES-01", names[0], "", "the provider names no place, so that the environment would choose it", resource.allowed()
            )
        yield from _endpoints(resource, cloud)
    elif cloud is Cloud.AWS:
        yield from _effective_region(resource)
    elif resource.provider:
        yield from _provider_places(resource, cloud)


def _effective_region(resource: Resource) -> Iterator[Violation]:
    if _blank(resource.region()):
        yield Violation("RES-01", "region", "", "neither the resource nor its provider names a region", resource.allowed())
    elif _blank(resource.properties.get("region")):
        yield from _provider_places(resource, Cloud.AWS)


def _provider_places(resource: Resource, cloud: Cloud) -> Iterator[Violation]:
    if resource.provider is None:
        return
    for name in DEFAULT_PLACE[cloud]:
        value = resource.provider.properties.get(name)
        if not _blank(value):
            yield from _judge(resource, cloud, Hit(f"provider.{name}", value, {}), rule="RES-01")


def _endpoints(resource: Resource, cloud: Cloud) -> Iterator[Violation]:
    given = resource.properties.get("endpoints")
    entries = parsed(given) if isinstance(given, str) else given
    for entry in entries if isinstance(entries, list) else []:
        for service, url in entry.items() if isinstance(entry, dict) else ():
            if isinstance(url, str) and url and (problem := _endpoint_problem(url, cloud)):
                yield Violation("RES-01", f"endpoints.{service}", f'"{urlsplit(url).hostname or "?"}"', problem, resource.allowed())


def _endpoint_problem(url: str, cloud: Cloud) -> str:
    host = urlsplit(url).hostname or ""
    if host in ("localhost", "127.0.0.1", "::1"):
        return ""
    if not host.endswith((".amazonaws.com", ".amazonaws.eu")):
        return "the endpoint sends the traffic of this service to a foreign host"
    judged = [judge(cloud, label) for label in host.split(".")]
    if any(item.verdict is Verdict.OUTSIDE for item in judged):
        return "the endpoint is outside the EU"
    return "" if any(item.verdict is Verdict.INSIDE for item in judged) else "the endpoint names no region"


def _blank(value: Value) -> bool:
    return value is None or value == ""


def _judge(resource: Resource, cloud: Cloud, hit: Hit, rule: str = "") -> Iterator[Violation]:
    name = re.sub(r"\[\d+\]$", "", hit.path).rpartition(".")[2].lower()
    if isinstance(hit.value, Unknown):
        advice = "the place is not known at preview; write it as a plain value"
        yield Violation("RES-24", hit.path, "unknown", advice, resource.allowed(cloud))
        return
    if not isinstance(hit.value, str) or not hit.value or facts.global_by_nature(resource.type, hit.value):
        return
    verdict = judge(cloud, hit.value, resource.service, resource.profile)
    rule = rule or _rule(resource, hit.path, name, verdict)
    home = _home(resource, cloud, hit) if "zone" in name else None
    allowed = ", ".join(home.zones) if home and home.allowed(resource.profile) else resource.allowed(cloud)
    if verdict.verdict is Verdict.OUTSIDE:
        yield Violation(rule, hit.path, shown(hit.value), f"{verdict.place} is outside the EU", allowed)
    elif verdict.verdict is Verdict.UNKNOWN:
        what = (
            "no zone of a known region (Local and Wavelength Zones count by their own place)"
            if "zone" in name
            else "no place that is known"
        )
        yield Violation(rule, hit.path, shown(hit.value), f"this is {what}", allowed)
    elif home and verdict.region and home.code != verdict.region.code:
        message = f"a zone of {verdict.region.code} in a resource of {home.code}"
        yield Violation("RES-04", hit.path, shown(hit.value), message, allowed)


def _rule(resource: Resource, path: str, name: str, verdict: Judgement) -> str:
    if resource.is_provider:
        return "RES-01"
    if "zone" in name:
        return "RES-04"
    if resource.cloud is Cloud.GCP and verdict.region is None:
        return "RES-05"
    return "RES-03" if "." in path or "[" in path else "RES-02"


def _home(resource: Resource, cloud: Cloud, hit: Hit) -> Region | None:
    """The region that a zone must belong to: the one named beside it, the resource's, on AWS the provider's."""
    around = (hit.around, resource.properties) if "." in hit.path else (resource.properties,)
    named = (place for item in around for key in ("region", "regionName", "location") if isinstance(place := item.get(key), str))
    places = [*named, resource.region()] if cloud is Cloud.AWS else [*named]
    return next((found for place in places if isinstance(place, str) and (found := judge(cloud, place).region)), None)
