"""Loki: logs in the cloud's object storage, encrypted with the customer key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.helm.v3 import Release

from components.addons.catalogue import LOKI
from components.addons.context import AddonsContext
from components.addons.namespaces import MONITORING
from components.addons.spec import AddonsSpec
from components.addons.values import Images, Values, merge, resources
from components.identity.outputs import IdentityOutputs
from components.identity.spec import BucketGrant
from components.vocabulary import Access

ACCOUNT = "loki"
# The index schema's first day; never moved, since logs written under it are read by it.
SCHEMA_FROM = "2025-01-01"


def values(
    spec: AddonsSpec, images: Images, identity: IdentityOutputs, storage: Mapping[str, Any], storage_class: pulumi.Input[str]
) -> Values:
    """Monolithic: tens of gigabytes a day. Three replicas, since writes need a majority of the three copies; one copy where one will do."""
    replicas = 3 if spec.highly_available else 1
    store = str(storage["type"])
    schema = {
        "from": SCHEMA_FROM,
        "store": "tsdb",
        "object_store": store,
        "schema": "v13",
        "index": {"prefix": "index_", "period": "24h"},
    }
    others = ("read", "write", "backend")
    return {
        "fullnameOverride": "loki",
        "deploymentMode": "Monolithic",
        "loki": {
            "image": {"registry": images.registry("docker.io")},
            # One tenant: the cluster's own.
            "auth_enabled": False,
            "commonConfig": {"replication_factor": replicas},
            "storage": dict(storage),
            "schemaConfig": {"configs": [schema]},
            "limits_config": {"retention_period": f"{spec.logs_days * 24}h"},
            "compactor": {"retention_enabled": True, "delete_request_store": store},
            "analytics": {"reporting_enabled": False},
        },
        "serviceAccount": {"create": True, "name": ACCOUNT, "annotations": dict(identity.annotations)},
        "singleBinary": {
            "replicas": replicas,
            "podLabels": dict(identity.pod_labels),
            "resources": resources("200m", "512Mi", "2", "2Gi"),
            "persistence": {"enabled": True, "size": "20Gi", "storageClass": storage_class},
            "affinity": _prefer_apart(),
        },
        **{part: {"replicas": 0} for part in others},
        # Readers and writers are in the cluster and call Loki itself.
        "gateway": {"enabled": False},
        "lokiCanary": {"enabled": False},
        "test": {"enabled": False},
        # Rules are Prometheus': the sidecar that would collect Loki's own reads ConfigMaps and Secrets of the whole cluster.
        "sidecar": {"rules": {"enabled": False}},
        # The defaults reserve 9 GiB of memory.
        "chunksCache": {"enabled": False},
        "resultsCache": {"allocatedMemory": 128, "allocatedCPU": "50m"},
        "memcached": {"image": {"registry": images.registry("docker.io")}},
        "memcachedExporter": {"image": {"registry": images.registry("docker.io")}},
        "monitoring": {"serviceMonitor": {"enabled": True}},
    }


def _prefer_apart() -> Values:
    """The chart requires a node for each replica, which would hold back the third on a cluster of two."""
    term = {
        "topologyKey": "kubernetes.io/hostname",
        "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "loki", "app.kubernetes.io/component": "single-binary"}},
    }
    return {
        "podAntiAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [],
            "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": term}],
        }
    }


def install(ctx: AddonsContext, namespace: pulumi.Output[str], storage_class: pulumi.Output[str], definitions: list[Release]) -> Release:
    identity = ctx.identity("loki", MONITORING.name, ACCOUNT, BucketGrant(ctx.logs, Access.READ_WRITE))
    storage = merge(ctx.dialect.object_storage(ctx.logs), {})
    chart_values = values(ctx.spec, ctx.images, identity, storage, storage_class)
    return ctx.release(LOKI, namespace, chart_values, [*definitions, identity.binding], timeout=900)
