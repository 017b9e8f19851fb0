"""Jaeger 2: stores traces on a volume of its own and answers Grafana's queries."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.core.v1 import PersistentVolumeClaim, PersistentVolumeClaimSpecArgs, VolumeResourceRequirementsArgs
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.addons.catalogue import JAEGER
from components.addons.context import AddonsContext
from components.addons.spec import AddonsSpec
from components.addons.values import CONTAINER_SECURITY, Images, Values, resources

CLAIM = "jaeger-traces"
DIRECTORY = "/badger"
STORE = "traces"
SIZE = "20Gi"


def values(spec: AddonsSpec, images: Images, claim: pulumi.Input[str]) -> Values:
    """One replica: Badger is a database embedded in the one process. Traces are samples with a short life; Elasticsearch would be the
    next step up."""
    return {
        "fullnameOverride": "jaeger",
        "jaeger": {
            "replicas": 1,
            "image": {"registry": images.registry("docker.io")},
            "resources": resources("100m", "256Mi", "1", "1Gi"),
            "securityContext": CONTAINER_SECURITY,
            "podSecurityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "extraVolumes": [{"name": STORE, "persistentVolumeClaim": {"claimName": claim}}],
            "extraVolumeMounts": [{"name": STORE, "mountPath": DIRECTORY}],
        },
        "userconfig": config(spec),
    }


def config(spec: AddonsSpec) -> Values:
    return {
        "service": {
            "extensions": ["jaeger_storage", "jaeger_query", "healthcheckv2"],
            "pipelines": {"traces": {"receivers": ["otlp"], "processors": ["batch"], "exporters": ["jaeger_storage_exporter"]}},
            "telemetry": {
                "resource": {"service.name": "jaeger"},
                "metrics": {"level": "detailed", "readers": [{"pull": {"exporter": {"prometheus": {"host": "0.0.0.0", "port": 8888}}}}]},
            },
        },
        "extensions": {
            "healthcheckv2": {"use_v2": True, "http": {"endpoint": "0.0.0.0:13133"}},
            "jaeger_query": {"storage": {"traces": STORE}},
            "jaeger_storage": {
                "backends": {
                    STORE: {
                        "badger": {
                            "directories": {"keys": f"{DIRECTORY}/keys", "values": f"{DIRECTORY}/values"},
                            "ephemeral": False,
                            "ttl": {"spans": f"{spec.traces_days * 24}h"},
                        }
                    }
                }
            },
        },
        "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": "0.0.0.0:4317"}, "http": {"endpoint": "0.0.0.0:4318"}}}},
        "processors": {"batch": {}},
        "exporters": {"jaeger_storage_exporter": {"trace_storage": STORE}},
    }


def install(ctx: AddonsContext, namespace: pulumi.Output[str], storage_class: pulumi.Output[str]) -> Release:
    claim = PersistentVolumeClaim(
        f"{ctx.name}-{CLAIM}",
        metadata=ObjectMetaArgs(
            name=CLAIM,
            namespace=namespace,
            # Bound only when Jaeger's pod is placed, which waits for the claim.
            annotations={"pulumi.com/skipAwait": "true"},
        ),
        spec=PersistentVolumeClaimSpecArgs(
            access_modes=["ReadWriteOnce"],
            storage_class_name=storage_class,
            resources=VolumeResourceRequirementsArgs(requests={"storage": SIZE}),
        ),
        # On destroy it goes while nodes stand: nobody else takes its disk away.
        opts=ctx.after(*ctx.cluster.ready),
    )
    name = claim.metadata.apply(lambda metadata: metadata.name or CLAIM)
    # The claim waits for the nodes already.
    return ctx.release(JAEGER, namespace, values(ctx.spec, ctx.images, name), pods=False)
