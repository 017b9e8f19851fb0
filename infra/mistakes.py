"""Mistakes in a stack file, one line each: path, value given, values allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast, get_args

from pydantic import BaseModel, ValidationError

SHOWN = 80


class SettingsError(ValueError):
    """Raised with every mistake at once; `lines` are ready to print."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


class FieldMistakes(ValueError):
    """Raised by a field's check that knows where below the field it found them; each of `lines` begins with that path."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = tuple(lines)


def explain(error: ValidationError, model: type[BaseModel], root: str) -> list[str]:
    """One line per mistake. `root` is the configuration key (`eu-cloud:stack`) that every path starts with."""
    return [line for item in error.errors(include_url=False) for line in _lines(cast("dict[str, Any]", item), model, root)]


def _lines(item: dict[str, Any], model: type[BaseModel], root: str) -> list[str]:
    location: tuple[str | int, ...] = item["loc"]
    path = root + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    raised = item.get("ctx", {}).get("error")
    if isinstance(raised, FieldMistakes):
        return [f"{path}.{line}" for line in raised.lines]
    return [_line(item, location, path, model)]


def _line(item: dict[str, Any], location: tuple[str | int, ...], path: str, model: type[BaseModel]) -> str:
    kind: str = item["type"]
    given = _shown(item.get("input"))
    if kind == "extra_forbidden":
        names = known_names(model, location[:-1])
        return f"{path}: unknown key{_nearest(str(location[-1]), names)}; allowed: {', '.join(sorted(names)) or 'none'}"
    if kind == "missing":
        return f"{path}: missing{_wanted(model, location)}"
    if kind == "value_error":
        return f"{path}: {item['ctx']['error']}"
    if kind in ("enum", "literal_error"):
        return f"{path}: {given} given; allowed: {item['ctx']['expected']}"
    return f"{path}: {given} given; {_decapitalised(item['msg'])}"


def known_names(model: type[BaseModel], path: Sequence[str | int]) -> set[str]:
    """The keys that the model at `path` takes."""
    found = _model_at(model, path)
    return set() if found is None else {field.alias or name for name, field in found.model_fields.items()}


def _model_at(model: type[BaseModel], path: Sequence[str | int]) -> type[BaseModel] | None:
    for part in path:
        if isinstance(part, int):
            continue
        field = next((field for name, field in model.model_fields.items() if part in (name, field.alias)), None)
        inner = None if field is None else next(models_in(field.annotation), None)
        if inner is None:
            return None
        model = inner
    return model


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The pydantic models that an annotation mentions, through optionals and tuples."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def _wanted(model: type[BaseModel], location: Sequence[str | int]) -> str:
    parent = _model_at(model, location[:-1])
    if parent is None:
        return ""
    for name, field in parent.model_fields.items():
        if location[-1] in (name, field.alias) and field.description:
            return f"; wanted: {field.description}"
    return ""


def _nearest(name: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(names), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _decapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]
