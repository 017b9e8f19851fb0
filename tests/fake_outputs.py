"""Plausible outputs of capabilities, of no cloud, for those who build on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from components.backup.outputs import BackupOutputs
from components.bucket.outputs import BucketOutputs
from components.cluster.outputs import ClusterOutputs
from components.dns.outputs import DnsOutputs
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.registry.outputs import RegistryOutputs
from components.secrets.outputs import SecretsOutputs

REGION = "eu-south-1"
CACHED = ("quay.io", "registry.k8s.io")


def out(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


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
