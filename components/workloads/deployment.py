"""A Deployment with what belongs to it: Service, disruption budget, autoscaling, scraping."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.apps import v1 as apps
from pulumi_kubernetes.autoscaling import v2 as autoscaling
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.policy import v1 as policy

from components.core import Component
from components.workloads import pods
from components.workloads.spec import Autoscale, DeploymentSpec
from components.workloads.wiring import Wiring, metadata


@dataclass(frozen=True)
class DeploymentOutputs:
    service: pulumi.Output[str]
    ready: pulumi.Resource


class Deployment(Component[DeploymentOutputs]):
    """`monitoring` is what scraping needs to exist (the ServiceMonitor's definition)."""

    TYPE = "workloads:Deployment"

    def __init__(
        self,
        name: str,
        spec: DeploymentSpec,
        wiring: Wiring,
        monitoring: pulumi.Resource | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        labels = spec.pod.labels
        selector = meta.LabelSelectorArgs(match_labels=labels)
        deployment = apps.Deployment(
            f"{name}-deployment",
            metadata=metadata(spec.name, wiring.namespace, labels=labels),
            spec=apps.DeploymentSpecArgs(
                replicas=None if spec.autoscale else spec.replicas,  # two writers of one field would fight
                selector=selector,
                template=pods.template(
                    labels.get("component", spec.name),
                    spec.pod,
                    wiring,
                    labels=labels,
                    port=spec.port,
                    liveness=spec.liveness,
                    readiness=spec.readiness,
                    spread=spec.replicas > 1,
                ),
                strategy=apps.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=apps.RollingUpdateDeploymentArgs(max_surge=1, max_unavailable=0),
                ),
            ),
            # Secrets, policies, identities and Jobs are met in the cluster by name: no output expresses that they must be there first.
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(wiring.after)),
        )
        service = core.Service(
            f"{name}-service",
            metadata=metadata(spec.name, wiring.namespace, labels=labels),
            spec=core.ServiceSpecArgs(
                type="ClusterIP",
                selector=labels,
                ports=[core.ServicePortArgs(name="http", port=spec.service_port, target_port=spec.port, protocol="TCP")],
            ),
            # The engine calls a Service ready when it has endpoints, and gives up after ten minutes: it must not start before the pods do.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )
        if spec.replicas > 1:
            policy.PodDisruptionBudget(
                f"{name}-disruption",
                metadata=metadata(spec.name, wiring.namespace),
                spec=policy.PodDisruptionBudgetSpecArgs(max_unavailable=1, selector=selector),
                opts=self.child,
            )
        if spec.autoscale:
            self._autoscale(name, spec, spec.autoscale, wiring)
        if spec.metrics_path and monitoring:
            self._monitor(name, spec, wiring, monitoring)
        self.publish(DeploymentOutputs(service=service.metadata.name, ready=deployment))

    def _autoscale(self, name: str, spec: DeploymentSpec, scale: Autoscale, wiring: Wiring) -> None:
        targets = {"cpu": scale.cpu, "memory": scale.memory}
        autoscaling.HorizontalPodAutoscaler(
            f"{name}-autoscaler",
            metadata=metadata(spec.name, wiring.namespace),
            spec=autoscaling.HorizontalPodAutoscalerSpecArgs(
                scale_target_ref=autoscaling.CrossVersionObjectReferenceArgs(api_version="apps/v1", kind="Deployment", name=spec.name),
                min_replicas=spec.replicas,
                max_replicas=scale.maximum,
                metrics=[
                    autoscaling.MetricSpecArgs(
                        type="Resource",
                        resource=autoscaling.ResourceMetricSourceArgs(
                            name=resource, target=autoscaling.MetricTargetArgs(type="Utilization", average_utilization=target)
                        ),
                    )
                    for resource, target in targets.items()
                    if target
                ],
            ),
            opts=self.child,
        )

    def _monitor(self, name: str, spec: DeploymentSpec, wiring: Wiring, monitoring: pulumi.Resource) -> None:
        CustomResource(
            f"{name}-monitor",
            api_version="monitoring.coreos.com/v1",
            kind="ServiceMonitor",
            metadata=metadata(spec.name, wiring.namespace, labels=wiring.monitor_labels),
            spec={
                "selector": {"matchLabels": dict(spec.pod.labels)},
                "endpoints": [{"port": "http", "path": spec.metrics_path, "interval": "30s"}],
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[monitoring]),  # its definition comes with the add-on
        )
