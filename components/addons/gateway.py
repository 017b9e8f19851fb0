"""The shared Gateway: one load balancer, one HTTPS listener per host name, everything else redirected to HTTPS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import Service, ServicePortArgs, ServiceSpecArgs
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.addons.context import AddonsContext
from components.addons.envoy_gateway import CONTROLLER
from components.addons.namespaces import GATEWAY, MONITORING
from components.addons.spec import AddonsSpec, Listener
from components.addons.values import CONTAINER_SECURITY, Images, Values, resources, run_as, spread

GATEWAY_API = "gateway.networking.k8s.io/v1"
ENVOY_API = "gateway.envoyproxy.io/v1alpha1"
NAME = "shared"
HTTP_LISTENER = "http"
NAMESPACE_LABEL = "kubernetes.io/metadata.name"
HOSTNAMES = "external-dns.alpha.kubernetes.io/hostname"

# Labels that Envoy Gateway puts on the proxies of a Gateway.
PROXY_LABELS = {
    "gateway.envoyproxy.io/owning-gateway-name": NAME,
    "gateway.envoyproxy.io/owning-gateway-namespace": GATEWAY.name,
}


@dataclass(frozen=True)
class SharedGateway:
    """`ready` is the Gateway object; `address` what the cloud gave the load balancer: a host name on AWS, an address elsewhere."""

    ready: pulumi.Resource
    service: pulumi.Resource
    address: pulumi.Output[str]


def listeners(spec: AddonsSpec) -> tuple[Listener, ...]:
    """What the systems asked for, Grafana, and the other parts of monitoring where they are exposed."""
    hosts = {"grafana": spec.grafana_host, **spec.exposed_hosts}
    own = (Listener(name=part, host=host, tls_secret=f"{part}-tls", namespace=MONITORING.name) for part, host in hosts.items())
    return (*spec.listeners, *own)


def proxy_spec(spec: AddonsSpec, images: Images) -> Values:
    """The proxies' Service is internal: the public one is declared by the program itself (see `_load_balancer`).

    Envoy Gateway gives the container's security context to its shutdown manager too, which marks the end of draining in a file.
    """
    writable = [{"name": name, "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}]} for name in ("envoy", "shutdown-manager")]  # noqa: S108, RUF100  the pod's own empty folder
    pod = {"containers": writable, "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}]}
    return {
        "provider": {
            "type": "Kubernetes",
            "kubernetes": {
                "envoyService": {"type": "ClusterIP"},
                "envoyDeployment": {
                    "pod": {
                        "securityContext": run_as(65532),
                        "topologySpreadConstraints": spread(PROXY_LABELS),
                    },
                    "container": {
                        # Without a tag: the controller knows which proxy is its own.
                        "imageRepository": images.repository("docker.io/envoyproxy/envoy"),
                        "resources": resources("200m", "256Mi", "2", "1Gi"),
                        "securityContext": CONTAINER_SECURITY,
                    },
                    "patch": {"type": "StrategicMerge", "value": {"spec": {"template": {"spec": pod}}}},
                },
                "envoyHpa": {
                    "minReplicas": spec.replicas,
                    "maxReplicas": 5 * spec.replicas,
                    "metrics": [
                        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}
                    ],
                },
                "envoyPDB": {"minAvailable": 1 if spec.replicas > 1 else 0},
            },
        },
        "telemetry": {"metrics": {"prometheus": {"disable": False}}},
        # Longer than a load balancer takes to stop sending to a target that leaves: a proxy that goes first refuses connections.
        "shutdown": {"drainTimeout": "120s", "minDrainDuration": "60s"},
    }


def gateway_spec(spec: AddonsSpec) -> Values:
    return {"gatewayClassName": NAME, "listeners": [_http(spec), *(_https(listener) for listener in listeners(spec))]}


def _http(spec: AddonsSpec) -> Values:
    """Redirects of the namespaces that have a host, and the answers to the certificate authority's challenges in the Gateway's own."""
    allowed = sorted({GATEWAY.name, *(listener.namespace for listener in listeners(spec))})
    selector = {"matchExpressions": [{"key": NAMESPACE_LABEL, "operator": "In", "values": allowed}]}
    return {
        "name": HTTP_LISTENER,
        "protocol": "HTTP",
        "port": 80,
        "allowedRoutes": {"namespaces": {"from": "Selector", "selector": selector}},
    }


def _https(listener: Listener) -> Values:
    return {
        "name": listener.name,
        "hostname": listener.host,
        "protocol": "HTTPS",
        "port": 443,
        "tls": {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": listener.tls_secret}]},
        "allowedRoutes": {
            "namespaces": {
                "from": "Selector",
                "selector": {"matchLabels": {NAMESPACE_LABEL: listener.namespace}},
            }
        },
    }


def redirect_spec(spec: AddonsSpec) -> Values:
    """Every path of the hosts. A challenge's route names one of them and its exact path, and the more specific path wins.

    Hosts are named: beside a route without any, a challenge's would take its host over, and all other paths of it be lost meanwhile.
    """
    return {
        "parentRefs": [{"name": NAME, "namespace": GATEWAY.name, "sectionName": HTTP_LISTENER}],
        "hostnames": [listener.host for listener in listeners(spec)],
        "rules": [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}],
            }
        ],
    }


def client_spec() -> Values:
    """What every client of the Gateway is held to: TLS 1.2 or newer, no connection that idles for long."""
    return {
        "targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": NAME}],
        "tls": {"minVersion": "1.2"},
        "timeout": {"http": {"requestReceivedTimeout": "60s", "idleTimeout": "300s"}},
    }


def monitor_spec() -> Values:
    """The proxies' own metrics: requests, latencies and connections of every route."""
    return {
        "selector": {"matchLabels": PROXY_LABELS},
        "podMetricsEndpoints": [{"port": "metrics", "path": "/stats/prometheus", "interval": "30s"}],
    }


