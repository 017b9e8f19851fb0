"""RES-22 and RES-23: regions named inside the cluster, in chart values, custom resources, environment and dashboards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.geography import Cloud, Judgement, Verdict, judge
from policies.model import Properties, Resource, Value, Violation, objects, parsed, shown

# Keys that name a cloud's region in charts (velero, loki, external-dns, the controllers) and custom resources.
REGION_KEYS = frozenset({"region", "awsregion", "aws_region", "aws_default_region", "regionname", "s3region", "stsregion", "region_name"})
NODE_LABELS = frozenset({"topology.kubernetes.io/region", "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"})
REGION_SHAPE = re.compile(r"[a-z]{2,4}(-[a-z]+)+-?\d{1,2}(-?[a-f])?|[a-z]+(north|south|east|west|central)\d?")
# Custom resources whose region must be one that is known, whatever it looks like.
STRICT = re.compile(
    r"kubernetes:(external-secrets\.io|generators\.external-secrets\.io|velero\.io|[\w.-]+\.(crossplane\.io|upbound\.io|services\.k8s\.aws))/.*"
)


def cluster_places(resource: Resource) -> Iterator[Violation]:
    dashboard = resource.properties.get("dashboardBody") if resource.type.startswith("aws:cloudwatch/dashboard") else None
    if isinstance(dashboard, str):
        yield from _walk(resource, "dashboardBody", parsed(dashboard))
    elif resource.package == "kubernetes" and not resource.is_provider:
        yield from _walk(resource, "", resource.properties)


def _walk(resource: Resource, prefix: str, root: Value) -> Iterator[Violation]:
    for path, around in objects(root, prefix):
        for key, value in _named(around):
            if isinstance(value, str) and (problem := _problem(resource, value, strict=bool(STRICT.fullmatch(resource.type)))):
                rule = "RES-23" if key in NODE_LABELS else "RES-22"
                yield Violation(rule, f"{path}.{key}".lstrip("."), shown(value), problem, _allowed(resource))


def _named(around: Properties) -> Iterator[tuple[str, Value]]:
    """Keys that name a region, environment variables that do, and node selectors."""
    for key, value in around.items():
        if key.lower() in REGION_KEYS or key in NODE_LABELS:
            yield from ((key, item) for item in (value if isinstance(value, list) else [value]))
    name = around.get("name") or around.get("key")
    if isinstance(name, str) and (name.lower() in REGION_KEYS or name in NODE_LABELS):
        given = around.get("values") if "values" in around else around.get("value")
        yield from ((name, item) for item in (given if isinstance(given, list) else [given]))


def _problem(resource: Resource, value: str, strict: bool) -> str:
    """The cloud is not told: a place of any cloud decides. Free text that has no region's shape is none, except where it must be one."""
    judged: list[Judgement] = [judge(cloud, value, profile=resource.profile) for cloud in Cloud]
    if any(item.verdict is Verdict.INSIDE for item in judged):
        return ""
    outside = next((item for item in judged if item.verdict is Verdict.OUTSIDE), None)
    if outside:
        return f"{outside.place} is outside the EU"
    return "this is no place that is known" if value and (strict or REGION_SHAPE.fullmatch(value)) else ""


def _allowed(resource: Resource) -> str:
    return resource.allowed(Cloud.AWS)
