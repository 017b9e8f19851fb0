"""The platform on Azure: one region, one subscription, one explicit provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_random as random

from components.addons.azure import AzureDialect
from components.addons.dialect import Dialect
from components.azure_versions import unversioned
from components.backup.azure import AzureBackup
from components.backup.outputs import BackupOutputs
from components.backup.spec import BackupSpec
from components.bucket.azure import AzureBucket
from components.bucket.outputs import BucketOutputs
from components.bucket.spec import BucketSpec
from components.budget.azure import AzureBudget
from components.budget.outputs import BudgetOutputs
from components.budget.spec import BudgetSpec
from components.cache.azure import AzureCache
from components.cache.outputs import CacheOutputs
from components.cache.spec import CacheSpec
from components.cluster.azure import AzureCluster
from components.cluster.outputs import ClusterOutputs
from components.cluster.spec import ClusterSpec
from components.core import Component
from components.database.azure import AzureDatabase
from components.database.outputs import DatabaseOutputs
from components.database.spec import DatabaseSpec
from components.dns.azure import AzureDns
from components.dns.outputs import DnsOutputs
from components.dns.spec import DnsSpec
from components.guardrail.azure import AzureGuardrail
from components.guardrail.outputs import GuardrailOutputs
from components.guardrail.spec import GuardrailSpec
from components.identity.azure import AzureIdentity
from components.identity.outputs import IdentityOutputs
from components.identity.spec import Grant, IdentitySpec
from components.key.azure import AzureKey
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.network.azure import AzureNetwork
from components.network.outputs import NetworkOutputs
from components.network.spec import NetworkSpec
from components.platforms.azure_group import AzureGroup, provider
from components.platforms.base import Platform
from components.registry.azure import AzureRegistry
from components.registry.credentials import NONE, Credentials
from components.registry.outputs import RegistryOutputs
from components.registry.spec import RegistrySpec
from components.secrets.azure import AzureSecrets
from components.secrets.outputs import SecretsOutputs
from components.secrets.spec import SecretsSpec
from components.site import Site


class AzureRegion(pulumi.ComponentResource):
    """Everything of one region hangs under this, and takes its providers from here."""

    def __init__(self, site: Site) -> None:
        self.passwords = random.Provider(f"{site.name}-random")
        opts = pulumi.ResourceOptions(providers=[provider(site.name, site), self.passwords], transformations=[unversioned])
        super().__init__("eucloud:platform:Region", site.name, None, opts)
        self.register_outputs({"region": site.region, "account": site.account})


class AzurePlatform:
    def __init__(self, site: Site) -> None:
        self.site = site
        region = AzureRegion(site)
        self.root: pulumi.ComponentResource = region
        self.passwords = region.passwords
        self._opts = pulumi.ResourceOptions(parent=self.root)
        self._group = AzureGroup(self._named("group"), site, self._opts).outputs

    def _named(self, name: str) -> str:
        return f"{self.site.name}-{name}"

    def dialect(self) -> Dialect:
        return AzureDialect(self.site, self._group)

    def network(self, name: str, spec: NetworkSpec, key: KeyOutputs) -> Component[NetworkOutputs]:
        return AzureNetwork(self._named(name), spec, self.site, self._group, key, self._opts)

    def key(self, name: str, spec: KeySpec) -> Component[KeyOutputs]:
        return AzureKey(self._named(name), spec, self.site, self._group, self._opts)

    def cluster(self, name: str, spec: ClusterSpec, network: NetworkOutputs, key: KeyOutputs) -> Component[ClusterOutputs]:
        return AzureCluster(self._named(name), spec, self.site, self._group, network, key, self._opts)

    def identity(self, name: str, spec: IdentitySpec, grants: Sequence[Grant], cluster: ClusterOutputs) -> Component[IdentityOutputs]:
        return AzureIdentity(self._named(name), spec, self.site, self._group, grants, cluster, self._opts)

    def database(
        self, name: str, spec: DatabaseSpec, network: NetworkOutputs, key: KeyOutputs, clients: ClusterOutputs, backup: BackupOutputs
    ) -> Component[DatabaseOutputs]:
        return AzureDatabase(self._named(name), spec, self.site, self._group, network, key, backup, self._opts)

    def cache(
        self, name: str, spec: CacheSpec, network: NetworkOutputs, key: KeyOutputs, clients: ClusterOutputs
    ) -> Component[CacheOutputs]:
        return AzureCache(self._named(name), spec, self.site, self._group, network, key, clients, self._opts)

    def bucket(self, name: str, spec: BucketSpec, network: NetworkOutputs, key: KeyOutputs) -> Component[BucketOutputs]:
        return AzureBucket(self._named(name), spec, self.site, self._group, network, key, self._opts)

    def registry(
        self,
        name: str,
        spec: RegistrySpec,
        network: NetworkOutputs,
        pullers: ClusterOutputs,
        key: KeyOutputs,
        credentials: Credentials = NONE,
    ) -> Component[RegistryOutputs]:
        return AzureRegistry(self._named(name), spec, self.site, self._group, network, pullers, key, self._opts, credentials)

    def secrets(self, name: str, spec: SecretsSpec, values: Mapping[str, pulumi.Input[str]], key: KeyOutputs) -> Component[SecretsOutputs]:
        return AzureSecrets(self._named(name), spec, self.site, self._group, values, key, self._opts)

    def dns(self, name: str, spec: DnsSpec) -> Component[DnsOutputs]:
        return AzureDns(self._named(name), spec, self.site, self._group, self._opts)

    def backup(self, name: str, spec: BackupSpec, cluster: ClusterOutputs, key: KeyOutputs) -> Component[BackupOutputs]:
        return AzureBackup(self._named(name), spec, self.site, self._group, key, self._opts)

    def budget(self, name: str, spec: BudgetSpec) -> Component[BudgetOutputs]:
        return AzureBudget(self._named(name), spec, self.site, self._group, self._opts)

    def guardrail(self, name: str, spec: GuardrailSpec, key: KeyOutputs) -> Component[GuardrailOutputs]:
        return AzureGuardrail(self._named(name), spec, self.site, self._group, key, self._opts)


def platform(site: Site) -> Platform:
    return AzurePlatform(site)
