"""The one translator from a system's data to resources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_network

import pulumi
from pulumi_kubernetes.core import v1 as core

from components.addons.outputs import AddonsOutputs
from components.backup.outputs import BackupOutputs
from components.cluster.outputs import ClusterOutputs
from components.core import Component
from components.dns.outputs import DnsOutputs
from components.identity.outputs import IdentityOutputs
from components.identity.spec import Grant, IdentitySpec, KeyGrant, SecretsGrant
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.platforms.base import Platform
from components.registry.outputs import RegistryOutputs
from components.site import Site
from components.workloads.account import Account
from components.workloads.config import config_map
from components.workloads.connections import CachePeer, Connection, Terrain
from components.workloads.deployment import Deployment, DeploymentOutputs
from components.workloads.job import OneOff
from components.workloads.namespace import Namespace, NamespaceOutputs
from components.workloads.policies import Policies
from components.workloads.reach import Ground, reach
from components.workloads.route import Route
from components.workloads.spec import AccountSpec, JobSpec, PodSpec, RouteSpec
from components.workloads.values import PlainValue
from components.workloads.wiring import AccountOutputs, Wiring
from infra import pooling, valkeys
from infra.backing import Backing, back, resolve
from infra.observing import observe
from infra.system import SystemSpec
from infra.views import Views


@dataclass(frozen=True)
class SystemContext:
    """What a system stands on.

    `keys` holds the purposes `data` and `secrets`. `kubernetes` carries the parent and the cluster's provider, `random` the provider of
    generated passwords, `pairs` that of key pairs where a system signs or seals. `given` are secrets that people set, by the names of
    `SystemSpec.given`. `registry` is the stack's own where one is shared; without it the system makes its own. `services_cidr` are the
    addresses of the cluster's Services.
    """

    site: Site
    platform: Platform
    network: NetworkOutputs
    cluster: ClusterOutputs
    keys: Mapping[str, KeyOutputs]
    addons: AddonsOutputs
    dns: DnsOutputs
    kubernetes: pulumi.ResourceOptions
    backup: BackupOutputs
    random: pulumi.ProviderResource | None = None
    pairs: pulumi.ProviderResource | None = None
    given: Mapping[str, pulumi.Output[str]] = field(default_factory=dict[str, "pulumi.Output[str]"])
    registry: RegistryOutputs | None = None
    services_cidr: str = "172.20.0.0/16"


@dataclass(frozen=True)
class SystemOutputs:
    """`databases`, `caches` and `keys` by the system's own names; `replicas` are the read replicas' hosts, `caches` are `host:port`.

    `passwords` are those of the roles that the system shows: secret."""

    hosts: tuple[str, ...]
    urls: tuple[str, ...]
    namespaces: tuple[str, ...]
    databases: Mapping[str, pulumi.Output[str]]
    caches: Mapping[str, tuple[pulumi.Output[str], ...]]
    passwords: Mapping[str, pulumi.Output[str]]
    replicas: tuple[pulumi.Output[str], ...]
    registry: pulumi.Output[str] | None
    repositories: Mapping[str, pulumi.Output[str]]
    keys: Mapping[str, pulumi.Output[str]]


def declare(system: SystemSpec, ctx: SystemContext) -> SystemOutputs:
    """Raises ValueError for a secret that people have not given."""
    return System(system, ctx).outputs


class System(Component[SystemOutputs]):
    """Everything of one system. Order follows from what each needs: policies and secrets before pods, Jobs before what they prepare."""

    TYPE = "System"

    def __init__(self, system: SystemSpec, ctx: SystemContext) -> None:
        self.name = f"{ctx.site.name}-{system.id}"
        super().__init__(self.name, ctx.kubernetes)
        self.system, self.ctx = (system := valkeys.completed(pooling.completed(system))), ctx
        # Generated passwords come from another provider than the cluster's objects.
        self.backing: Backing = back(
            self.name,
            system,
            ctx,
            pulumi.ResourceOptions(parent=self, provider=ctx.random),
            pulumi.ResourceOptions(parent=self, provider=ctx.pairs),
        )
        self.spaces: dict[str, NamespaceOutputs] = {
            spec.name: Namespace(f"{self.name}-{spec.name}", spec, self.child, self._drivers(spec.name)).outputs
            for spec in system.namespaces
        }
        self.servers: dict[str, pulumi.Resource] = {}
        self.within = {name: space.name for name, space in self.spaces.items()}
        self.accounts: dict[tuple[str, str], AccountOutputs] = {
            (spec.namespace, spec.name): self._account(spec) for spec in system.accounts
        }
        self.policies = Policies(f"{self.name}-policies", self._connections(), self._terrain(), self.within, self.child).outputs
        self.configs: dict[tuple[str, str], tuple[core.ConfigMap, pulumi.Output[str]]] = {
            (spec.namespace, spec.name): config_map(
                f"{self.name}-{spec.name}", spec, self.within[spec.namespace], self._resolve, self.child
            )
            for spec in system.configs
        }
        self.secrets = Views(system, self.backing, ctx.addons, self.within)
        self.views: dict[tuple[str, str], pulumi.Resource] = {
            (spec.namespace, spec.name): self.secrets.declare(f"{self.name}-{spec.name}", spec, self) for spec in system.views
        }
        self._serve()
        self.jobs: dict[str, pulumi.Resource] = {}
        self._run(job for job in system.jobs if not job.rolled)
        services: dict[tuple[str, str], DeploymentOutputs] = {
            (spec.namespace, spec.name): Deployment(
                f"{self.name}-{spec.name}",
                spec,
                self._wiring(spec.namespace, spec.pod, spec.after),
                ctx.addons.monitoring_ready,
                self.child,
            ).outputs
            for spec in system.deployments
        }
        self._run((job for job in system.jobs if job.rolled), {name: made.ready for (_, name), made in services.items()})
        routes = [
            Route(
                f"{self.name}-{spec.name}",
                spec,
                self.within[spec.namespace],
                self._served(spec, services),
                ctx.addons,
                self.child,
            ).outputs
            for spec in system.routes
        ]
        observe(self.name, system, ctx.addons, self)
        registry = self.backing.registry
        self.publish(
            SystemOutputs(
                hosts=tuple(route.host for route in routes),
                urls=tuple(route.url for route in routes),
                namespaces=tuple(self.spaces),
                databases={name: database.host for name, database in self.backing.databases.items()},
                caches={
                    name: tuple(pulumi.Output.concat(one.host, f":{one.port}") for one in cache.endpoints)
                    for name, cache in self.backing.caches.items()
                },
                passwords={role: pulumi.Output.secret(self.backing.passwords[role]) for role in system.shown},
                replicas=tuple(host for database in self.backing.databases.values() for host in database.replica_hosts),
                registry=registry.url if registry else None,
                repositories=registry.repositories if registry else {},
                keys={name: key.ref for name, key in self.backing.keys.items()},
            )
        )

    def _connections(self) -> tuple[Connection, ...]:
        """What follows from the workloads, then what the system says beside it, each once."""
        system = self.system
        ground = Ground(
            databases=system.databases,
            caches=system.caches,
            poolers={database: pooling.subject(system, database) for database in system.poolers},
            valkeys={server: valkeys.subject(system, server) for server in system.valkeys},
        )
        found: list[Connection] = []
        for connection in (*reach(system.deployments, system.jobs, system.accounts, system.routes, ground), *system.connections):
            if connection not in found:
                found.append(connection)
        return tuple(found)

    def _serve(self) -> None:
        """The servers that the system brings into the cluster itself: what uses them waits for them."""
        ready = self.ctx.addons.monitoring_ready
        authorities = pooling.authorities(self.name, self.system, self.within, [self.ctx.addons.certificates_ready], self.child)
        poolers = pooling.declare(self.name, self.system, self.backing.databases, authorities, self._wiring, ready, self.child)
        servers = valkeys.declare(self.name, self.system, authorities, self._wiring, self.secrets.content, ready, self.child)
        self.servers = {
            **{f"database:{name}": made.ready for name, made in poolers.items()},
            **{f"valkey:{name}": made.ready for name, made in servers.items()},
        }

    def _served(self, route: RouteSpec, services: Mapping[tuple[str, str], DeploymentOutputs]) -> pulumi.Output[str]:
        service = services[route.namespace, route.service].service
        if service is None:
            raise ValueError(f"{route.name}.service: {route.service!r} serves no port; allowed: a Deployment with `port`")
        return service

    def _run(self, jobs: Iterable[JobSpec], rolled: Mapping[str, pulumi.Resource] | None = None) -> None:
        """`rolled` are Deployments that stand."""
        for job in jobs:
            wiring = self._wiring(job.namespace, job.pod, job.after)
            wiring = replace(wiring, after=(*wiring.after, *((rolled or {})[name] for name in job.rolled)))
            self.jobs[job.name] = OneOff(f"{self.name}-{job.name}", job, wiring, self.child).outputs.done

    def _drivers(self, namespace: str) -> tuple[pulumi.Resource, ...]:
        """Of volumes, where servers in the namespace claim any."""
        return self.ctx.cluster.volumes if any(spec.namespace == namespace for spec in self.system.valkeys.values()) else ()

    def _resolve(self, value: PlainValue) -> pulumi.Input[str]:
        return resolve(value, self.backing)

    def _terrain(self) -> Terrain:
        ctx = self.ctx
        return Terrain(
            cloud=ctx.site.cloud,
            gateway_namespace=ctx.addons.gateway_namespace,
            monitoring_namespace=ctx.addons.monitoring_namespace,
            data_cidrs=ctx.network.data_cidrs,
            node_cidrs=ctx.network.private_cidrs,
            api_address=f"{ip_network(ctx.services_cidr)[1]}/32",
            caches={name: CachePeer(cache.cidrs, cache.ports) for name, cache in self.backing.caches.items()},
        )

    def _account(self, spec: AccountSpec) -> AccountOutputs:
        identity: IdentityOutputs | None = None
        if spec.uses:
            asked = IdentitySpec(namespace=spec.namespace, service_account=spec.name)
            identity = self.ctx.platform.identity(
                spec.name, asked, [self._grant(use.resource) for use in spec.uses], self.ctx.cluster
            ).outputs
        return Account(f"{self.name}-{spec.name}", spec, self.within, identity, self.child).outputs

    def _grant(self, resource: str) -> Grant:
        kind, _, name = resource.partition(":")
        if kind == "key":
            return KeyGrant(self.backing.keys[name])
        return SecretsGrant(prefixes=(self.backing.secrets.prefix,), keys=(self.backing.secrets.key,))

    def _wiring(self, namespace: str, pod: PodSpec, jobs: Iterable[str] = ()) -> Wiring:
        account = self.accounts[namespace, pod.account] if pod.account else None
        maps = {name: self.configs[namespace, name] for name in pod.read_configs}
        views = {name: self.views[namespace, name] for name in pod.read_secrets}
        described = {spec.name: spec for spec in self.system.views if spec.namespace == namespace}
        secrets = {name: self.secrets.content(described[name]) for name in views}
        servers = [made for use in pod.uses if not use.direct and (made := self.servers.get(use.resource))]
        binding = (account.identity.binding,) if account and account.identity else ()
        return Wiring(
            namespace=self.within[namespace],
            resolve=self._resolve,
            account=account,
            checksums={
                **{f"eu-cloud/config-{name}": checksum for name, (_, checksum) in maps.items()},
                **{f"eu-cloud/secret-{name}": content for name, content in secrets.items()},
            },
            after=(
                *self.ctx.cluster.ready,
                *self.spaces[namespace].closed,
                *self.policies.made[namespace],
                *(made for made, _ in maps.values()),
                *views.values(),
                *binding,
                *servers,
                *(self.jobs[name] for name in jobs),
            ),
            monitor_labels=self.ctx.addons.rule_labels,
        )
