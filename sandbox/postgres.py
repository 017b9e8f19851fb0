"""Which settings a major of PostgreSQL has, as far as they came or went between the majors that are offered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from components.database.versions import MAJORS, unknown


def strange(major: str, settings: Iterable[str]) -> Iterator[str]:
    """Nothing for majors that are not known here: those are judged by their form alone."""
    return unknown(major, settings) if major in MAJORS else iter(())
