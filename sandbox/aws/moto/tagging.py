"""Setting and taking tags, by whatever members a service's tagging operations have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.aws.moto.client import Service
from sandbox.aws.moto.row import Row
from sandbox.aws.moto.scope import Thing
from sandbox.aws.moto.shapes import is_tags, plain, tags_as


def retag(api: Service, row: Row, thing: Thing, olds: Mapping[str, str], news: Mapping[str, str]) -> None:
    """From `olds` to `news`; nothing else is touched."""
    tagging = row.tagging
    if tagging is None:
        return
    resource = thing.value(tagging.resource)
    stale = sorted(olds.keys() - news.keys())
    if stale and not tagging.replace:
        api.call(tagging.unset, **_about(api, tagging.unset, resource, tagging.kind, keys=stale))
    if news and (tagging.replace or dict(news) != dict(olds)):
        api.call(tagging.set, **_about(api, tagging.set, resource, tagging.kind, tags=news))


def _about(
    api: Service, operation: str, resource: Any, kind: str, tags: Mapping[str, str] | None = None, keys: list[str] | None = None
) -> dict[str, Any]:
    """The resource goes where the operation requires one, the tags or their keys where its members are named so."""
    shape = api.shape(operation)
    given: dict[str, Any] = {}
    for member, of in shape.members.items():
        name = plain(member)
        if name == "tagging":  # S3 wraps them
            given[member] = {"TagSet": tags_as(tags or {}, of.members["TagSet"])}
        elif tags is not None and (is_tags(member) or name == "addtags"):
            given[member] = tags_as(tags, of)
        elif keys is not None and (name in ("tagkeys", "tagkeylist", "removetagkeys")):
            given[member] = keys
        elif keys is not None and is_tags(member):
            # Without a value, which would have to be the right one.
            given[member] = [{key: one[key] for key in one if key.lower().endswith("key")} for one in tags_as(dict.fromkeys(keys, ""), of)]
        elif name == "resourcetype":
            given[member] = kind
        elif member in shape.required_members:
            given[member] = [resource] if of.type_name == "list" else resource
    return given
