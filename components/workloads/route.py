"""A public host on the shared gateway: HTTPS to a Service, limit of the request body, paths that stay inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

from components.addons.outputs import AddonsOutputs
from components.addons.spec import Listener
from components.core import Component
from components.workloads.spec import RouteSpec
from components.workloads.wiring import metadata

GATEWAY_API = "gateway.networking.k8s.io/v1"
ENVOY_API = "gateway.envoyproxy.io/v1alpha1"


@dataclass(frozen=True)
class RouteOutputs:
    host: str
    url: str


def listener_of(spec: RouteSpec) -> Listener:
    """What the shared Gateway must offer for the route; its certificate is made with it."""
    return Listener(name=spec.name, host=spec.host, tls_secret=spec.tls_secret, namespace=spec.namespace)


class Route(Component[RouteOutputs]):
    """The TLS listener, its certificate and the redirect from HTTP belong to the shared Gateway, see `listener_of`."""

    TYPE = "workloads:Route"

    def __init__(
        self,
        name: str,
        spec: RouteSpec,
        namespace: pulumi.Input[str],
        service: pulumi.Input[str],
        addons: AddonsOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        # The kinds come with the gateway's definitions, which no output of ours carries.
        defined = pulumi.ResourceOptions(parent=self, depends_on=[addons.gateway_ready])

        def declare(suffix: str, api_version: str, kind: str, object_name: str, body: Mapping[str, Any]) -> None:
            CustomResource(
                f"{name}-{suffix}",
                api_version=api_version,
                kind=kind,
                metadata=metadata(object_name, namespace),
                spec=dict(body),
                opts=defined,
            )

        gateway = {"name": addons.gateway, "namespace": addons.gateway_namespace}
        declare("route", GATEWAY_API, "HTTPRoute", spec.name, https_route(spec, service, gateway))
        declare("limit", ENVOY_API, "BackendTrafficPolicy", spec.name, body_limit(spec))
        if spec.private_paths:
            declare("private", ENVOY_API, "HTTPRouteFilter", f"{spec.name}-private", {"directResponse": {"statusCode": 404}})
        self.publish(RouteOutputs(host=spec.host, url=f"https://{spec.host}"))


def https_route(spec: RouteSpec, service: pulumi.Input[str], gateway: Mapping[str, str]) -> dict[str, Any]:
    hidden: dict[str, Any] = {
        "matches": [{"path": {"type": "PathPrefix", "value": path}} for path in spec.private_paths],
        "filters": [
            {
                "type": "ExtensionRef",
                "extensionRef": {"group": "gateway.envoyproxy.io", "kind": "HTTPRouteFilter", "name": f"{spec.name}-private"},
            }
        ],
    }
    everything: dict[str, Any] = {
        "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
        "backendRefs": [{"name": service, "port": spec.service_port}],
        "timeouts": {"request": f"{spec.timeout_seconds}s"},
    }
    return {
        "parentRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", **gateway, "sectionName": listener_of(spec).name}],
        "hostnames": [spec.host],
        "rules": [*([hidden] if spec.private_paths else []), everything],
    }


def body_limit(spec: RouteSpec) -> dict[str, Any]:
    return {
        "targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": spec.name}],
        "requestBuffer": {"limit": spec.body_limit},
    }
