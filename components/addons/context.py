"""What every add-on is given, and the few ways in which an add-on becomes resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.helm.v3 import Release, ReleaseArgs, RepositoryOptsArgs
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.addons.catalogue import Chart
from components.addons.dialect import Dialect
from components.addons.spec import AddonsSpec
from components.addons.values import Images, Values
from components.bucket.outputs import BucketOutputs
from components.cluster.outputs import ClusterOutputs
from components.dns.outputs import DnsOutputs
from components.identity.outputs import IdentityOutputs
from components.identity.spec import Grant, IdentitySpec, SecretsGrant
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.platforms.base import Platform
from components.secrets.outputs import SecretsOutputs

# Seconds. A release waits for its pods, and the first pods wait for nodes and image pulls.
TIMEOUT = 600


@dataclass(frozen=True)
class AddonsContext:
    """`opts` carries the parent and the cluster's Kubernetes provider (`providers=[...]`): nothing here uses an ambient kubeconfig.

    `key` encrypts the volumes, `logs` and `backups` are the buckets of Loki and Velero. `secrets` is the platform's own store (Grafana's
    administrator, receivers of alerts); `readable` is all that External Secrets may read, the systems' stores too, which are made later.
    `caches` maps public registries' hosts to the region's pull-through caches. `pairs` makes the key pair of Sealed Secrets, where asked.
    """

    platform: Platform
    cluster: ClusterOutputs
    network: NetworkOutputs
    key: KeyOutputs
    zone: DnsOutputs
    logs: BucketOutputs
    backups: BucketOutputs
    secrets: SecretsOutputs
    readable: SecretsGrant
    spec: AddonsSpec
    opts: pulumi.ResourceOptions
    caches: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, "pulumi.Input[str]"])
    pairs: pulumi.ProviderResource | None = None

    @cached_property
    def name(self) -> str:
        return f"{self.platform.site.name}-addons"

    @cached_property
    def dialect(self) -> Dialect:
        return self.platform.dialect()

    @cached_property
    def images(self) -> Images:
        return Images(self.caches)

    def after(self, *needed: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a child that needs others which none of its inputs names."""
        return pulumi.ResourceOptions(parent=self.opts.parent, depends_on=list(needed))

    def identity(self, name: str, namespace: str, service_account: str, *grants: Grant) -> IdentityOutputs:
        spec = IdentitySpec(namespace=namespace, service_account=service_account)
        return self.platform.identity(name, spec, grants, self.cluster).outputs

    def release(
        self,
        chart: Chart,
        namespace: pulumi.Input[str],
        values: Values,
        needed: Sequence[pulumi.Resource] = (),
        *,
        name: str = "",
        timeout: int = TIMEOUT,
        pods: bool = True,
    ) -> Release:
        """One Helm release under its chart's name (or `name`). It counts as made when its pods are ready, so that what depends on it finds
        webhooks that answer. One without `pods` does not wait for nodes.

        Atomic: a failed install is removed and a failed upgrade rolled back, so that the next run starts from a release that Helm calls
        deployed. CRD hooks and jobs are awaited too.
        """
        release = name or chart.name
        return Release(
            f"{self.name}-{release}",
            ReleaseArgs(
                chart=chart.source if chart.oci else chart.name,
                version=chart.version,
                repository_opts=None if chart.oci else RepositoryOptsArgs(repo=chart.source),
                name=release,
                namespace=namespace,
                create_namespace=False,
                values=values,
                timeout=timeout,
                atomic=True,
                cleanup_on_fail=True,
                wait_for_jobs=True,
                max_history=5,
            ),
            opts=self.after(*(self.cluster.ready if pods else ()), *needed),
        )

    def custom(
        self,
        api_version: str,
        kind: str,
        name: str,
        spec: Mapping[str, Any],
        needed: Sequence[pulumi.Resource],
        *,
        namespace: pulumi.Input[str] | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, pulumi.Input[str]] | None = None,
    ) -> CustomResource:
        """A custom resource. `needed` is whatever defines its kind and answers its webhook."""
        return CustomResource(
            f"{self.name}-{kind.lower()}-{name}",
            api_version=api_version,
            kind=kind,
            metadata=ObjectMetaArgs(name=name, namespace=namespace, labels=labels, annotations=annotations),
            spec=dict(spec),
            opts=self.after(*needed),
        )
