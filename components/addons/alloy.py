"""Alloy: reads every pod's log files on every node and sends the lines to Loki."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.helm.v3 import Release

from components.addons.catalogue import ALLOY
from components.addons.context import AddonsContext
from components.addons.grafana import LOKI_URL
from components.addons.values import CONTAINER_SECURITY, Images, Values, resources

STATE = "/var/lib/alloy"

# Alloy's own language. Labels are few on purpose: each combination of their values is a stream of its own.
CONFIG = f"""\
discovery.kubernetes "pods" {{
  role = "pod"
  selectors {{
    role  = "pod"
    field = "spec.nodeName=" + coalesce(sys.env("HOSTNAME"), constants.hostname)
  }}
}}

discovery.relabel "pods" {{
  targets = discovery.kubernetes.pods.targets
  rule {{
    source_labels = ["__meta_kubernetes_namespace"]
    target_label  = "namespace"
  }}
  rule {{
    source_labels = ["__meta_kubernetes_pod_name"]
    target_label  = "pod"
  }}
  rule {{
    source_labels = ["__meta_kubernetes_pod_container_name"]
    target_label  = "container"
  }}
  rule {{
    source_labels = ["__meta_kubernetes_pod_label_app_kubernetes_io_name", "__meta_kubernetes_pod_label_app"]
    separator     = ";"
    regex         = ";*([^;]+).*"
    target_label  = "app"
  }}
  rule {{
    source_labels = ["__meta_kubernetes_pod_uid", "__meta_kubernetes_pod_container_name"]
    separator     = "/"
    replacement   = "/var/log/pods/*$1/*.log"
    target_label  = "__path__"
  }}
}}

local.file_match "pods" {{
  path_targets = discovery.relabel.pods.output
}}

loki.source.file "pods" {{
  targets    = local.file_match.pods.targets
  forward_to = [loki.process.pods.receiver]
}}

loki.process "pods" {{
  stage.cri {{ }}
  forward_to = [loki.write.loki.receiver]
}}

loki.write "loki" {{
  endpoint {{
    url = "{LOKI_URL}/loki/api/v1/push"
  }}
}}
"""


def values(images: Images) -> Values:
    """Root without any capability: the log files belong to root, and nothing else of the node is writable."""
    return {
        "fullnameOverride": "alloy",
        # The kind PodLogs is not used.
        "crds": {"create": False},
        "image": {"registry": images.registry("docker.io")},
        "configReloader": {"image": {"registry": images.registry("quay.io")}, "resources": resources("10m", "32Mi", "100m", "64Mi")},
        "alloy": {
            "configMap": {"create": True, "content": CONFIG},
            "enableReporting": False,
            # Positions in the files outlive the pod, so that a restart neither repeats nor skips lines.
            "storagePath": STATE,
            "mounts": {"varlog": True, "extra": [{"name": "state", "mountPath": STATE}]},
            "securityContext": {**CONTAINER_SECURITY, "runAsNonRoot": False, "runAsUser": 0},
            "resources": resources("50m", "128Mi", "500m", "512Mi"),
        },
        "controller": {
            "type": "daemonset",
            # Nodes that keep other pods off have logs too.
            "tolerations": [{"operator": "Exists"}],
            "priorityClassName": "system-node-critical",
            "volumes": {"extra": [{"name": "state", "hostPath": {"path": STATE, "type": "DirectoryOrCreate"}}]},
        },
        "rbac": {
            "rules": [{"apiGroups": [""], "resources": ["pods", "namespaces"], "verbs": ["get", "list", "watch"]}],
            "clusterRules": [],
        },
        "serviceMonitor": {"enabled": True},
    }


def install(ctx: AddonsContext, namespace: pulumi.Output[str], definitions: list[Release]) -> Release:
    """Does not wait for Loki: lines wait in the node's files."""
    return ctx.release(ALLOY, namespace, values(ctx.images), definitions)
