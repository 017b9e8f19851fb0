"""A restore: a second database beside the running one, and the switch to it."""

from __future__ import annotations

from infra.mistakes import FieldMistakes

NAME = r"^[a-z][a-z0-9-]{1,40}$"
SNAPSHOT = (
    "What it is made from: a snapshot's name (AWS: pn-manual-20260501), an instance and a backup or a time (GCP: INSTANCE/BACKUP or "
    "INSTANCE@2026-05-01T02:00:00Z), a server and a time (Azure: SERVER@2026-05-01T02:00:00Z)."
)


def check(first: str, active: str, restored: str | None) -> None:
    """`first` is the system's own name of its database. Raises FieldMistakes where the two would be one, or what is used is neither."""
    known = [first, *([restored] if restored else [])]
    lines: list[str] = []
    if restored == first:
        lines.append(f"restored.name: {first!r} is the first instance's name; allowed: another one")
    if active not in known:
        lines.append(f"active: {active!r} is no database of this stack; allowed: {', '.join(dict.fromkeys(known))}")
    if lines:
        raise FieldMistakes(lines)
