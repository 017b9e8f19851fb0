"""Rules that are rows of a table (RES-07, 09 to 11, 13, 15, 16, 19, 20, NET-02, NET-03, ENC): one input, the values it may not have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.geography import Cloud, geo_redundant_target, judge
from policies import facts
from policies.facts import Switch
from policies.model import Hit, Resource, Unknown, Value, Violation, at, shown


def switches(resource: Resource) -> Iterator[Violation]:
    for switch in facts.switches(resource.type):
        if not _excused(resource, switch):
            yield from _judge(resource, switch)


def _judge(resource: Resource, switch: Switch) -> Iterator[Violation]:
    if not switch.path:
        yield Violation(switch.rule, "", "", switch.why, switch.allowed)
        return
    if switch.present:
        if not _present(resource.properties, switch.path):
            yield Violation(switch.rule, switch.path, "absent", switch.why, switch.allowed)
        return
    hits = list(at(resource.properties, switch.path))
    if not hits and switch.require:
        yield Violation(switch.rule, switch.path, "absent", switch.why, switch.allowed)
    if not hits and switch.refuse == ".*" and _present(resource.properties, switch.path):
        yield Violation(switch.rule, switch.path, "", switch.why, switch.allowed)  # an empty object says yes, too
    for hit in hits:
        if problem := _problem(resource, switch, hit):
            yield Violation(switch.rule, hit.path, shown(hit.value), problem, switch.allowed or resource.allowed())


def _problem(resource: Resource, switch: Switch, hit: Hit) -> str:
    if isinstance(hit.value, Unknown):
        return "" if switch.late else f"not known at preview; write it as a plain value ({switch.why})"
    text = _text(hit.value)
    if switch.pair:
        return _pair_problem(resource, switch) if re.fullmatch(switch.pair, text) else ""
    if switch.require:
        return "" if re.fullmatch(switch.require, text) else switch.why
    return switch.why if re.fullmatch(switch.refuse, text, re.DOTALL) else ""


def _pair_problem(resource: Resource, switch: Switch) -> str:
    location = resource.properties.get("location") or (resource.provider.properties.get("location") if resource.provider else None)
    region = judge(Cloud.AZURE, location).region if isinstance(location, str) else None
    if region is None:
        return f"{switch.why}, and the region is not known here; write `location`"
    target = geo_redundant_target(region)
    if target is None:
        return f"{switch.why}, and {region.code} has none"
    return "" if target.allowed(resource.profile) else f"{switch.why}, {target.code} ({target.place}, {target.country})"


def _excused(resource: Resource, switch: Switch) -> bool:
    path, _, pattern = switch.unless.partition("=")
    hits = at(resource.properties, path) if path else ()
    return any(isinstance(hit.value, Unknown) or re.fullmatch(pattern, _text(hit.value)) for hit in hits)


def _present(value: Value, path: str) -> bool:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value is not None


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, (int, float)) else str(value)
