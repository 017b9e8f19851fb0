"""Known deviations as data: each with a reason, an owner and an end."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from functools import cache
from typing import cast

from policies import facts
from policies.model import Resource, Violation


@dataclass(frozen=True)
class Exemption:
    """`type`, `name` and `path` are shell patterns; it counts up to and including the day of `expires`."""

    rule: str
    type: str
    name: str
    reason: str
    owner: str
    expires: datetime.date
    path: str = "*"

    def covers(self, resource: Resource, violation: Violation) -> bool:
        return (
            self.rule == violation.rule
            and fnmatchcase(resource.type, self.type)
            and fnmatchcase(resource.name, self.name)
            and fnmatchcase(violation.path, self.path)
        )


@dataclass(frozen=True)
class Verdict:
    """What stands, and what was let through with the exemption that did."""

    standing: tuple[Violation, ...]
    exempted: tuple[tuple[Violation, Exemption], ...]


def apply(resource: Resource, violations: Iterable[Violation], exemptions: Iterable[Exemption], today: datetime.date) -> Verdict:
    standing: list[Violation] = []
    exempted: list[tuple[Violation, Exemption]] = []
    listed = tuple(exemptions)
    for violation in violations:
        matching = [item for item in listed if item.covers(resource, violation)]
        valid = next((item for item in matching if item.expires >= today), None)
        if valid and not (violation.rule.startswith("RES-") and _personal(resource)):
            exempted.append((violation, valid))
        else:
            standing.append(_explained(violation, matching, expired=valid is None))
    return Verdict(tuple(standing), tuple(exempted))


def _explained(violation: Violation, matching: list[Exemption], expired: bool) -> Violation:
    if not matching:
        return violation
    given = matching[0]
    note = f"the exemption of {given.owner} expired on {given.expires}" if expired else "personal data cannot be exempted"
    return Violation(violation.rule, violation.path, violation.value, f"{violation.message} ({note})", violation.allowed)


def _personal(resource: Resource) -> bool:
    """Data tagged personal stays, whoever asks."""
    held = (resource.properties.get(key) for key in ("tags", "tagsAll", "labels"))
    return any(isinstance(tags, dict) and tags.get("data-class") == "personal" for tags in held)


@cache
def recorded() -> tuple[Exemption, ...]:
    return read(facts.read("exemptions.yaml"))


def read(rows: object) -> tuple[Exemption, ...]:
    """Raises ValueError, one line per mistake, so that a malformed file stops the pack instead of exempting or hiding anything."""
    known = {item.name for item in fields(Exemption)}
    mistakes: list[str] = []
    for index, row in enumerate(cast("list[dict[str, object]]", rows)):
        mistakes += [f"exemptions[{index}].{key}: unknown; allowed: {', '.join(sorted(known))}" for key in row.keys() - known]
        mistakes += [f"exemptions[{index}].{key}: missing" for key in sorted(known - {"path"} - row.keys())]
        mistakes += [f"exemptions[{index}].{key}: empty" for key, value in row.items() if value in (None, "")]
        if "expires" in row and type(row["expires"]) is not datetime.date:
            mistakes.append(f"exemptions[{index}].expires: {row['expires']!r} is no date; allowed: YYYY-MM-DD")
    if mistakes:
        raise ValueError("\n".join(mistakes))
    return tuple(Exemption(**cast("dict[str, str]", row)) for row in cast("list[dict[str, object]]", rows))  # type: ignore[arg-type]  # dates checked above
