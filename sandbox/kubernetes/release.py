"""Helm releases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.contract import Failure, Properties, Record, Refused, Request, World
from sandbox.invent import suffix
from sandbox.kubernetes.crds import RELEASE, chart_name
from sandbox.kubernetes.objects import mapping
from sandbox.reflected import DEFAULTS
from sandbox.reflection.check import show

_VERSION = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
IMMUTABLE = frozenset({"name", "namespace"})


def named(request: Request, olds: Properties, news: Properties) -> Properties:
    if news.get("name") is not None:
        return news
    kept = olds.get("name") if "name" in (olds.get(DEFAULTS) or ()) else None
    return {**news, "name": kept or f"{request.name}-{suffix(request.seed, request.urn, 8)}", DEFAULTS: ["name"]}


def rules(inputs: Properties) -> Iterator[Failure]:
    name, chart, version = inputs.get("name"), inputs.get("chart"), inputs.get("version")
    if isinstance(name, str) and (len(name) > 53 or not _NAME.fullmatch(name)):
        yield Failure("name", f"{show(name)}: a release name has at most 53 lower-case letters, digits, '-' and '.'")
    if isinstance(version, str) and not _VERSION.fullmatch(version):
        yield Failure("version", f"{show(version)} is not an exact version")
    repository = mapping(inputs.get("repositoryOpts")).get("repo")
    if isinstance(chart, str):
        yield from _source(chart, repository)


def _source(chart: str, repository: Any) -> Iterator[Failure]:
    if not chart:
        yield Failure("chart", "must not be empty")
    elif chart.startswith("oci://"):
        if repository:
            yield Failure("repositoryOpts.repo", f"{show(repository)}: a chart by OCI reference has no repository")
    elif repository is None:
        yield Failure("chart", f"{show(chart)}: neither an oci:// reference nor a repositoryOpts.repo to find it in")
    elif isinstance(repository, str) and not re.match(r"https?://\S+$", repository):
        what = "put oci:// references into chart" if repository.startswith("oci://") else "expected https://…"
        yield Failure("repositoryOpts.repo", f"{show(repository)} is no chart repository: {what}")


def namespace(inputs: Properties) -> str:
    value = inputs.get("namespace")
    return value if isinstance(value, str) else "default"


def release_id(inputs: Properties) -> str:
    return f"{namespace(inputs)}/{inputs['name']}"


def admit(inputs: Properties, prior: Record | None, cluster: str, world: World) -> None:
    if prior is not None:
        return
    for record in world.all(RELEASE):
        if record.region == cluster and release_id(record.inputs) == release_id(inputs):
            raise Refused("AlreadyExists", f"cannot re-use a name that is still in use: release {release_id(inputs)}")


def outputs(inputs: Properties, prior: Record | None) -> Properties:
    before = mapping(prior.outputs.get("status")) if prior else {}
    status = {
        "name": inputs["name"],
        "namespace": namespace(inputs),
        "revision": int(before.get("revision", 0)) + 1,
        "status": "deployed",
        "chart": chart_name(str(inputs.get("chart", ""))),
        "version": inputs.get("version") or "0.0.0",
        "appVersion": str(inputs.get("version") or "0.0.0").removeprefix("v"),
    }
    known = {name: value for name, value in inputs.items() if value is not None and name != DEFAULTS}
    return {**known, "namespace": namespace(inputs), "status": status, "resourceNames": inputs.get("resourceNames") or {}}
