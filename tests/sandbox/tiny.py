"""A stand-in for random, so small that engine tests of the generic part depend on no cloud's rules."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from sandbox.contract import (
    UNKNOWN,
    Checked,
    Difference,
    Failure,
    Instance,
    Properties,
    Record,
    Refused,
    Request,
    StandIn,
    World,
)

BOX = "aws:tiny/box:Box"


class Tiny:
    """Boxes have a name (unique by region), may stand on another box, and may hold things. A change of name replaces."""

    package = "aws"
    steady = None

    def configure(self, instance: Instance) -> tuple[Failure, ...]:
        region = instance.region()
        return () if region and region.startswith("eu-") else (Failure("region", f"{region!r} is no region of the tiny cloud"),)

    def check(self, request: Request, olds: Properties, news: Properties) -> Checked:
        inputs = {"name": f"{request.name}-{hashlib.sha256(request.seed).hexdigest()[:5]}" if not olds else olds.get("name"), **news}
        unknown = [name for name in inputs if name not in ("name", "on", "content", "labels", "size", "region")]
        return Checked(inputs, tuple(Failure(name, f"unknown property {name!r} = {inputs[name]!r}") for name in unknown))

    def diff(self, request: Request, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Difference:
        changes = tuple(key for key in sorted({*old_inputs, *news}) if old_inputs.get(key) != news.get(key))
        return Difference(changes, tuple(key for key in changes if key == "name"))

    def preview(self, request: Request, inputs: Properties) -> Properties:
        return {**inputs, "arn": UNKNOWN, "account": UNKNOWN}

    def admit(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
        if inputs.get("size") == "bug":
            raise ZeroDivisionError("a bug in the stand-in")
        on = inputs.get("on")
        if isinstance(on, str) and not list(world.by_output(on)):
            raise Refused("InvalidBox.NotFound", f"The box {on!r} does not exist")
        for other in world.all(BOX):
            same = other.inputs["name"] == inputs["name"] and other.region == request.instance.region()
            if same and (prior is None or other.id != prior.id):
                raise Refused("EntityAlreadyExists", f"A box called {inputs['name']!r} exists")

    def create(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> tuple[str, Properties]:
        id_ = prior.id if prior else f"box-{hashlib.sha256(repr((request.urn, inputs['name'])).encode()).hexdigest()[:8]}"
        region = request.instance.region()
        return id_, {**inputs, "region": region, "arn": f"arn:{region}:{id_}", "account": "1", "echo": f"holds {inputs.get('content')}"}

    def release(self, record: Record, world: World) -> None:
        for other in world.all(BOX):
            if other.outputs.get("on") in (record.id, record.outputs["arn"]):
                raise Refused("DependencyViolation", f"The box {record.id!r} carries {other.id!r}")

    def taken_along(self, record: Record, world: World) -> Iterable[Record]:
        return ()

    def adopt(self, request: Request, record: Record) -> Properties:
        return {name: value for name, value in record.outputs.items() if name in record.inputs}

    def invoke(self, instance: Instance, token: str, args: Properties, world: World) -> Properties:
        if token != "aws:tiny/getRegion:getRegion":
            raise Refused("UnknownFunction", token)
        return {"region": instance.region()}


def stand_ins(cache: Path) -> Mapping[str, StandIn]:
    return {"aws": Tiny()}
