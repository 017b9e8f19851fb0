"""A system as data: everything that one system asks of the platform. No cloud, no Outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator

from components.addons.spec import Listener
from components.backup.spec import BackupSpec
from components.budget.spec import BudgetSpec
from components.cache.spec import CacheSpec
from components.cluster.spec import NodePool
from components.database.spec import DatabaseSpec
from components.key.spec import KeySpec
from components.observability.spec import Dashboard, RuleGroup, Slo
from components.pooler.spec import PoolerSpec
from components.registry.spec import RegistrySpec
from components.secrets.spec import SecretsSpec
from components.valkey.spec import ValkeySpec
from components.vocabulary import Cloud, Spec
from components.workloads.connections import Connection
from components.workloads.route import listener_of
from components.workloads.spec import AccountSpec, ConfigSpec, Delivery, DeploymentSpec, JobSpec, NamespaceSpec, RouteSpec, SecretSpec
from components.workloads.values import (
    CachePassword,
    CacheUrl,
    DatabaseUrl,
    Given,
    KeySet,
    PrivateKey,
    RoleVerifier,
    SecretValue,
)
from infra.smoke import Check


@dataclass(frozen=True)
class Place:
    """Where a system stands, as far as its own data depends on it."""

    cloud: Cloud
    region: str
    domain: str
    ops_email: str


class RoleSpec(Spec):
    """A database role with a generated password. Raising `rotation` makes a new one."""

    rights: Literal["owner", "write", "read"]
    rotation: int = Field(default=0, ge=0)


class SigningSpec(Spec):
    """An RS256 key pair whose public half is published as JWKS. Raising `generation` makes a new pair; the one before stays published
    until `previous` is false. Key ids are `<prefix>-<generation>`."""

    prefix: str = Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")
    generation: int = Field(default=1, ge=1)
    previous: bool = Field(default=True, description="Publish the pair before the current one, if there was one.")
    bits: Literal[2048, 3072, 4096] = 2048


class StoreSpec(Spec):
    """The system's secrets: `<prefix>/<path>` in the cloud's secret manager."""

    store: SecretsSpec
    values: dict[str, SecretValue]


class Receivers(Spec):
    """Who hears the system's alerts. `pagerduty`: critical ones open incidents, at the EU endpoint. `slack`: the channel of warnings."""

    emails: tuple[str, ...] = Field(min_length=1)
    pagerduty: bool = False
    slack: str | None = Field(default=None, pattern=r"^#[a-z0-9_-]+$")


class Observability(Spec):
    """Metrics always; traces and logs beside them, correlated in Grafana, by choice. `slos` become rules, alerts and a dashboard.

    `exposed`: Prometheus, Alertmanager and Jaeger get public hosts too, behind a password.
    """

    traces: bool = False
    logs: bool = False
    exposed: bool = False
    dashboards: tuple[Dashboard, ...] = ()
    rules: tuple[RuleGroup, ...] = ()
    slos: tuple[Slo, ...] = ()


