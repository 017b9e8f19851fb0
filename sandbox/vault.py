"""Keeps the secret parts of the world's records in a file of their own, readable by the owner only."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from sandbox.contract import Properties
from sandbox.sealing import Secret, reveal

REFERENCE = "$vault"
"""Key of the object that stands in a record where the secret was."""


class Vault:
    """Secret values by random reference. A reference is written once and never changed, so a crash leaves at most unused ones."""

    def __init__(self, path: Path) -> None:
        # Created with the right mode before SQLite opens it: its journal files inherit that mode.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        path.chmod(0o600)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS secret (reference TEXT PRIMARY KEY, value TEXT NOT NULL)")

    def mask(self, sealed: Any) -> Any:
        """JSON-ready copy of sealed properties in which every secret is a reference."""
        if isinstance(sealed, Secret):
            reference = secrets.token_hex(12)
            self._db.execute("INSERT INTO secret VALUES (?, ?)", (reference, json.dumps(reveal(sealed.value))))
            return {REFERENCE: reference}
        if isinstance(sealed, dict):
            return {key: self.mask(value) for key, value in cast(Properties, sealed).items()}
        if isinstance(sealed, list):
            return [self.mask(value) for value in cast(list[Any], sealed)]
        return sealed

    def unmask(self, masked: Any) -> Any:
        """Sealed properties again; a reference whose value is gone reads as a secret null."""
        if isinstance(masked, dict):
            bag = cast(Properties, masked)
            if set(bag) == {REFERENCE}:
                row = self._db.execute("SELECT value FROM secret WHERE reference = ?", (bag[REFERENCE],)).fetchone()
                return Secret(json.loads(row[0]) if row else None)
            return {key: self.unmask(value) for key, value in bag.items()}
        if isinstance(masked, list):
            return [self.unmask(value) for value in cast(list[Any], masked)]
        return masked

    def forget(self, masked: Iterable[Any]) -> None:
        """Drops the secrets that these masked properties refer to."""
        self._db.executemany("DELETE FROM secret WHERE reference = ?", [(reference,) for reference in _references(list(masked))])

    def close(self) -> None:
        self._db.close()


def _references(masked: Any) -> list[str]:
    if isinstance(masked, dict):
        bag = cast(Properties, masked)
        if set(bag) == {REFERENCE}:
            return [cast(str, bag[REFERENCE])]
        return [reference for value in bag.values() for reference in _references(value)]
    if isinstance(masked, list):
        return [reference for value in cast(list[Any], masked) for reference in _references(value)]
    return []
