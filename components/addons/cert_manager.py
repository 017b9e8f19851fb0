"""cert-manager: certificates from an ACME authority, renewed by themselves."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.helm.v3 import Release

from components.addons.catalogue import CERT_MANAGER
from components.addons.context import AddonsContext
from components.addons.spec import AddonsSpec
from components.addons.values import Images, Values, resources, spread


def values(spec: AddonsSpec, images: Images) -> Values:
    budget = {"enabled": spec.replicas > 1, "minAvailable": 1}
    return {
        # Kept when the release goes: deleting the definitions deletes every certificate.
        "crds": {"enabled": True, "keep": True},
        "imageRegistry": images.registry("quay.io"),
        "config": {
            "apiVersion": "controller.config.cert-manager.io/v1alpha1",
            "kind": "ControllerConfiguration",
            "gatewayAPI": {"enabled": True},
        },
        # The default is kube-system: the lease belongs with the controller that holds it.
        "global": {"leaderElection": {"namespace": "cert-manager"}},
        "replicaCount": spec.replicas,
        "podDisruptionBudget": budget,
        "resources": resources("50m", "128Mi", "500m", "512Mi"),
        "topologySpreadConstraints": _spread("controller"),
        "prometheus": {"servicemonitor": {"enabled": True}},
        "webhook": {
            "replicaCount": spec.replicas,
            "podDisruptionBudget": budget,
            "resources": resources("20m", "64Mi", "200m", "128Mi"),
            "topologySpreadConstraints": _spread("webhook"),
        },
        "cainjector": {
            "replicaCount": spec.replicas,
            "podDisruptionBudget": budget,
            "resources": resources("20m", "128Mi", "200m", "512Mi"),
            "topologySpreadConstraints": _spread("cainjector"),
        },
        "startupapicheck": {"resources": resources("10m", "32Mi", "100m", "64Mi")},
    }


def _spread(component: str) -> list[Values]:
    return spread({"app.kubernetes.io/instance": "cert-manager", "app.kubernetes.io/component": component})


def install(ctx: AddonsContext, namespace: pulumi.Output[str], definitions: list[Release]) -> Release:
    """After Envoy Gateway, which brings the Gateway API's definitions: the controller looks for them once, when it starts."""
    return ctx.release(CERT_MANAGER, namespace, values(ctx.spec, ctx.images), definitions)
