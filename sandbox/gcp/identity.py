"""The id of a new resource."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from sandbox.contract import Properties, Request, World
from sandbox.gcp.forms import form
from sandbox.gcp.naming import name_property
from sandbox.gcp.paths import canonical, short, thing
from sandbox.gcp.projects import number, project, region_of
from sandbox.invent import digits, hexadecimal, identifier
from sandbox.reflection.model import Schema

_RANDOM = re.compile(r"\{(uuid|version|name_or_digits|[dh]\d+)\}")


class _Inputs(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


class _Fields(dict[str, Any]):
    """Makes `{d19}`, `{h40}` on demand."""

    def __missing__(self, key: str) -> str:
        return identifier() if key == "uuid" else (digits if key[0] == "d" else hexadecimal)(int(key[1:]))


def physical_name(token: str, schema: Schema, inputs: Properties) -> str | None:
    """The name given or made; a `namePrefix` gets the provider's own 26-digit tail."""
    name = name_property(token, schema)
    if name is None:
        return None
    if isinstance(value := inputs.get(name), str):
        return value
    prefix = inputs.get(f"{name}Prefix")
    return f"{prefix}{digits(26)}" if isinstance(prefix, str) else None


def foreseen_id(request: Request, schema: Schema, inputs: Properties) -> str | None:
    """The id where it tells before creation."""
    return None if _RANDOM.search(form(request.type)) else _fill(request, schema, inputs, "")


def identify(request: Request, schema: Schema, inputs: Properties, world: World) -> tuple[str, Properties]:
    """The id, and `inputs` with the physical name where the type has one."""
    version = _version(request, inputs, world) if request.type.endswith(("SecretVersion", "RegionalSecretVersion")) else ""
    name, property_ = physical_name(request.type, schema, inputs), name_property(request.type, schema)
    known = {**inputs, property_: name} if property_ and name is not None else dict(inputs)
    return _fill(request, schema, known, version), known


def _fill(request: Request, schema: Schema, inputs: Properties, version: str) -> str:
    owner, where = project(request.instance, inputs), region_of(request.instance, inputs)
    texts = {key: value for key, value in inputs.items() if isinstance(value, str)}
    name = physical_name(request.type, schema, inputs) or texts.get("name") or ""
    condition: Any = inputs.get("condition")
    keyring = texts.get("keyRing")
    fields = _Fields(
        project=owner,
        number=number(owner),
        region=where,
        location=texts.get("location") or _from_path(texts) or where,
        name=name,
        name_or_digits=name or digits(19),
        module=request.type.split(":")[1].partition("/")[2] or "things",
        version=version,
        condition=f"/{condition.get('title', '')}" if isinstance(condition, dict) else "",  # pyright: ignore[reportUnknownMemberType] # wire value
        **{
            "in": _Inputs({**texts, **({"keyRing": canonical(keyring, owner)} if keyring else {})}),
            "last": _Inputs({key: short(value) for key, value in texts.items()}),
            "quoted": _Inputs({key: quote(canonical(value, owner), safe="") for key, value in texts.items()}),
        },
    )
    return form(request.type).format_map(fields)


def _from_path(texts: dict[str, str]) -> str:
    """The location inside of a parent's full name (a node pool's cluster, a repository)."""
    for name in ("cluster", "repository", "secretId"):
        if match := re.search(r"/locations/([^/]+)/", texts.get(name, "")):
            return match.group(1)
    return ""


def _version(request: Request, inputs: Properties, world: World) -> str:
    owner = project(request.instance, inputs)
    secret = canonical(str(inputs.get("secret", "")), owner)
    taken = [
        int(short(record.id)) for record in world.all(request.type) if thing(record.id, owner) == secret and short(record.id).isdecimal()
    ]
    return f"{secret.replace(f'projects/{owner}/', f'projects/{number(owner)}/', 1)}/versions/{max(taken, default=0) + 1}"
