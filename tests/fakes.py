"""A platform that stands in no cloud: every capability answers plausible outputs, imports no cloud SDK and remembers what was asked.

    registered = record(lambda: install(context(FakePlatform())))
    platform.identities["velero"].grants        # what a workload was granted

Make it inside the function that `record` runs: its Outputs need the recorder's runtime.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_random as random

from components.addons.dialect import Dialect, StorageClass
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

REGION = "eu-south-1"
SITE = Site(
    cloud=Cloud.AWS,
    region=REGION,
    name="playnew-production",
    account="111122223333",
    environment="production",
    zones=("eu-south-1a", "eu-south-1b", "eu-south-1c"),
)
CACHED = ("quay.io", "registry.k8s.io")


def out(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


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


@dataclass
class FakeDialect:
    load_balancer_controller: bool = True
    cluster_autoscaler: bool = True
    metrics_server: bool = True
    snapshot_controller: bool = True
    core_dns: bool = True

    def storage_class(self, key: KeyOutputs) -> StorageClass:
        return StorageClass("disk.csi.fake", {"encrypted": "true", "key": key.ref})

    def gateway_service_annotations(self, network: NetworkOutputs) -> Mapping[str, pulumi.Input[str]]:
        return {"fake/load-balancer-type": "external", "fake/network": network.id}

    def secret_store(self, secrets_region: str) -> Mapping[str, Any]:
        return {"aws": {"service": "SecretsManager", "region": secrets_region}}

    def external_dns(self, zone: DnsOutputs) -> Mapping[str, Any]:
        return {"provider": {"name": "aws"}, "extraArgs": [pulumi.Output.concat("--zone-id-filter=", zone.zone_id)]}

    def object_storage(self, bucket: BucketOutputs) -> Mapping[str, Any]:
        return {
            "type": "s3",
            "bucketNames": {"chunks": bucket.name, "ruler": bucket.name, "admin": bucket.name},
            "s3": {"region": bucket.region},
        }

    def velero(self, bucket: BucketOutputs, cluster: ClusterOutputs) -> Mapping[str, Any]:
        return {
            "configuration": {
                "backupStorageLocation": [
                    {"name": "default", "provider": "fake", "bucket": bucket.name, "default": True, "config": {"region": bucket.region}}
                ],
                "volumeSnapshotLocation": [{"name": "default", "provider": "fake", "config": {"region": bucket.region}}],
            },
            "initContainers": [
                {
                    "name": "plugin",
                    "image": "docker.io/velero/velero-plugin-for-fake:v1.0.0",
                    "volumeMounts": [{"mountPath": "/target", "name": "plugins"}],
                }
            ],
        }

    def load_balancer_values(self, cluster: ClusterOutputs, network: NetworkOutputs) -> Mapping[str, Any]:
        return {"clusterName": cluster.name, "vpcId": network.id, "region": REGION} if self.load_balancer_controller else {}

    def autoscaler_values(self, cluster: ClusterOutputs) -> Mapping[str, Any]:
        return {"autoDiscovery": {"clusterName": cluster.name}, "awsRegion": REGION} if self.cluster_autoscaler else {}


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


def network_outputs() -> NetworkOutputs:
    return NetworkOutputs(
        id=out("net-1"),
        cidr="10.20.0.0/16",
        public_subnet_ids=tuple(out(f"public-{zone}") for zone in "abc"),
        private_subnet_ids=tuple(out(f"private-{zone}") for zone in "abc"),
        data_subnet_ids=tuple(out(f"data-{zone}") for zone in "abc"),
        private_cidrs=("10.20.16.0/20", "10.20.32.0/20", "10.20.48.0/20"),
        data_cidrs=("10.20.4.0/24", "10.20.5.0/24", "10.20.6.0/24"),
        egress_ips=tuple(out(f"192.0.2.{last}") for last in (1, 2, 3)),
    )


def backup_outputs(name: str = "backup") -> BackupOutputs:
    return BackupOutputs(vault=out(f"{name}-vault"), plan=out(f"{name}-plan"))


def key_outputs(name: str = "data") -> KeyOutputs:
    return KeyOutputs(id=out(f"key-{name}"), ref=out(f"key/{name}"), alias=out(f"alias/{name}"))


def cluster_outputs(
    name: str = "playnew",
    version: str = "1.35",
    pools: tuple[str, ...] = ("host",),
    ready: tuple[pulumi.Resource, ...] = (),
    volumes: tuple[pulumi.Resource, ...] = (),
) -> ClusterOutputs:
    return ClusterOutputs(
        name=out(name),
        ref=out(f"cluster/{name}"),
        endpoint=out(f"https://{name}.fake"),
        version=version,
        kubeconfig=out("{}"),
        client_group=out("group-1"),
        pools=pools,
        ready=ready,
        volumes=volumes,
    )


def bucket_outputs(name: str = "bucket", key: KeyOutputs | None = None) -> BucketOutputs:
    return BucketOutputs(name=out(name), ref=out(f"bucket/{name}"), region=REGION, key=key or key_outputs())


def registry_outputs(repositories: Sequence[str] = (), caches: Sequence[str] = CACHED) -> RegistryOutputs:
    host = "registry.fake"
    return RegistryOutputs(
        url=out(host),
        repositories={name: out(f"{host}/{name}") for name in repositories},
        caches={upstream: out(f"{host}/{upstream.replace('.', '-')}") for upstream in caches},
    )


def secrets_outputs(
    prefix: str = "pn/production",
    paths: Sequence[str] = (),
    key: KeyOutputs | None = None,
    version: pulumi.Resource | None = None,
) -> SecretsOutputs:
    """`version` stands for every value's."""
    return SecretsOutputs(
        prefix=prefix,
        names={path: f"{prefix}/{path}" for path in paths},
        refs={path: out(f"secret/{prefix}/{path}") for path in paths},
        key=key or key_outputs("secrets"),
        region=REGION,
        versions=dict.fromkeys(paths, version) if version else {},
    )


def dns_outputs(domain: str = "playnew.example") -> DnsOutputs:
    return DnsOutputs(domain=domain, zone_id=out("zone-1"), ref=out("zone/zone-1"), name_servers=out(["ns1.fake", "ns2.fake"]))


def conforms(platform: FakePlatform) -> Platform:
    """The type checker's proof that the fake still is a platform."""
    return platform
