"""ConfigMaps, and Secrets in the three ways that they reach a cluster: fetched, sealed, or written by the engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core import v1 as core

from components.workloads.sealing import Sealer
from components.workloads.spec import ConfigSpec, SecretItem, SecretSpec
from components.workloads.values import Resolve
from components.workloads.wiring import WAIT_UNTIL_READY, metadata

CONTENT = "eu-cloud/content"
WAIT_UNTIL_OPENED = {"pulumi.com/waitFor": "condition=Synced"}
"""The Sealed Secrets controller says so once the Secret holds the values (its `updateStatus` is on by default)."""

ValueOf: TypeAlias = Callable[[SecretItem], pulumi.Input[str]]
"""Gives the value itself, as a secret."""


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


def sealed_secret(
    name: str,
    spec: SecretSpec,
    namespace: pulumi.Input[str],
    certificate: pulumi.Input[str],
    salt: pulumi.Input[str],
    value: ValueOf,
    content: str,
    opts: pulumi.ResourceOptions,
) -> CustomResource:
    """A SealedSecret that the controller opens into the Secret. Only ciphertext leaves the program.

    `certificate` is the controller's public one (PEM), `salt` 32 random characters or more that stay the same. `content` changes when the
    values do.
    """
    given: dict[str, Any] = {"certificate": certificate, "salt": salt, "values": {key: value(item) for key, item in spec.data.items()}}

    def seal(known: dict[str, Any]) -> dict[str, str]:
        return Sealer(known["certificate"], known["salt"]).seal(spec.namespace, spec.name, known["values"])

    return CustomResource(
        name,
        api_version="bitnami.com/v1alpha1",
        kind="SealedSecret",
        metadata=metadata(spec.name, namespace, annotations={**WAIT_UNTIL_OPENED, CONTENT: content}),
        spec={
            "encryptedData": cast("pulumi.Output[dict[str, Any]]", pulumi.Output.from_input(cast("Any", given))).apply(seal),
            "template": {"metadata": {"name": spec.name, "namespace": namespace}, "type": "Opaque"},
        },
        opts=opts,
    )


def plain_secret(name: str, spec: SecretSpec, namespace: pulumi.Input[str], value: ValueOf, opts: pulumi.ResourceOptions) -> core.Secret:
    """Written by the engine, encrypted in its state. The engine replaces a Secret whose values change."""
    values = {key: pulumi.Output.secret(value(item)) for key, item in spec.data.items()}
    return core.Secret(name, metadata=metadata(spec.name, namespace), type="Opaque", string_data=values, opts=opts)


def _remote(remote: RemoteSecret) -> dict[str, pulumi.Input[str]]:
    return {"key": remote.key, **({"property": remote.property} if remote.property else {})}
