"""In which order a destroy took a stack down: when each deletion began and was done, and whether that keeps to rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, cast

from ops.stack.events import Event


@dataclass(frozen=True)
class Deletion:
    """`began` and `ended` are places in the event log (its times are whole seconds). None: it never came to an end."""

    urn: str
    type: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    began: int
    ended: int | None = None

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]

    def __str__(self) -> str:
        return f"{self.type} {self.name}"


Pair = tuple[Deletion, Deletion]
Those = Callable[[Deletion], bool]
Related = Callable[[Deletion, Deletion], bool]


@dataclass(frozen=True)
class Rule:
    """The first of each pair must be gone before the second begins to go. `why` completes "… because"."""

    why: str
    pairs: Callable[[Sequence[Deletion]], Iterable[Pair]]


def deletions(events: Iterable[Event]) -> tuple[Deletion, ...]:
    """What was deleted, in the order in which it began. A retried deletion counts from its first attempt to its last one's end."""
    began: dict[str, tuple[int, Mapping[str, Any]]] = {}
    ended: dict[str, int] = {}
    for event in events:
        if step := _deletes(event.get("resourcePreEvent")):
            began.setdefault(step["urn"], (event["sequence"], step))
        elif step := _deletes(event.get("resOutputsEvent")):
            ended[step["urn"]] = event["sequence"]
    found = (_deletion(step, at, ended.get(urn)) for urn, (at, step) in began.items())
    return tuple(sorted(found, key=lambda one: one.began))


def before(first: Those, second: Those, related: Related | None = None) -> Callable[[Sequence[Deletion]], Iterator[Pair]]:
    """All of the first kind with all of the second kind to which they are related, or with every one where nothing is said."""

    def pairs(all_: Sequence[Deletion]) -> Iterator[Pair]:
        seconds = [one for one in all_ if second(one)]
        for one in filter(first, all_):
            yield from ((one, other) for other in seconds if other is not one and (related is None or related(one, other)))

    return pairs


def types(*patterns: str) -> Those:
    """`aws:eks/*` and the like; case counts."""
    return lambda one: any(fnmatchcase(one.type, pattern) for pattern in patterns)


def either(*those: Those) -> Those:
    return lambda one: any(kind(one) for kind in those)


def but(those: Those, without: Those) -> Those:
    return lambda one: those(one) and not without(one)


def broken(rule: Rule, all_: Sequence[Deletion]) -> list[str]:
    """One line for each pair that went the other way round, or at once. A rule that has no pair at all is broken too: it proves nothing."""
    pairs = list(rule.pairs(all_))
    if not pairs:
        return [f"nothing to compare: {rule.why}"]
    return [
        f"{second} began to go (event {second.began}) before {first} was gone ({_end(first)}): {rule.why}"
        for first, second in pairs
        if first.ended is None or first.ended >= second.began
    ]


def texts(value: Any) -> frozenset[str]:
    """Every text in a value, however deep, without keys."""
    if isinstance(value, str):
        return frozenset([value])
    if isinstance(value, Mapping):
        value = list(cast("Mapping[str, Any]", value).values())
    return frozenset[str]().union(*map(texts, cast("Sequence[Any]", value))) if isinstance(value, Sequence) else frozenset()


def _end(one: Deletion) -> str:
    return "never" if one.ended is None else f"event {one.ended}"


def _deletes(event: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    step = cast("Mapping[str, Any]", event["metadata"]) if event else None
    return step if step and step["op"] == "delete" else None


def _deletion(step: Mapping[str, Any], began: int, ended: int | None) -> Deletion:
    old = cast("Mapping[str, Any]", step["old"])
    return Deletion(step["urn"], step["type"], old.get("id") or "", old.get("inputs") or {}, old.get("outputs") or {}, began, ended)
