"""CustomResourceDefinitions from YAML files that may stand beside the project."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from sandbox.kubernetes.cluster.api import Object
from sandbox.kubernetes.objects import mapping, metadata

SOURCES = {"gateway.networking.k8s.io": "gateway-api-experimental.yaml"}
"""The file to take where several define a group: Envoy Gateway's chart brings the experimental channel."""
_GROUP = re.compile(r"""^  group: ['"]?([^\s'"]+)""", re.MULTILINE)
_KIND = re.compile(r"""^    kind: ['"]?([^\s'"]+)""", re.MULTILINE)


def definitions(folder: Path, groups: Iterable[str], kinds: Iterable[str] | None = None) -> list[Object]:
    """Those of these API groups (and `kinds`, where given), each once; nothing where the folder is missing.

    A server takes a quarter of a second of a core for each: name the kinds in use. What is read is kept for the process.
    """
    wanted, only = frozenset(groups), None if kinds is None else frozenset(kinds)
    found: dict[str, Object] = {}
    for path in sorted(folder.glob("*.yaml")):
        for group, kind, text in _documents(path):
            if group in wanted and (only is None or kind in only) and SOURCES.get(group, path.name) == path.name:
                document = _parsed(text)
                found.setdefault(str(metadata(document)["name"]), document)
    return list(found.values())


@functools.cache
def _documents(path: Path) -> list[tuple[str, str, str]]:
    """Group, kind and text: found by their place in the text, since parsing all of them takes half a minute."""
    texts = path.read_text(encoding="utf-8").split("\n---\n")
    found = [(_GROUP.search(text), _KIND.search(text), text) for text in texts if "\nkind: CustomResourceDefinition\n" in f"\n{text}\n"]
    return [(group[1], kind[1], text) for group, kind, text in found if group and kind]


@functools.cache
def _parsed(text: str) -> Object:
    loader = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return _lean(mapping(yaml.load(text, Loader=loader)))


def _lean(document: Object) -> Object:
    """Without what needs the add-on's pods (conversion), without status, and without the prose, which is most of the size."""
    spec = {key: value for key, value in mapping(document["spec"]).items() if key != "conversion"}
    versions = [mapping(version) for version in cast("list[Any]", spec["versions"])]
    for version in versions:
        schema = mapping(mapping(version.get("schema")).get("openAPIV3Schema"))
        version["schema"] = {"openAPIV3Schema": _schema(schema)}
    meta = {key: value for key, value in metadata(document).items() if key in ("name", "annotations", "labels")}
    # The authority injects its certificate into conversion webhooks by these.
    notes = {key: value for key, value in mapping(meta.get("annotations")).items() if not key.startswith("cert-manager.io/")}
    names = {"apiVersion": document["apiVersion"], "kind": document["kind"]}
    return {**names, "metadata": {**meta, "annotations": notes}, "spec": {**spec, "versions": versions}}


def _schema(schema: Mapping[str, Any]) -> Object:
    """A schema without its descriptions; a property that is called `description` stays."""
    lean: Object = {}
    for key, value in schema.items():
        if key == "description":
            continue
        if key in ("properties", "patternProperties") and isinstance(value, Mapping):
            lean[key] = {name: _schema(mapping(inner)) for name, inner in cast("Mapping[str, Any]", value).items()}
        elif key in ("items", "additionalProperties", "not") and isinstance(value, Mapping):
            lean[key] = _schema(mapping(value))
        elif key in ("allOf", "anyOf", "oneOf"):
            lean[key] = [_schema(mapping(inner)) for inner in cast("list[Any]", value)]
        else:
            lean[key] = value
    return lean
