"""Which properties the calls of a row depend on."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, cast

from sandbox.aws.moto.client import Service
from sandbox.aws.moto.judge import members
from sandbox.aws.moto.row import Call, Creation, Own, Removal, Row, Step
from sandbox.aws.moto.scope import Thing
from sandbox.aws.moto.table import texts
from tests.sandbox.moto.implemented import model

Path = tuple[str | int, ...]


def steps(row: Row, creations: list[Creation] | None = None) -> list[Call | Own]:
    """All steps with one way to make it, or with all of them; plain functions as steps that claim nothing."""
    ways = [Creation(row.create), *row.others.values()] if creations is None else creations
    made: list[Removal | Step] = [step for way in ways for step in (way.call, *way.settings)]
    made += [*row.settings, *row.updates, row.delete, row.undo, row.prepare]
    return [step if isinstance(step, Call | Own) else Own(step, ()) for step in made if step is not None]


def sent(row: Row, inputs: dict[str, Any]) -> Iterator[Path]:
    """Properties on which a call depends, or which a step in code claims or names."""
    calls = [step for step in steps(row, [row.creation(inputs)]) if isinstance(step, Call)]
    code = [step for step in steps(row, [row.creation(inputs)]) if isinstance(step, Own)]
    claimed = {text for step in code for text in (*step.when, *texts(step.run))}
    full = [what_goes(row, call, inputs) for call in calls]

    def depends(path: Path) -> bool:
        return any(what_goes(row, call, one) != whole for one in variants(inputs, path) for call, whole in zip(calls, full, strict=True))

    yield from (path for path in paths(inputs) if path[0] in claimed or depends(path))


class Shapes:
    """As much of a `Service` as `members` asks for."""

    def __init__(self, service: str) -> None:
        self.name = service

    def shape(self, operation: str) -> Any:
        return model(self.name).operation_model(operation).input_shape


class Anything(dict[str, Any]):
    """Outputs of a thing that was made: what the inputs do not say is there, whatever it be."""

    def __missing__(self, key: str) -> str:
        return key


def what_goes(row: Row, call: Call, inputs: dict[str, Any]) -> Any:
    thing = Thing(inputs, "123456789012", "eu-south-1", "aws", {"a": "b"}, "id-1", Anything(inputs))
    try:
        return members(cast("Service", Shapes(row.service)), row, call, thing)
    except (LookupError, StopIteration, TypeError, ValueError) as error:
        return repr(error)  # without what was taken away, the call cannot even be put together


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Of all properties, also of structures inside."""
    if isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, Any]", value).items():
            yield (*path, name)
            yield from paths(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from paths(inner, (*path, index))


def variants(inputs: dict[str, Any], path: Path) -> Iterator[dict[str, Any]]:
    """Without the property, and with another value."""
    for other in (False, True):
        changed = copy.deepcopy(inputs)
        holder: Any = changed
        for part in path[:-1]:
            holder = holder[part]
        match holder.pop(path[-1]):
            case bool(value) if other:
                holder[path[-1]] = not value
            case int(value) if other:
                holder[path[-1]] = value + 1
            case str(value) if other:
                holder[path[-1]] = f"{value}-other"
            case _ if other:
                return
            case _:
                pass
        yield changed


def dotted(path: Path) -> str:
    return ".".join(part for part in path if isinstance(part, str))
