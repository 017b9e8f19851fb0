"""Stand-in for AWS."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from sandbox.aws import consistency, dependencies, references, uniqueness
from sandbox.aws.identity import identify
from sandbox.aws.invokes import answer
from sandbox.aws.naming import name_property, named
from sandbox.aws.outputs import Context, shape
from sandbox.aws.regions import REGIONS, account, default_tags, partition, region_of, structured
from sandbox.aws.replacement import immutable
from sandbox.aws.rules import judge
from sandbox.contract import Failure, Instance, Properties, Record, Refused, Request, World
from sandbox.invent import complete, foreseen
from sandbox.outputs import merged
from sandbox.reflected import DEFAULTS, Reflected
from sandbox.reflection.model import Schema

_NOT_IN_EUSC = frozenset({"cloudfront", "globalaccelerator", "organizations"})
"""Services without an endpoint in the European Sovereign Cloud."""


class Aws(Reflected):
    package = "aws"

    def configure(self, instance: Instance) -> tuple[Failure, ...]:
        region = instance.region()
        if not region:
            return (Failure("region", "missing: the provider needs a region and the sandbox reads no ambient one"),)
        if region not in REGIONS:
            return (Failure("region", f"{region!r} is not an AWS region (allowed: {', '.join(sorted(REGIONS))})"),)
        own = account(instance)
        forbidden: Any = structured(instance, "forbiddenAccountIds")
        if not (own.isdecimal() and len(own) == 12):
            return (Failure("allowedAccountIds", f"{own!r} is not an account id of 12 digits"),)
        if isinstance(forbidden, list) and own in cast("list[Any]", forbidden):
            return (Failure("forbiddenAccountIds", f"AWS account ID not allowed: {own}"),)
        return ()

    def named(self, request: Request, schema: Schema, olds: Properties, news: Properties) -> Properties:
        return named(request, schema, olds, news)

    def rules(self, request: Request, inputs: Properties) -> Iterable[Failure]:
        return judge(request, inputs)

    def immutable(self, type_: str) -> frozenset[str]:
        return immutable(type_)

    def named_by_hand(self, type_: str, inputs: Properties) -> bool:
        name = name_property(type_, self.schemas.of(type_))
        return name is not None and isinstance(inputs.get(name), str) and name not in (inputs.get(DEFAULTS) or ())

    def preview(self, request: Request, inputs: Properties) -> Properties:
        schema = self.schemas.of(request.type)
        return foreseen(schema, self._known(request, schema, inputs))

    def admit(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
        service = request.type.split(":")[1].split("/")[0]
        region = region_of(request.instance, inputs)
        if service in _NOT_IN_EUSC and partition(region) == "aws-eusc":
            raise Refused("UnknownEndpoint", f"{service} has no endpoint in {region}")
        references.admit(request, inputs, world)
        uniqueness.admit(request, self.schemas.of(request.type), inputs, prior, world)
        consistency.admit(request, inputs, prior, world)

    def create(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> tuple[str, Properties]:
        schema = self.schemas.of(request.type)
        known = self._known(request, schema, inputs)
        if prior is not None:
            # Computed values stay; what was taken out of the inputs goes.
            known = {name: value for name, value in prior.outputs.items() if name not in prior.inputs} | known
            id_ = prior.id
        else:
            id_, known = identify(request, schema, known, world)
        if request.made:
            known = merged(known, request.made.outputs)
        return id_, complete(schema, shape(Context(request, known, id_, prior, world), schema))

    def release(self, record: Record, world: World) -> None:
        dependencies.release(record, world)

    def invoke(self, instance: Instance, token: str, args: Properties, world: World) -> Properties:
        return answer(instance, token, args, world)

    def _known(self, request: Request, schema: Schema, inputs: Properties) -> Properties:
        """Inputs as outputs show them: with the region and all tags, without the bookkeeping."""
        known = {name: value for name, value in inputs.items() if value is not None and not name.startswith("__")}
        if "region" in schema.outputs:
            known["region"] = region_of(request.instance, inputs)
        if "tagsAll" in schema.outputs and "tags" in schema.inputs:
            own: Any = inputs.get("tags") or {}
            known["tagsAll"] = {**default_tags(request.instance), **own} if isinstance(own, dict) else own
        return known
