"""A restore: a second database beside the running one, and the switch to it."""

from __future__ import annotations

NAME = r"^[a-z][a-z0-9-]{1,40}$"
SNAPSHOT = (
    "What it is made from: a snapshot's name (AWS: pn-manual-20260501), an instance and a backup or a time (GCP: INSTANCE/BACKUP or "
    "INSTANCE@2026-05-01T02:00:00Z), a server and a time (Azure: SERVER@2026-05-01T02:00:00Z)."
)


def check(first: str, active: str, restored: str | None) -> None:
    """`first` is the system's own name of its database. Raises ValueError where the two would be one, or what is used is neither."""
    if restored == first:
        raise ValueError(f"restored.name {first!r} is the first instance's name; allowed: another one")
    known = [first, *([restored] if restored else [])]
    if active not in known:
        raise ValueError(f"active: {active!r} is no database of this stack; allowed: {', '.join(known)}")
