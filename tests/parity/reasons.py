"""The written reasons of reasons.yaml, and how they are held against what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from components.vocabulary import Cloud
from tests.parity.effects import Effect

FILE = Path(__file__).with_name("reasons.yaml")
Subject = tuple[str, str]
"""A capability and a field of it."""
Written = Mapping[tuple[str, str, Cloud], str]


@cache
def of(part: Literal["fields", "outputs"]) -> Written:
    return {
        (capability, field, Cloud(cloud)): text
        for capability, fields in _document()[part].items()
        for field, clouds in fields.items()
        for cloud, text in clouds.items()
    }


@cache
def switches() -> Mapping[tuple[str, Cloud], str]:
    """By member of the dialect."""
    return {(member, Cloud(cloud)): text for member, clouds in _document()["dialect"].items() for cloud, text in clouds.items()}


def gaps(found: Mapping[Subject, Effect]) -> Iterator[Subject]:
    """Fields that reach nothing, and of which nothing was refused: an exception says its reason itself."""
    return (subject for subject, effect in found.items() if not effect.reached and not effect.refused)


def unexplained(gaps: Iterable[Subject], cloud: Cloud, written: Written) -> list[str]:
    return sorted(f"{capability}.{field}" for capability, field in gaps if (capability, field, cloud) not in written)


def stale(gaps: Iterable[Subject], cloud: Cloud, written: Written) -> list[str]:
    """Reasons for what is no gap, or is not there at all."""
    open_ = set(gaps)
    return sorted(f"{capability}.{field}" for capability, field, of in written if of is cloud and (capability, field) not in open_)


@cache
def _document() -> Any:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))
