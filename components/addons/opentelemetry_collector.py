"""The OpenTelemetry Collector: where applications send traces, so that none of them knows who stores them."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.helm.v3 import Release

from components.addons.catalogue import OPENTELEMETRY_COLLECTOR
from components.addons.context import AddonsContext
from components.addons.spec import AddonsSpec
from components.addons.values import CONTAINER_SECURITY, Images, Values, resources, run_as, spread_app

NAME = "otel-collector"
# OTLP over HTTP, which is what an OpenTelemetry SDK speaks unless it is told otherwise; gRPC is beside it on 4317.
ENDPOINT = f"http://{NAME}.monitoring.svc.cluster.local:4318"
JAEGER = "jaeger.monitoring.svc.cluster.local:4317"
_POD = "${env:MY_POD_IP}"


def values(spec: AddonsSpec, images: Images) -> Values:
    return {
        "mode": "deployment",
        "fullnameOverride": NAME,
        "image": {"repository": images.repository("ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s")},
        "replicaCount": spec.replicas,
        "podDisruptionBudget": {"enabled": spec.replicas > 1, "minAvailable": 1} if spec.replicas > 1 else {"enabled": False},
        "resources": resources("100m", "128Mi", "1", "512Mi"),
        "podSecurityContext": run_as(10001),
        "securityContext": CONTAINER_SECURITY,
        "topologySpreadConstraints": spread_app("opentelemetry-collector"),
        # Not merged with the chart's pipelines, which also receive Jaeger's and Zipkin's old protocols and print everything.
        "alternateConfig": config(),
        # Which namespace and pod a span is from: what its logs are found by.
        "presets": {"kubernetesAttributes": {"enabled": True}},
        "ports": {
            **{port: {"enabled": False} for port in ("jaeger-compact", "jaeger-thrift", "jaeger-grpc", "zipkin")},
            "metrics": {"enabled": True},
        },
        "serviceMonitor": {"enabled": True},
    }


def config() -> Values:
    return {
        "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"{_POD}:4317"}, "http": {"endpoint": f"{_POD}:4318"}}}},
        "processors": {
            "memory_limiter": {"check_interval": "5s", "limit_percentage": 80, "spike_limit_percentage": 25},
            "batch": {},
        },
        # Plain text inside the namespace, whose policies let no other sender reach Jaeger's store.
        "exporters": {"otlp_grpc/jaeger": {"endpoint": JAEGER, "tls": {"insecure": True}}},
        "extensions": {"health_check": {"endpoint": f"{_POD}:13133"}},
        "service": {
            "extensions": ["health_check"],
            "telemetry": {"metrics": {"readers": [{"pull": {"exporter": {"prometheus": {"host": _POD, "port": 8888}}}}]}},
            "pipelines": {
                "traces": {"receivers": ["otlp"], "processors": ["memory_limiter", "batch"], "exporters": ["otlp_grpc/jaeger"]},
            },
        },
    }


def install(ctx: AddonsContext, namespace: pulumi.Output[str], definitions: list[Release]) -> Release:
    """Does not wait for Jaeger: the collector queues and retries."""
    return ctx.release(OPENTELEMETRY_COLLECTOR, namespace, values(ctx.spec, ctx.images), definitions)
