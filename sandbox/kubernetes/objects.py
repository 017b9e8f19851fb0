"""Names, scopes and identities of Kubernetes objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from sandbox.contract import UNKNOWN, Failure, Properties, Record, Request
from sandbox.invent import suffix
from sandbox.reflection.check import show

ALWAYS = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})
"""Namespaces that every cluster has."""
AUTONAMED = "pulumi.com/autonamed"

_CLUSTER_SCOPED = frozenset(
    {
        *("APIService", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding", "ComponentStatus", "CSIDriver", "CSINode"),
        *("CustomResourceDefinition", "DeviceClass", "FlowSchema", "IngressClass", "IPAddress", "MutatingWebhookConfiguration"),
        *("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "Namespace", "Node", "PersistentVolume", "PriorityClass"),
        *("PriorityLevelConfiguration", "ResourceSlice", "RuntimeClass", "ServiceCIDR", "StorageClass", "StorageVersionMigration"),
        *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment"),
        "VolumeAttributesClass",
    }
)
_CUSTOM_CLUSTER_SCOPED = frozenset(
    {
        *("ClusterExternalSecret", "ClusterGenerator", "ClusterIssuer", "ClusterPolicy", "ClusterPushSecret", "ClusterSecretStore"),
        *("EC2NodeClass", "ETCDSnapshotFile", "GatewayClass", "IngressClassParams", "NodeClaim", "NodePool", "VolumeSnapshotClass"),
        *("ClusterTriggerAuthentication", "VolumeSnapshotContent"),
    }
)
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_QUALIFIED = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")


def kind_of(token: str) -> tuple[str, str]:
    """`kubernetes:apps/v1:Deployment` → (`apps/v1`, `Deployment`); the core group has no name on the wire."""
    _, group_version, kind = token.split(":")
    return group_version.removeprefix("core/"), kind


def mapping(value: Any) -> dict[str, Any]:
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}


def metadata(object_: Mapping[str, Any]) -> dict[str, Any]:
    return mapping(object_.get("metadata"))


def namespaced(kind: str, group: str) -> bool:
    custom = "." in group and not group.endswith(".k8s.io")
    return kind not in (
        _CUSTOM_CLUSTER_SCOPED if custom or group == "gateway.networking.k8s.io" else _CLUSTER_SCOPED | _CUSTOM_CLUSTER_SCOPED
    )


def group_of(api_version: str) -> str:
    return api_version.rpartition("/")[0]


def object_id(object_: Mapping[str, Any]) -> str:
    meta = metadata(object_)
    in_namespace = namespaced(str(object_["kind"]), group_of(str(object_["apiVersion"])))
    return f"{meta.get('namespace') or 'default'}/{meta.get('name')}" if in_namespace else str(meta.get("name"))


def whole(request: Request, olds: Properties, news: Properties, default_namespace: str | None) -> Properties:
    """The object as it goes to the API server: kind and apiVersion from the token, an automatic name where none is given."""
    api_version, kind = kind_of(request.type)
    if kind.endswith("Patch"):
        kind = kind.removesuffix("Patch")
    object_ = {"apiVersion": api_version, "kind": kind, **{name: value for name, value in news.items() if value is not None}}
    if news.get("metadata") is UNKNOWN:
        return object_
    meta = metadata(object_)
    if meta.get("name") is None and meta.get("generateName") is None:
        before = metadata(olds)
        kept = before.get("name") if AUTONAMED in mapping(before.get("annotations")) else None
        meta["name"] = kept or f"{request.name}-{suffix(request.seed, request.urn, 8)}"
        meta["annotations"] = {**mapping(meta.get("annotations")), AUTONAMED: "true"}
    if meta.get("namespace") is None and default_namespace and namespaced(kind, group_of(api_version)):
        meta["namespace"] = default_namespace
    return {**object_, "metadata": meta}


def name_rules(object_: Mapping[str, Any]) -> Iterator[Failure]:
    meta = metadata(object_)
    name, kind = meta.get("name"), str(object_["kind"])
    if isinstance(name, str):
        yield from _name(name, kind)
    namespace = meta.get("namespace")
    if isinstance(namespace, str) and not (len(namespace) <= 63 and _LABEL.fullmatch(namespace)):
        yield Failure("metadata.namespace", f"Invalid value: {show(namespace)}: must be a DNS-1123 label of at most 63 characters")
    for field in ("labels", "annotations"):
        for key, value in mapping(meta.get(field)).items():
            if not _QUALIFIED.fullmatch(key):
                yield Failure(f"metadata.{field}", f"Invalid value: {show(key)}: must be a qualified name")
            if not isinstance(value, str) and value is not UNKNOWN:
                yield Failure(f"metadata.{field}.{key}", f"Invalid value: {show(value)}: must be text")
            elif field == "labels" and isinstance(value, str) and not _LABEL_VALUE.fullmatch(value):
                yield Failure(f"metadata.labels.{key}", f"Invalid value: {show(value)}: must be at most 63 of A-Z a-z 0-9 - _ .")


def _name(name: str, kind: str) -> Iterator[Failure]:
    if kind in {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}:
        if not name or "/" in name or "%" in name or name in {".", ".."}:
            yield Failure("metadata.name", f"Invalid value: {show(name)}: may not contain '/' or '%'")
    elif kind == "Service":
        if len(name) > 63 or not _LABEL_1035.fullmatch(name):
            yield Failure("metadata.name", f"Invalid value: {show(name)}: must be a DNS-1035 label of at most 63 characters")
    elif kind == "Namespace":
        if len(name) > 63 or not _LABEL.fullmatch(name):
            yield Failure("metadata.name", f"Invalid value: {show(name)}: must be a DNS-1123 label of at most 63 characters")
    elif len(name) > 253 or not _SUBDOMAIN.fullmatch(name):
        yield Failure(
            "metadata.name", f"Invalid value: {show(name)}: must be a DNS-1123 subdomain of lower-case letters, digits, '-' and '.'"
        )


def same_object(record: Record, object_: Mapping[str, Any]) -> bool:
    """Whether a record is this object, whatever version of its group it was written in."""
    other = record.inputs
    if other.get("kind") != object_["kind"] or "apiVersion" not in other:
        return False
    return group_of(str(other["apiVersion"])) == group_of(str(object_["apiVersion"])) and object_id(other) == object_id(object_)
