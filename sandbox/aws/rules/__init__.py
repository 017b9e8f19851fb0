"""What the services refuse before they look at anything else: names, ranges, forms, documents."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sandbox.aws.regions import REGIONS
from sandbox.contract import Failure, Properties, Request
from sandbox.rules import Rule, each, one_of


@lru_cache
def _rules() -> dict[str, tuple[Rule, ...]]:
    from sandbox.aws.rules import caches, cluster, data, network, registry, security

    return {**network.RULES, **cluster.RULES, **data.RULES, **caches.RULES, **registry.RULES, **security.RULES}


_EVERYWHERE: tuple[Rule, ...] = (
    one_of("region", *sorted(REGIONS)),
    each("tags", lambda tags: None if len(tags) <= 50 else "has more than 50 tags"),
)


def _tags(request: Request, inputs: Properties) -> Iterator[Failure]:
    tags = inputs.get("tags")
    for key, value in tags.items() if isinstance(tags, dict) else ():  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] # wire value
        if str(key).lower().startswith("aws:"):  # pyright: ignore[reportUnknownArgumentType] # wire value
            yield Failure(f"tags.{key}", "aws: prefixed tag key names are not allowed for external use")
        if len(str(key)) > 128 or (isinstance(value, str) and len(value) > 256):  # pyright: ignore[reportUnknownArgumentType] # wire value
            yield Failure(f"tags.{key}", "a tag has a key of at most 128 and a value of at most 256 characters")


def judge(request: Request, inputs: Properties) -> Iterator[Failure]:
    for rule in (*_EVERYWHERE, _tags, *_rules().get(request.type, ())):
        yield from rule(request, inputs)
