"""Custom resources against the published CustomResourceDefinitions, where the reference data stands beside the project."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

# Reference data that a workstation may hold beside the checkout; the tests that need it are skipped without it.
CRDS = Path(__file__).parents[2] / "shared" / "crds"
# Two channels define the same names: objects are held to the standard one, the narrower.
LEFT_OUT = {"gateway-api-experimental.yaml", "karpenter.yaml"}

needs_crds = pytest.mark.skipif(not CRDS.is_dir(), reason="the CRD reference data is not beside the project")

Schema = Mapping[str, Any]
ROOT_KEYS = {"apiVersion", "kind", "metadata"}


def files() -> dict[str, Path]:
    return {path.name: path for path in sorted(CRDS.glob("*.yaml")) if path.name not in LEFT_OUT}


@functools.cache
def _load(path: Path) -> dict[tuple[str, str], Schema]:
    found: dict[tuple[str, str], Schema] = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for document in yaml.load_all(path.read_text(), Loader=loader):
        if not document or document.get("kind") != "CustomResourceDefinition":
            continue
        spec = document["spec"]
        for version in spec["versions"]:
            if version["served"]:
                found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = version["schema"]["openAPIV3Schema"]
    return found


@functools.cache
def schema(api_version: str, kind: str) -> Schema:
    """Schema of a served version. Files are searched by their text first: parsing all of them takes long."""
    group = api_version.partition("/")[0]
    for path in files().values():
        if f"group: {group}" in path.read_text() and (api_version, kind) in _load(path):
            return _load(path)[api_version, kind]
    raise LookupError(f"no CRD serves {api_version} {kind}")


def validate(api_version: str, kind: str, obj: Mapping[str, Any]) -> list[str]:
    """One line per mistake: unknown field, missing field, wrong type, enum, pattern or length. `obj` holds at least `spec`."""
    return list(_check(schema(api_version, kind), obj, "", root=True))


TYPES: dict[str, tuple[type, ...]] = {
    "object": (Mapping,),
    "array": (list, tuple),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def _check(schema: Schema, value: Any, path: str, *, root: bool = False) -> Iterator[str]:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # the engine's wire format has one kind of number
    if value is None:
        if not schema.get("nullable"):
            yield f"{path or '.'}: null is not allowed"
        return
    if schema.get("x-kubernetes-int-or-string"):
        if not isinstance(value, int | str) or isinstance(value, bool):
            yield f"{path}: {value!r} is neither an integer nor a string"
        return
    wanted = str(schema.get("type", ""))
    if wanted and (not isinstance(value, TYPES[wanted]) or (isinstance(value, bool) and wanted != "boolean")):
        yield f"{path or '.'}: {value!r} is not of type {wanted}"
    elif wanted == "object":
        yield from _object(schema, cast("Mapping[str, Any]", value), path, root=root)
    elif wanted == "array":
        yield from _array(schema, cast("list[Any]", value), path)
    else:
        yield from _scalar(schema, value, path)


def _object(schema: Schema, value: Mapping[str, Any], path: str, *, root: bool) -> Iterator[str]:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    extra = schema.get("additionalProperties")
    for key in schema.get("required", ()):
        if key not in value and not (root and key in ROOT_KEYS) and "default" not in properties.get(key, {}):
            yield f"{path}.{key}: missing"
    for key, item in value.items():
        if root and key in ROOT_KEYS:
            continue
        if key in properties:
            yield from _check(properties[key], item, f"{path}.{key}")
        elif isinstance(extra, Mapping):
            yield from _check(cast("Schema", extra), item, f"{path}.{key}")
        elif not extra and not schema.get("x-kubernetes-preserve-unknown-fields"):
            yield f"{path}.{key}: unknown field, one of {sorted(properties)} expected"


def _array(schema: Schema, value: list[Any], path: str) -> Iterator[str]:
    if len(value) < schema.get("minItems", 0) or len(value) > schema.get("maxItems", len(value)):
        yield f"{path}: {len(value)} items"
    for index, item in enumerate(value):
        yield from _check(schema.get("items", {}), item, f"{path}[{index}]")


def _scalar(schema: Schema, value: Any, path: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is not one of {schema['enum']}"
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{path}: {value!r} does not match {schema['pattern']}"
        if len(value) < schema.get("minLength", 0) or len(value) > schema.get("maxLength", len(value)):
            yield f"{path}: {value!r} has a length of {len(value)}"
    elif isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{path}: {value!r} is out of range"
