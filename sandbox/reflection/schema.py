"""Schemas of resource types by reading the SDKs, kept in memory and, when a folder is given, on disk by SDK version."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sandbox.reflection.annotations import object_name, read, reference
from sandbox.reflection.documentation import INCOMPLETE, allowed, default, replaces
from sandbox.reflection.model import ANY, EnumOf, ObjectOf, Properties, Property, Scalar, Schema, Type, dump, load
from sandbox.reflection.source import Getter, class_text, getters, locate, sdk_version

FORMAT = 4
"""Written into the cache's folder name: raise it when the meaning of a cached file changes."""


class Reader:
    """Collects the object types that a resource's properties mention, as deep as they go."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.objects: dict[str, Properties] = {}
        self._waiting: list[tuple[str, Path, str, bool]] = []

    def properties(self, folder: Path, found: Iterator[Getter], outputs: bool) -> Properties:
        result: Properties = {}
        for getter in found:
            type_, optional = read(getter.annotation, lambda name: self._resolve(folder, name, outputs))
            values = allowed(getter.doc) if not outputs and type_ == Scalar("string") else ()
            facts = ("", False) if outputs else (default(getter.doc), replaces(getter.doc))
            result[getter.wire] = Property(type_, not optional, facts[1], values, facts[0])
        return result

    def drain(self) -> None:
        while self._waiting:
            name, path, class_name, outputs = self._waiting.pop()
            text = class_text(path, class_name) or ""
            self.objects[name] = self.properties(path.parent, getters(text), outputs)

    def _resolve(self, folder: Path, name: str, outputs: bool) -> Type:
        found = reference(self.package, folder, name, outputs or "outputs" in name)
        if found is None:
            return ANY
        if isinstance(found, EnumOf):
            return found
        path, class_name = found
        object_ = object_name(self.package, path, class_name)
        if object_.name not in self.objects:
            self.objects[object_.name] = {}
            self._waiting.append((object_.name, path, class_name, path.stem == "outputs"))
        return ObjectOf(object_.name)


def reflect(token: str) -> Schema:
    """Reads one resource type. Raises UnknownType."""
    package, path, name = locate(token)
    reader = Reader(package)
    # `InitArgs` where another class already has the plain name.
    arguments = class_text(path, f"{name}InitArgs") or class_text(path, f"{name}Args") or ""
    inputs = reader.properties(path.parent, getters(arguments), outputs=False)
    inputs = {key: replace(p, allowed=()) if (token, key) in INCOMPLETE else p for key, p in inputs.items()}
    outputs = reader.properties(path.parent, getters(class_text(path, name) or ""), outputs=True)
    reader.drain()
    return Schema(token, inputs, outputs, reader.objects)


class Schemas:
    """`cache` is a folder of our own to keep what was read; None keeps it in memory only."""

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache
        self._known: dict[str, Schema] = {}

    def of(self, token: str) -> Schema:
        """Raises UnknownType for a type that the SDK does not have."""
        if (known := self._known.get(token)) is None:
            known = self._known[token] = self._load(token)
        return known

    def _load(self, token: str) -> Schema:
        if self._cache is None:
            return reflect(token)
        package = token.split(":")[0]
        file = self._cache / f"{package}-{sdk_version(package)}-{FORMAT}" / f"{re.sub(r'[^A-Za-z0-9.]+', '_', token)}.json"
        try:
            return load(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            schema = reflect(token)
        file.parent.mkdir(parents=True, exist_ok=True)
        # Replaced in one step: two sandboxes may write the same type at the same time.
        temporary = file.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(dump(schema)), encoding="utf-8")
        temporary.replace(file)
        return schema
