"""What the API server checks beyond its schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from sandbox.contract import UNKNOWN, Failure
from sandbox.kubernetes.objects import mapping
from sandbox.reflection.check import show

_TEMPLATES = {
    "CronJob": "spec.jobTemplate.spec.template",
    "DaemonSet": "spec.template",
    "Deployment": "spec.template",
    "Job": "spec.template",
    "ReplicaSet": "spec.template",
    "StatefulSet": "spec.template",
}
_RESTART = {"CronJob": ("OnFailure", "Never"), "Job": ("OnFailure", "Never"), "Pod": ("Always", "OnFailure", "Never")}
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")
_QUANTITY = re.compile(r"(?P<number>[0-9]+(\.[0-9]*)?|\.[0-9]+)(?P<unit>m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|n|u|[eE][+-]?[0-9]+)?")
_UNITS = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_CRON = re.compile(r"@(yearly|annually|monthly|weekly|daily|midnight|hourly)|(CRON_TZ=\S+ )?(\S+ ){4}\S+")


def quantity(value: Any) -> float | None:
    """`500m` → 0.5; None for what is no quantity."""
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        return None
    unit = match["unit"] or ""
    if unit[:1] in {"e", "E"} and len(unit) > 1 and unit != "Ei":
        return float(value)
    return float(match["number"]) * (_UNITS | _BINARY).get(unit, 1.0)


def _elements(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Known elements with their index."""
    for index, element in enumerate(cast("list[Any]", value) if isinstance(value, list) else []):
        if isinstance(element, Mapping):
            yield index, mapping(cast("Mapping[str, Any]", element))


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        if value is UNKNOWN:
            return UNKNOWN
        value = mapping(value).get(part)
    return value


def _choice(path: str, value: Any, allowed: tuple[str, ...]) -> Iterator[Failure]:
    if value not in (None, UNKNOWN, *allowed):
        yield Failure(path, f"Unsupported value: {show(value)} (supported values: {', '.join(allowed)})")


def judge(object_: Mapping[str, Any]) -> Iterator[Failure]:
    kind = str(object_["kind"])
    if kind == "Pod":
        yield from _pod("spec", mapping(object_.get("spec")), kind)
    elif path := _TEMPLATES.get(kind):
        yield from _pod(f"{path}.spec", mapping(_at(object_, f"{path}.spec")), kind)
        yield from _selector(object_, path)
    if kind == "Service" and object_.get("spec") is not UNKNOWN:
        yield from _service(mapping(object_.get("spec")))
    if kind == "CronJob" and isinstance(schedule := _at(object_, "spec.schedule"), str) and not _CRON.fullmatch(schedule):
        yield Failure("spec.schedule", f"Invalid value: {show(schedule)}: expected five fields")
    if kind == "PodDisruptionBudget" and {"minAvailable", "maxUnavailable"} <= set(mapping(object_.get("spec"))):
        yield Failure("spec", "Invalid value: minAvailable and maxUnavailable cannot be both set")
    if kind == "HorizontalPodAutoscaler":
        low, high = _at(object_, "spec.minReplicas"), _at(object_, "spec.maxReplicas")
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            yield Failure("spec.maxReplicas", f"Invalid value: {high:g}: must be greater than or equal to `minReplicas`")


def _selector(object_: Mapping[str, Any], template: str) -> Iterator[Failure]:
    wanted, labels = mapping(_at(object_, "spec.selector.matchLabels")), _at(object_, f"{template}.metadata.labels")
    if labels is UNKNOWN or object_["kind"] == "CronJob":
        return
    given = mapping(labels)
    missing = [key for key, value in wanted.items() if value is not UNKNOWN and given.get(key) not in (value, UNKNOWN)]
    if missing:
        yield Failure(f"{template}.metadata.labels", f"Invalid value: {show(given)}: `selector` does not match template `labels`")


