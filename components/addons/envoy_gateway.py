"""Envoy Gateway: the controller that turns Gateway API objects into Envoy proxies."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.helm.v3 import Release

from components.addons.catalogue import ENVOY_GATEWAY
from components.addons.context import AddonsContext
from components.addons.spec import AddonsSpec
from components.addons.values import Images, Values, resources, spread_app

RATE_LIMIT = "docker.io/envoyproxy/ratelimit:17b1956c"
"""The one that this release of the controller was tested with; the controller runs it where a policy asks for limits."""

CONTROLLER = "gateway.envoyproxy.io/gatewayclass-controller"


def values(spec: AddonsSpec, images: Images) -> Values:
    """The definitions come with this chart. Its companion gateway-crds-helm carries them as templates: 2 MB in the Secret that Helm keeps
    of a release, which may hold 1 MiB. Here they are plain files of a subchart, which Helm applies and does not keep.
    """
    return {
        "crds": {"enabled": True},
        "global": {
            "images": {
                # The proxies' shutdown manager is this image too. The proxies' own: see gateway.py.
                "envoyGateway": {"image": images.repository(f"docker.io/envoyproxy/gateway:{ENVOY_GATEWAY.app_version}")},
                "ratelimit": {"image": images.repository(RATE_LIMIT)},
            }
        },
        "deployment": {
            "replicas": spec.replicas,
            "envoyGateway": {"resources": resources("100m", "256Mi", "1", "1Gi")},
            "pod": {"topologySpreadConstraints": spread_app("gateway-helm")},
        },
        "podDisruptionBudget": {"minAvailable": 1 if spec.replicas > 1 else 0},
        "certgen": {"job": {"resources": resources("10m", "64Mi", "200m", "128Mi")}},
    }


def install(ctx: AddonsContext, namespace: pulumi.Output[str]) -> Release:
    return ctx.release(ENVOY_GATEWAY, namespace, values(ctx.spec, ctx.images), name="envoy-gateway")
