"""What a rule sees and what it says: plain values, paths into them, violations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, cast

from components.geography import Cloud, Profile, allowed_codes


class Unknown:
    """A value that the engine does not know yet (preview only). There is one instance, `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()

Value: TypeAlias = "str | int | float | bool | Unknown | list[Value] | dict[str, Value] | None"
Properties: TypeAlias = dict[str, Value]

CLOUDS = {
    "aws": Cloud.AWS,
    "aws-native": Cloud.AWS,
    "awsx": Cloud.AWS,
    "eks": Cloud.AWS,
    "gcp": Cloud.GCP,
    "google-native": Cloud.GCP,
    "azure-native": Cloud.AZURE,
    "azure": Cloud.AZURE,
    "azuread": Cloud.AZURE,
}
SHOWABLE = re.compile(r"[\w .:/*@-]{1,80}")


@dataclass(frozen=True)
class Provider:
    type: str
    properties: Properties


@dataclass(frozen=True)
class Resource:
    """One resource's inputs at registration. `provider` is None for components and for what the engine does not tell."""

    type: str
    name: str
    properties: Properties
    provider: Provider | None = None
    profile: Profile = Profile.EU

    @property
    def package(self) -> str:
        return self.type.removeprefix("pulumi:providers:").partition(":")[0]

    @property
    def is_provider(self) -> bool:
        return self.type.startswith("pulumi:providers:")

    @property
    def cloud(self) -> Cloud | None:
        return CLOUDS.get(self.package)

    @property
    def service(self) -> str:
        """`storage` of gcp:storage/bucket:Bucket: GCP's multi-regions mean different places per service."""
        return self.type.partition(":")[2].partition("/")[0].partition(":")[0]

    def region(self) -> Value:
        """The AWS region that the resource is made in: its own (v7 has one on every regional type), else its provider's."""
        own = self.properties.get("region")
        if own not in (None, ""):
            return own
        return self.provider.properties.get("region") if self.provider else None

    def allowed(self, cloud: Cloud | None = None) -> str:
        chosen = cloud or self.cloud
        return allowed_codes(chosen, self.profile) if chosen else ""


@dataclass(frozen=True)
class Violation:
    """`value` is printed only where it is a place, a host or a switch; secrets reach a pack in plain text."""

    rule: str
    path: str
    value: str
    message: str
    allowed: str = ""

    def text(self, resource: Resource) -> str:
        where = f" at {self.path}" if self.path else ""
        given = f" = {self.value}" if self.value else ""
        allowed = f" Allowed: {self.allowed}." if self.allowed else ""
        return f'{self.rule} {resource.type} "{resource.name}"{where}{given}: {self.message}.{allowed}'


@dataclass(frozen=True)
class Hit:
    """One value found at a path, with the object around it."""

    path: str
    value: Value
    around: Properties


def shown(value: Value) -> str:
    """How a place or a switch is printed. Anything that does not look like one could be a secret and is not printed."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{value:g}"
    if isinstance(value, str):
        return f'"{value}"' if SHOWABLE.fullmatch(value) else "(value not shown)"
    return "unknown" if isinstance(value, Unknown) else ""


def at(properties: Properties, path: str) -> Iterator[Hit]:
    """Values at a path of the table's grammar (`a.b[].c`, `*` map values, `#` map keys); an unknown on the way is a hit itself."""
    yield from _descend(properties, re.findall(r"[^.\[\]#]+|\[\]|#", path), "", properties)


def _descend(value: Value, steps: list[str], path: str, around: Properties) -> Iterator[Hit]:
    if isinstance(value, Unknown) or (not steps and not isinstance(value, (list, dict)) and value is not None):
        yield Hit(path, value, around)
    elif isinstance(value, list):  # also where the table expects one object: never look past a list
        for index, item in enumerate(value):
            yield from _descend(item, steps[1:] if steps[:1] == ["[]"] else steps, f"{path}[{index}]", around)
    elif isinstance(value, dict):
        yield from _into(value, steps, path)


def _into(value: Properties, steps: list[str], path: str) -> Iterator[Hit]:
    match steps:
        case []:  # a map where the table has a text: each of its values counts
            for key, item in value.items():
                yield from _descend(item, [], f"{path}.{key}", value)
        case ["#", *_]:
            yield from (Hit(f"{path}.{key}", key, value) for key in value)
        case ["*", *rest]:
            for key, item in value.items():
                yield from _descend(item, rest, f"{path}.{key}", value)
        case ["[]", *rest]:
            yield from _into(value, rest, path)
        case _:
            key, rest = steps[0], steps[1:]
            yield from _descend(value.get(key), rest, f"{path}.{key}".lstrip("."), value)


def strings(value: Value, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its path, at any depth. Unknown values have none."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from strings(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(item, f"{path}.{key}" if path else key)


def objects(value: Value, path: str = "") -> Iterator[tuple[str, Properties]]:
    """Every object with its path, at any depth."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from objects(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        yield path, value
        for key, item in value.items():
            yield from objects(item, f"{path}.{key}" if path else key)


def parsed(text: str) -> Value:
    """The document in a JSON text, or None. Nested provider settings, policies and dashboards arrive as such texts."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return cast("Value", json.loads(text))
    except ValueError:
        return None


def unique(violations: Iterable[Violation]) -> list[Violation]:
    return list(dict.fromkeys(violations))
