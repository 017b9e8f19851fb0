"""A real API server's judgement of everything that goes to a cluster, but for what Helm would install there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from sandbox.contract import Intent, Made, Properties, Record, Refused, Request, Seen
from sandbox.kubernetes import crds, release
from sandbox.kubernetes.cluster.definitions import definitions
from sandbox.kubernetes.cluster.drift import changed, projection
from sandbox.kubernetes.cluster.leftovers import leftovers
from sandbox.kubernetes.cluster.objects import Cluster, owned
from sandbox.kubernetes.clusters import addresses
from sandbox.kubernetes.kubeconfig import address
from sandbox.kubernetes.objects import ALWAYS, group_of, mapping, metadata, object_id
from sandbox.kubernetes.planes import Planes
from sandbox.kubernetes.schemas import built_in

LATER = frozenset({"NotFound", "NoKindMatch"})
"""Refusals of a dry run that may only mean that the namespace or the kind comes with the same update."""
IDENTITY = ("uid", "resourceVersion", "creationTimestamp", "generation")
OUTSIDE = ("PersistentVolume", "PersistentVolumeClaim", "Service")
"""Kinds that may stand for something outside of the cluster, which would be left behind if the cluster went first."""


class ApiServer:
    """See `contract.Judge`. `folder` holds the definitions of custom kinds; kinds without one stay with the stand-in alone."""

    def __init__(self, planes: Planes, folder: Path, log: Callable[[str], None]) -> None:
        self._planes = planes
        self._folder = folder
        self._log = log

    def judges(self, type_: str) -> bool:
        return type_.startswith("kubernetes:") and not type_.startswith("kubernetes:helm.sh/v3:Chart")

    def intends(self, request: Request, inputs: Properties) -> str:
        return json.dumps(_reference(inputs)) if request.type != crds.RELEASE else ""

    def preview(self, request: Request, inputs: Properties, prior: Record | None) -> None:
        where = address(request.instance)
        if request.type == crds.RELEASE or not where or not self._planes.known(where):
            return
        cluster = self._planes.at(where)
        try:
            if self._known_kind(cluster, inputs):
                cluster.preview(inputs, manager(request.urn), force=request.type.endswith("Patch") or prior is not None)
        except Refused as error:
            if error.code not in LATER:
                raise

    def create(self, request: Request, inputs: Properties, token: str) -> Made:
        cluster = self._planes.at(address(request.instance))
        if request.type == crds.RELEASE:
            self._namespace(cluster, request, inputs)
            return Made(None, {})
        if not self._known_kind(cluster, inputs):
            self._log(f"not put before the API server: {_title(inputs)}: there is no definition of {inputs['apiVersion']} {inputs['kind']}")
            return Made(None, {})
        write = cluster.patch if request.type.endswith("Patch") else cluster.create
        return _made(inputs, write(inputs, manager(request.urn)).object)

    def update(self, request: Request, inputs: Properties, prior: Record) -> Made:
        if not prior.observed:
            return Made(None, {})
        cluster = self._planes.at(address(request.instance))
        if request.type.endswith("Patch"):
            return _made(inputs, cluster.patch(inputs, manager(request.urn)).object)
        # What somebody else has written into a field of ours was shown by a refresh before; now it is put right.
        return _made(inputs, cluster.update(inputs, manager(request.urn), force=True).object)

    def read(self, record: Record) -> Seen | None:
        if not self._planes.known(record.region):
            return None  # it went with its cluster
        if not record.observed:
            return Seen(record.inputs, record.outputs, record.observed)
        live = self._planes.at(record.region).get(record.inputs)
        if live is None:
            return None
        now = projection(record.inputs, live)
        if now == record.observed:
            return Seen(record.inputs, record.outputs, record.observed)
        inputs = changed(record.inputs, live, record.observed)
        outputs = {**record.outputs, **{name: inputs[name] for name in inputs if inputs[name] != record.inputs.get(name)}}
        outputs["metadata"] = {**metadata(record.outputs), **{key: metadata(inputs).get(key) for key in ("labels", "annotations")}}
        return Seen(inputs, outputs, projection(inputs, live))

    def delete(self, record: Record) -> None:
        if not record.observed or not self._planes.known(record.region):
            return
        cluster = self._planes.at(record.region)
        if record.type.endswith("Patch"):
            cluster.unpatch(record.inputs, manager(record.urn))
        else:
            cluster.delete(record.inputs)

    def settle(self, intent: Intent) -> str | None:
        if not intent.name or not self._planes.known(intent.region):
            return None
        reference, cluster = cast("dict[str, Any]", json.loads(intent.name)), self._planes.at(intent.region)
        live = cluster.get(reference)
        if live is None or not owned(live, manager(intent.urn)) or intent.type.endswith("Patch"):
            return None
        cluster.delete(reference)
        return object_id(reference)

    def leaving(self, record: Record) -> None:
        """A cluster is about to go: whatever it still holds of another's would be left behind. Raises Refused with the list."""
        if self._planes.kubeconfig:
            return
        for where in filter(self._planes.known, addresses(record)):
            cluster = self._planes.at(where)
            if costly := list(_costly(cluster)):
                listed = ", ".join(costly)
                raise Refused("ClusterInUse", f"{record.id} still holds {listed}: what stands for them outside would be left behind")
            for one in leftovers(cluster.api):
                self._log(f"left in {record.id} when it went: {one}")

    def gone(self, record: Record) -> None:
        for where in filter(self._planes.known, addresses(record)):
            self._planes.wipe(where)

    def _known_kind(self, cluster: Cluster, inputs: Properties) -> bool:
        """Custom kinds are defined when the first object of theirs comes, as the chart that brings them would have done before."""
        api_version, kind = str(inputs["apiVersion"]), str(inputs["kind"])
        if built_in(api_version, kind):
            return True
        found = definitions(self._folder, [group_of(api_version)], [kind])
        cluster.define(found)
        return bool(found)

    def _namespace(self, cluster: Cluster, request: Request, inputs: Properties) -> None:
        name = release.namespace(inputs)
        if inputs.get("createNamespace") is True and name not in ALWAYS:
            object_ = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            if cluster.get(object_) is None:
                cluster.create(object_, manager(request.urn))


def manager(urn: str) -> str:
    """The field manager: one for each resource, so that a repeated create is recognised and two resources cannot share an object."""
    return f"eu-cloud-{hashlib.sha256(urn.encode()).hexdigest()[:16]}"


def _made(inputs: Properties, live: dict[str, Any]) -> Made:
    meta = metadata(live)
    facts: Properties = {
        "metadata": {name: meta[name] for name in ("uid", "resourceVersion", "creationTimestamp", "generation") if name in meta}
    }
    if live.get("kind") == "Service" and (ip := mapping(live.get("spec")).get("clusterIP")):
        facts["spec"] = {"clusterIP": ip}
    return Made(None, facts, projection(inputs, live))


def _costly(cluster: Cluster) -> Iterator[str]:
    for kind in OUTSIDE:
        for item in cluster.api.list(cluster.api.resource({"apiVersion": "v1", "kind": kind})):
            if kind != "Service" or mapping(item.get("spec")).get("type") == "LoadBalancer":
                yield f"{kind} {object_id({'apiVersion': 'v1', **item, 'kind': kind})}"


def _reference(inputs: Properties) -> Properties:
    meta = {name: value for name, value in metadata(inputs).items() if name in ("name", "namespace")}
    return {"apiVersion": inputs["apiVersion"], "kind": inputs["kind"], "metadata": meta}


def _title(inputs: Properties) -> str:
    return f"{inputs['kind']} {object_id(inputs)}"
