"""A recording as text: counts by type, and what every resource was given."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast

import yaml

from tests.recorder import Recording, Registered

LONG = 300
SECRET = "[secret]"


def rendered(recording: Recording[Any]) -> str:
    """Stable under the order of registration.

    Secret inputs are not shown. Long texts are told by length and digest, policy documents as structures.
    """
    values = {f"{item.type}::{item.name}": _shown(item) for item in recording if item.custom}
    document = {"counts": dict(sorted(recording.types().items())), "values": dict(sorted(values.items()))}
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, width=140, allow_unicode=True)


def _shown(item: Registered) -> dict[str, Any]:
    shown: dict[str, Any] = {key: _trimmed(f"{key}", value, item.secrets) for key, value in sorted(item.inputs.items())}
    if item.protect:
        shown["(protected)"] = True
    if item.after:
        shown["(after)"] = sorted(urn.split("::", 3)[3] for urn in item.after)
    return shown


def _trimmed(path: str, value: Any, secrets: tuple[str, ...]) -> Any:
    if path in secrets:
        return SECRET
    if isinstance(value, Mapping):
        return {
            str(key): _trimmed(f"{path}.{key}", inner, secrets)
            for key, inner in sorted(cast("Mapping[str, Any]", value).items(), key=lambda pair: str(pair[0]))
        }
    if isinstance(value, list):
        return [_trimmed(f"{path}[{index}]", inner, secrets) for index, inner in enumerate(cast("list[Any]", value))]
    if isinstance(value, str):
        return _text(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _text(value: str) -> Any:
    if value.startswith(("{", "[")):
        try:
            parsed = cast("object", json.loads(value))
        except ValueError:
            parsed = None
        if isinstance(parsed, dict):
            document = cast("dict[str, Any]", parsed)
            if document.keys() & {"Statement", "rules"}:
                return document
    if len(value) <= LONG:
        return value
    return f"{len(value)} characters, sha256 {hashlib.sha256(value.encode()).hexdigest()[:16]}"


class _Plain(yaml.SafeDumper):
    """Without anchors: a shared list is written out each time it is used."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
