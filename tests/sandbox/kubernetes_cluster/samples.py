"""Objects that the server has nothing against."""

from __future__ import annotations

from typing import Any

MANAGER = "test-manager"
Object = dict[str, Any]


def namespace(name: str) -> Object:
    labels = {"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def config_map(space: str, name: str = "settings", **data: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": space}, "data": data or {"colour": "blue"}}


def secret(space: str, **text: str) -> Object:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys", "namespace": space}, "stringData": text}


def pod_spec(**more: Any) -> Object:
    """As Pod Security's restricted profile wants it."""
    container = {
        "name": "app",
        "image": "registry.example/app:1",
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    return {"containers": [container], "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}, **more}


def workload(space: str, kind: str = "Deployment", **pod: Any) -> Object:
    labels = {"app": "app"}
    template: Object = {"metadata": {"labels": labels}, "spec": pod_spec(**pod)}
    if kind == "CronJob":
        job = {"spec": {"template": {**template, "spec": {**template["spec"], "restartPolicy": "Never"}}}}
        return _batch(space, kind, {"schedule": "0 4 * * *", "jobTemplate": job})
    if kind == "Job":
        return _batch(space, kind, {"template": {**template, "spec": {**template["spec"], "restartPolicy": "Never"}}})
    spec: Object = {"selector": {"matchLabels": labels}, "template": template}
    if kind == "StatefulSet":
        claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        spec |= {"serviceName": "app", "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}]}
        template["spec"]["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "app", "namespace": space}, "spec": spec}


def quota(space: str, **hard: str) -> Object:
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "quota", "namespace": space}, "spec": {"hard": hard}}


def definition(group: str, kind: str) -> Object:
    """Of a namespaced kind that has one number."""
    plural = f"{kind.lower()}s"
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer", "maximum": 9}}}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }


def _batch(space: str, kind: str, spec: Object) -> Object:
    return {"apiVersion": "batch/v1", "kind": kind, "metadata": {"name": "app", "namespace": space}, "spec": spec}
