"""What the requirement rows ask of any cloud, read off what a stack registers on one: each cloud's view says where to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tests.recorder import Recording, Registered


@dataclass(frozen=True)
class Pool:
    """Counts are for the whole pool, over all zones. `public`: its nodes have public addresses."""

    name: str
    vcpus: int
    memory_gib: int
    least: int
    desired: int
    most: int
    version: str
    zones: int
    public: bool


@dataclass(frozen=True)
class Database:
    """`key` is the name of the resource of the key that encrypts it. `grows_to` is None where the cloud knows no bound.

    `maintenance` is day, start and end in UTC; `protected` means by the cloud itself, whoever asks.
    """

    name: str
    major: str
    database: str
    vcpus: int
    memory_gib: int
    storage_gib: int
    grows: bool
    grows_to: int | None
    highly_available: bool
    key: str
    tls_only: bool
    backup_days: int
    point_in_time: bool
    maintenance: tuple[str, str, str]
    protected: bool
    public: bool
    replica: bool
    restored: str | None = None


@dataclass(frozen=True)
class Cache:
    """One instance; where a product has one keyspace only, a cache with several is as many of them.

    `engine` is name and version, without one where the cloud chooses it. `memory_gib` is what all shards hold in keys, `replicas` those of
    each. `fails_over`: by itself, to another zone. `maintenance` is day, start and end in UTC, None where the cloud chooses. `protected`
    means by the engine, and by the cloud too where it can.
    """

    name: str
    engine: str
    mode: str
    memory_gib: float
    replicas: int
    fails_over: bool
    eviction: str
    tls_only: bool
    password: bool
    key: str
    public: bool
    maintenance: tuple[str, str, str] | None
    snapshots: bool
    protected: bool


@dataclass(frozen=True)
class Repository:
    """`immutable`: a tag that was pushed cannot be moved."""

    name: str
    immutable: bool
    scanned: bool
    cleaned: bool
    key: str


@dataclass(frozen=True)
class Budget:
    """Amounts in euros. `account` is what it watches."""

    monthly: float
    warnings: tuple[float, ...]
    recipients: frozenset[str]
    account: str


@dataclass(frozen=True)
class Types:
    """Type tokens by meaning. `holds_data` is what a destroy may be told to keep."""

    cluster: str
    pool: str
    database: str
    key: str
    bucket: str
    secret: str
    secret_value: str
    zone: str
    registry: str


class View(Protocol):
    prefix: str
    """What the cloud's type tokens start with."""
    home: str
    """Milan."""
    types: Types

    def places(self, registered: Recording[Any]) -> Mapping[str, str]:
        """By name: the region of everything that has one, its provider's where it names none itself."""
        ...

    def zones(self, registered: Recording[Any]) -> set[str]:
        """Regions of the zones that anything names."""
        ...

    def pools(self, registered: Recording[Any]) -> list[Pool]: ...

    def kubernetes(self, registered: Recording[Any]) -> str:
        """Version of the control plane."""
        ...

    def databases(self, registered: Recording[Any]) -> list[Database]: ...

    def caches(self, registered: Recording[Any]) -> list[Cache]: ...

    def repositories(self, registered: Recording[Any]) -> list[Repository]: ...

    def ways_out(self, registered: Recording[Any]) -> int:
        """How many zones keep their way to the Internet when another one fails."""
        ...

    def reachable(self, registered: Recording[Any]) -> list[str]:
        """Names of nodes, databases and subnets of theirs that the Internet reaches: none."""
        ...

    def users_of(self, registered: Recording[Any], key: Registered) -> set[tuple[str, str]]:
        """Namespace and service account of the pods that may encrypt and decrypt with it."""
        ...

    def rotated(self, key: Registered) -> bool: ...

    def reference(self, key: Registered) -> str:
        """What a program calls the key by."""
        ...

    def budgets(self, registered: Recording[Any]) -> list[Budget]: ...

    def zone_filter(self, registered: Recording[Any]) -> str:
        """What external-dns must be told to change this zone alone, as it stands in its values."""
        ...

    def stored(self, registered: Recording[Any]) -> set[str]:
        """Names by which External Secrets finds secrets."""
        ...

    def contents(self, registered: Recording[Any]) -> Mapping[str, str]:
        """By those names: what is kept, where it is secret in the program too."""
        ...
