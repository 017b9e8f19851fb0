"""What watches a system: its dashboards and alerts, and what follows from its objectives."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core import v1 as core

from components.addons.outputs import AddonsOutputs
from components.observability import slo
from components.observability.render import grafana, prometheus_rule
from components.workloads.wiring import metadata
from infra.system import SystemSpec


def observe(name: str, system: SystemSpec, addons: AddonsOutputs, parent: pulumi.Resource) -> None:
    asked, labels = system.observability, {"system": system.id}
    rules = (*asked.rules, *(group for objective in asked.slos for group in slo.rules(objective, labels)))
    dashboards = (*asked.dashboards, *((slo.dashboard(asked.slos, labels),) if asked.slos else ()))
    # The namespace and the kinds belong to the monitoring add-on, and both are met by name.
    ready = pulumi.ResourceOptions(parent=parent, depends_on=[addons.monitoring_ready])
    for dashboard in dashboards:
        core.ConfigMap(
            f"{name}-dashboard-{dashboard.uid}",
            metadata=metadata(f"dashboard-{dashboard.uid}", addons.monitoring_namespace, labels=addons.dashboard_labels),
            data={f"{dashboard.uid}.json": grafana(dashboard)},
            opts=ready,
        )
    if rules:
        CustomResource(
            f"{name}-alerts",
            api_version="monitoring.coreos.com/v1",
            kind="PrometheusRule",
            metadata=metadata(system.id, addons.monitoring_namespace, labels=addons.rule_labels),
            spec=prometheus_rule(rules, labels),
            opts=ready,
        )
