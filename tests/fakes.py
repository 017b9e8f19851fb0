"""A platform that stands in no cloud: every capability answers plausible outputs, imports no cloud SDK and remembers what was asked.

    registered = record(lambda: install(context(FakePlatform())))
    platform.identities["velero"].grants        # what a workload was granted

Make it inside the function that `record` runs: its Outputs need the recorder's runtime.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_random as random

from components.addons.dialect import Dialect
from components.backup.outputs import BackupOutputs
from components.backup.spec import BackupSpec
from components.bucket.outputs import BucketOutputs
from components.bucket.spec import BucketSpec
from components.budget.outputs import BudgetOutputs
from components.budget.spec import BudgetSpec
from components.cache.outputs import CacheOutputs, Endpoint
from components.cache.spec import CacheSpec
from components.cluster.outputs import ClusterOutputs
from components.cluster.spec import ClusterSpec
from components.core import Component, OutT
from components.database.outputs import DatabaseOutputs
from components.database.spec import DatabaseSpec
from components.dns.outputs import DnsOutputs
from components.dns.spec import DnsSpec
from components.guardrail.outputs import GuardrailOutputs
from components.guardrail.spec import GuardrailSpec
from components.identity.outputs import IdentityOutputs
from components.identity.spec import Grant, IdentitySpec
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.network.outputs import NetworkOutputs
from components.network.spec import NetworkSpec
from components.platforms.base import Platform
from components.registry.credentials import NONE, Credentials
from components.registry.outputs import RegistryOutputs
from components.registry.spec import RegistrySpec
from components.secrets.outputs import SecretsOutputs
from components.secrets.spec import SecretsSpec
from components.site import Site
from components.vocabulary import Cloud
from tests.fake_dialect import FakeDialect
from tests.fake_outputs import (
    REGION,
    backup_outputs,
    bucket_outputs,
    cluster_outputs,
    dns_outputs,
    key_outputs,
    network_outputs,
    out,
    registry_outputs,
    secrets_outputs,
)

SITE = Site(
    cloud=Cloud.AWS,
    region=REGION,
    name="playnew-production",
    account="111122223333",
    environment="production",
    zones=("eu-south-1a", "eu-south-1b", "eu-south-1c"),
)


class Thing(pulumi.CustomResource):
    """A resource of no cloud, for `depends_on`."""

    def __init__(self, kind: str, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(f"fake:index/{kind}:{kind.capitalize()}", name, {}, opts)


class _Made(Component[OutT]):
    TYPE = "fake:Capability"

    def __init__(self, name: str, outputs: OutT, opts: pulumi.ResourceOptions) -> None:
        super().__init__(name, opts)
        self.publish(outputs)


class _Root(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__("eucloud:fake:Platform", name)


@dataclass(frozen=True)
class Asked:
    """One identity that was asked for: who, and for what."""

    spec: IdentitySpec
    grants: tuple[Grant, ...]


@dataclass
class FakePlatform:
    site: Site = SITE
    speaks: Dialect = field(default_factory=FakeDialect)
    identities: dict[str, Asked] = field(default_factory=dict[str, Asked])
    secret_values: dict[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    root: pulumi.ComponentResource = field(init=False)
    passwords: random.Provider = field(init=False)

    def __post_init__(self) -> None:
        self.root = _Root(self.site.name)
        self.passwords = random.Provider(f"{self.site.name}-random")

    def _made(self, name: str, outputs: OutT) -> Component[OutT]:
        return _Made(self._named(name), outputs, pulumi.ResourceOptions(parent=self.root))

    def _named(self, name: str) -> str:
        return f"{self.site.name}-{name}"

    def _thing(self, kind: str, name: str) -> Thing:
        return Thing(kind, f"{self._named(name)}-{kind}", pulumi.ResourceOptions(parent=self.root))

    def dialect(self) -> Dialect:
        return self.speaks

    def network(self, name: str, spec: NetworkSpec, key: KeyOutputs) -> Component[NetworkOutputs]:
        return self._made(name, network_outputs())

    def key(self, name: str, spec: KeySpec) -> Component[KeyOutputs]:
        return self._made(name, key_outputs(name))

    def cluster(self, name: str, spec: ClusterSpec, network: NetworkOutputs, key: KeyOutputs) -> Component[ClusterOutputs]:
        ready = (self._thing("nodes", name),)
        return self._made(name, cluster_outputs(self._named(name), spec.version, tuple(pool.name for pool in spec.pools), ready))

    def identity(self, name: str, spec: IdentitySpec, grants: Sequence[Grant], cluster: ClusterOutputs) -> Component[IdentityOutputs]:
        assert name not in self.identities, f"two identities are named {name}"
        self.identities[name] = Asked(spec, tuple(grants))
        outputs = IdentityOutputs(
            ref=out(f"role/{name}"),
            annotations={"fake/role": out(f"role/{name}")},
            pod_labels={"fake/identity": "use"},
            binding=self._thing("binding", name),
        )
        return self._made(name, outputs)

    def database(
        self, name: str, spec: DatabaseSpec, network: NetworkOutputs, key: KeyOutputs, clients: ClusterOutputs, backup: BackupOutputs
    ) -> Component[DatabaseOutputs]:
        host = f"{self._named(name)}.db.fake"
        return self._made(
            name,
            DatabaseOutputs(
                host=out(host),
                port=5432,
                database=spec.database,
                identifier=self._named(name),
                ref=out(f"db/{self._named(name)}"),
                admin="postgres",
                admin_secret=out(f"admin/{self._named(name)}"),
                admin_secret_key="password",
            ),
        )

    def cache(
        self, name: str, spec: CacheSpec, network: NetworkOutputs, key: KeyOutputs, clients: ClusterOutputs
    ) -> Component[CacheOutputs]:
        host = out(f"{self._named(name)}.cache.fake")
        endpoints = tuple(Endpoint(host, 6379, number) for number in range(spec.databases))
        return self._made(
            name,
            CacheOutputs(
                endpoints=endpoints,
                passwords=(pulumi.Output.secret("password"),) * spec.databases,
                authority=None,
                cidrs=network.data_cidrs,
                ports=((6379, 6379),),
                identifier=self._named(name),
            ),
        )

    def bucket(self, name: str, spec: BucketSpec, network: NetworkOutputs, key: KeyOutputs) -> Component[BucketOutputs]:
        return self._made(name, bucket_outputs(self._named(name), key))

    def registry(
        self,
        name: str,
        spec: RegistrySpec,
        network: NetworkOutputs,
        pullers: ClusterOutputs,
        key: KeyOutputs,
        credentials: Credentials = NONE,
    ) -> Component[RegistryOutputs]:
        return self._made(name, registry_outputs(spec.repositories, spec.caches))

    def secrets(self, name: str, spec: SecretsSpec, values: Mapping[str, pulumi.Input[str]], key: KeyOutputs) -> Component[SecretsOutputs]:
        self.secret_values.update(values)
        return self._made(name, secrets_outputs(spec.prefix, tuple(values), key, self._thing("versions", name)))

    def dns(self, name: str, spec: DnsSpec) -> Component[DnsOutputs]:
        return self._made(name, dns_outputs(spec.domain))

    def backup(self, name: str, spec: BackupSpec, cluster: ClusterOutputs, key: KeyOutputs) -> Component[BackupOutputs]:
        return self._made(name, backup_outputs(self._named(name)))

    def budget(self, name: str, spec: BudgetSpec) -> Component[BudgetOutputs]:
        return self._made(name, BudgetOutputs(name=out(self._named(name))))

    def guardrail(self, name: str, spec: GuardrailSpec, key: KeyOutputs) -> Component[GuardrailOutputs]:
        return self._made(name, GuardrailOutputs(audit_trail=out(f"{self._named(name)}-trail"), deny_document="{}"))


def conforms(platform: FakePlatform) -> Platform:
    """The type checker's proof that the fake still is a platform."""
    return platform
