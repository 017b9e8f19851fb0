"""The part that all stand-ins share: inputs judged by the SDK's own types, differences, neutral outputs."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.contract import Checked, Difference, Failure, Instance, Properties, Record, Refused, Request, World
from sandbox.invent import complete, foreseen, identifier
from sandbox.reflection.changes import changed, documented, paths
from sandbox.reflection.check import check
from sandbox.reflection.model import Schema
from sandbox.reflection.schema import Schemas
from sandbox.reflection.source import UnknownType

DEFAULTS = "__defaults"
"""Input that lists the properties which the provider filled in itself (the real bridge keeps it under this name too)."""


class Reflected:
    package = ""
    closed_enums = False
    steady: frozenset[str] | None = None
    """Outputs that a preview of an update takes to stay as they were, beside the inputs. None: all of them."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas

    def configure(self, instance: Instance) -> tuple[Failure, ...]:
        return ()

    def check(self, request: Request, olds: Properties, news: Properties) -> Checked:
        try:
            schema = self.schemas.of(request.type)
        except UnknownType as error:
            return Checked(news, (Failure("", str(error)),))
        inputs = self.named(request, schema, olds, news)
        failures = check(schema, inputs, closed=self.closed_enums)
        # The service's own rules rely on types that are right.
        return Checked(inputs, failures or tuple(self.rules(request, inputs)))

    def diff(self, request: Request, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Difference:
        changes = changed(old_inputs, news)
        if not changes:
            return Difference()
        immutable = documented(self.schemas.of(request.type)) | self.immutable(request.type)
        touched = {path.split(".")[0] for path in paths(old_inputs, news) if path in immutable}
        replaces = tuple(name for name in changes if name in touched)
        return Difference(changes, replaces, bool(replaces) and self.named_by_hand(request.type, news))

    def preview(self, request: Request, inputs: Properties) -> Properties:
        return foreseen(self.schemas.of(request.type), inputs)

    def admit(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
        return None

    def create(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> tuple[str, Properties]:
        computed = dict(prior.outputs) if prior else {}
        known = {name: value for name, value in computed.items() if name not in prior.inputs} if prior else {}
        return prior.id if prior else identifier(), complete(self.schemas.of(request.type), known | inputs)

    def release(self, record: Record, world: World) -> None:
        return None

    def taken_along(self, record: Record, world: World) -> Iterable[Record]:
        return ()

    def adopt(self, request: Request, record: Record) -> Properties:
        return dict(record.inputs)

    def invoke(self, instance: Instance, token: str, args: Properties, world: World) -> Properties:
        raise Refused("UnknownFunction", f"the sandbox has no answer for the data source {token}")

    # What one cloud adds:

    def named(self, request: Request, schema: Schema, olds: Properties, news: Properties) -> Properties:
        """Inputs with automatic names filled in."""
        return news

    def rules(self, request: Request, inputs: Properties) -> Iterable[Failure]:
        """What the service refuses beyond types."""
        return ()

    def immutable(self, type_: str) -> frozenset[str]:
        """Object paths whose change forces a replacement, beyond what the documentation tells."""
        return frozenset()

    def named_by_hand(self, type_: str, inputs: Properties) -> bool:
        """Whether old and new cannot stand side by side because both carry the same given name."""
        return False
