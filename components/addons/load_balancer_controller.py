"""The controller that makes the cloud's load balancers, where the cloud has none of its own in the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_kubernetes.helm.v3 import Release

from components.addons.catalogue import LOAD_BALANCER_CONTROLLER
from components.addons.context import AddonsContext
from components.addons.namespaces import SYSTEM
from components.addons.spec import AddonsSpec
from components.addons.values import CONTAINER_SECURITY, CRITICAL, Images, Values, merge, resources
from components.identity.outputs import IdentityOutputs
from components.identity.spec import LoadBalancingGrant

ACCOUNT = "aws-load-balancer-controller"


def values(spec: AddonsSpec, images: Images, identity: IdentityOutputs, cloud: Mapping[str, Any]) -> Values:
    """The webhook that claims new Services is off: it sees every Service of the cluster and fails closed, so each release that is made
    while the controller starts would break. The one public Service names this controller itself, by its annotations.
    """
    base = {
        "image": {"repository": images.repository("public.ecr.aws/eks/aws-load-balancer-controller")},
        "replicaCount": spec.replicas,
        "serviceAccount": {"create": True, "name": ACCOUNT, "annotations": dict(identity.annotations)},
        "podLabels": dict(identity.pod_labels),
        "podDisruptionBudget": {"maxUnavailable": 1},
        "priorityClassName": CRITICAL,
        "enableServiceMutatorWebhook": False,
        # Nothing here is an Ingress, and neither firewall product is part of the platform.
        "createIngressClassResource": False,
        "enableShield": False,
        "enableWaf": False,
        "enableWafv2": False,
        # The Gateway API is Envoy Gateway's; the controller would watch the same kinds.
        "controllerConfig": {"featureGates": {"NLBGatewayAPI": False, "ALBGatewayAPI": False}},
        "resources": resources("50m", "128Mi", "500m", "512Mi"),
        "securityContext": CONTAINER_SECURITY,
        "serviceMonitor": {"enabled": True},
    }
    return merge(base, cloud)


def install(ctx: AddonsContext, definitions: list[Release]) -> list[Release]:
    """One release, or none where the cloud needs none."""
    if not ctx.dialect.load_balancer_controller:
        return []
    identity = ctx.identity("load-balancer-controller", SYSTEM, ACCOUNT, LoadBalancingGrant(ctx.cluster, ctx.network))
    chart_values = values(ctx.spec, ctx.images, identity, ctx.dialect.load_balancer_values(ctx.cluster, ctx.network))
    return [ctx.release(LOAD_BALANCER_CONTROLLER, SYSTEM, chart_values, [*definitions, identity.binding])]
