"""What GCP takes as labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.contract import UNKNOWN

MOST = 64
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_VALUE = re.compile(r"[a-z0-9_-]{0,63}")


def wrong_labels(labels: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The place of each fault below the map, and the reason."""
    if len(labels) > MOST:
        yield "", f"has {len(labels)} labels (at most {MOST})"
    for key, value in labels.items():
        if not _KEY.fullmatch(key):
            yield f".{key}", f"{key!r} is not a label's key: 1-63 lower-case letters, digits, '_' and '-', a letter first"
        if value is not UNKNOWN and (not isinstance(value, str) or not _VALUE.fullmatch(value)):
            yield f".{key}", f"{value!r} is not a label's value: up to 63 lower-case letters, digits, '_' and '-'"
