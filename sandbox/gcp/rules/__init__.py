"""What the services refuse before they look at anything else: names, ranges, forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from sandbox.contract import Failure, Properties, Request
from sandbox.gcp.rules.labels import wrong_labels
from sandbox.rules import Rule, one_of


@lru_cache
def _rules() -> dict[str, tuple[Rule, ...]]:
    from sandbox.gcp.rules import cache, cluster, database, dns, network, security, storage

    return {**network.RULES, **cache.RULES, **cluster.RULES, **database.RULES, **storage.RULES, **dns.RULES, **security.RULES}


_EVERYWHERE: tuple[Rule, ...] = (one_of("deletionPolicy", "DELETE", "PREVENT", "ABANDON", "REMOVE_PEERING", "DISABLE"),)
_NOT_LABELS = frozenset({"gcp:monitoring/notificationChannel:NotificationChannel"})
"""Types whose `labels` say something else."""


def _labels(request: Request, inputs: Properties) -> Iterator[Failure]:
    for name in ("labels", "resourceLabels"):
        labels = inputs.get(name)
        if isinstance(labels, Mapping) and request.type not in _NOT_LABELS:
            for path, reason in wrong_labels(cast("Mapping[str, Any]", labels)):
                yield Failure(f"{name}{path}", reason)


def judge(request: Request, inputs: Properties) -> Iterator[Failure]:
    for rule in (*_EVERYWHERE, _labels, *_rules().get(request.type, ())):
        yield from rule(request, inputs)
