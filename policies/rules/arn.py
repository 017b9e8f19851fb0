"""RES-14: an ARN found anywhere, JSON documents included, names a region of the EU or none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.geography import Cloud, Verdict, judge
from policies import facts
from policies.model import Resource, Value, Violation, parsed, strings

ARN = re.compile(r"\barn:(aws[\w-]*|\*):([\w*-]*):([^:\s\"'/]*):")


def arns(resource: Resource) -> Iterator[Violation]:
    for path, text in strings(resource.properties):
        if "arn:" not in text:
            continue
        for part, wildcards in _texts(text):
            for match in ARN.finditer(part):
                if problem := _problem(resource, *match.groups(), wildcards=wildcards):
                    yield Violation("RES-14", path, f'"{match.group(0)}…"', problem, resource.allowed(Cloud.AWS))


def _texts(text: str) -> Iterator[tuple[str, bool]]:
    """The texts to search, and whether a wildcard opens nothing there: a condition only narrows what its statement allows."""
    document = parsed(text)
    if document is None:
        yield text, False
    elif isinstance(document, dict) and "Statement" in document:
        given = document["Statement"]
        for statement in given if isinstance(given, list) else [given]:
            yield from _of_statement(statement)
    else:
        yield from ((part, False) for _, part in strings(document))


def _of_statement(statement: Value) -> Iterator[tuple[str, bool]]:
    if _denies(statement):
        return  # what forbids foreign regions has to name them
    narrowing = statement.get("Condition") if isinstance(statement, dict) else None
    rest: Value = {key: value for key, value in statement.items() if key != "Condition"} if isinstance(statement, dict) else statement
    yield from ((part, False) for _, part in strings(rest))
    yield from ((part, True) for _, part in strings(narrowing))


def _denies(statement: Value) -> bool:
    return isinstance(statement, dict) and statement.get("Effect") == "Deny"


def _problem(resource: Resource, partition: str, service: str, region: str, *, wildcards: bool) -> str:
    if not region or service in facts.global_arn_services():
        return ""
    if "$" in region or "{" in region:
        return "" if "AWS::Region" in region or "aws:" in region else "the region is filled in later; write it"
    if "*" in region or "?" in region:
        return "" if wildcards else "the wildcard matches regions outside the EU; write the region"
    verdict = judge(Cloud.AWS, region, profile=resource.profile)
    if verdict.region and verdict.region.partition != partition != "*" and verdict.verdict is Verdict.INSIDE:
        return f"{region} is in the partition {verdict.region.partition}, not {partition}"
    if verdict.verdict is Verdict.INSIDE:
        return ""
    return f"{verdict.place} is outside the EU" if verdict.place else "this is no region that is known"
