"""The many ways to write one resource's name: self link, full name, relative name, by project id or by project number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from sandbox import walk
from sandbox.contract import Record
from sandbox.gcp.projects import number
from sandbox.walk import Leaf

_HOST = re.compile(
    r"(?:https?:)?(?://)?[a-z0-9.-]+\.googleapis\.com/(?:(?:compute|storage|dns|sql|bigquery)/v\d\w*/|v\d\w*/)?(projects/.+)"
)
_PATH = re.compile(r"projects/([^/]+)/(.+)")
_PARTS_OF = re.compile(r"/(?:cryptoKeyVersions|versions)/(?:\d+|latest)$")

_FREE_TEXT = frozenset(
    {
        *("labels", "userLabels", "resourceLabels", "terraformLabels", "description", "displayName", "title", "expression", "filter"),
        *("secretData", "secretDataWo", "password", "passwordWo", "rootPassword", "permissions", "values", "metadata", "annotations"),
        *("rrdatas", "content", "assetNames", "assetTypes", "oauthScopes", "rowFilter", "documentation", "query"),
    }
)
"""Properties whose texts name nothing that must exist."""


def leaves(value: Any) -> Iterator[Leaf]:
    return walk.leaves(value, _FREE_TEXT)


@lru_cache(maxsize=16384)
def canonical(value: str, project: str) -> str:
    """`projects/ID/…` whatever the form; the value itself where it is no resource's path."""
    match = _HOST.fullmatch(value)
    path = match.group(1) if match else value
    found = _PATH.fullmatch(path)
    if found is None:
        return value
    owner = project if found[1] in (project, number(project), "_", "-") else found[1]
    return f"projects/{owner}/{found[2]}"


def thing(value: str, project: str) -> str:
    """The canonical path; of a version, that of what it is a version of."""
    return _PARTS_OF.sub("", canonical(value, project))


def split(path: str) -> tuple[str, str] | None:
    """The project and what stands in it."""
    found = _PATH.fullmatch(path)
    return (found[1], found[2]) if found else None


def part(value: Any, path: str) -> dict[str, Any]:
    """The object at a path like `settings.ipConfiguration`; empty where there is none, or it is not known yet."""
    for name in path.split("."):
        value = cast("Mapping[str, Any]", value).get(name) if isinstance(value, Mapping) else None
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}


def short(value: str) -> str:
    return value.rpartition("/")[2]


def identities(record: Record) -> set[str]:
    """All canonical paths of a thing, and its bare id."""
    texts = [record.id, *(record.outputs.get(name) for name in ("selfLink", "name", "id"))]
    return {canonical(text, record.account) for text in texts if isinstance(text, str) and text and ("/" in text or text == record.id)}


def physical(record: Record) -> str:
    """The short name under which others know it."""
    for name in ("name", "secretId", "repositoryId", "bucketId"):
        value = record.outputs.get(name)
        if isinstance(value, str) and value:
            return short(value)
    return short(record.id)
