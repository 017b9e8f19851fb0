"""A Deployment with what belongs to it: Service, unless it is a worker, disruption budget, autoscaling, scraping."""

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
    """`service` is none for a worker."""

    service: pulumi.Output[str] | None
    ready: pulumi.Resource


class Deployment(Component[DeploymentOutputs]):
    """`monitoring` is what scraping needs to exist (the definitions of its kinds). With an autoscaler, `replicas` are its minimum."""

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
                    metrics_port=spec.scraped,
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
        service = self._service(name, spec, spec.port, wiring, deployment) if spec.port else None
        if spec.replicas > 1:
            policy.PodDisruptionBudget(
                f"{name}-disruption",
                metadata=metadata(spec.name, wiring.namespace),
                spec=policy.PodDisruptionBudgetSpecArgs(max_unavailable=1, selector=selector),
                opts=self.child,
            )
        if spec.autoscale:
            self._autoscale(name, spec, spec.autoscale, wiring, deployment)
        if spec.metrics_path and monitoring:
            self._monitor(name, spec, wiring, monitoring)
        self.publish(DeploymentOutputs(service=service.metadata.name if service else None, ready=deployment))

    def _service(self, name: str, spec: DeploymentSpec, port: int, wiring: Wiring, deployment: apps.Deployment) -> core.Service:
        served = {pods.HTTP: (spec.service_port, port)}
        if spec.scraped not in (None, port):
            served[pods.METRICS] = (spec.scraped, spec.scraped)
        return core.Service(
            f"{name}-service",
            metadata=metadata(spec.name, wiring.namespace, labels=spec.pod.labels),
            spec=core.ServiceSpecArgs(
                type="ClusterIP",
                selector=spec.pod.labels,
                ports=[
                    core.ServicePortArgs(name=port_name, port=number, target_port=target, protocol="TCP")
                    for port_name, (number, target) in served.items()
                ],
            ),
            # The engine calls a Service ready when it has endpoints, and gives up after ten minutes: it must not start before the pods do.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )

    def _autoscale(self, name: str, spec: DeploymentSpec, scale: Autoscale, wiring: Wiring, deployment: apps.Deployment) -> None:
        """Comes after its Deployment, whose name it takes from there, and goes before it."""
        targets = {"cpu": scale.cpu, "memory": scale.memory}
        autoscaling.HorizontalPodAutoscaler(
            f"{name}-autoscaler",
            metadata=metadata(spec.name, wiring.namespace),
            spec=autoscaling.HorizontalPodAutoscalerSpecArgs(
                scale_target_ref=autoscaling.CrossVersionObjectReferenceArgs(
                    api_version="apps/v1", kind="Deployment", name=deployment.metadata.name
                ),
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
        """Services are scraped where there is one, else pods; both by the port's name."""
        endpoint = {"port": pods.HTTP if spec.scraped == spec.port else pods.METRICS, "path": spec.metrics_path, "interval": "30s"}
        kind, endpoints = ("ServiceMonitor", "endpoints") if spec.port else ("PodMonitor", "podMetricsEndpoints")
        CustomResource(
            f"{name}-monitor",
            api_version="monitoring.coreos.com/v1",
            kind=kind,
            metadata=metadata(spec.name, wiring.namespace, labels=wiring.monitor_labels),
            spec={"selector": {"matchLabels": dict(spec.pod.labels)}, endpoints: [endpoint]},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[monitoring]),  # its definition comes with the add-on
        )
