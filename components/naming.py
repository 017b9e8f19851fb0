"""Names that fit the clouds' rules: cut where they are too long, made unlike others' where a name is taken worldwide. Pure."""

from __future__ import annotations

import hashlib
import re

_MARK = 6
"""Hexadecimal digits that keep a cut name apart from others with the same beginning: one clash in 16 million."""


def fit(name: str, longest: int, *, hyphens: bool = True) -> str:
    """The name where it fits; else its beginning and a mark of the whole. Lower case; without `hyphens`, letters and digits alone."""
    plain = name.lower() if hyphens else re.sub(r"[^a-z0-9]", "", name.lower())
    if len(plain) <= longest:
        return plain
    tie = "-" if hyphens else ""
    return f"{plain[: longest - _MARK - len(tie)].rstrip('-')}{tie}{mark(name)}"


def worldwide(name: str, account: str, longest: int, *, hyphens: bool = True) -> str:
    """A name of a scope that all customers of a cloud share (buckets, vaults, registries), marked by the account that it belongs to."""
    tie = "-" if hyphens else ""
    plain = name.lower() if hyphens else re.sub(r"[^a-z0-9]", "", name.lower())
    return f"{fit(plain, longest - _MARK - len(tie), hyphens=hyphens)}{tie}{mark(account)}"


def mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_MARK]
