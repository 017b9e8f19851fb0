"""A namespace that is closed until something is allowed: Pod Security, quota, defaults, no traffic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.networking import v1 as networking

from components.core import Component
from components.workloads.spec import NamespaceSpec, Quota
from components.workloads.wiring import metadata


@dataclass(frozen=True)
class NamespaceOutputs:
    """`closed` are the objects that must stand before the first pod: for `depends_on`."""

    name: pulumi.Output[str]
    closed: tuple[pulumi.Resource, ...]


def pod_security(level: str) -> dict[str, str]:
    return {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "audit", "warn")}


def hard(quota: Quota) -> dict[str, str]:
    limits = {
        "pods": str(quota.pods),
        "requests.cpu": quota.requests_cpu,
        "requests.memory": quota.requests_memory,
        "limits.cpu": quota.limits_cpu,
        "limits.memory": quota.limits_memory,
    }
    return limits if quota.jobs is None else {**limits, "count/jobs.batch": str(quota.jobs)}


class Namespace(Component[NamespaceOutputs]):
    """`after` are the drivers of volumes that are claimed in it: claims go with their namespace at the latest, and it goes before the
    drivers that remove their disks."""

    TYPE = "workloads:Namespace"

    def __init__(
        self, name: str, spec: NamespaceSpec, opts: pulumi.ResourceOptions | None = None, after: Sequence[pulumi.Resource] = ()
    ) -> None:
        super().__init__(name, opts)
        namespace = core.Namespace(
            f"{name}-namespace",
            metadata=metadata(spec.name, labels={**pod_security(spec.pod_security), **spec.labels}),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
        within = namespace.metadata.name
        quota = core.ResourceQuota(
            f"{name}-quota",
            metadata=metadata("quota", within),
            spec=core.ResourceQuotaSpecArgs(hard=hard(spec.quota)),
            opts=self.child,
        )
        limits = core.LimitRange(
            f"{name}-defaults",
            metadata=metadata("defaults", within),
            spec=core.LimitRangeSpecArgs(
                limits=[
                    core.LimitRangeItemArgs(
                        type="Container",
                        default={"cpu": spec.defaults.limits_cpu, "memory": spec.defaults.limits_memory},
                        default_request={"cpu": spec.defaults.requests_cpu, "memory": spec.defaults.requests_memory},
                    )
                ]
            ),
            opts=self.child,
        )
        closed = networking.NetworkPolicy(
            f"{name}-default-deny",
            metadata=metadata("default-deny", within),
            spec=networking.NetworkPolicySpecArgs(pod_selector=meta.LabelSelectorArgs(), policy_types=["Ingress", "Egress"]),
            opts=self.child,
        )
        self.publish(NamespaceOutputs(name=within, closed=(quota, limits, closed)))
