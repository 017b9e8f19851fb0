"""What one stand-in (aws, kubernetes, random, tls, …) gives to the generic provider servicer, and what it gets from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Properties = dict[str, Any]
"""Wire (camelCase) names to plain Python values. Secrets are already unwrapped; see `UNKNOWN` for values not known yet."""


class Unknown:
    """A value that the engine does not know yet (preview only). There is one instance, `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


class Refused(Exception):
    """The cloud says no. `code` is the API's error code (EntityAlreadyExists, DependencyViolation, …)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True)
class Instance:
    """One configured provider instance: a region and an account of one package."""

    package: str
    urn: str
    variables: Mapping[str, str] = field(default_factory=dict[str, str])

    def region(self) -> str | None:
        return self.variables.get("region")


@dataclass(frozen=True)
class Request:
    """One call for one resource. `seed` is the engine's random seed for automatic names (same at preview and update)."""

    instance: Instance
    urn: str
    type: str
    name: str
    seed: bytes = b""
    preview: bool = False


@dataclass(frozen=True)
class Failure:
    """One refused input: the wire path of the property and a reason that names the value given and the values allowed."""

    path: str
    reason: str


@dataclass(frozen=True)
class Checked:
    """Inputs with the provider's defaults filled in (automatic names), and what is wrong with them."""

    inputs: Properties
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Top-level property names that changed, those of them that force a replacement, and the replacement's order."""

    changes: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    delete_before_replace: bool = False


@dataclass(frozen=True)
class Record:
    """One thing that exists in the world."""

    package: str
    type: str
    id: str
    urn: str
    account: str
    region: str
    inputs: Properties
    outputs: Properties


class World(Protocol):
    """What exists: kept on disk, shared by all stand-ins, read by the drift command while the engine is away."""

    def get(self, type_: str, id_: str) -> Record | None: ...

    def all(self, type_: str | None = None, package: str | None = None) -> Iterable[Record]: ...

    def by_output(self, value: str) -> Iterable[Record]:
        """Records that carry `value` as their id, or as a top-level string output that identifies them (arn, name, url …)."""
        ...

    def put(self, record: Record) -> None: ...

    def remove(self, record: Record) -> None: ...


class StandIn(Protocol):
    """The strictness of one cloud. The servicer keeps the world, latency, faults and secrets; the stand-in judges and invents outputs."""

    package: str

    def configure(self, instance: Instance) -> tuple[Failure, ...]:
        """Judges the provider instance's own inputs (region present and known, credentials settings …)."""
        ...

    def check(self, request: Request, olds: Properties, news: Properties) -> Checked:
        """Names, types, enums, required properties, name rules; fills automatic names. Values may hold UNKNOWN at preview."""
        ...

    def diff(self, request: Request, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Difference: ...

    def preview(self, request: Request, inputs: Properties) -> Properties:
        """Outputs as far as they are known before creation: inputs, plus UNKNOWN for computed ones."""
        ...

    def admit(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
        """Raises Refused for dangling references, duplicates, quota. `prior` is the record on update, None on create."""
        ...

    def create(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> tuple[str, Properties]:
        """Id and full outputs; on update keeps the prior id and computed values. Does not write the world."""
        ...

    def release(self, record: Record, world: World) -> None:
        """Raises Refused when others still depend on it or the resource itself is protected (deletion protection)."""
        ...

    def adopt(self, request: Request, record: Record) -> Properties:
        """Inputs as `pulumi import` and `refresh` should show them for what stands in the world."""
        ...

    def invoke(self, instance: Instance, token: str, args: Properties, world: World) -> Properties:
        """Answers a data source; raises Refused for one it does not know."""
        ...
