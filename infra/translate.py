"""The one translator from a system's data to resources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
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
from components.observability.render import grafana, prometheus_rule
from components.platforms.base import Platform
from components.registry.outputs import RegistryOutputs
from components.site import Site
from components.workloads.account import Account
from components.workloads.config import CONTENT, RemoteSecret, config_map, external_secret
from components.workloads.connections import Terrain
from components.workloads.deployment import Deployment, DeploymentOutputs
from components.workloads.job import OneOff
from components.workloads.namespace import Namespace, NamespaceOutputs
from components.workloads.policies import Policies
from components.workloads.route import Route
from components.workloads.spec import AccountSpec, PodSpec, SecretItem, SecretSpec, digest
from components.workloads.values import DatabaseUrl, PlainValue, RoleVerifier
from components.workloads.wiring import AccountOutputs, Wiring, metadata
from infra.backing import Backing, back, resolve
from infra.system import SystemSpec


@dataclass(frozen=True)
class SystemContext:
    """What a system stands on.

    `keys` holds the purposes `data` and `secrets`. `kubernetes` carries the parent and the cluster's provider, `random` the provider of
    generated passwords. `given` are secrets that people set, by the names of `SystemSpec.given`. `registry` is the stack's own where one
    is shared; without it the system makes its own. `services_cidr` are the addresses of the cluster's Services.
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
    given: Mapping[str, pulumi.Output[str]] = field(default_factory=dict[str, "pulumi.Output[str]"])
    registry: RegistryOutputs | None = None
    services_cidr: str = "172.20.0.0/16"


@dataclass(frozen=True)
class SystemOutputs:
    """`databases` and `keys` by the system's own names; `replicas` are the read replicas' hosts."""

    hosts: tuple[str, ...]
    urls: tuple[str, ...]
    namespaces: tuple[str, ...]
    databases: Mapping[str, pulumi.Output[str]]
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
        self.system, self.ctx = system, ctx
        # Generated passwords come from another provider than the cluster's objects.
        self.backing: Backing = back(self.name, system, ctx, pulumi.ResourceOptions(parent=self, provider=ctx.random))
        self.spaces: dict[str, NamespaceOutputs] = {
            spec.name: Namespace(f"{self.name}-{spec.name}", spec, self.child).outputs for spec in system.namespaces
        }
        self.within = {name: space.name for name, space in self.spaces.items()}
        self.accounts: dict[tuple[str, str], AccountOutputs] = {
            (spec.namespace, spec.name): self._account(spec) for spec in system.accounts
        }
        self.policies = Policies(f"{self.name}-policies", system.connections, self._terrain(), self.within, self.child).outputs
        self.configs: dict[tuple[str, str], tuple[core.ConfigMap, pulumi.Output[str]]] = {
            (spec.namespace, spec.name): config_map(
                f"{self.name}-{spec.name}", spec, self.within[spec.namespace], self._resolve, self.child
            )
            for spec in system.configs
        }
        self.views: dict[tuple[str, str], CustomResource] = {(spec.namespace, spec.name): self._view(spec) for spec in system.views}
        self.jobs: dict[str, pulumi.Resource] = {}
        for job in system.jobs:
            wiring = self._wiring(job.namespace, job.pod, job.after)
            self.jobs[job.name] = OneOff(f"{self.name}-{job.name}", job, wiring, self.child).outputs.done
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
        routes = [
            Route(
                f"{self.name}-{spec.name}",
                spec,
                self.within[spec.namespace],
                services[spec.namespace, spec.service].service,
                ctx.addons,
                self.child,
            ).outputs
            for spec in system.routes
        ]
        self._observe()
        registry = self.backing.registry
        self.publish(
            SystemOutputs(
                hosts=tuple(route.host for route in routes),
                urls=tuple(route.url for route in routes),
                namespaces=tuple(self.spaces),
                databases={name: database.host for name, database in self.backing.databases.items()},
                replicas=tuple(host for database in self.backing.databases.values() for host in database.replica_hosts),
                registry=registry.url if registry else None,
                repositories=registry.repositories if registry else {},
                keys={name: key.ref for name, key in self.backing.keys.items()},
            )
        )

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

    def _view(self, spec: SecretSpec) -> CustomResource:
        stored = [self.backing.secrets.versions[item.path] for item in spec.data.values() if item.path is not None]
        # The store and the values are met by name: no output expresses that the first fetch needs both. Made anew when a value changes:
        # an object that is ready with the old value counts as ready at once, and what waits for it would start with that.
        needs = [self.ctx.addons.secrets_ready, *stored]
        return external_secret(
            f"{self.name}-{spec.name}",
            spec,
            self.within[spec.namespace],
            self.ctx.addons.secret_store,
            self._locate,
            self._content(spec),
            pulumi.ResourceOptions(
                parent=self,
                depends_on=needs,
                replace_on_changes=[f'metadata.annotations["{CONTENT}"]'],
                delete_before_replace=True,
            ),
        )

    def _locate(self, item: SecretItem) -> RemoteSecret:
        if item.admin_of is not None:
            database = self.backing.databases[item.admin_of]
            return RemoteSecret(database.admin_secret, database.admin_secret_key)
        return RemoteSecret(self.backing.secrets.names[item.path or ""])

    def _content(self, spec: SecretSpec) -> str:
        """Changes when a stored value does, and tells nothing of it: made of the description, with its rotations."""
        described: dict[str, str] = {}
        for key, item in spec.data.items():
            value = self.system.secrets.values.get(item.path or "")
            role = self.system.roles[value.role] if isinstance(value, DatabaseUrl | RoleVerifier) else None
            described[key] = " ".join(part.model_dump_json() for part in (item, value, role) if part is not None)
        return digest(described)

    def _wiring(self, namespace: str, pod: PodSpec, jobs: Iterable[str]) -> Wiring:
        account = self.accounts[namespace, pod.account] if pod.account else None
        maps = {name: self.configs[namespace, name] for name in dict.fromkeys((*pod.config, *pod.mounts.values()))}
        views = {name: self.views[namespace, name] for name in pod.secrets}
        secrets = {spec.name: self._content(spec) for spec in self.system.views if spec.namespace == namespace and spec.name in views}
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
                *(self.jobs[name] for name in jobs),
            ),
            monitor_labels=self.ctx.addons.rule_labels,
        )

    def _observe(self) -> None:
        addons, observability = self.ctx.addons, self.system.observability
        # The namespace and the kinds belong to the monitoring add-on, and both are met by name.
        ready = pulumi.ResourceOptions(parent=self, depends_on=[addons.monitoring_ready])
        for dashboard in observability.dashboards:
            core.ConfigMap(
                f"{self.name}-dashboard-{dashboard.uid}",
                metadata=metadata(f"dashboard-{dashboard.uid}", addons.monitoring_namespace, labels=addons.dashboard_labels),
                data={f"{dashboard.uid}.json": grafana(dashboard)},
                opts=ready,
            )
        if observability.rules:
            CustomResource(
                f"{self.name}-alerts",
                api_version="monitoring.coreos.com/v1",
                kind="PrometheusRule",
                metadata=metadata(self.system.id, addons.monitoring_namespace, labels=addons.rule_labels),
                spec=prometheus_rule(observability.rules, {"system": self.system.id}),
                opts=ready,
            )
