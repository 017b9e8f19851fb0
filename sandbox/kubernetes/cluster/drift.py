"""What somebody else changed in an object: the live values where the inputs have a say, compared with those of the last apply."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from sandbox.kubernetes.objects import mapping

Path = tuple[str, ...]
_ABSENT = object()
_IDENTITY = {"apiVersion", "kind", "status"}
_METADATA = {"labels", "annotations", "finalizers"}
"""The rest of the metadata is identity, or the server's."""


def projection(inputs: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, str]:
    """Digests of the live values by JSON pointer, empty for what is not there, at every path where `inputs` has a value.

    Defaults that the server fills in elsewhere are left out; a list counts as one value, unless its elements have names. Digests are
    enough to compare, and let the result of a Secret be kept on disk. The whole object's pointer, which is empty, stands for its kind.
    """
    return {"": _digest(live.get("kind"))} | {
        _pointer(path): _digest(value) for path, value in _leaves(_subject(inputs), _seen(inputs, live), ())
    }


def changed(inputs: Mapping[str, Any], live: Mapping[str, Any], baseline: Mapping[str, str]) -> dict[str, Any]:
    """Inputs with the live values where these are not as `baseline` says: equal to `inputs` when nothing drifted."""
    now = projection(inputs, live)
    drifted = {path for path, value in now.items() if path in baseline and value != baseline[path]}
    if not drifted:
        return dict(inputs)
    merged = mapping(_merge(_subject(inputs), _seen(inputs, live), (), drifted))
    whole = {**mapping(inputs.get("metadata")), **mapping(merged.get("metadata"))}
    for part in _METADATA & set(whole) - set(mapping(merged.get("metadata"))):
        del whole[part]
    kept = {key: value for key, value in inputs.items() if key in merged or key in _IDENTITY or value is None or key.startswith("__")}
    return {**kept, **merged, "metadata": whole}


def _subject(inputs: Mapping[str, Any]) -> dict[str, Any]:
    subject = {key: value for key, value in inputs.items() if key not in _IDENTITY}
    meta = {key: value for key, value in mapping(inputs.get("metadata")).items() if key in _METADATA}
    return {**subject, "metadata": meta} if meta else {key: value for key, value in subject.items() if key != "metadata"}


def _seen(inputs: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """The live object; a Secret's text beside its data, since `stringData` is only ever written."""
    if inputs.get("kind") != "Secret" or not mapping(inputs.get("stringData")):
        return dict(live)
    return {**live, "stringData": {key: _decoded(value) for key, value in mapping(live.get("data")).items()}}


def _decoded(value: Any) -> Any:
    try:
        return base64.b64decode(str(value)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return value


def _leaves(inputs: Any, live: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if parts := _parts(inputs, live):
        for segment, (inner, seen) in parts.items():
            yield from _leaves(inner, seen, (*path, segment))
    else:
        yield path, None if live is _ABSENT else live


def _merge(inputs: Any, live: Any, path: Path, drifted: set[str]) -> Any:
    parts = _parts(inputs, live)
    if not parts:
        return (_ABSENT if live in (None, _ABSENT) else live) if _pointer(path) in drifted else inputs
    merged = {segment: _merge(inner, seen, (*path, segment), drifted) for segment, (inner, seen) in parts.items()}
    kept = {segment: value for segment, value in merged.items() if value is not _ABSENT}
    if not kept:
        return _ABSENT
    return list(kept.values()) if isinstance(inputs, list) else kept


def _parts(inputs: Any, live: Any) -> dict[str, tuple[Any, Any]]:
    """Segments with their inputs and live values; none for what counts as one value."""
    if isinstance(inputs, Mapping):
        seen: dict[Any, Any] = mapping(live)
        given = cast("Mapping[str, Any]", inputs).items()
        return {key: (value, seen.get(key, _ABSENT)) for key, value in given if value is not None and not key.startswith("__")}
    if names := _names(inputs):
        found = _names(live) or {}
        return {f"[{name}]": (value, found.get(name, _ABSENT)) for name, value in names.items()}
    return {}


def _names(value: Any) -> dict[str, Any] | None:
    """Elements by name, where each has one of its own."""
    elements: list[Any] = cast("list[Any]", value) if isinstance(value, list) else []
    names = [mapping(element).get("name") for element in elements]
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        return None
    return dict(zip(cast("list[str]", names), elements, strict=True))


def _digest(value: Any) -> str:
    return "" if value is None else hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _pointer(path: Path) -> str:
    """RFC 6901, where an element that is found by its name stands in brackets."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
