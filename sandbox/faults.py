"""Faults on demand: throttled calls, a failed create, a provider that dies in mid-operation."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sandbox.contract import Refused

ATTEMPTS = 10
"""Calls that a provider makes before it gives up on throttling; the AWS SDK's adaptive mode tries about that often."""
FIRST_BACKOFF = 0.02
"""Seconds, doubled at every attempt: short, since the world waits for nobody."""
LONGEST_BACKOFF = 0.5
CRASHED = 70
"""Exit code of a provider process that a fault killed."""


KINDS = "throttle:SHARE, fail:GLOB, crash:GLOB, busy:SHARE or drop:GLOB"


Inject = Callable[[str, str], str | None]
"""Service and operation of one attempt at a judge to the fault that it meets, if any: `throttle` or `drop`."""


def no_fault(service: str, operation: str) -> None:
    del service, operation


@dataclass(frozen=True)
class Fault:
    """`throttle` and `busy` with a share of calls, `fail` and `crash` with a glob over resource type or name, `drop` with one over a
    judge's operation (CreateVpc) or resource (deployments)."""

    kind: Literal["throttle", "fail", "crash", "busy", "drop"]
    value: str

    @classmethod
    def parse(cls, text: str) -> Fault:
        kind, _, value = text.partition(":")
        if kind not in ("throttle", "fail", "crash", "busy", "drop") or not value:
            raise ValueError(f"--fault {text!r}: expected {KINDS}")
        if kind in ("throttle", "busy"):
            try:
                share = float(value)
            except ValueError:
                share = -1.0
            if not 0 <= share <= 1:
                raise ValueError(f"--fault {text!r}: the share of throttled calls must be a number from 0 to 1")
        return cls(kind, value)

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    def matches(self, type_: str, name: str) -> bool:
        return fnmatch.fnmatchcase(type_, self.value) or fnmatch.fnmatchcase(name, self.value)


class Faults:
    """Decides which calls go wrong. The same seed and the same calls give the same faults, whatever the order of threads.

    `fail`, `crash` and `drop` happen once per state directory: a mark on disk outlives the process that died of it.
    """

    def __init__(self, faults: Iterable[Fault], seed: int, state: Path) -> None:
        self._faults = tuple(faults)
        self._seed = seed
        self._marks = state / "faults"
        self._calls: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def throttle(self, operation: str, urn: str, pause: Callable[[float], None]) -> int:
        """How often the call was throttled before it got through. Raises Refused when every attempt was."""
        share = self._share("throttle")
        if not share:
            return 0
        with self._lock:
            self._calls[operation, urn] += 1
            call = self._calls[operation, urn]
        dice = random.Random(f"{self._seed}|{operation}|{urn}|{call}")
        for attempt in range(ATTEMPTS):
            if dice.random() >= share:
                return attempt
            pause(min(LONGEST_BACKOFF, FIRST_BACKOFF * 2**attempt) * (0.5 + dice.random() / 2))
        raise Refused("ThrottlingException", f"Rate exceeded ({ATTEMPTS} attempts)")

    def inject(self, service: str, operation: str) -> Literal["throttle", "drop"] | None:
        """What one attempt at a judge meets: a refusal for too many calls, or an answer that gets lost once the work is done."""
        if self._due("drop", operation, f"{service}:{operation}"):
            return "drop"
        if not (share := self._share("busy")):
            return None
        with self._lock:
            self._calls[service, operation] += 1
            call = self._calls[service, operation]
        return "throttle" if random.Random(f"{self._seed}|{service}|{operation}|{call}").random() < share else None

    def _share(self, kind: str) -> float:
        return max((float(fault.value) for fault in self._faults if fault.kind == kind), default=0.0)

    def fail(self, type_: str, name: str) -> None:
        """Raises Refused at the first create that a `fail` fault names."""
        if fault := self._due("fail", type_, name):
            raise Refused("InternalFailure", f"The request processing has failed because of an unknown error (fault {fault})")

    def crash(self, type_: str, name: str) -> None:
        """Ends the process on the spot, as a segmentation fault would, at the first operation that a `crash` fault names."""
        if self._due("crash", type_, name):
            os._exit(CRASHED)

    def spent(self) -> list[tuple[Fault, Path]]:
        """Faults that have happened in this state directory, with the mark to delete to arm them again."""
        return [(fault, mark) for fault in self._faults if (mark := self._mark(fault)).exists()]

    def _due(self, kind: str, type_: str, name: str) -> Fault | None:
        for fault in self._faults:
            if fault.kind == kind and fault.matches(type_, name):
                self._marks.mkdir(parents=True, exist_ok=True)
                try:
                    os.close(os.open(self._mark(fault), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
                except FileExistsError:
                    continue
                return fault
        return None

    def _mark(self, fault: Fault) -> Path:
        return self._marks / f"{fault.kind}-{hashlib.sha256(str(fault).encode()).hexdigest()[:12]}"
