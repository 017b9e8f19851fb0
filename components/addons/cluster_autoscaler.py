"""cluster-autoscaler: sizes the node pools, where the cloud does not do so itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_kubernetes.helm.v3 import Release

from components.addons.catalogue import CLUSTER_AUTOSCALER
from components.addons.context import AddonsContext
from components.addons.namespaces import SYSTEM
from components.addons.spec import AddonsSpec
from components.addons.values import CONTAINER_SECURITY, CRITICAL, Images, Values, merge, resources, run_as
from components.identity.outputs import IdentityOutputs
from components.identity.spec import AutoscalingGrant

ACCOUNT = "cluster-autoscaler"
# The project tests a release of the autoscaler on the Kubernetes minor of the same number alone.
TAGS: Mapping[str, str] = {"1.33": "v1.33.6", "1.34": "v1.34.5", "1.35": "v1.35.2", "1.36": "v1.36.1"}


def values(spec: AddonsSpec, images: Images, identity: IdentityOutputs, minor: str, cloud: Mapping[str, Any]) -> Values:
    """Raises ValueError for a minor of Kubernetes that has no release of the autoscaler here."""
    if minor not in TAGS:
        raise ValueError(f"cluster.version: {minor!r} has no cluster-autoscaler: one of {', '.join(TAGS)}")
    base = {
        "image": {"repository": images.repository("registry.k8s.io/autoscaling/cluster-autoscaler"), "tag": TAGS[minor]},
        "fullnameOverride": "cluster-autoscaler",
        "replicaCount": spec.replicas,
        "rbac": {"serviceAccount": {"create": True, "name": ACCOUNT, "annotations": dict(identity.annotations)}},
        "podLabels": dict(identity.pod_labels),
        "priorityClassName": CRITICAL,
        "podDisruptionBudget": {"maxUnavailable": 1},
        "extraArgs": {
            "logtostderr": True,
            "stderrthreshold": "info",
            "v": 2,
            # Zones are separate node groups to the scheduler's spread: keep them alike.
            "balance-similar-node-groups": True,
            "expander": "least-waste",
            "skip-nodes-with-system-pods": False,
            "skip-nodes-with-local-storage": False,
        },
        "resources": resources("50m", "256Mi", "500m", "768Mi"),
        "securityContext": run_as(65534),
        "containerSecurityContext": CONTAINER_SECURITY,
        "serviceMonitor": {"enabled": True, "namespace": SYSTEM},
    }
    return merge(base, cloud)


def install(ctx: AddonsContext, definitions: list[Release]) -> None:
    """Nothing where the cloud sizes the pools itself."""
    if ctx.dialect.cluster_autoscaler:
        identity = ctx.identity("cluster-autoscaler", SYSTEM, ACCOUNT, AutoscalingGrant(ctx.cluster))
        chart_values = values(ctx.spec, ctx.images, identity, ctx.cluster.version, ctx.dialect.autoscaler_values(ctx.cluster))
        ctx.release(CLUSTER_AUTOSCALER, SYSTEM, chart_values, [*definitions, identity.binding])
