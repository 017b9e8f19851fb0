"""Built-in kinds judged by the published JSON schemas (kubernetes-validate carries them)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from sandbox.contract import UNKNOWN, Failure
from sandbox.reflection.check import show

VERSION = "1.36"


class NoSchemas(RuntimeError):
    """kubernetes-validate is not installed."""


@lru_cache
def _folder() -> Path:
    try:
        import kubernetes_validate
    except ImportError as error:
        raise NoSchemas("kubernetes-validate is not installed; `uv sync` installs it") from error
    return Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"v{VERSION}.0-local-strict"


@lru_cache
def _definitions() -> Any:
    from referencing import Registry, Resource

    contents: Any = json.loads((_folder() / "_definitions.json").read_text(encoding="utf-8"))
    registry: Any = cast("Any", Registry)()
    return Resource.from_contents(contents) @ registry


@lru_cache(maxsize=256)
def _validator(api_version: str, kind: str) -> Any | None:
    from jsonschema.validators import Draft202012Validator
    from referencing import Resource

    # rbac.authorization.k8s.io/v1 → rbac-v1
    stem = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    file = _folder() / f"{kind.lower()}-{stem}.json"
    if not file.is_file():
        return None
    schema = json.loads(file.read_text(encoding="utf-8"))
    if not _is_of(schema, api_version, kind):
        return None
    return Draft202012Validator(schema, registry=Resource.from_contents(schema) @ _definitions())


def _is_of(schema: Any, api_version: str, kind: str) -> bool:
    """File names drop the group's domain: `gateway.example.com/v1` must not pass for a built-in group of the same first word."""
    group, _, version = api_version.rpartition("/")
    meant = {"group": group, "version": version, "kind": kind}
    return meant in schema.get("x-kubernetes-group-version-kind", [meant])


def built_in(api_version: str, kind: str) -> bool:
    return _validator(api_version, kind) is not None


def plain(value: Any) -> Any:
    """A copy without None: the API server drops nulls."""
    if isinstance(value, Mapping):
        return {key: plain(v) for key, v in cast("Mapping[str, Any]", value).items() if v is not None and not key.startswith("__")}
    if isinstance(value, list):
        return [plain(element) for element in cast("list[Any]", value)]
    return value


def validate(object_: Mapping[str, Any]) -> Iterator[Failure]:
    """Every mistake of one object of a built-in kind."""
    validator = _validator(object_["apiVersion"], object_["kind"])
    if validator is None:
        return
    for error in validator.iter_errors(plain(object_)):
        for leaf in _leaves(error):
            yield from _failure(leaf)


def _leaves(error: Any) -> Iterator[Any]:
    """The errors that matter: what concerns an unknown value is none."""
    if error.instance is UNKNOWN:
        return
    if error.context and not any(child.instance is UNKNOWN for child in error.context):
        deepest = max(error.context, key=lambda child: len(child.absolute_path))
        if len(deepest.absolute_path) > len(error.absolute_path):
            yield from _leaves(deepest)
            return
    if error.context and any(child.instance is UNKNOWN for child in error.context):
        return
    yield error


def _failure(error: Any) -> Iterator[Failure]:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            for name in sorted(set(error.instance) - set(known)):
                near = get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                yield Failure(f"{path}.{name}".lstrip("."), f'unknown field "{name}"{hint} (allowed: {", ".join(sorted(known)) or "none"})')
        case "required":
            for name in error.validator_value:
                if name not in error.instance:
                    yield Failure(f"{path}.{name}".lstrip("."), "Required value")
        case "enum":
            allowed = ", ".join(str(value) for value in error.validator_value if value is not None)
            yield Failure(path, f"Unsupported value: {show(error.instance)} (supported values: {allowed})")
        case "type":
            wanted = " or ".join(kind for kind in _listed(error.validator_value) if kind != "null")
            yield Failure(path, f"Invalid value: {show(error.instance)}: expected {wanted}")
        case _:
            yield Failure(path, f"Invalid value: {show(error.instance)}: {error.message[:200]}")


def _listed(value: Any) -> list[str]:
    return cast("list[str]", value) if isinstance(value, list) else [str(value)]
