"""Stand-in for Azure (azure-native)."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.azure import access, consistency, dependencies, foresight, references, uniqueness
from sandbox.azure.identity import spelled
from sandbox.azure.invokes import answer
from sandbox.azure.lookup import members
from sandbox.azure.naming import RANDOM, named
from sandbox.azure.outputs import Context, shape
from sandbox.azure.replacement import immutable
from sandbox.azure.rules import judge
from sandbox.azure.subscription import judge as judge_instance
from sandbox.contract import Difference, Failure, Instance, Properties, Record, Request, World
from sandbox.reflected import Reflected
from sandbox.reflection.changes import changed, documented, paths
from sandbox.reflection.model import Schema


class Azure(Reflected):
    package = "azure-native"
    steady = frozenset({"name", "location"})  # of anything else the provider says at preview that it may change
    closed_enums = True  # the SDK writes every enum as open, the services refuse other values all the same

    def configure(self, instance: Instance) -> tuple[Failure, ...]:
        return tuple(judge_instance(instance))

    def named(self, request: Request, schema: Schema, olds: Properties, news: Properties) -> Properties:
        return named(request, schema, olds, news)

    def rules(self, request: Request, inputs: Properties) -> Iterable[Failure]:
        return judge(request, self.schemas.of(request.type), inputs)

    def diff(self, request: Request, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Difference:
        """The provider deletes before it makes anew, unless it made the name itself."""
        schema = self.schemas.of(request.type)
        changes = changed(old_inputs, news)
        fixed = documented(schema) | immutable(request.type, schema)
        touched = {path.split(".")[0] for path in paths(old_inputs, news) if path in fixed}
        replaces = tuple(name for name in changes if name in touched and not _same_place(name, old_inputs, news))
        return Difference(changes, replaces, bool(replaces) and old_inputs.get(RANDOM) is not True)

    def preview(self, request: Request, inputs: Properties) -> Properties:
        return foresight.outputs(self.schemas.of(request.type), inputs)

    def admit(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
        schema = self.schemas.of(request.type)
        references.admit(request, schema, inputs, world)
        uniqueness.admit(request, schema, inputs, prior, world)
        access.admit(request, inputs, world)
        consistency.admit(request, inputs, prior, world)

    def create(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> tuple[str, Properties]:
        schema = self.schemas.of(request.type)
        id_ = prior.id if prior else spelled(request, schema, inputs)
        return id_, shape(Context(request, schema, inputs, id_, prior, world))

    def release(self, record: Record, world: World) -> None:
        dependencies.release(record, world)

    def taken_along(self, record: Record, world: World) -> Iterable[Record]:
        return list(members(world, record.id))

    def invoke(self, instance: Instance, token: str, args: Properties, world: World) -> Properties:
        return answer(instance, token, args, world)


def _same_place(name: str, olds: Properties, news: Properties) -> bool:
    """The API takes "Italy North" for italynorth."""
    return name == "location" and str(olds.get(name)).replace(" ", "").lower() == str(news.get(name)).replace(" ", "").lower()
