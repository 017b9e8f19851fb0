"""External Secrets: the cloud's secret manager is the only place where secrets live; the cluster holds copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.helm.v3 import Release

from components.addons.catalogue import EXTERNAL_SECRETS
from components.addons.context import AddonsContext
from components.addons.namespaces import EXTERNAL_SECRETS as PLACE
from components.addons.spec import AddonsSpec
from components.addons.values import Images, Values, resources, spread_app
from components.identity.outputs import IdentityOutputs

API = "external-secrets.io/v1"
STORE = "cloud-secret-store"
ACCOUNT = "external-secrets"


def values(spec: AddonsSpec, images: Images, identity: IdentityOutputs) -> Values:
    image = {"repository": images.repository("ghcr.io/external-secrets/external-secrets")}
    budget = {"enabled": spec.replicas > 1, "minAvailable": 1}
    return {
        "image": image,
        "replicaCount": spec.replicas,
        "leaderElect": spec.replicas > 1,
        "serviceAccount": {"create": True, "name": ACCOUNT, "annotations": dict(identity.annotations)},
        "podLabels": dict(identity.pod_labels),
        "podDisruptionBudget": budget,
        "resources": resources("50m", "128Mi", "500m", "512Mi"),
        "topologySpreadConstraints": spread_app("external-secrets"),
        "serviceMonitor": {"enabled": True},
        # Kinds that the platform does not use: no controller, no rights.
        "processClusterPushSecret": False,
        "processPushSecret": False,
        "webhook": {
            "image": image,
            "replicaCount": spec.replicas,
            "podDisruptionBudget": budget,
            "resources": resources("20m", "64Mi", "200m", "256Mi"),
        },
        "certController": {"image": image, "resources": resources("20m", "64Mi", "200m", "256Mi")},
    }


def secret_spec(target: str, keys: Mapping[str, str], template: Mapping[str, str] | None = None) -> dict[str, Any]:
    """`keys` maps a key of the Secret to the secret's whole name in the cloud; `template` makes other keys out of those."""
    made: dict[str, Any] = {"name": target, "creationPolicy": "Owner"}
    if template is not None:
        made["template"] = {"engineVersion": "v2", "data": dict(template)}
    return {
        "refreshInterval": "1h",
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": STORE},
        "target": made,
        "data": [{"secretKey": key, "remoteRef": {"key": name}} for key, name in keys.items()],
    }


def named(ctx: AddonsContext, path: str) -> str:
    """Whole name of a secret in the cloud. Raises ValueError for a path that the store does not hold."""
    names = ctx.secrets.names
    if path not in names:
        raise ValueError(f"secrets: {path!r} is not in the store {ctx.secrets.prefix!r}: it holds {', '.join(sorted(names)) or 'nothing'}")
    return names[path]


def install(ctx: AddonsContext, namespace: pulumi.Output[str], definitions: list[Release]) -> CustomResource:
    """The controller and its ClusterSecretStore; the store is what others wait for."""
    identity = ctx.identity("external-secrets", PLACE.name, ACCOUNT, ctx.readable)
    controller = ctx.release(EXTERNAL_SECRETS, namespace, values(ctx.spec, ctx.images, identity), [*definitions, identity.binding])
    provider = dict(ctx.dialect.secret_store(ctx.secrets.region))
    return ctx.custom(API, "ClusterSecretStore", STORE, {"provider": provider}, [controller])
