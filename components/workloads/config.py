"""ConfigMaps, and Secrets that External Secrets keeps like the cloud's secret manager."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core import v1 as core

from components.workloads.spec import ConfigSpec, SecretItem, SecretSpec
from components.workloads.values import Resolve
from components.workloads.wiring import WAIT_UNTIL_READY, metadata

CONTENT = "eu-cloud/content"


@dataclass(frozen=True)
class RemoteSecret:
    """Where External Secrets finds a value; `property` is the field when the stored value is JSON."""

    key: pulumi.Input[str]
    property: str = ""


def config_map(
    name: str, spec: ConfigSpec, namespace: pulumi.Input[str], resolve: Resolve, opts: pulumi.ResourceOptions
) -> tuple[core.ConfigMap, pulumi.Output[str]]:
    """The ConfigMap and the checksum of its resolved data: an annotation with it rolls the pods that read the map."""
    data = {key: resolve(value) for key, value in spec.data.items()}
    made = core.ConfigMap(name, metadata=metadata(spec.name, namespace), data=data, opts=opts)
    return made, checksum(data)


def checksum(data: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """Of values that may not be known yet: hashed when they are."""
    known = cast("pulumi.Output[dict[str, str]]", pulumi.Output.from_input(cast("Any", dict(data))))
    return known.apply(lambda values: hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16])


def external_secret(
    name: str,
    spec: SecretSpec,
    namespace: pulumi.Input[str],
    store: str,
    locate: Callable[[SecretItem], RemoteSecret],
    content: str,
    opts: pulumi.ResourceOptions,
) -> CustomResource:
    """`content` changes when the stored values do. Counts as made when the Secret holds them."""
    return CustomResource(
        name,
        api_version="external-secrets.io/v1",
        kind="ExternalSecret",
        metadata=metadata(spec.name, namespace, annotations={**WAIT_UNTIL_READY, CONTENT: content}),
        spec={
            "refreshInterval": spec.refresh,
            "secretStoreRef": {"name": store, "kind": "ClusterSecretStore"},
            "target": {"name": spec.name, "creationPolicy": "Owner"},
            "data": [{"secretKey": key, "remoteRef": _remote(locate(item))} for key, item in spec.data.items()],
        },
        opts=opts,
    )


def _remote(remote: RemoteSecret) -> dict[str, pulumi.Input[str]]:
    return {"key": remote.key, **({"property": remote.property} if remote.property else {})}