def install(
    ctx: AddonsContext, namespace: pulumi.Output[str], controller: Release, outside: list[Release], monitors: Release
) -> SharedGateway:
    """`outside` are the controllers that make things outside for the public Service: its records, and its load balancer where the cloud
    needs one in the cluster."""
    proxy = ctx.custom(ENVOY_API, "EnvoyProxy", NAME, proxy_spec(ctx.spec, ctx.images), [controller], namespace=namespace)
    parameters = {"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": NAME, "namespace": namespace}
    gateway_class = ctx.custom(
        GATEWAY_API, "GatewayClass", NAME, {"controllerName": CONTROLLER, "parametersRef": parameters}, [controller, proxy]
    )
    gateway = ctx.custom(GATEWAY_API, "Gateway", NAME, gateway_spec(ctx.spec), [gateway_class], namespace=namespace)
    ctx.custom(GATEWAY_API, "HTTPRoute", "https-redirect", redirect_spec(ctx.spec), [gateway], namespace=namespace)
    ctx.custom(ENVOY_API, "ClientTrafficPolicy", NAME, client_spec(), [gateway], namespace=namespace)
    ctx.custom("monitoring.coreos.com/v1", "PodMonitor", "envoy", monitor_spec(), [monitors], namespace=namespace)
    service = _load_balancer(ctx, namespace, [gateway, *outside])
    return SharedGateway(gateway, service, service.status.apply(_address))


def _load_balancer(ctx: AddonsContext, namespace: pulumi.Output[str], needed: list[pulumi.Resource]) -> Service:
    """The public Service in front of the proxies.

    The program owns it, not the Gateway's controller: so its address is an output, and destroying the stack waits until the cloud has
    removed the load balancer before it removes the controllers that do so (an orphan would block the network's deletion).
    """
    hosts = ",".join(listener.host for listener in listeners(ctx.spec))
    return Service(
        f"{ctx.name}-gateway",
        metadata=ObjectMetaArgs(
            name=f"{NAME}-gateway",
            namespace=namespace,
            annotations={**ctx.dialect.gateway_service_annotations(ctx.network), HOSTNAMES: hosts},
        ),
        spec=ServiceSpecArgs(
            type="LoadBalancer",
            # Keeps the client's address where the load balancer sends to nodes; no effect where it sends to pods.
            external_traffic_policy="Local",
            selector=PROXY_LABELS,
            ports=[
                ServicePortArgs(name="http", port=80, target_port=10080, protocol="TCP"),
                ServicePortArgs(name="https", port=443, target_port=10443, protocol="TCP"),
            ],
        ),
        opts=ctx.after(*needed),
    )


def _address(status: Any) -> str:
    """Empty until the cloud has answered."""
    points = status.load_balancer.ingress if status and status.load_balancer else None
    return next((point.hostname or point.ip or "" for point in points or ()), "")
