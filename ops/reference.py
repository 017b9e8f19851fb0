"""Writes README.md's configuration reference from Settings: `python -m ops.reference`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from infra.mistakes import models_in
from infra.settings import KEY, Settings

README = Path(__file__).resolve().parent.parent / "README.md"
_BLOCK = re.compile(r"(<!-- reference:begin -->\n).*?(<!-- reference:end -->)", re.DOTALL)
_WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false", "number": "number"}
_HEAD = "| key | takes | default | meaning |\n|---|---|---|---|\n"


def rows(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """One row per key, nested objects after their own key; a description falls back to the first line of the object's docstring."""
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        inner = next(models_in(field.annotation), None)
        many = "tuple[" in str(field.annotation)
        meaning = field.description or (_first_sentence(inner) if inner else "")
        yield f"| `{path}` | {_takes(field, inner, many)} | {_default(field, inner)} | {meaning.replace('|', '&#124;')} |"
        if inner is not None:
            yield from rows(inner, f"{path}[]." if many else f"{path}.")


def _takes(field: FieldInfo, inner: type[BaseModel] | None, many: bool) -> str:
    if inner is not None:
        return "list of objects" if many else "object"
    return " or ".join(_words(TypeAdapter(cast("Any", field.annotation)).json_schema()))


def _words(schema: Mapping[str, Any]) -> list[str]:
    if "anyOf" in schema:
        return [word for option in schema["anyOf"] if option.get("type") != "null" for word in _words(option)]
    if "enum" in schema:
        return [f"`{value}`" for value in schema["enum"]]
    if "const" in schema:
        return [f"`{schema['const']}`"]
    if schema.get("type") == "array":
        items = cast("Mapping[str, Any]", schema.get("items", {}))
        return [f"list of {_WORDS.get(str(items.get('type')), 'value')}s"]
    return [_WORDS.get(str(schema.get("type")), "mapping")]


def _default(field: FieldInfo, inner: type[BaseModel] | None) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if inner is not None or value in (None, (), "", {}):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _first_sentence(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split()).split(". ")[0]


def rendered(text: str) -> str:
    """README's text with the block between the markers written anew."""
    table = _HEAD + "\n".join(rows(Settings)) + "\n"
    return _BLOCK.sub(lambda found: found[1] + f"Under `{KEY}`:\n\n" + table + found[2], text)


if __name__ == "__main__":
    README.write_text(rendered(README.read_text(encoding="utf-8")), encoding="utf-8")
