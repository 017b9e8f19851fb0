"""kube-prometheus-stack: Prometheus, Alertmanager, Grafana and the exporters of nodes and objects."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.helm.v3 import Release

from components.addons import alertmanager, external_secrets, grafana
from components.addons.catalogue import KUBE_PROMETHEUS_STACK
from components.addons.context import AddonsContext
from components.addons.gateway import GATEWAY_API
from components.addons.spec import AddonsSpec
from components.addons.values import CONTAINER_SECURITY, Images, Values, resources

FULL_NAME = "prometheus"
# Control plane parts that a managed cluster does not let anybody scrape; rules about them would alert for ever.
HIDDEN = ("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy")
HIDDEN_RULES = ("etcd", "kubeControllerManager", "kubeSchedulerAlerting", "kubeSchedulerRecording", "kubeProxy", "windows")


def values(
    spec: AddonsSpec, images: Images, storage_class: pulumi.Input[str], node_namespace: pulumi.Input[str], *, core_dns: bool
) -> Values:
    """Monitors, probes and rules are taken from every namespace: systems bring their own."""
    quay = images.registry("quay.io")
    return {
        "crds": {"enabled": False},
        "fullnameOverride": FULL_NAME,
        "cleanPrometheusOperatorObjectNames": True,
        **{part: {"enabled": False} for part in HIDDEN},
        "coreDns": {"enabled": core_dns},
        "defaultRules": {"rules": dict.fromkeys(HIDDEN_RULES, False)},
        "prometheusOperator": {
            "image": {"registry": quay},
            "prometheusConfigReloader": {"image": {"registry": quay}, "resources": resources("10m", "32Mi", "100m", "64Mi")},
            "resources": resources("50m", "128Mi", "300m", "384Mi"),
            "admissionWebhooks": {
                "patch": {"image": {"registry": images.registry("ghcr.io")}, "resources": resources("10m", "32Mi", "100m", "64Mi")}
            },
            # Named to the operator alone, which would run it beside a Prometheus that asks for it.
            "thanosImage": {"registry": quay},
        },
        "prometheus": {
            "podDisruptionBudget": {"enabled": spec.replicas > 1, "minAvailable": 1},
            "prometheusSpec": {
                **_address(spec, "prometheus"),
                "image": {"registry": quay},
                "replicas": spec.replicas,
                "retention": f"{spec.metrics_days}d",
                # The write-ahead log and compaction need room beside the blocks.
                "retentionSize": f"{spec.metrics_gib * 8 // 10}GB",
                "enableFeatures": ["exemplar-storage"],
                "podAntiAffinity": "soft",
                "podAntiAffinityTopologyKey": "topology.kubernetes.io/zone",
                "resources": resources("300m", "1Gi", "2", "4Gi"),
                "storageSpec": _claim(storage_class, f"{spec.metrics_gib}Gi"),
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Retain"},
                **{f"{kind}SelectorNilUsesHelmValues": False for kind in ("rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig")},
            },
        },
        "alertmanager": {
            "podDisruptionBudget": {"enabled": spec.replicas > 1, "minAvailable": 1},
            "config": alertmanager.config(spec.alerting),
            "alertmanagerSpec": {
                **_address(spec, "alertmanager"),
                "image": {"registry": quay},
                "replicas": spec.replicas,
                "secrets": [alertmanager.SECRET] if spec.alerting.secrets() else [],
                "podAntiAffinity": "soft",
                "podAntiAffinityTopologyKey": "topology.kubernetes.io/zone",
                "resources": resources("20m", "64Mi", "200m", "256Mi"),
                "storage": _claim(storage_class, "2Gi"),
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Retain"},
            },
        },
        "grafana": grafana.values(spec, images),
        "kube-state-metrics": {
            "fullnameOverride": "kube-state-metrics",
            "image": {"registry": images.registry("registry.k8s.io")},
            "resources": resources("20m", "96Mi", "200m", "256Mi"),
        },
        "prometheus-node-exporter": {
            "fullnameOverride": "node-exporter",
            "namespaceOverride": node_namespace,
            "image": {"registry": quay},
            "resources": resources("20m", "32Mi", "200m", "128Mi"),
            "containerSecurityContext": CONTAINER_SECURITY,
        },
    }


def _address(spec: AddonsSpec, part: str) -> Values:
    """What links in alerts lead to."""
    return {"externalUrl": f"https://{spec.exposed_hosts[part]}"} if part in spec.exposed_hosts else {}


def _claim(storage_class: pulumi.Input[str], size: str) -> Values:
    spec = {"storageClassName": storage_class, "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    return {"volumeClaimTemplate": {"spec": spec}}


def install(
    ctx: AddonsContext,
    namespace: pulumi.Output[str],
    node_namespace: pulumi.Output[str],
    storage_class: pulumi.Output[str],
    definitions: Release,
    store: pulumi.Resource,
    gateway: pulumi.Resource,
) -> Release:
    """The stack, the Secrets that its pods mount, and Grafana's public route."""
    secrets = list(_secrets(ctx, namespace, store))
    chart_values = values(ctx.spec, ctx.images, storage_class, node_namespace, core_dns=ctx.dialect.core_dns)
    stack = ctx.release(KUBE_PROMETHEUS_STACK, namespace, chart_values, [definitions, *secrets], timeout=900)
    ctx.custom(GATEWAY_API, "HTTPRoute", "grafana", grafana.route_spec(ctx.spec), [gateway], namespace=namespace)
    return stack


def _secrets(ctx: AddonsContext, namespace: pulumi.Output[str], store: pulumi.Resource) -> list[CustomResource]:
    wanted = {grafana.ADMIN_SECRET: {"password": ctx.spec.grafana_admin_secret}}
    templates = {grafana.ADMIN_SECRET: {"admin-user": "admin", "admin-password": "{{ .password }}"}}
    if told := ctx.spec.alerting.secrets():
        wanted[alertmanager.SECRET] = told
    made: list[CustomResource] = []
    for name, paths in wanted.items():
        names = {key: external_secrets.named(ctx, path) for key, path in paths.items()}
        spec = external_secrets.secret_spec(name, names, templates.get(name))
        needed = [store, *(ctx.secrets.versions[path] for path in paths.values())]
        made.append(ctx.custom(external_secrets.API, "ExternalSecret", name, spec, needed, namespace=namespace))
    return made
