"""What the engine did, read from its event log: one JSON object a line, written while it runs."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

STACK_TYPE = "pulumi:pulumi:Stack"

Event = Mapping[str, Any]


def _counter() -> Counter[str]:
    return Counter()


@dataclass
class Pack:
    """One policy pack's verdict: rules that ran, resources they looked at, violations by rule."""

    name: str
    version: str = ""
    rules: set[str] = field(default_factory=set[str])
    resources: set[str] = field(default_factory=set[str])
    violations: Counter[str] = field(default_factory=_counter)


@dataclass
class Told:
    """`changes` counts resources by operation (create, update, replace, delete, same …), None when the engine never summed up."""

    changes: dict[str, int] | None = None
    seconds: int = 0
    packs: dict[str, Pack] = field(default_factory=dict[str, Pack])
    errors: list[str] = field(default_factory=list[str])
    first: int = 0
    last: int = 0

    @property
    def makespan(self) -> int:
        """Seconds from the first resource's start to the last one's end."""
        return self.last - self.first


def read(path: Path) -> Iterator[Event]:
    """Skips a last line that a killed engine left half written."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield cast("Event", json.loads(line))
            except json.JSONDecodeError:
                continue


def told(events: Iterable[Event]) -> Told:
    """`first` and `last` are the times (Unix seconds) of the first resource's start and the last one's end.

    The stack itself does not count: the engine begins it before the program has loaded.
    """
    result = Told()
    packs: defaultdict[str, Pack] = defaultdict(lambda: Pack(""))
    for event in events:
        if begun := event.get("resourcePreEvent"):
            if not result.first and begun["metadata"]["type"] != STACK_TYPE:
                result.first = event["timestamp"]
        elif "resOutputsEvent" in event:
            result.last = event["timestamp"]
        elif summary := event.get("summaryEvent"):
            result.changes = summary.get("resourceChanges") or {}
            result.seconds = summary.get("durationSeconds", 0)
        elif verdict := event.get("policyAnalyzeSummaryEvent"):
            pack = packs[verdict["policyPackName"]]
            pack.version = verdict.get("policyPackVersionTag") or verdict.get("policyPackVersion") or ""
            pack.rules.update(verdict.get("passed") or (), verdict.get("failed") or ())
            pack.resources.add(verdict["resourceUrn"])
        elif violation := event.get("policyEvent"):
            pack = packs[violation["policyPackName"]]
            pack.violations[violation["policyName"]] += 1
        elif (said := event.get("diagnosticEvent")) and said.get("severity") == "error":
            result.errors.append(said["message"])
    for name, pack in packs.items():
        pack.name = name
    result.packs = dict(packs)
    return result


def changed(changes: Mapping[str, int]) -> int:
    """Resources that an operation touched at all."""
    return sum(count for operation, count in changes.items() if operation not in ("same", "read"))
