"""metrics-server: the CPU and memory that horizontal autoscalers read."""

from __future__ import annotations

from pulumi_kubernetes.helm.v3 import Release

from components.addons.catalogue import METRICS_SERVER
from components.addons.context import AddonsContext
from components.addons.namespaces import SYSTEM
from components.addons.spec import AddonsSpec
from components.addons.values import CRITICAL, Images, Values, resources, spread_app


def values(spec: AddonsSpec, images: Images) -> Values:
    return {
        "image": {"repository": images.repository("registry.k8s.io/metrics-server/metrics-server")},
        "replicas": spec.replicas,
        "podDisruptionBudget": {"enabled": spec.replicas > 1, "minAvailable": 1},
        "priorityClassName": CRITICAL,
        "resources": resources("50m", "128Mi", "200m", "384Mi"),
        "topologySpreadConstraints": spread_app("metrics-server"),
        "metrics": {"enabled": True},
        "serviceMonitor": {"enabled": True},
    }


def install(ctx: AddonsContext, definitions: list[Release]) -> None:
    """Nothing where the cluster brings the metrics API itself."""
    if ctx.dialect.metrics_server:
        ctx.release(METRICS_SERVER, SYSTEM, values(ctx.spec, ctx.images), definitions)
