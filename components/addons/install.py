"""Declares every add-on of a cluster, each after what it really needs and nothing else."""

from __future__ import annotations

import dataclasses

from components.addons import (
    alloy,
    cert_manager,
    cluster_autoscaler,
    definitions,
    envoy_gateway,
    exposure,
    external_dns,
    external_secrets,
    gateway,
    grafana,
    issuers,
    jaeger,
    kube_prometheus_stack,
    load_balancer_controller,
    loki,
    metrics_server,
    namespaces,
    opentelemetry_collector,
    sealed_secrets,
    storage_class,
    velero,
)
from components.addons.context import AddonsContext
from components.addons.outputs import AddonsOutputs
from components.core import Component


class Addons(Component[AddonsOutputs]):
    """Parent of everything that the platform itself runs in the cluster."""

    TYPE = "Addons"

    def __init__(self, context: AddonsContext) -> None:
        super().__init__(context.name, context.opts)
        self.publish(_declare(dataclasses.replace(context, opts=self.child)))


def install(context: AddonsContext) -> AddonsOutputs:
    """Raises ValueError, before anything is registered in the cluster, for a secret that the store does not hold."""
    for path in context.spec.secrets:
        external_secrets.named(context, path)
    if context.spec.sealed and context.pairs is None:
        raise ValueError("sealed: True, but AddonsContext.pairs is None; allowed: a provider of pulumi_tls, which makes the sealing key")
    return Addons(context).outputs


def _declare(ctx: AddonsContext) -> AddonsOutputs:
    space = {place.name: namespaces.namespace(ctx, place) for place in namespaces.places(ctx.spec)}
    public, monitoring, nodes = (space[place.name] for place in (namespaces.GATEWAY, namespaces.MONITORING, namespaces.NODE_TELEMETRY))
    volumes = storage_class.install(ctx)
    monitoring_kinds = definitions.prometheus_definitions(ctx)

    metrics_server.install(ctx, [monitoring_kinds])
    cluster_autoscaler.install(ctx, [monitoring_kinds])
    load_balancers = load_balancer_controller.install(ctx, [monitoring_kinds])
    store = external_secrets.install(ctx, space[namespaces.EXTERNAL_SECRETS.name], [monitoring_kinds])
    controller = envoy_gateway.install(ctx, public)
    certificates = cert_manager.install(ctx, space[namespaces.CERT_MANAGER.name], [controller, monitoring_kinds])
    names = external_dns.install(ctx, space[namespaces.EXTERNAL_DNS.name], [monitoring_kinds])
    shared = gateway.install(ctx, public, controller, [*load_balancers, names], monitoring_kinds)
    issuers.install(ctx, public, certificates)
    velero.install(ctx, space[namespaces.VELERO.name], [monitoring_kinds])

    stack = kube_prometheus_stack.install(ctx, monitoring, nodes, volumes, monitoring_kinds, store, shared.ready)
    if ctx.spec.log_collection:
        loki.install(ctx, monitoring, volumes, [monitoring_kinds])
        alloy.install(ctx, nodes, [monitoring_kinds])
    if ctx.spec.tracing:
        jaeger.install(ctx, monitoring, volumes)
        opentelemetry_collector.install(ctx, monitoring, [monitoring_kinds])

    exposure.install(ctx, monitoring, store, shared.ready)
    sealing = sealed_secrets.install(ctx, space[namespaces.SEALED_SECRETS.name], [monitoring_kinds]) if ctx.spec.sealed else None

    label, value = grafana.DASHBOARD_LABEL
    return AddonsOutputs(
        secret_store=external_secrets.STORE,
        issuer=issuers.chosen(ctx.spec),
        gateway=gateway.NAME,
        gateway_namespace=namespaces.GATEWAY.name,
        gateway_address=shared.address,
        monitoring_namespace=namespaces.MONITORING.name,
        rule_labels={"release": kube_prometheus_stack.KUBE_PROMETHEUS_STACK.name},
        dashboard_labels={label: value},
        trace_endpoint=opentelemetry_collector.ENDPOINT if ctx.spec.tracing else None,
        secrets_ready=store,
        certificates_ready=certificates,
        gateway_ready=shared.ready,
        monitoring_ready=stack,
        grafana_url=f"https://{ctx.spec.grafana_host}",
        exposed={part: f"https://{host}" for part, host in ctx.spec.exposed_hosts.items()},
        sealing=sealing.certificate if sealing else None,
        sealing_ready=sealing.controller if sealing else None,
    )
