"""The one seam between what the platform wants and the cloud that provides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import pulumi
import pulumi_random as random

from components.addons.dialect import Dialect
from components.backup.outputs import BackupOutputs
from components.backup.spec import BackupSpec
from components.bucket.outputs import BucketOutputs
from components.bucket.spec import BucketSpec
from components.budget.outputs import BudgetOutputs
from components.budget.spec import BudgetSpec
from components.cache.outputs import CacheOutputs
from components.cache.spec import CacheSpec
from components.cluster.outputs import ClusterOutputs
from components.cluster.spec import ClusterSpec
from components.core import Component
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
from components.registry.credentials import NONE, Credentials
from components.registry.outputs import RegistryOutputs
from components.registry.spec import RegistrySpec
from components.secrets.outputs import SecretsOutputs
from components.secrets.spec import SecretsSpec
from components.site import Site


class Platform(Protocol):
    """One cloud in one region. Every method declares one component named `<site name>-<name>` and gives what others compose with."""

    site: Site
    root: pulumi.ComponentResource
    """Parent of everything in the region; carries the region's explicit providers."""
    passwords: random.Provider
    """Makes the passwords that no cloud keeps by itself."""

    def dialect(self) -> Dialect: ...

    def network(self, name: str, spec: NetworkSpec, key: KeyOutputs) -> Component[NetworkOutputs]: ...

    def key(self, name: str, spec: KeySpec) -> Component[KeyOutputs]: ...

    def cluster(self, name: str, spec: ClusterSpec, network: NetworkOutputs, key: KeyOutputs) -> Component[ClusterOutputs]: ...

    def identity(self, name: str, spec: IdentitySpec, grants: Sequence[Grant], cluster: ClusterOutputs) -> Component[IdentityOutputs]: ...

    def database(
        self, name: str, spec: DatabaseSpec, network: NetworkOutputs, key: KeyOutputs, clients: ClusterOutputs, backup: BackupOutputs
    ) -> Component[DatabaseOutputs]: ...

    def cache(
        self, name: str, spec: CacheSpec, network: NetworkOutputs, key: KeyOutputs, clients: ClusterOutputs
    ) -> Component[CacheOutputs]: ...

    def bucket(self, name: str, spec: BucketSpec, network: NetworkOutputs, key: KeyOutputs) -> Component[BucketOutputs]: ...

    def registry(
        self,
        name: str,
        spec: RegistrySpec,
        network: NetworkOutputs,
        pullers: ClusterOutputs,
        key: KeyOutputs,
        credentials: Credentials = NONE,
    ) -> Component[RegistryOutputs]: ...

    def secrets(
        self, name: str, spec: SecretsSpec, values: Mapping[str, pulumi.Input[str]], key: KeyOutputs
    ) -> Component[SecretsOutputs]: ...

    def dns(self, name: str, spec: DnsSpec) -> Component[DnsOutputs]: ...

    def backup(self, name: str, spec: BackupSpec, cluster: ClusterOutputs, key: KeyOutputs) -> Component[BackupOutputs]: ...

    def budget(self, name: str, spec: BudgetSpec) -> Component[BudgetOutputs]: ...

    def guardrail(self, name: str, spec: GuardrailSpec, key: KeyOutputs) -> Component[GuardrailOutputs]: ...
