"""The platform on AWS: one region, one account, one explicit provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_random as random

from components.addons.aws import AwsDialect
from components.addons.dialect import Dialect
from components.backup.aws import AwsBackup
from components.backup.outputs import BackupOutputs
from components.backup.spec import BackupSpec
from components.bucket.aws import AwsBucket
from components.bucket.outputs import BucketOutputs
from components.bucket.spec import BucketSpec
from components.budget.aws import AwsBudget
from components.budget.outputs import BudgetOutputs
from components.budget.spec import BudgetSpec
from components.cache.aws import AwsCache
from components.cache.outputs import CacheOutputs
from components.cache.spec import CacheSpec
from components.cluster.aws import AwsCluster
from components.cluster.outputs import ClusterOutputs
from components.cluster.spec import ClusterSpec
from components.core import Component
from components.database.aws import AwsDatabase
from components.database.outputs import DatabaseOutputs
from components.database.spec import DatabaseSpec
from components.dns.aws import AwsDns
from components.dns.outputs import DnsOutputs
from components.dns.spec import DnsSpec
from components.guardrail.aws import AwsGuardrail
from components.guardrail.outputs import GuardrailOutputs
from components.guardrail.spec import GuardrailSpec
from components.identity.aws import AwsIdentity
from components.identity.outputs import IdentityOutputs
from components.identity.spec import Grant, IdentitySpec
from components.key.aws import AwsKey
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.network.aws import AwsNetwork
from components.network.outputs import NetworkOutputs
from components.network.spec import NetworkSpec
from components.platforms.aws_provider import provider
from components.platforms.base import Platform
from components.registry.aws import AwsRegistry
from components.registry.credentials import NONE, Credentials
from components.registry.outputs import RegistryOutputs
from components.registry.spec import RegistrySpec
from components.secrets.aws import AwsSecrets
from components.secrets.outputs import SecretsOutputs
from components.secrets.spec import SecretsSpec
from components.site import Site


class AwsRegion(pulumi.ComponentResource):
    """Everything of one region hangs under this, and takes its provider from here."""

    def __init__(self, site: Site) -> None:
        self.passwords = random.Provider(f"{site.name}-random")
        opts = pulumi.ResourceOptions(providers=[provider(site.name, site), self.passwords])
        super().__init__("eucloud:platform:Region", site.name, None, opts)
        self.register_outputs({"region": site.region, "account": site.account})


class AwsPlatform:
    def __init__(self, site: Site) -> None:
        self.site = site
        region = AwsRegion(site)
        self.root: pulumi.ComponentResource = region
        self.passwords = region.passwords
        self._opts = pulumi.ResourceOptions(parent=self.root)

    def _named(self, name: str) -> str:
        return f"{self.site.name}-{name}"

    def dialect(self) -> Dialect:
        return AwsDialect(self.site)

    def network(self, name: str, spec: NetworkSpec, key: KeyOutputs) -> Component[NetworkOutputs]:
        return AwsNetwork(self._named(name), spec, self.site, key, self._opts)

    def key(self, name: str, spec: KeySpec) -> Component[KeyOutputs]:
        return AwsKey(self._named(name), spec, self.site, self._opts)

    def cluster(self, name: str, spec: ClusterSpec, network: NetworkOutputs, key: KeyOutputs) -> Component[ClusterOutputs]:
        return AwsCluster(self._named(name), spec, self.site, network, key, self._opts)

    def identity(self, name: str, spec: IdentitySpec, grants: Sequence[Grant], cluster: ClusterOutputs) -> Component[IdentityOutputs]:
        return AwsIdentity(self._named(name), spec, self.site, grants, cluster, self._opts)

    def database(
        self, name: str, spec: DatabaseSpec, network: NetworkOutputs, key: KeyOutputs, clients: ClusterOutputs, backup: BackupOutputs
    ) -> Component[DatabaseOutputs]:
        # The plan selects by tag: see components/backup/aws.py.
        return AwsDatabase(self._named(name), spec, self.site, network, key, clients, backup, self._opts)

    def cache(
        self, name: str, spec: CacheSpec, network: NetworkOutputs, key: KeyOutputs, clients: ClusterOutputs
    ) -> Component[CacheOutputs]:
        return AwsCache(self._named(name), spec, self.site, network, key, clients, self._opts)

    def bucket(self, name: str, spec: BucketSpec, network: NetworkOutputs, key: KeyOutputs) -> Component[BucketOutputs]:
        return AwsBucket(self._named(name), spec, self.site, key, self._opts)

    def registry(
        self,
        name: str,
        spec: RegistrySpec,
        network: NetworkOutputs,
        pullers: ClusterOutputs,
        key: KeyOutputs,
        credentials: Credentials = NONE,
    ) -> Component[RegistryOutputs]:
        return AwsRegistry(self._named(name), spec, self.site, key, self._opts, credentials)

    def secrets(self, name: str, spec: SecretsSpec, values: Mapping[str, pulumi.Input[str]], key: KeyOutputs) -> Component[SecretsOutputs]:
        return AwsSecrets(self._named(name), spec, self.site, values, key, self._opts)

    def dns(self, name: str, spec: DnsSpec) -> Component[DnsOutputs]:
        return AwsDns(self._named(name), spec, self.site, self._opts)

    def backup(self, name: str, spec: BackupSpec, cluster: ClusterOutputs, key: KeyOutputs) -> Component[BackupOutputs]:
        return AwsBackup(self._named(name), spec, self.site, key, self._opts)

    def budget(self, name: str, spec: BudgetSpec) -> Component[BudgetOutputs]:
        return AwsBudget(self._named(name), spec, self.site, self._opts)

    def guardrail(self, name: str, spec: GuardrailSpec, key: KeyOutputs) -> Component[GuardrailOutputs]:
        return AwsGuardrail(self._named(name), spec, self.site, key, self._opts)


def platform(site: Site) -> Platform:
    return AwsPlatform(site)
