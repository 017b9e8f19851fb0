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


UNREACHABLE = "Unreachable"
"""Code of a refusal that came from nobody: a judge that does not answer may have done what it was asked."""


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
    made: Made | None = None
    """What a judge has made or changed for this call already: its id and facts go before whatever the stand-in would invent."""


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
    observed: Mapping[str, str] = field(default_factory=dict[str, str])
    """How a judge showed it when it was last made or changed: digests by property. Empty for what only the stand-in keeps."""


@dataclass(frozen=True)
class Made:
    """What a judge made or changed. `id` is None where the stand-in knows the id from the inputs."""

    id: str | None
    outputs: Properties
    observed: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Seen:
    """What a judge shows now. Equal to the record's own inputs and outputs where nobody changed anything."""

    inputs: Properties
    outputs: Properties
    observed: Mapping[str, str]


@dataclass(frozen=True)
class Intent:
    """A creation that was begun at a judge, written down before the call. `token` makes a repeated call recognisable."""

    token: str
    package: str
    type: str
    urn: str
    account: str
    region: str
    name: str
    """What a judge needs to find it again where the token does not tell (an object's reference)."""


class World(Protocol):
    """What exists: kept on disk, shared by all stand-ins, read by the drift command while the engine is away."""

    def get(self, type_: str, id_: str) -> Record | None: ...

    def all(self, type_: str | None = None, package: str | None = None) -> Iterable[Record]: ...

    def by_output(self, value: str) -> Iterable[Record]:
        """Records that carry `value` as their id, or as a top-level string output that identifies them (arn, name, url …)."""
        ...

    def put(self, record: Record) -> None: ...

    def remove(self, record: Record) -> None: ...

    def keep(self, type_: str, id_: str, why: str) -> None:
        """Notes that something of this id stays in the account after it went from the world: its name is taken, or it is still on."""
        ...

    def kept(self, type_: str, id_: str) -> str | None:
        """Why it stayed; None for what left nothing behind."""
        ...


class Judge(Protocol):
    """An implementation by others that keeps a part of a package's world: moto for AWS, a real API server for Kubernetes.

    The stand-in stays as strict as it is; what it admits is then put before the judge. All methods raise Refused with the judge's
    own words, and return only when the judge has done it. They may be called by many threads at once.
    """

    def judges(self, type_: str) -> bool:
        """Whether things of this type stand there. Those of other types stay with the stand-in alone."""
        ...

    def intends(self, request: Request, inputs: Properties) -> str:
        """`Intent.name` of what is about to be created. It is written down: `inputs` come without what is secret in them."""
        ...

    def preview(self, request: Request, inputs: Properties, prior: Record | None) -> None:
        """A dry run, where the judge has such a thing. `inputs` may hold UNKNOWN: then nothing can be said."""
        ...

    def create(self, request: Request, inputs: Properties, token: str) -> Made:
        """Nothing stays behind when it raises, unless with the code UNREACHABLE: then `settle` must look, once the judge is back."""
        ...

    def update(self, request: Request, inputs: Properties, prior: Record) -> Made: ...

    def read(self, record: Record) -> Seen | None:
        """None when it is gone."""
        ...

    def delete(self, record: Record) -> None:
        """What is gone already counts as deleted."""
        ...

    def settle(self, intent: Intent) -> str | None:
        """Takes away what a creation left whose answer nobody recorded; its id, or None when there was nothing."""
        ...

    def leaving(self, record: Record) -> None:
        """Called before a thing of any package goes. Raises Refused when that would leave behind what only this judge sees."""
        ...

    def gone(self, record: Record) -> None:
        """Called after it went."""
        ...


class StandIn(Protocol):
    """The strictness of one cloud. The servicer keeps the world, latency, faults and secrets; the stand-in judges and invents outputs."""

    package: str

    @property
    def steady(self) -> frozenset[str] | None:
        """Outputs that a preview of an update takes to stay as they were, beside the inputs. None: all of them."""
        ...

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

    def taken_along(self, record: Record, world: World) -> Iterable[Record]:
        """What goes when the thing goes, without a deletion of its own: keys with their vault."""
        ...

    def adopt(self, request: Request, record: Record) -> Properties:
        """Inputs as `pulumi import` and `refresh` should show them for what stands in the world."""
        ...

    def invoke(self, instance: Instance, token: str, args: Properties, world: World) -> Properties:
        """Answers a data source; raises Refused for one it does not know."""
        ...
