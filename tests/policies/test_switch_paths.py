"""Every input that the table of switches names exists, with that spelling, in the SDKs: a rule about a misspelt input never speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies import table
from policies.facts import Switch, read
from sandbox.reflection.model import ListOf, MapOf, ObjectOf, OneOf, Schema, Type
from sandbox.reflection.schema import Schemas

SWITCHES = tuple(Switch(**row) for row in read("switches.yaml"))


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas(Path(__file__).resolve().parents[2] / ".sandbox" / "schemas")


def types_of(switch: Switch) -> list[str]:
    return [type_ for type_ in sorted(table.locations()) if re.fullmatch(switch.type, type_)]


def exists(schema: Schema, path: str) -> bool:
    first, *rest = path.replace("[]", "").split(".")
    return first in schema.inputs and _below(schema, schema.inputs[first].type, rest)


def _below(schema: Schema, type_: Type, steps: list[str]) -> bool:
    return not steps or any(
        steps[0] in properties and _below(schema, properties[steps[0]].type, steps[1:])
        for properties in (schema.objects[name] for name in _objects(type_))
    )


def _objects(type_: Type) -> Iterator[str]:
    match type_:
        case ObjectOf(name):
            yield name
        case ListOf(item) | MapOf(item):
            yield from _objects(item)
        case OneOf(options):
            for option in options:
                yield from _objects(option)
        case _:
            pass


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: f"{switch.rule}-{switch.type}-{switch.path}")
def test_the_input_of_a_switch_exists_on_a_type_that_it_means(switch: Switch, schemas: Schemas) -> None:
    """One of the pattern's types is enough: not every type of a service has the input."""
    types = types_of(switch)
    assert types, f"no type of the SDKs matches {switch.type}"
    assert not switch.path or any(exists(schemas.of(type_), switch.path) for type_ in types)
    excuse = switch.unless.partition("=")[0]
    assert not excuse or any(exists(schemas.of(type_), excuse) for type_ in types)
