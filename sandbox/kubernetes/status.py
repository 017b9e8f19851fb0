"""What the control plane writes into an object: identity and status."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.contract import Properties, Record
from sandbox.invent import digits, hexadecimal, identifier
from sandbox.kubernetes.objects import group_of, mapping, metadata, namespaced

_EKS_REGION = re.compile(r"\.([a-z0-9-]+)\.eks\.(amazonaws\.[a-z.]+)$")


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def balancer(cluster: str, name: str) -> dict[str, Any]:
    """The address of a load balancer, as the cluster's cloud gives it."""
    if match := _EKS_REGION.search(cluster):
        return {"hostname": f"k8s-{name[:20]}-{hexadecimal(10)}-{hexadecimal(16)}.elb.{match.group(1)}.{match.group(2)}"}
    return {"ip": f"203.0.113.{10 + sum(name.encode()) % 240}"}


def _replicas(spec: dict[str, Any], key: str = "replicas") -> int:
    value = spec.get(key, 1)
    return int(value) if isinstance(value, int | float) else 1


def _deployment(spec: dict[str, Any], cluster: str, name: str) -> Any:
    count = _replicas(spec)
    available = {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "lastTransitionTime": now()}
    counts = dict.fromkeys(("replicas", "readyReplicas", "availableReplicas", "updatedReplicas"), count)
    return {"observedGeneration": 1, **counts, "conditions": [available]}


def _stateful(spec: dict[str, Any], cluster: str, name: str) -> Any:
    count = _replicas(spec)
    return {"observedGeneration": 1, "replicas": count, "readyReplicas": count, "currentReplicas": count, "updatedReplicas": count}


def _daemon(spec: dict[str, Any], cluster: str, name: str) -> Any:
    return {"observedGeneration": 1, "currentNumberScheduled": 3, "desiredNumberScheduled": 3, "numberReady": 3, "numberMisscheduled": 0}


def _job(spec: dict[str, Any], cluster: str, name: str) -> Any:
    complete = {"type": "Complete", "status": "True", "lastTransitionTime": now()}
    return {"succeeded": _replicas(spec, "completions"), "startTime": now(), "completionTime": now(), "conditions": [complete]}


def _service(spec: dict[str, Any], cluster: str, name: str) -> Any:
    return {"loadBalancer": {"ingress": [balancer(cluster, name)]} if spec.get("type") == "LoadBalancer" else {}}


def _ingress(spec: dict[str, Any], cluster: str, name: str) -> Any:
    return {"loadBalancer": {"ingress": [balancer(cluster, name)]}}


def _gateway(spec: dict[str, Any], cluster: str, name: str) -> Any:
    address = balancer(cluster, name)
    kind, value = ("Hostname", address["hostname"]) if "hostname" in address else ("IPAddress", address["ip"])
    conditions = [{"type": kind_, "status": "True", "reason": kind_, "lastTransitionTime": now()} for kind_ in ("Accepted", "Programmed")]
    return {"addresses": [{"type": kind, "value": value}], "conditions": conditions}


def _claim(spec: dict[str, Any], cluster: str, name: str) -> Any:
    return {"phase": "Bound", "accessModes": spec.get("accessModes", []), "capacity": mapping(spec.get("resources")).get("requests", {})}


_STATUS: dict[str, Callable[[dict[str, Any], str, str], Any]] = {
    "DaemonSet": _daemon,
    "Deployment": _deployment,
    "Gateway": _gateway,
    "Ingress": _ingress,
    "Job": _job,
    "Namespace": lambda _spec, _cluster, _name: {"phase": "Active"},
    "PersistentVolumeClaim": _claim,
    "Service": _service,
    "StatefulSet": _stateful,
}


def computed(cluster: str, object_: Properties, prior: Record | None) -> Properties:
    """The object as the API server returns it. Identity and status stay over an update."""
    spec, meta = mapping(object_.get("spec")), metadata(object_)
    kind = str(object_["kind"])
    before = metadata(prior.outputs) if prior else {}
    made = {
        "uid": before.get("uid") or identifier(),
        "resourceVersion": str(int(before.get("resourceVersion", digits(5))) + 1),
        "creationTimestamp": before.get("creationTimestamp") or now(),
        "generation": int(before.get("generation", 0)) + 1,
    }
    if namespaced(kind, group_of(str(object_["apiVersion"]))):
        made["namespace"] = meta.get("namespace") or "default"
    outputs = {**object_, "metadata": {**meta, **made}}
    if kind == "Service":
        known = mapping(prior.outputs.get("spec")) if prior else {}
        outputs["spec"] = {"type": "ClusterIP", "clusterIP": known.get("clusterIP") or f"172.20.{int(digits(2))}.{int(digits(2))}", **spec}
    if kind == "Secret":
        outputs.setdefault("type", "Opaque")
    if kind == "StorageClass":
        outputs = {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate", **outputs}
    if make := _STATUS.get(kind):
        outputs["status"] = (prior.outputs.get("status") if prior and _same_shape(prior, spec) else None) or make(
            spec, cluster, str(meta.get("name"))
        )
    return outputs


def _same_shape(prior: Record, spec: dict[str, Any]) -> bool:
    before = mapping(prior.inputs.get("spec"))
    return all(before.get(key) == spec.get(key) for key in ("replicas", "type", "completions"))
