"""Physical names: which input holds them, and how the provider makes one when none is given."""

from __future__ import annotations

import hashlib
import uuid
from enum import StrEnum
from typing import Any

from sandbox.azure.paths import parameters, path
from sandbox.azure.subscription import default_location
from sandbox.contract import Properties, Request
from sandbox.invent import identifier, suffix
from sandbox.reflected import DEFAULTS
from sandbox.reflection.model import Schema

RANDOM = "__createBeforeDelete"
"""The provider's own mark of a name that it made unlike others': old and new can stand side by side."""
_DIGITS = 8
_NO_LOCATION = {"azure-native:authorization:PolicyAssignment", "azure-native:dataprotection:BackupInstance"}


class Kind(StrEnum):
    """As in the provider: `rg` becomes `rg0a1b2c3d`; a child of another resource keeps its logical name."""

    RANDOM = "random"
    COPY = "copy"
    UUID = "uuid"


def name_property(token: str, schema: Schema) -> str | None:
    """None where the path ends in a word that is always the same."""
    template = path(token, schema)
    found = parameters(template)
    return found[-1] if found and template.endswith(f"{{{found[-1]}}}") else None


def kind(token: str, schema: Schema) -> Kind:
    if name_property(token, schema) in {"roleAssignmentName", "roleDefinitionId"}:
        return Kind.UUID
    below = path(token, schema).lower().rpartition("microsoft.")
    return Kind.RANDOM if not below[1] or below[2].count("{") == 1 else Kind.COPY


def _made(request: Request, how: Kind) -> str:
    match how:
        case Kind.RANDOM:
            return f"{request.name}{suffix(request.seed, request.urn, _DIGITS)}"
        case Kind.UUID:
            digest = hashlib.sha256(request.seed + request.urn.encode()).digest()
            return str(uuid.UUID(bytes=digest[:16])) if request.seed else identifier()
        case Kind.COPY:
            return request.name


def named(request: Request, schema: Schema, olds: Properties, news: Properties) -> Properties:
    """`news` with name and location filled in: the old ones while the resource lives."""
    made: list[str] = []
    inputs = dict(news)
    name = name_property(request.type, schema)
    if name and name in schema.inputs and inputs.get(name) is None and not schema.inputs[name].required:
        how = kind(request.type, schema)
        kept: Any = olds.get(name)
        inputs[name] = kept or _made(request, how)
        made.append(name)
        if how is not Kind.COPY and (not kept or olds.get(RANDOM)):
            inputs[RANDOM] = True
    where = olds.get("location") or default_location(request.instance)
    if where and "location" in schema.inputs and inputs.get("location") is None and request.type not in _NO_LOCATION:
        inputs["location"] = where
        made.append("location")
    return {**inputs, DEFAULTS: made} if made else inputs
