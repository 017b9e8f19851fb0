"""Stand-in for a cloud that has no rules of its own here yet: the SDK's types, automatic names, neutral outputs."""

from __future__ import annotations

from sandbox.contract import Properties, Record, Request, World
from sandbox.invent import complete, suffix
from sandbox.reflected import DEFAULTS, Reflected
from sandbox.reflection.model import Scalar, Schema
from sandbox.reflection.schema import Schemas

_NAMES = ("name", "accountName", "resourceName", "vaultName", "registryName", "resourceGroupName")


class Generic(Reflected):
    closed_enums = True  # azure-native writes every enum as open, its services refuse other values all the same

    def __init__(self, package: str, schemas: Schemas) -> None:
        super().__init__(schemas)
        self.package = package

    def named(self, request: Request, schema: Schema, olds: Properties, news: Properties) -> Properties:
        property_ = schema.inputs.get("name")
        if property_ is None or property_.required or property_.type != Scalar("string") or news.get("name") is not None:
            return news
        kept = olds.get("name") if "name" in (olds.get(DEFAULTS) or ()) else None
        return {**news, "name": kept or f"{request.name}-{suffix(request.seed, request.urn, 7)}", DEFAULTS: ["name"]}

    def create(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> tuple[str, Properties]:
        schema = self.schemas.of(request.type)
        computed = {name: value for name, value in prior.outputs.items() if name not in prior.inputs} if prior else {}
        outputs = complete(schema, computed | inputs)
        name = next((str(inputs[key]) for key in _NAMES if isinstance(inputs.get(key), str)), request.name)
        return prior.id if prior else f"{request.type.split(':')[1].split('/')[0]}/{request.type.split(':')[2]}/{name}", outputs
