"""Workloads judged as the pods that they would make: controllers are told of a rejection, but nobody else is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.kubernetes.cluster.api import Api, Object
from sandbox.kubernetes.cluster.errors import Rejected
from sandbox.kubernetes.objects import mapping, metadata

TEMPLATES = {
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch", "Job"): ("spec", "template"),
}
"""Where the pod's template is, by group and kind."""
PATIENCE = 30.0
"""Seconds for what a controller makes (a namespace's own service account, a quota's first count) or another resource of the same run."""
COUNTING = 10.0
"""Seconds; a cluster that is slower than that counts later."""
_LATER = re.compile(r"serviceaccount \S+ not found|no PriorityClass with name|RuntimeClass \S+ not found|status unknown for quota")
_VIOLATION = "would violate PodSecurity"


def pod(workload: Mapping[str, Any]) -> Object | None:
    """The pod of a workload's template, None for an object that makes no pods."""
    group = str(workload["apiVersion"]).rpartition("/")[0]
    path = TEMPLATES.get((group, str(workload["kind"])))
    if path is None:
        return None
    template: Any = workload
    for part in path:
        template = mapping(template).get(part)
    given, spec, meta = metadata(mapping(template)), mapping(mapping(template).get("spec")), metadata(workload)
    claims = [str(metadata(mapping(claim)).get("name")) for claim in mapping(workload.get("spec")).get("volumeClaimTemplates") or ()]
    if claims:
        volumes = [{"name": name, "persistentVolumeClaim": {"claimName": f"{name}-{meta['name']}-0"}} for name in claims]
        spec = {**spec, "volumes": [*(spec.get("volumes") or ()), *volumes]}
    kept = {key: given[key] for key in ("labels", "annotations", "finalizers") if given.get(key)}
    names = {"generateName": f"{meta['name']}-", "namespace": meta.get("namespace") or "default"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {**kept, **names}, "spec": spec}


def may_come(error: Rejected) -> bool:
    """Whether what is missing may still be made by somebody."""
    return error.code == "Forbidden" and _LATER.search(error.message) is not None


def violations(warnings: Iterable[str]) -> None:
    """Raises Rejected for Pod Security's warnings: the pods would not start where the namespace enforces what it warns of."""
    if found := [warning for warning in warnings if _VIOLATION in warning]:
        raise Rejected("PodSecurity", "; ".join(found))


def admit(
    api: Api, workload: Mapping[str, Any], patience: float = PATIENCE, sleep: Callable[[float], None] = time.sleep
) -> tuple[str, ...]:
    """The server's warnings about the workload's pod, which is made as a dry run. Raises Rejected in the workload's name."""
    wanted = pod(workload)
    if wanted is None:
        return ()
    end = time.monotonic() + patience
    while True:
        try:
            warnings = api.post(wanted, dry_run=True).warnings
        except Rejected as error:
            if may_come(error) and time.monotonic() < end:
                sleep(0.2)
                continue
            if "exceeded quota" in error.message and _runs(api, workload):
                return ()  # the quota counts the pods that are about to be replaced
            raise Rejected(error.code, f"its pods are refused: {error.message}", error.status, error.causes) from error
        violations(warnings)
        return warnings


def counted(api: Api, quota: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep) -> None:
    """Waits until a quota counts: until its controller has seen it, pods may still slip through. Nothing else is waited for."""
    end = time.monotonic() + COUNTING
    while quota["kind"] == "ResourceQuota" and time.monotonic() < end:
        live = api.get(quota) or {}
        if mapping(live.get("status")).get("hard") == mapping(live.get("spec")).get("hard"):
            return
        sleep(0.05)


def complaints(api: Api) -> list[str]:
    """Warning events of the whole cluster: what controllers could not do, pods above a quota first of all."""
    events = api.list(api.discovery.resource("v1", "Event"))
    warned = (event for event in events if event.get("type") == "Warning")
    return sorted({_complaint(event) for event in warned})


def _complaint(event: Mapping[str, Any]) -> str:
    about = mapping(event.get("involvedObject"))
    return f"{about.get('kind')} {about.get('namespace', '')}/{about.get('name')}: {event.get('reason')}: {event.get('message')}"


def _runs(api: Api, workload: Mapping[str, Any]) -> bool:
    """Whether the workload has pods already."""
    meta = metadata(workload)
    labels = mapping(mapping(mapping(workload.get("spec")).get("selector")).get("matchLabels"))
    if workload["kind"] == "Job":
        labels = {"batch.kubernetes.io/job-name": meta["name"]}
    if not labels:
        return False
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    pods = api.discovery.resource("v1", "Pod")
    return any(True for _ in api.list(pods, str(meta.get("namespace") or "default"), selector))
