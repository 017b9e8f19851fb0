"""The stand-in world on disk: what exists in the clouds that are not there."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sandbox.contract import Intent, Record
from sandbox.sealing import reveal
from sandbox.vault import Vault

IDENTIFYING = frozenset(
    {"arn", "name", "url", "endpoint", "address", "dnsName", "fqdn", "domainName", "repositoryUrl", "uniqueId", "identifier"}
    | {"clusterIdentifier", "invokeArn", "qualifiedArn", "keyName"}
)
"""Outputs by which other resources refer to one. Ids of *other* things (vpcId, roleArn …) are left out on purpose."""

Key = tuple[str, str, str, str]
"""Type, id, account, region: two regions may each hold a thing of the same name."""


@dataclass(frozen=True)
class Entry:
    """One record twice: in the open for the stand-ins, sealed for what leaves the process; and its JSON text as stored."""

    record: Record
    sealed: Record
    masked: tuple[str, str]


class World:
    """One SQLite file in WAL mode, mirrored in memory; a change by another process is seen at the next call.

    Records handed out are shared: whoever changes one must copy it first. Values wrapped in `Secret` go to the vault.
    """

    def __init__(self, state: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self.state = state
        self._vault = Vault(state / "vault.db")
        self._db = sqlite3.connect(state / "world.db", check_same_thread=False, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS record (type TEXT, id TEXT, account TEXT, region TEXT, package TEXT, urn TEXT,"
            " inputs TEXT, outputs TEXT, answered INTEGER, observed TEXT, PRIMARY KEY (type, id, account, region))"
        )
        if "observed" not in {column[1] for column in self._db.execute("PRAGMA table_info(record)")}:
            self._db.execute("ALTER TABLE record ADD COLUMN observed TEXT NOT NULL DEFAULT '{}'")  # a world from before there were judges
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS intent (token TEXT PRIMARY KEY, package TEXT, type TEXT, urn TEXT, account TEXT, region TEXT,"
            " name TEXT)"
        )
        self._db.execute("CREATE TABLE IF NOT EXISTS kept (type TEXT, id TEXT, account TEXT, why TEXT, PRIMARY KEY (type, id, account))")
        self._lock = threading.RLock()
        self._version = -1
        self._entries: dict[Key, Entry] = {}
        self._by_type: dict[str, dict[Key, Entry]] = {}
        self._by_identity: dict[str, dict[Key, Entry]] = {}

    def get(self, type_: str, id_: str) -> Record | None:
        """Any region's; `view` prefers one region."""
        return next((entry.record for entry in self._of_type(type_) if entry.record.id == id_), None)

    def find(self, type_: str, id_: str, account: str, region: str) -> Record | None:
        with self._lock:
            self._refresh()
            entry = self._entries.get((type_, id_, account, region))
            return entry.record if entry else None

    def all(self, type_: str | None = None, package: str | None = None) -> Iterable[Record]:
        return [entry.record for entry in self._of_type(type_) if package is None or entry.record.package == package]

    def by_output(self, value: str) -> Iterable[Record]:
        with self._lock:
            self._refresh()
            return [entry.record for entry in self._by_identity.get(value, {}).values()]

    def by_urn(self, urn: str) -> list[Record]:
        return [entry.record for entry in self._of_type(None) if entry.record.urn == urn]

    def sealed(self, record: Record) -> Record:
        """The record with its secrets marked; the record itself when it is not (any more) in the world."""
        with self._lock:
            self._refresh()
            entry = self._entries.get(_key(record))
            return entry.sealed if entry else record

    def put(self, record: Record, answered: bool = True) -> None:
        """Inserts or replaces, durably, before it returns. `answered` is False until the engine has been told the id."""
        with self._lock:
            self._refresh()
            masked = (
                json.dumps(self._vault.mask(record.inputs), separators=(",", ":")),
                json.dumps(self._vault.mask(record.outputs), separators=(",", ":")),
            )
            self._db.execute(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*_key(record), record.package, record.urn, *masked, answered, json.dumps(dict(record.observed))),
            )
            stale = self._drop(_key(record))
            self._add(Entry(_revealed(record), record, masked))
            if stale:
                self._vault.forget(json.loads(text) for text in stale.masked)

    def remove(self, record: Record) -> None:
        """No error when it is gone already."""
        with self._lock:
            self._refresh()
            self._db.execute("DELETE FROM record WHERE type = ? AND id = ? AND account = ? AND region = ?", _key(record))
            stale = self._drop(_key(record))
            if stale:
                self._vault.forget(json.loads(text) for text in stale.masked)

    def keep(self, type_: str, id_: str, why: str, account: str = "") -> None:
        """What the cloud keeps after its deletion: not among the records, since no stack owns it any more."""
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", (type_, id_, account, why))

    def kept(self, type_: str, id_: str, account: str = "") -> str | None:
        with self._lock:
            found = self._db.execute("SELECT why FROM kept WHERE type = ? AND id = ? AND account = ?", (type_, id_, account)).fetchone()
            return str(found[0]) if found else None

    def answer(self, record: Record) -> None:
        """The engine knows the id of this one now."""
        with self._lock:
            self._db.execute(
                "UPDATE record SET answered = 1 WHERE type = ? AND id = ? AND account = ? AND region = ? AND NOT answered", _key(record)
            )

    def intend(self, intent: Intent) -> None:
        """Durably, before the call that it announces."""
        with self._lock:
            values = (intent.token, intent.package, intent.type, intent.urn, intent.account, intent.region, intent.name)
            self._db.execute("INSERT OR REPLACE INTO intent VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def intents(self) -> list[Intent]:
        """Creations at a judge that were begun and whose end nobody wrote down."""
        with self._lock:
            return [Intent(*row) for row in self._db.execute("SELECT token, package, type, urn, account, region, name FROM intent")]

    def fulfil(self, token: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM intent WHERE token = ?", (token,))

    def unanswered(self, urn: str | None = None) -> list[Record]:
        """What was made by a call whose answer never left: the engine does not know its id."""
        with self._lock:
            self._refresh()
            rows = self._db.execute("SELECT type, id, account, region, urn FROM record WHERE NOT answered").fetchall()
            keys: list[Key] = [row[:4] for row in rows if urn is None or row[4] == urn]
            return [self._entries[key].record for key in keys if key in self._entries]

    def view(self, account: str, region: str) -> View:
        return View(self, account, region)

    def close(self) -> None:
        self._db.close()
        self._vault.close()

    def _of_type(self, type_: str | None) -> list[Entry]:
        with self._lock:
            self._refresh()
            return list((self._entries if type_ is None else self._by_type.get(type_, {})).values())

    def _refresh(self) -> None:
        # data_version changes when another connection commits, and only then.
        version = self._db.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return
        self._version = version
        self._entries.clear()
        self._by_type.clear()
        self._by_identity.clear()
        for row in self._db.execute("SELECT package, type, id, urn, account, region, inputs, outputs, observed FROM record ORDER BY rowid"):
            inputs, outputs = (self._vault.unmask(json.loads(text)) for text in row[6:8])
            sealed = Record(*row[:6], inputs=inputs, outputs=outputs, observed=json.loads(row[8]))
            self._add(Entry(_revealed(sealed), sealed, (row[6], row[7])))

    def _add(self, entry: Entry) -> None:
        key = _key(entry.record)
        self._entries[key] = entry
        self._by_type.setdefault(entry.record.type, {})[key] = entry
        for identity in _identities(entry.sealed):
            self._by_identity.setdefault(identity, {})[key] = entry

    def _drop(self, key: Key) -> Entry | None:
        entry = self._entries.pop(key, None)
        if entry:
            self._by_type[entry.record.type].pop(key, None)
            for identity in _identities(entry.sealed):
                self._by_identity[identity].pop(key, None)
        return entry


@dataclass(frozen=True)
class View:
    """The world as one provider instance sees it: of two things with one id, that of its own region and account."""

    world: World
    account: str
    region: str

    def get(self, type_: str, id_: str) -> Record | None:
        return self.world.find(type_, id_, self.account, self.region) or self.world.get(type_, id_)

    def all(self, type_: str | None = None, package: str | None = None) -> Iterable[Record]:
        return self.world.all(type_, package)

    def by_output(self, value: str) -> Iterable[Record]:
        return self.world.by_output(value)

    def put(self, record: Record) -> None:
        self.world.put(record)

    def remove(self, record: Record) -> None:
        self.world.remove(record)

    def keep(self, type_: str, id_: str, why: str) -> None:
        self.world.keep(type_, id_, why, self.account)

    def kept(self, type_: str, id_: str) -> str | None:
        return self.world.kept(type_, id_, self.account)


def _key(record: Record) -> Key:
    return (record.type, record.id, record.account, record.region)


def _revealed(record: Record) -> Record:
    return replace(record, inputs=reveal(record.inputs), outputs=reveal(record.outputs))


def _identities(sealed: Record) -> Iterator[str]:
    yield sealed.id
    for name in IDENTIFYING:
        value: Any = sealed.outputs.get(name)
        if isinstance(value, str) and value and value != sealed.id:
            yield value
