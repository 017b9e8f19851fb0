"""The Kubernetes objects of a recorded stack as the API server would see them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from tests.recorder import Recording

POD_TEMPLATES = {"Deployment", "StatefulSet", "DaemonSet", "Job"}


def objects(registered: Recording[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Resource name and object, built-in kinds and custom resources alike; Helm releases are not objects."""
    for item in registered:
        if item.custom and item.type.startswith("kubernetes:") and "helm.sh" not in item.type:
            group, _, kind = item.type.removeprefix("kubernetes:").rpartition(":")
            yield item.name, {"apiVersion": group.removeprefix("core/"), "kind": kind} | item.inputs


def is_builtin(obj: Mapping[str, Any]) -> bool:
    """Groups without a dot, and Kubernetes' own ones; the rest needs a CustomResourceDefinition."""
    group = str(obj["apiVersion"]).rpartition("/")[0]
    return "." not in group or group in {"networking.k8s.io", "rbac.authorization.k8s.io", "storage.k8s.io", "apiextensions.k8s.io"}


def pod_specs(registered: Recording[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pod templates of everything that runs, and of the Job that Play New's host starts for each message."""
    for name, obj in objects(registered):
        if obj["kind"] in POD_TEMPLATES:
            yield name, obj["spec"]["template"]["spec"]
    if "play-new" in registered.exports["systems"]:
        yield "agent runner", agent_job(registered)["spec"]["template"]["spec"]


def agent_job(registered: Recording[Any]) -> dict[str, Any]:
    """The template that the host fills in, filled in."""
    import yaml

    (template,) = (
        text
        for _, obj in objects(registered)
        if obj["kind"] == "ConfigMap"
        for text in cast("dict[str, str]", obj.get("data") or {}).values()
        if "pn-agent-${USER_INSTANCE_ID}" in text
    )
    for key in ("USER_INSTANCE_ID", "INVOCATION_ID", "ORG_ID", "BASE64_ENCODED_MESSAGE"):
        template = template.replace(f"${{{key}}}", "sample")
    return cast("dict[str, Any]", json.loads(json.dumps(yaml.safe_load(template))))


def of_kind(registered: Recording[Any], kind: str) -> list[dict[str, Any]]:
    return [obj for _, obj in objects(registered) if obj["kind"] == kind]


def found(registered: Recording[Any], kind: str, name: str) -> dict[str, Any]:
    """The only object of that kind and name, in whatever namespace."""
    (one,) = [obj for obj in of_kind(registered, kind) if obj["metadata"]["name"] == name]
    return one
