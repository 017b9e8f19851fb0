"""Fields that the API server, or the provider for safety, never changes in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.contract import Difference, Instance, Properties
from sandbox.kubernetes.objects import AUTONAMED, mapping, metadata
from sandbox.reflection.changes import changed, paths

_EVERYWHERE = frozenset({"apiVersion", "kind", "metadata.name", "metadata.namespace"})
_FIELDS: dict[str, frozenset[str]] = {
    "ClusterRoleBinding": frozenset({"roleRef"}),
    "ConfigMap": frozenset({"binaryData", "data"}),
    "DaemonSet": frozenset({"spec.selector"}),
    "Deployment": frozenset({"spec.selector"}),
    "Job": frozenset({"spec.completions", "spec.selector", "spec.template"}),
    "PersistentVolumeClaim": frozenset(
        {"spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeMode", "spec.volumeName", "spec.dataSource"}
    ),
    "Pod": frozenset({"spec"}),
    "PriorityClass": frozenset({"value", "preemptionPolicy"}),
    "RoleBinding": frozenset({"roleRef"}),
    "Secret": frozenset({"data", "stringData", "type"}),
    "Service": frozenset({"spec.clusterIP", "spec.type"}),
    "StatefulSet": frozenset({"spec.podManagementPolicy", "spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"}),
    "StorageClass": frozenset({"parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"}),
}
_SWITCHES = {"ConfigMap": "enableConfigMapMutable", "Secret": "enableSecretMutable"}
"""The provider replaces these on every change of content, unless its switch is on and the object is not marked immutable."""


def _fields(kind: str, instance: Instance, olds: Mapping[str, Any]) -> frozenset[str]:
    switch = _SWITCHES.get(kind)
    if switch and instance.variables.get(switch) == "true" and olds.get("immutable") is not True:
        return _EVERYWHERE | ({"type"} if kind == "Secret" else frozenset[str]())
    return _EVERYWHERE | _FIELDS.get(kind, frozenset())


def compare(kind: str, instance: Instance, olds: Properties, news: Properties) -> Difference:
    changes = changed(olds, news)
    fields = _fields(kind, instance, olds)
    touched = {path for path in paths(olds, news) if path in fields}
    replaces = tuple(name for name in changes if name in {path.split(".")[0] for path in touched})
    return Difference(changes, replaces, bool(replaces) and _same_place(olds, news, touched))


def _same_place(olds: Properties, news: Properties, touched: Iterable[str]) -> bool:
    """Two objects of one name cannot stand side by side; an automatic name gives way."""
    given = AUTONAMED not in mapping(metadata(news).get("annotations"))
    return given and not {"metadata.name", "metadata.namespace"} & set(touched)
