"""The platform on GCP: one region, one project, one explicit provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_random as random

from components.addons.dialect import Dialect
from components.addons.gcp import GcpDialect
from components.backup.gcp import GcpBackup
from components.backup.outputs import BackupOutputs
from components.backup.spec import BackupSpec
from components.bucket.gcp import GcpBucket
from components.bucket.outputs import BucketOutputs
from components.bucket.spec import BucketSpec
from components.budget.gcp import GcpBudget
from components.budget.outputs import BudgetOutputs
from components.budget.spec import BudgetSpec
from components.cache.gcp import GcpCache
from components.cache.outputs import CacheOutputs
from components.cache.spec import CacheSpec
from components.cluster.gcp import GcpCluster
from components.cluster.outputs import ClusterOutputs
from components.cluster.spec import ClusterSpec
from components.core import Component
from components.database.gcp import GcpDatabase
from components.database.outputs import DatabaseOutputs
from components.database.spec import DatabaseSpec
from components.dns.gcp import GcpDns
from components.dns.outputs import DnsOutputs
from components.dns.spec import DnsSpec
from components.guardrail.gcp import GcpGuardrail
from components.guardrail.outputs import GuardrailOutputs
from components.guardrail.spec import GuardrailSpec
from components.identity.gcp import GcpIdentity
from components.identity.outputs import IdentityOutputs
from components.identity.spec import Grant, IdentitySpec
from components.key.gcp import GcpKey
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.network.gcp import GcpNetwork
from components.network.outputs import NetworkOutputs
from components.network.spec import NetworkSpec
from components.platforms.base import Platform
from components.platforms.gcp_project import GcpProject, provider
from components.registry.credentials import NONE, Credentials
from components.registry.gcp import GcpRegistry
from components.registry.outputs import RegistryOutputs
from components.registry.spec import RegistrySpec
from components.secrets.gcp import GcpSecrets
from components.secrets.outputs import SecretsOutputs
from components.secrets.spec import SecretsSpec
from components.site import Site


class GcpRegion(pulumi.ComponentResource):
    """Everything of one region hangs under this, and takes its providers from here."""

    def __init__(self, site: Site) -> None:
        self.passwords = random.Provider(f"{site.name}-random")
        opts = pulumi.ResourceOptions(providers=[provider(site.name, site), self.passwords])
        super().__init__("eucloud:platform:Region", site.name, None, opts)
        self.register_outputs({"region": site.region, "account": site.account})


class GcpPlatform:
    def __init__(self, site: Site) -> None:
        self.site = site
        region = GcpRegion(site)
        self.root: pulumi.ComponentResource = region
        self.passwords = region.passwords
        self._opts = pulumi.ResourceOptions(parent=self.root)
        self._project = GcpProject(self._named("project"), site, self._opts).outputs

    def _named(self, name: str) -> str:
        return f"{self.site.name}-{name}"

    def dialect(self) -> Dialect:
        return GcpDialect(self.site, self._project)

    def network(self, name: str, spec: NetworkSpec, key: KeyOutputs) -> Component[NetworkOutputs]:
        return GcpNetwork(self._named(name), spec, self.site, self._project, key, self._opts)

    def key(self, name: str, spec: KeySpec) -> Component[KeyOutputs]:
        return GcpKey(self._named(name), spec, self.site, self._project, self._opts)

    def cluster(self, name: str, spec: ClusterSpec, network: NetworkOutputs, key: KeyOutputs) -> Component[ClusterOutputs]:
        return GcpCluster(self._named(name), spec, self.site, self._project, network, key, self._opts)

    def identity(self, name: str, spec: IdentitySpec, grants: Sequence[Grant], cluster: ClusterOutputs) -> Component[IdentityOutputs]:
        return GcpIdentity(self._named(name), spec, self.site, self._project, grants, cluster, self._opts)

    def database(
        self, name: str, spec: DatabaseSpec, network: NetworkOutputs, key: KeyOutputs, clients: ClusterOutputs, backup: BackupOutputs
    ) -> Component[DatabaseOutputs]:
        return GcpDatabase(self._named(name), spec, self.site, self._project, network, key, self._opts)

    def cache(
        self, name: str, spec: CacheSpec, network: NetworkOutputs, key: KeyOutputs, clients: ClusterOutputs
    ) -> Component[CacheOutputs]:
        return GcpCache(self._named(name), spec, self.site, self._project, network, key, clients, self._opts)

    def bucket(self, name: str, spec: BucketSpec, network: NetworkOutputs, key: KeyOutputs) -> Component[BucketOutputs]:
        return GcpBucket(self._named(name), spec, self.site, self._project, key, self._opts)

    def registry(
        self,
        name: str,
        spec: RegistrySpec,
        network: NetworkOutputs,
        pullers: ClusterOutputs,
        key: KeyOutputs,
        credentials: Credentials = NONE,
    ) -> Component[RegistryOutputs]:
        return GcpRegistry(self._named(name), spec, self.site, self._project, pullers, key, self._opts, credentials)

    def secrets(self, name: str, spec: SecretsSpec, values: Mapping[str, pulumi.Input[str]], key: KeyOutputs) -> Component[SecretsOutputs]:
        return GcpSecrets(self._named(name), spec, self.site, self._project, values, key, self._opts)

    def dns(self, name: str, spec: DnsSpec) -> Component[DnsOutputs]:
        return GcpDns(self._named(name), spec, self.site, self._project, self._opts)

    def backup(self, name: str, spec: BackupSpec, cluster: ClusterOutputs, key: KeyOutputs) -> Component[BackupOutputs]:
        return GcpBackup(self._named(name), spec, self.site, self._project, cluster, key, self._opts)

    def budget(self, name: str, spec: BudgetSpec) -> Component[BudgetOutputs]:
        return GcpBudget(self._named(name), spec, self.site, self._project, self._opts)

    def guardrail(self, name: str, spec: GuardrailSpec, key: KeyOutputs) -> Component[GuardrailOutputs]:
        return GcpGuardrail(self._named(name), spec, self.site, self._project, key, self._opts)


def platform(site: Site) -> Platform:
    return GcpPlatform(site)
