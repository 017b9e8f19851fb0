"""What is declared twice: once as it is, once with one field changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast, get_args

from components.backup.outputs import BackupOutputs
from components.bucket.outputs import BucketOutputs
from components.cluster.outputs import ClusterOutputs
from components.core import Component
from components.dns.outputs import DnsOutputs
from components.identity.outputs import IdentityOutputs
from components.identity.spec import Grant, IdentitySpec
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.platforms.base import Platform
from components.vocabulary import Cloud, Spec


class Wiring(Protocol):
    """What tests/components/<cloud>_wiring.py gives."""

    def key(self) -> KeyOutputs: ...
    def network(self) -> NetworkOutputs: ...
    def cluster(self) -> ClusterOutputs: ...
    def bucket(self) -> BucketOutputs: ...
    def zone(self) -> DnsOutputs: ...
    def backup(self) -> BackupOutputs: ...


Declare = Callable[[Platform, Wiring], Component[Any]]
Grants = Callable[[Wiring], Sequence[Grant]]


@dataclass(frozen=True)
class Value:
    """What a field is changed to, on the clouds named. `region` is where, when not in the region of the cloud's wiring.

    `within` are fields that are otherwise before and after the change, `beside` those that must change with it.
    """

    on: Mapping[Cloud, Any]
    region: str = ""
    within: Mapping[str, Any] = field(default_factory=dict[str, Any])
    beside: Mapping[str, Any] = field(default_factory=dict[str, Any])


def everywhere(value: Any, *, within: Mapping[str, Any] | None = None, beside: Mapping[str, Any] | None = None) -> Value:
    return Value(dict.fromkeys(Cloud, value), within=within or {}, beside=beside or {})


def by_cloud(aws: Any, gcp: Any, azure: Any) -> Value:
    return Value({Cloud.AWS: aws, Cloud.GCP: gcp, Cloud.AZURE: azure})


UNPROTECTED = (everywhere(False),)


@dataclass(frozen=True)
class Trial:
    """`name` tells a declaration apart from the others of one cloud and region; `before` names the one that it is compared with."""

    capability: str
    row: str
    cloud: Cloud
    region: str
    given: Any
    before: str
    base: Declare
    changed: Declare


class Capability(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def outputs(self) -> type[Any]: ...

    def rows(self) -> tuple[str, ...]:
        """Rows of the table: fields of the spec, and what else a caller chooses."""
        ...

    def expected(self) -> tuple[str, ...]:
        """What the code says that the rows must be."""
        ...

    def trials(self, cloud: Cloud) -> Iterator[Trial]: ...

    def base(self, cloud: Cloud) -> Declare: ...


@dataclass(frozen=True)
class Described:
    """A capability whose whole intent is one spec. `values` maps a path in it (`pools[].size`: of the first pool) to what is tried."""

    name: str
    spec: type[Spec]
    outputs: type[Any]
    declare: Callable[[Platform, Any, Wiring], Component[Any]]
    given: Value
    values: Mapping[str, tuple[Value, ...]]

    def rows(self) -> tuple[str, ...]:
        return tuple(self.values)

    def expected(self) -> tuple[str, ...]:
        return tuple(fields(self.spec))

    def base(self, cloud: Cloud) -> Declare:
        return self._declare(self.given.on[cloud])

    def trials(self, cloud: Cloud) -> Iterator[Trial]:
        for row, values in self.values.items():
            for value in values:
                if cloud in value.on:
                    given = {**self.given.on[cloud], **value.within}
                    wanted = {**changed(given, row, value.on[cloud]), **value.beside}
                    before = f"{self.name} {row}" if value.within else self.name
                    base, after = self._declare(given), self._declare(wanted)
                    yield Trial(self.name, row, cloud, value.region, value.on[cloud], before, base, after)

    def _declare(self, data: Mapping[str, Any]) -> Declare:
        # Judged when it is declared: what a spec itself refuses is refused on every cloud.
        return lambda platform, wiring: self.declare(platform, self.spec.model_validate(data), wiring)


@dataclass(frozen=True)
class Granted:
    """Identities: a row for each kind of grant (asked for against not), and for each choice within a kind."""

    spec: Mapping[str, Any]
    values: Mapping[str, tuple[Value, ...]]
    grants: Mapping[str, tuple[Grants, Grants]]
    name: str = "identity"
    outputs: type[Any] = IdentityOutputs

    def rows(self) -> tuple[str, ...]:
        return (*self.values, *self.grants)

    def expected(self) -> tuple[str, ...]:
        kinds = get_args(Grant)
        choices = [
            f"{kind.__name__}.{name}" for kind in kinds for name, type_ in kind.__annotations__.items() if not type_.endswith("Outputs")
        ]
        return (*fields(IdentitySpec), *(kind.__name__ for kind in kinds), *choices)

    def base(self, cloud: Cloud) -> Declare:
        (_, every), *_ = self.grants.values()
        return self._declare(self.spec, every)

    def trials(self, cloud: Cloud) -> Iterator[Trial]:
        for row, values in self.values.items():
            for value in values:
                wanted = changed(self.spec, row, value.on[cloud])
                (_, every), *_ = self.grants.values()
                yield Trial(self.name, row, cloud, value.region, value.on[cloud], self.name, self.base(cloud), self._declare(wanted, every))
        for row, (without, given) in self.grants.items():
            before = f"{self.name} {row}"
            yield Trial(self.name, row, cloud, "", None, before, self._declare(self.spec, without), self._declare(self.spec, given))

    def _declare(self, data: Mapping[str, Any], grants: Grants) -> Declare:
        spec = IdentitySpec.model_validate(data)
        return lambda platform, wiring: platform.identity("reader", spec, grants(wiring), wiring.cluster())


def fields(spec: type[Spec]) -> Iterator[str]:
    """Paths of a spec's fields, with those of the specs within: `maintenance.day`, `pools[].name`."""
    for name, info in spec.model_fields.items():
        inner = info.annotation
        items = [item for item in get_args(inner) if _is_spec(item)]
        if _is_spec(inner):
            yield from (f"{name}.{path}" for path in fields(cast("type[Spec]", inner)))
        elif items:
            yield from (f"{name}[].{path}" for path in fields(items[0]))
        else:
            yield name


def _is_spec(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, Spec)


def changed(data: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with the value at the path; of a list, in its first item."""
    first, _, rest = path.partition(".")
    if not rest:
        return {**data, first: value}
    if first.endswith("[]"):
        name = first.removesuffix("[]")
        head, *tail = data[name]
        return {**data, name: (changed(head, rest, value), *tail)}
    return {**data, first: changed(data.get(first, {}), rest, value)}
