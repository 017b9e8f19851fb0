"""IAM-07: nothing in a cluster switches authentication off outside development and staging."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from policies.model import Properties, Resource, Unknown, Value, Violation, objects, shown, strings

SWITCH = "DEV_AUTH_OPEN"
"""Anything but "false" lets every request pass without a token."""
CLOSED = "false"
OPEN_NAMESPACES = ("-dev", "-staging")
ALLOWED = f'"{CLOSED}"; anything in namespaces that end in {" or ".join(OPEN_NAMESPACES)}'
# Where other things than the value stand under the variable's name: `env[].name`, an ExternalSecret's `data[].secretKey`.
NAMES = ("name", "secretKey", "key")
# As a shell, a .env file or a YAML text writes it.
ASSIGNED = re.compile(rf"\b{SWITCH}\b['\"]?\s*[=:]\s*['\"]?([^\s'\",;}}]*)")


def authentication(resource: Resource) -> Iterator[Violation]:
    if resource.package != "kubernetes" or resource.is_provider or _may_be_open(resource.properties):
        return
    for path, value in _given(resource):
        if _text(value) != CLOSED:
            unknown = isinstance(value, Unknown)
            what = "not known at preview; write it as a plain value" if unknown else "this lets requests pass without a token"
            yield Violation("IAM-07", path, shown(value), what, ALLOWED)


def _may_be_open(properties: Properties) -> bool:
    """A namespace that is not known yet, or not written, is not one of those."""
    around = properties.get("metadata")
    namespace = around.get("namespace") if isinstance(around, dict) else properties.get("namespace")
    return isinstance(namespace, str) and namespace.endswith(OPEN_NAMESPACES)


def _given(resource: Resource) -> Iterator[tuple[str, Value]]:
    """What the variable is set to, wherever that is written: a key of a map, an entry of a list, a line of a text."""
    encoded = resource.type.startswith("kubernetes:core/v1:Secret")
    for path, around in objects(resource.properties):
        for key in around:
            where = f"{path}.{key}".lstrip(".")
            if key == SWITCH:
                yield where, _decoded(around[key]) if encoded and path == "data" else around[key]
        if any(around.get(name) == SWITCH for name in NAMES):
            # What is fetched from elsewhere is not seen here, and so not known to be closed.
            yield f"{path}.value", around.get("value")
    for path, text in strings(resource.properties):
        yield from ((path, found) for found in ASSIGNED.findall(_decoded(text) if encoded and path.startswith("data.") else text))


def _decoded(value: Value) -> str:
    """Kubernetes holds Secret `data` in base64."""
    try:
        return base64.b64decode(value, validate=True).decode(errors="replace") if isinstance(value, str) else ""
    except (binascii.Error, ValueError):
        return ""


def _text(value: Value) -> str:
    """Chart values may hold the word as a boolean."""
    return str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else ""
