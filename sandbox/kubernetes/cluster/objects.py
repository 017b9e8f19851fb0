"""Operations on one cluster's objects, as the kubernetes provider carries them out."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, cast

from sandbox.contract import UNKNOWN
from sandbox.kubernetes.cluster import pods
from sandbox.kubernetes.cluster.api import Answer, Api, Object
from sandbox.kubernetes.cluster.errors import Rejected, missing
from sandbox.kubernetes.objects import mapping, metadata, object_id

FORCE = "pulumi.com/patchForce"
"""The provider's own annotation: take fields over that another manager has given another value."""
DECLARED = "sandbox.eu-cloud/declared"
"""Annotation of everything that is made here: the server keeps no manager of an object that has nothing but a name."""
DEFINITION = "sandbox.eu-cloud/definition"
"""Label of definitions that stand for those of a chart: Helm leaves many of them behind, so they are nobody's leftovers."""
_OWNERS = {"CronJob", "DaemonSet", "Deployment", "Job", "ReplicaSet", "StatefulSet"}
ESTABLISHING = 30.0


class Cluster:
    """Objects are plain mappings with apiVersion, kind and metadata.name. Everything raises Rejected, in the server's words."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._guard = threading.Lock()
        self._locks: dict[tuple[str, str], threading.Lock] = {}
        self._served: set[str] = set()

    def get(self, object_: Mapping[str, Any]) -> Object | None:
        return self.api.get(object_)

    def create(self, object_: Mapping[str, Any], manager: str) -> Answer:
        """AlreadyExists for an object of which `manager` owns nothing; another was made by it, in a call whose answer was lost.

        Nothing stays when it raises.
        """
        with self._alone(object_):  # server-side apply cannot be told to create only
            live = self.api.get(object_)
            if live and (not owned(live, manager) or metadata(live).get("deletionTimestamp")):
                leaving = " (it is being deleted)" if metadata(live).get("deletionTimestamp") else ""
                raise Rejected("AlreadyExists", f'{str(object_["kind"]).lower()} "{object_id(object_)}" already exists{leaving}', 409)
            told = pods.admit(self.api, object_)
            answer = self.api.apply(_marked(object_), manager, force=_forces(object_))
            try:
                pods.violations(answer.warnings)
            except Rejected:
                self.delete(object_)
                raise
            pods.counted(self.api, object_)
            return Answer(answer.object, (*answer.warnings, *told))

    def retract(self, object_: Mapping[str, Any], manager: str) -> bool:
        """Deletes what `manager` made, if it did; True when there was something."""
        live = self.api.get(object_)
        return live is not None and owned(live, manager) and self.delete(object_)

    def update(self, object_: Mapping[str, Any], manager: str, *, force: bool = False) -> Answer:
        """Conflict where another manager has changed a field of ours meanwhile, unless forced here or by the provider's annotation."""
        self._present(object_)
        return self._write(_marked(object_), manager, force=force or _forces(object_))

    def patch(self, object_: Mapping[str, Any], manager: str) -> Answer:
        """For `…Patch` resources, at create and update: what is given is taken over, the rest stays."""
        self._present(object_)
        return self._write(object_, manager, force=True)

    def unpatch(self, object_: Mapping[str, Any], manager: str) -> None:
        """Gives the patched fields up: those that nobody else owns go."""
        if self.api.get(object_) is None:
            return
        meta = {key: value for key, value in metadata(object_).items() if key in ("name", "namespace")}
        self.api.apply({"apiVersion": object_["apiVersion"], "kind": object_["kind"], "metadata": meta}, manager, force=True)

    def preview(self, object_: Mapping[str, Any], manager: str, *, force: bool = False) -> Answer | None:
        """The write as a dry run; None where a value is not known yet.

        NotFound for a namespace and NoKindMatch for a kind may only mean that they come with the same update.
        """
        if _unknown(object_):
            return None
        live = self.api.get(object_)
        if live and not owned(live, manager) and not force:
            raise Rejected("AlreadyExists", f'{str(object_["kind"]).lower()} "{object_id(object_)}" already exists', 409)
        answer = self.api.apply(_marked(object_), manager, dry_run=True, force=force or _forces(object_))
        pods.violations(answer.warnings)
        try:
            told = pods.admit(self.api, object_, patience=0)
        except Rejected as error:
            if not pods.may_come(error):
                raise
            told = ()
        return Answer(answer.object, (*answer.warnings, *told))

    def delete(self, object_: Mapping[str, Any], deadline: float = 120.0) -> bool:
        """Returns when it is gone, with everything that hangs on it; False when there was nothing. `deadline` in seconds."""
        live = self.api.get(object_)
        if live is None:
            return False
        uid = str(metadata(live)["uid"])
        # The collector learns of new custom kinds every 30 s only: in the foreground such an object would wait for it.
        self.api.delete(object_, "Foreground" if object_["kind"] in _OWNERS else "Background", uid)
        self.api.wait_gone(object_, uid, deadline)
        return True

    def define(self, definitions: Iterable[Mapping[str, Any]]) -> int:
        """Makes kinds known and waits until they are served. Returns how many are new; one that stands is left as it is."""
        new: list[Object] = []
        waited: list[Object] = []
        for definition in definitions:
            if metadata(definition)["name"] in self._served:
                continue
            waited.append(dict(definition))  # one that stands may have been made by another thread this moment
            meta = metadata(definition)
            meta["labels"] = {**mapping(meta.get("labels")), DEFINITION: "true"}
            if self.api.get(definition) is None:
                try:
                    self.api.post({**definition, "metadata": meta})
                except Rejected as error:  # another caller, or our own call whose answer was lost
                    if error.code != "AlreadyExists":
                        raise
                new.append(dict(definition))
        end = time.monotonic() + ESTABLISHING
        for definition in waited:
            self._established(definition, end)
            self._served.add(str(metadata(definition)["name"]))
        return len(new)

    def _established(self, definition: Object, end: float) -> None:
        spec = mapping(definition["spec"])
        served = [str(version["name"]) for version in cast("list[Any]", spec["versions"]) if version.get("served") is not False]
        while time.monotonic() < end:
            live = self.api.get(definition) or {}
            conditions = cast("list[Any]", mapping(live.get("status")).get("conditions") or [])
            told = {str(mapping(one).get("type")): str(mapping(one).get("status")) for one in conditions}
            if told.get("NamesAccepted") == "False":
                raise Rejected("NamesNotAccepted", f"{metadata(definition)['name']}: {conditions}")
            if told.get("Established") == "True" and all(self._serves(f"{spec['group']}/{name}", spec) for name in served):
                return
            time.sleep(0.05)
        raise Rejected("Timeout", f"{metadata(definition)['name']} is not served after {ESTABLISHING:g} s")

    def _serves(self, api_version: str, spec: Mapping[str, Any]) -> bool:
        try:
            self.api.discovery.resource(api_version, str(mapping(spec["names"])["kind"]))
        except Rejected as error:
            if error.code != "NoKindMatch":
                raise
            return False
        return True

    def _write(self, object_: Mapping[str, Any], manager: str, *, force: bool) -> Answer:
        told = pods.admit(self.api, object_)
        answer = self.api.apply(object_, manager, force=force)
        pods.violations(answer.warnings)
        pods.counted(self.api, object_)
        return Answer(answer.object, (*answer.warnings, *told))

    def _present(self, object_: Mapping[str, Any]) -> None:
        if self.api.get(object_) is None:
            raise missing(str(object_["kind"]), object_id(object_))

    def _alone(self, object_: Mapping[str, Any]) -> AbstractContextManager[Any]:
        key = str(object_["kind"]), object_id(object_)
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())


def owned(live: Mapping[str, Any], manager: str) -> bool:
    """Whether `manager` has set a field of it by server-side apply."""
    entries = [mapping(entry) for entry in cast("list[Any]", metadata(live).get("managedFields") or [])]
    return any(entry.get("manager") == manager and entry.get("operation") == "Apply" for entry in entries)


def _marked(object_: Mapping[str, Any]) -> Object:
    meta = metadata(object_)
    return {**object_, "metadata": {**meta, "annotations": {**mapping(meta.get("annotations")), DECLARED: "true"}}}


def _forces(object_: Mapping[str, Any]) -> bool:
    return mapping(metadata(object_).get("annotations")).get(FORCE) == "true"


def _unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_unknown(entry) for entry in cast("Mapping[str, Any]", value).values())
    if isinstance(value, list):
        return any(_unknown(entry) for entry in cast("list[Any]", value))
    return value is UNKNOWN