class SystemSpec(Spec):
    """The platform reads `pools`, `backup`, `budget`, `receivers`, `listeners` and the observability flags before the system is declared.

    Databases, registry, secrets, keys and everything in the cluster are declared by `infra.translate`.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,20}$")
    pools: tuple[NodePool, ...]
    backup: BackupSpec
    budget: BudgetSpec | None = None
    receivers: Receivers
    observability: Observability

    keys: dict[str, KeySpec] = Field(default_factory=dict)
    databases: dict[str, DatabaseSpec] = Field(default_factory=dict)
    poolers: dict[str, PoolerSpec] = Field(default_factory=dict, description="By the database that each stands before.")
    roles: dict[str, RoleSpec] = Field(default_factory=dict)
    caches: dict[str, CacheSpec] = Field(default_factory=dict)
    valkeys: dict[str, ValkeySpec] = Field(default_factory=dict)
    signing: dict[str, SigningSpec] = Field(default_factory=dict)
    registry: RegistrySpec | None = None
    secrets: StoreSpec

    namespaces: tuple[NamespaceSpec, ...]
    accounts: tuple[AccountSpec, ...] = ()
    connections: tuple[Connection, ...] = Field(default=(), description="Beside those that follow from what pods use and call.")
    configs: tuple[ConfigSpec, ...] = ()
    views: tuple[SecretSpec, ...] = Field(default=(), description="Secrets of the cluster that mirror the store.")
    jobs: tuple[JobSpec, ...] = Field(default=(), description="In an order in which each comes after those that it names.")
    deployments: tuple[DeploymentSpec, ...] = ()
    routes: tuple[RouteSpec, ...] = ()
    checks: tuple[Check, ...] = Field(default=(), description="What must answer once it runs: `eucloud smoke`.")
    shown: tuple[str, ...] = Field(default=(), description="Roles whose passwords are outputs of the stack, as secrets.")

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """What the shared Gateway must offer."""
        return tuple(listener_of(route) for route in self.routes)

    @property
    def sealed(self) -> bool:
        """Whether any Secret of it needs the Sealed Secrets controller."""
        return any(view.delivery == "sealed" for view in self.views)

    def delivery(self, namespace: str) -> Delivery:
        """How the Secrets of a namespace are delivered. Those with an administrator's password tell nothing: they are always fetched."""
        for view in self.views:
            if view.namespace == namespace and not any(item.admin_of for item in view.data.values()):
                return view.delivery
        return "external"

    @property
    def given(self) -> tuple[str, ...]:
        """Names of the secrets that people must set."""
        return tuple(dict.fromkeys(value.key for value in self.secrets.values.values() if isinstance(value, Given)))

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """What is named must be declared, and once: a wrong name is found here rather than in a pod that never starts."""
        mistakes = [
            *self._unknown_namespaces(),
            *self._unknown_backing(),
            *self._unknown_secrets(),
            *self._unknown_jobs(),
            *self._doubles(),
        ]
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self

    def _unknown_namespaces(self) -> Iterable[str]:
        known = {item.name for item in self.namespaces}
        for item in (*self.accounts, *self.configs, *self.views, *self.jobs, *self.deployments, *self.routes):
            if item.namespace not in known:
                yield f"{item.name} is in namespace {item.namespace!r}; declared: {', '.join(sorted(known))}"

    def _unknown_backing(self) -> Iterable[str]:
        """Roles, databases, caches, servers and key pairs that secrets, poolers and pods name."""
        declared: dict[str, Iterable[str]] = {
            "role": self.roles,
            "database": self.databases,
            "cache": self.caches,
            "valkey": self.valkeys,
            "signing key": self.signing,
            "key": self.keys,
            "cache or valkey": (*self.caches, *self.valkeys),
        }
        for where, kind, name in self._named():
            if name not in declared[kind]:
                yield f"{where} is for {kind} {name!r}; declared: {', '.join(sorted(declared[kind])) or 'none'}"

    def _named(self) -> Iterable[tuple[str, str, str]]:
        for path, value in self.secrets.values.items():
            match value:
                case DatabaseUrl():
                    yield from ((f"secret {path}", "database", value.database), (f"secret {path}", "role", value.role))
                case RoleVerifier():
                    yield f"secret {path}", "role", value.role
                case CacheUrl():
                    yield f"secret {path}", "cache", value.cache
                case CachePassword():
                    yield f"secret {path}", "cache or valkey", value.cache
                case PrivateKey() | KeySet():
                    yield f"secret {path}", "signing key", value.signing
                case _:
                    pass
        for database in self.poolers:
            yield "pooler", "database", database
        for role in self.shown:
            yield "shown", "role", role
        for item in (*self.deployments, *self.jobs):
            for used in item.pod.uses:
                kind, _, name = used.resource.partition(":")
                if kind in ("database", "cache", "valkey"):
                    yield item.name, kind, name

    def _unknown_secrets(self) -> Iterable[str]:
        for view in self.views:
            for key, item in view.data.items():
                if item.path is not None and item.path not in self.secrets.values:
                    yield f"{view.name}.{key} reads {item.path!r}; declared: {', '.join(sorted(self.secrets.values))}"

    def _unknown_jobs(self) -> Iterable[str]:
        earlier: set[str] = set()
        for job in self.jobs:
            yield from (f"job {job.name} comes after {name!r}, which stands no earlier" for name in job.after if name not in earlier)
            earlier.add(job.name)
            known = {deployment.name for deployment in self.deployments}
            yield from (f"job {job.name} runs after {name!r}, which is not declared" for name in job.rolled if name not in known)
        for deployment in self.deployments:
            yield from (
                f"{deployment.name} comes after job {name!r}, which is not declared" for name in deployment.after if name not in earlier
            )
            late = {job.name for job in self.jobs if job.rolled}
            yield from (
                f"{deployment.name} comes after job {name!r}, which runs after roll-outs" for name in deployment.after if name in late
            )

    def _doubles(self) -> Iterable[str]:
        for items in (self.accounts, self.configs, self.views, self.jobs, self.deployments, self.routes):
            count = Counter((item.namespace, item.name) for item in items)
            yield from (f"{namespace}/{name} is declared {times} times" for (namespace, name), times in count.items() if times > 1)
