"""Prometheus' custom resource definitions, which most add-ons use: installed once and ahead of all of them."""

from __future__ import annotations

from pulumi_kubernetes.helm.v3 import Release

from components.addons.catalogue import PROMETHEUS_CRDS
from components.addons.context import AddonsContext
from components.addons.namespaces import SYSTEM
from components.addons.values import Values


def prometheus_values() -> Values:
    """Kept when the release goes: deleting a definition deletes every monitor and rule of every system."""
    return {"crds": {"annotations": {"helm.sh/resource-policy": "keep"}}}


def prometheus_definitions(ctx: AddonsContext) -> Release:
    """Ahead of the stack, so that no add-on's ServiceMonitor waits for Prometheus itself."""
    return ctx.release(PROMETHEUS_CRDS, SYSTEM, prometheus_values(), pods=False)
