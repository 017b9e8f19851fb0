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
from components.cluster.spec import NodePool
from components.database.spec import DatabaseSpec
from components.key.spec import KeySpec
from components.observability.spec import Dashboard, RuleGroup
from components.registry.spec import RegistrySpec
from components.secrets.spec import SecretsSpec
from components.vocabulary import Cloud, Spec
from components.workloads.connections import Connection
from components.workloads.route import listener_of
from components.workloads.spec import AccountSpec, ConfigSpec, DeploymentSpec, JobSpec, NamespaceSpec, RouteSpec, SecretSpec
from components.workloads.values import DatabaseUrl, Given, RoleVerifier, SecretValue


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


class StoreSpec(Spec):
    """The system's secrets: `<prefix>/<path>` in the cloud's secret manager."""

    store: SecretsSpec
    values: dict[str, SecretValue]


class Receivers(Spec):
    """Who hears the system's alerts. `pagerduty`: critical ones open incidents, at the EU endpoint."""

    emails: tuple[str, ...] = Field(min_length=1)
    pagerduty: bool = False


class Observability(Spec):
    """Metrics always; traces and logs beside them, correlated in Grafana, by choice."""

    traces: bool = False
    logs: bool = False
    dashboards: tuple[Dashboard, ...] = ()
    rules: tuple[RuleGroup, ...] = ()


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
    roles: dict[str, RoleSpec] = Field(default_factory=dict)
    registry: RegistrySpec | None = None
    secrets: StoreSpec

    namespaces: tuple[NamespaceSpec, ...]
    accounts: tuple[AccountSpec, ...] = ()
    connections: tuple[Connection, ...] = ()
    configs: tuple[ConfigSpec, ...] = ()
    views: tuple[SecretSpec, ...] = Field(default=(), description="Secrets of the cluster that mirror the store.")
    jobs: tuple[JobSpec, ...] = Field(default=(), description="In an order in which each comes after those that it names.")
    deployments: tuple[DeploymentSpec, ...] = ()
    routes: tuple[RouteSpec, ...] = ()

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """What the shared Gateway must offer."""
        return tuple(listener_of(route) for route in self.routes)

    @property
    def given(self) -> tuple[str, ...]:
        """Names of the secrets that people must set."""
        return tuple(dict.fromkeys(value.key for value in self.secrets.values.values() if isinstance(value, Given)))

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """What is named must be declared, and once: a wrong name is found here rather than in a pod that never starts."""
        mistakes = [*self._unknown_namespaces(), *self._unknown_secrets(), *self._unknown_jobs(), *self._doubles()]
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self

    def _unknown_namespaces(self) -> Iterable[str]:
        known = {item.name for item in self.namespaces}
        for item in (*self.accounts, *self.configs, *self.views, *self.jobs, *self.deployments, *self.routes):
            if item.namespace not in known:
                yield f"{item.name} is in namespace {item.namespace!r}; declared: {', '.join(sorted(known))}"

    def _unknown_secrets(self) -> Iterable[str]:
        for path, value in self.secrets.values.items():
            if isinstance(value, DatabaseUrl | RoleVerifier) and value.role not in self.roles:
                yield f"secret {path} is for role {value.role!r}; declared: {', '.join(sorted(self.roles))}"
            if isinstance(value, DatabaseUrl) and value.database not in self.databases:
                yield f"secret {path} is for database {value.database!r}; declared: {', '.join(sorted(self.databases))}"
        for view in self.views:
            for key, item in view.data.items():
                if item.path is not None and item.path not in self.secrets.values:
                    yield f"{view.name}.{key} reads {item.path!r}; declared: {', '.join(sorted(self.secrets.values))}"

    def _unknown_jobs(self) -> Iterable[str]:
        earlier: set[str] = set()
        for job in self.jobs:
            yield from (f"job {job.name} comes after {name!r}, which stands no earlier" for name in job.after if name not in earlier)
            earlier.add(job.name)
        for deployment in self.deployments:
            yield from (
                f"{deployment.name} comes after job {name!r}, which is not declared" for name in deployment.after if name not in earlier
            )

    def _doubles(self) -> Iterable[str]:
        for items in (self.accounts, self.configs, self.views, self.jobs, self.deployments, self.routes):
            count = Counter((item.namespace, item.name) for item in items)
            yield from (f"{namespace}/{name} is declared {times} times" for (namespace, name), times in count.items() if times > 1)
