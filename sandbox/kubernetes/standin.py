"""Stand-in for Kubernetes: an API server's judgement without an API server."""

from __future__ import annotations

from typing import Any

import yaml

from sandbox.contract import UNKNOWN, Checked, Difference, Failure, Instance, Properties, Record, Refused, Request, World
from sandbox.kubernetes import crds, release
from sandbox.kubernetes.clusters import fresh
from sandbox.kubernetes.immutable import compare
from sandbox.kubernetes.kubeconfig import judge, reach
from sandbox.kubernetes.objects import (
    ALWAYS,
    group_of,
    kind_of,
    mapping,
    metadata,
    name_rules,
    namespaced,
    object_id,
    same_object,
    whole,
)
from sandbox.kubernetes.rules import judge as judge_object
from sandbox.kubernetes.schemas import NoSchemas, built_in, validate
from sandbox.kubernetes.status import computed
from sandbox.reflected import DEFAULTS, Reflected
from sandbox.reflection.check import check

NAMESPACE = "kubernetes:core/v1:Namespace"


class Kubernetes(Reflected):
    package = "kubernetes"

    def configure(self, instance: Instance) -> tuple[Failure, ...]:
        # The kubeconfig may be unknown until the cluster stands.
        return judge(instance) if instance.variables.get("kubeconfig") else ()

    def check(self, request: Request, olds: Properties, news: Properties) -> Checked:
        if request.type == crds.RELEASE:
            inputs = release.named(request, olds, news)
            failures = check(self.schemas.of(request.type), inputs)
            return Checked(inputs, failures or tuple(release.rules(inputs)))
        object_ = whole(request, olds, news, request.instance.variables.get("namespace"))
        try:
            return Checked(object_, tuple(self._judge(request, object_)))
        except NoSchemas as error:
            return Checked(object_, (Failure("", str(error)),))

    def _judge(self, request: Request, object_: Properties) -> list[Failure]:
        api_version, kind = kind_of(request.type)
        failures = list(name_rules(object_))
        for name, expected in (("apiVersion", api_version), ("kind", kind.removesuffix("Patch"))):
            if object_[name] not in (expected, UNKNOWN):
                failures.append(Failure(name, f"{object_[name]!r} does not fit the resource type {request.type}"))
        if kind.endswith("Patch"):
            return failures
        if built_in(api_version, kind):
            known = {failure.path for failure in failures}
            failures += [failure for failure in validate(object_) if failure.path not in known]
            # Values of the right type are judged further.
            failures += [] if len(failures) > len(known) else list(judge_object(object_))
        elif "." not in group_of(api_version):
            failures.append(Failure("kind", f'no matches for kind "{kind}" in version "{api_version}"'))
        return failures

    def diff(self, request: Request, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Difference:
        if request.type == crds.RELEASE:
            return super().diff(request, old_inputs, old_outputs, news)
        return compare(kind_of(request.type)[1].removesuffix("Patch"), request.instance, old_inputs, news)

    def immutable(self, type_: str) -> frozenset[str]:
        return release.IMMUTABLE

    def named_by_hand(self, type_: str, inputs: Properties) -> bool:
        return False  # only releases come here: a change of name or namespace never collides

    def preview(self, request: Request, inputs: Properties) -> Properties:
        known = {name: value for name, value in inputs.items() if value is not None and name != DEFAULTS}
        if request.type == crds.RELEASE:
            return {**known, "namespace": known.get("namespace", "default"), "status": UNKNOWN, "resourceNames": UNKNOWN}
        return {**known, "status": UNKNOWN}

    def admit(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
        cluster = reach(request.instance, world)
        if request.type == crds.RELEASE:
            if inputs.get("createNamespace") is not True:
                self._namespace_stands(release.namespace(inputs), cluster, world)
            release.admit(inputs, prior, cluster, world)
            return
        api_version, kind = str(inputs["apiVersion"]), str(inputs["kind"])
        if not built_in(api_version, kind):
            crds.require(api_version, kind, cluster, world)
        if namespaced(kind, group_of(api_version)):
            self._namespace_stands(str(metadata(inputs).get("namespace") or "default"), cluster, world)
        if prior is None:
            self._free(request, inputs, cluster, world)

    def _free(self, request: Request, inputs: Properties, cluster: str, world: World) -> None:
        kind, name = str(inputs["kind"]), metadata(inputs).get("name")
        taken = any(record.region == cluster and same_object(record, inputs) for record in world.all(package="kubernetes"))
        # What a fresh cluster holds already, a Patch may change.
        shipped = kind == "StorageClass" and name in fresh(cluster, world).classes
        if request.type.endswith("Patch"):
            if not taken and not shipped:
                raise Refused("NotFound", f'{kind.lower()} "{object_id(inputs)}" not found: there is nothing to patch')
        elif taken or shipped:
            raise Refused("AlreadyExists", f'{kind.lower()} "{object_id(inputs)}" already exists')
        elif kind == "Namespace" and name in ALWAYS:
            raise Refused("AlreadyExists", f'namespace "{name}" already exists')

    def _namespace_stands(self, name: str, cluster: str, world: World) -> None:
        if name in ALWAYS or any(r.region == cluster and metadata(r.inputs).get("name") == name for r in world.all(NAMESPACE)):
            return
        made = (r for r in world.all(crds.RELEASE) if r.region == cluster and r.inputs.get("createNamespace") is True)
        if not any(release.namespace(record.inputs) == name for record in made):
            raise Refused("NotFound", f'namespaces "{name}" not found')

    def create(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> tuple[str, Properties]:
        if request.type == crds.RELEASE:
            return prior.id if prior else release.release_id(inputs), release.outputs(inputs, prior)
        known = {name: value for name, value in inputs.items() if value is not None}
        outputs = computed(reach(request.instance, world), known, prior)
        if request.made:  # what the API server says of it goes before what we make up
            outputs |= {name: {**mapping(outputs.get(name)), **mapping(told)} for name, told in request.made.outputs.items()}
        return prior.id if prior else object_id(known), outputs

    def release(self, record: Record, world: World) -> None:
        """Kubernetes lets go of everything; what a namespace holds goes with it."""

    def invoke(self, instance: Instance, token: str, args: Properties, world: World) -> Properties:
        if token == "kubernetes:yaml:decode":
            documents: list[Any] = list(yaml.safe_load_all(str(args.get("text", ""))))
            return {"result": [mapping(document) for document in documents if document]}
        return super().invoke(instance, token, args, world)
