"""What the services refuse before they look at anything else: names, ranges, forms."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sandbox.azure.naming import name_property
from sandbox.azure.rules.everywhere import location, tags
from sandbox.contract import Failure, Properties, Request
from sandbox.reflection.model import Schema
from sandbox.rules import Rule


@lru_cache
def _rules() -> dict[str, tuple[Rule, ...]]:
    from sandbox.azure.rules import cache, cluster, data, database, network, security

    return {**cache.RULES, **cluster.RULES, **data.RULES, **database.RULES, **network.RULES, **security.RULES}


def judge(request: Request, schema: Schema, inputs: Properties) -> Iterator[Failure]:
    from sandbox.azure.rules.names import named

    yield from named(request, name_property(request.type, schema), inputs)
    for rule in (location, tags, *_rules().get(request.type, ())):
        yield from rule(request, inputs)
