"""Valkey with Sentinel inside the cluster."""

from __future__ import annotations

from dataclasses import replace

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.apps import v1 as apps
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.policy import v1 as policy

from components.core import Component
from components.valkey import plan, pods
from components.valkey.outputs import ValkeyOutputs
from components.valkey.scripts import FILES
from components.valkey.spec import ValkeySpec
from components.workloads.authority import AuthorityOutputs, certificate
from components.workloads.config import checksum
from components.workloads.wiring import Wiring, metadata

PASSWORD_CHECKSUM = "eu-cloud/password"  # noqa: S105, RUF100  the annotation's name
"""Of the description of the password, never of itself."""


class Valkey(Component[ValkeyOutputs]):
    """`secret` names the Secret with the key `password`, whose `content` changes when the password does. `authority` signs with `tls`.

    `wiring.after` holds what volumes need too: their driver. Raises ValueError for `tls` without an authority.
    """

    TYPE = "workloads:Valkey"

    def __init__(
        self,
        name: str,
        short: str,
        spec: ValkeySpec,
        secret: str,
        content: str,
        wiring: Wiring,
        authority: AuthorityOutputs | None = None,
        monitoring: pulumi.Resource | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        within, own, labels = wiring.namespace, plan.called(short), plan.labels(short)
        files = {**FILES, "valkey.conf": plan.server_conf(spec), "sentinel.conf": plan.sentinel_conf(spec)}
        needs: list[pulumi.Resource] = [core.ConfigMap(f"{name}-scripts", metadata=metadata(own, within), data=files, opts=self.child)]
        if spec.tls:
            if authority is None:
                raise ValueError(f"valkeys.{short}.tls: true takes an authority that signs; allowed: false without one")
            needs.append(certificate(f"{name}-tls", f"{own}-tls", plan.certificate_names(short, spec.namespace), authority, self))
        needs.append(self._service(name, own, within, labels))
        needs += self._claims(name, own, spec, wiring)
        wiring = replace(wiring, checksums={**wiring.checksums, f"eu-cloud/config-{own}": checksum(files), PASSWORD_CHECKSUM: content})
        selector = meta.LabelSelectorArgs(match_labels=labels)
        servers = apps.StatefulSet(
            f"{name}-servers",
            metadata=metadata(own, within, labels=labels),
            spec=apps.StatefulSetSpecArgs(
                service_name=own,
                replicas=plan.SERVERS,
                selector=selector,
                # Sentinels agree among themselves who is the primary, so they start together; a change still takes one after another.
                pod_management_policy="Parallel",
                update_strategy=apps.StatefulSetUpdateStrategyArgs(type="RollingUpdate"),
                min_ready_seconds=10,
                template=pods.template(short, spec, secret, labels, wiring),
                volume_claim_templates=[self._claim(pods.CLAIM, spec)],
                persistent_volume_claim_retention_policy=apps.StatefulSetPersistentVolumeClaimRetentionPolicyArgs(
                    when_deleted="Retain", when_scaled="Retain"
                ),
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                # Met by name: claims, scripts, the password, the policies.
                depends_on=[*wiring.after, *needs],
                # Servers with different passwords do not copy from each other, and one after another would never be ready: for another
                # password all start anew, with the volumes that are there.
                replace_on_changes=[f'spec.template.metadata.annotations["{PASSWORD_CHECKSUM}"]'],
                delete_before_replace=True,
                # Only read when a claim is missing. Volumes grow by their claims, and this field may not change.
                ignore_changes=["spec.volumeClaimTemplates"],
            ),
        )
        policy.PodDisruptionBudget(
            f"{name}-disruption",
            metadata=metadata(own, within),
            spec=policy.PodDisruptionBudgetSpecArgs(max_unavailable=1, selector=selector),
            opts=self.child,
        )
        if monitoring:
            self._monitor(name, own, labels, wiring, monitoring)
        self.publish(
            ValkeyOutputs(
                sentinels=plan.sentinels(short, spec.namespace),
                hosts=plan.hosts(short, spec.namespace),
                master=spec.master,
                password=secret,
                authority=f"{own}-tls" if spec.tls else None,
                ready=servers,
            )
        )

    def _service(self, name: str, own: str, within: pulumi.Input[str], labels: dict[str, str]) -> core.Service:
        """Names only. Pods are found before they are ready: they have to find each other first."""
        numbers = {"valkey": plan.PORT, "sentinel": plan.SENTINEL_PORT, "metrics": plan.METRICS_PORT}
        return core.Service(
            f"{name}-service",
            # The engine would wait for endpoints, which come with the pods, which wait for their names.
            metadata=metadata(own, within, labels=labels, annotations={"pulumi.com/skipAwait": "true"}),
            spec=core.ServiceSpecArgs(
                type="ClusterIP",
                cluster_ip="None",
                publish_not_ready_addresses=True,
                selector=labels,
                ports=[
                    core.ServicePortArgs(name=port, port=number, target_port=number, protocol="TCP") for port, number in numbers.items()
                ],
            ),
            opts=self.child,
        )

    def _claims(self, name: str, own: str, spec: ValkeySpec, wiring: Wiring) -> list[pulumi.Resource]:
        """Under the names that the StatefulSet looks for: made here, they also go from here. What a StatefulSet makes outlives it, and its
        disks would outlive the cluster."""
        return [
            core.PersistentVolumeClaim(
                f"{name}-{pods.CLAIM}-{ordinal}",
                metadata=metadata(
                    f"{pods.CLAIM}-{own}-{ordinal}",
                    wiring.namespace,
                    # Bound only when a pod is placed, which waits for the claim.
                    annotations={"pulumi.com/skipAwait": "true"},
                ),
                spec=self._claim(pods.CLAIM, spec).spec,
                opts=pulumi.ResourceOptions(parent=self, depends_on=list(wiring.after)),
            )
            for ordinal in range(plan.SERVERS)
        ]

    def _claim(self, name: str, spec: ValkeySpec) -> core.PersistentVolumeClaimArgs:
        """Of the default class, which is encrypted with the customer key."""
        return core.PersistentVolumeClaimArgs(
            metadata=meta.ObjectMetaArgs(name=name),
            spec=core.PersistentVolumeClaimSpecArgs(
                access_modes=["ReadWriteOnce"],
                resources=core.VolumeResourceRequirementsArgs(requests={"storage": f"{spec.storage_gib}Gi"}),
            ),
        )

    def _monitor(self, name: str, own: str, labels: dict[str, str], wiring: Wiring, monitoring: pulumi.Resource) -> None:
        CustomResource(
            f"{name}-monitor",
            api_version="monitoring.coreos.com/v1",
            kind="ServiceMonitor",
            metadata=metadata(own, wiring.namespace, labels=wiring.monitor_labels),
            spec={"selector": {"matchLabels": labels}, "endpoints": [{"port": "metrics", "path": "/metrics", "interval": "30s"}]},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[monitoring]),  # its definition comes with the add-on
        )