def _pod(path: str, spec: dict[str, Any], kind: str) -> Iterator[Failure]:
    yield from _choice(f"{path}.restartPolicy", spec.get("restartPolicy"), _RESTART.get(kind, ("Always",)))
    if kind in {"Job", "CronJob"} and spec and spec.get("restartPolicy") is None:
        yield Failure(f"{path}.restartPolicy", "Required value: valid values: OnFailure, Never")
    yield from _choice(f"{path}.dnsPolicy", spec.get("dnsPolicy"), ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"))
    listed = spec.get("volumes")
    volumes = {volume.get("name") for _, volume in _elements(listed)}
    if kind == "StatefulSet" or listed is UNKNOWN or (isinstance(listed, list) and UNKNOWN in listed):
        volumes.add(UNKNOWN)  # claim templates of a StatefulSet are volumes too
    names: list[Any] = []
    for group in ("initContainers", "containers"):
        for index, container in _elements(spec.get(group)):
            names.append(container.get("name"))
            yield from _container(f"{path}.{group}[{index}]", container, volumes)
    for name in {name for name in names if name is not UNKNOWN and names.count(name) > 1}:
        yield Failure(f"{path}.containers", f"Duplicate value: {show(name)}")


def _container(path: str, container: dict[str, Any], volumes: set[Any]) -> Iterator[Failure]:
    name = container.get("name")
    if isinstance(name, str) and not _LABEL.fullmatch(name):
        yield Failure(f"{path}.name", f"Invalid value: {show(name)}: must be a DNS-1123 label")
    if not container.get("image"):
        yield Failure(f"{path}.image", "Required value")
    yield from _choice(f"{path}.imagePullPolicy", container.get("imagePullPolicy"), ("Always", "IfNotPresent", "Never"))
    for index, port in _elements(container.get("ports")):
        yield from _port(f"{path}.ports[{index}]", port, "containerPort")
    for index, mount in _elements(container.get("volumeMounts")):
        if UNKNOWN not in volumes and mount.get("name") is not UNKNOWN and mount.get("name") not in volumes:
            yield Failure(f"{path}.volumeMounts[{index}].name", f"Not found: {show(mount.get('name'))}")
    resources = mapping(container.get("resources"))
    limits, requests = mapping(resources.get("limits")), mapping(resources.get("requests"))
    for group, values in (("limits", limits), ("requests", requests)):
        for resource, value in values.items():
            if value is not UNKNOWN and quantity(value) is None:
                yield Failure(f"{path}.resources.{group}.{resource}", f"Invalid value: {show(value)}: is no quantity like 500m or 1Gi")
    for resource, value in requests.items():
        asked, most = quantity(value), quantity(limits.get(resource))
        if asked is not None and most is not None and asked > most:
            yield Failure(
                f"{path}.resources.requests.{resource}", f"Invalid value: {show(value)}: must be less than or equal to {resource} limit"
            )


def _port(path: str, port: dict[str, Any], property_: str) -> Iterator[Failure]:
    value, name = port.get(property_), port.get("name")
    if isinstance(value, int | float) and not 1 <= value <= 65535:
        yield Failure(f"{path}.{property_}", f"Invalid value: {value:g}: must be between 1 and 65535, inclusive")
    if isinstance(name, str) and not _PORT_NAME.fullmatch(name):
        yield Failure(f"{path}.name", f"Invalid value: {show(name)}: must be at most 15 of a-z, 0-9 and '-', with a letter")
    yield from _choice(f"{path}.protocol", port.get("protocol"), ("SCTP", "TCP", "UDP"))


def _service(spec: dict[str, Any]) -> Iterator[Failure]:
    yield from _choice("spec.type", spec.get("type"), ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"))
    yield from _choice("spec.externalTrafficPolicy", spec.get("externalTrafficPolicy"), ("Cluster", "Local"))
    ports = list(_elements(spec.get("ports")))
    if not spec.get("ports") and spec.get("type") != "ExternalName" and spec.get("clusterIP") != "None":
        yield Failure("spec.ports", "Required value")
    for index, port in ports:
        yield from _port(f"spec.ports[{index}]", port, "port")
        if len(ports) > 1 and port.get("name") is None:
            yield Failure(f"spec.ports[{index}].name", "Required value")
