"""What every workload is wired with, and how labels and metadata look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_kubernetes.meta import v1 as meta

from components.identity.outputs import IdentityOutputs
from components.workloads.values import Resolve

WAIT_UNTIL_READY = {"pulumi.com/waitFor": "condition=Ready"}
"""The engine's own annotation: a custom resource counts as made when its controller says so."""


@dataclass(frozen=True)
class AccountOutputs:
    """`token` says whether pods need the account's own token (they call the Kubernetes API)."""

    name: pulumi.Output[str]
    token: bool
    identity: IdentityOutputs | None


@dataclass(frozen=True)
class Wiring:
    """`checksums` roll a pod when what it reads at start-up changes; `after` must exist before a pod starts."""

    namespace: pulumi.Input[str]
    resolve: Resolve
    account: AccountOutputs | None = None
    checksums: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    after: tuple[pulumi.Resource, ...] = ()
    monitor_labels: Mapping[str, str] = field(default_factory=dict[str, str])


def metadata(
    name: pulumi.Input[str],
    namespace: pulumi.Input[str] | None = None,
    labels: Mapping[str, pulumi.Input[str]] | None = None,
    annotations: Mapping[str, pulumi.Input[str]] | None = None,
) -> meta.ObjectMetaArgs:
    return meta.ObjectMetaArgs(
        name=name,
        namespace=namespace,
        labels=dict(labels) if labels else None,
        annotations=dict(annotations) if annotations else None,
    )
