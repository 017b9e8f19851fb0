"""Python annotations of the SDKs, read as types."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from sandbox.reflection.model import ANY, EnumOf, ListOf, MapOf, ObjectOf, OneOf, Scalar, Type
from sandbox.reflection.source import class_text, root

_SCALARS: dict[str, Type] = {
    "str": Scalar("string"),
    "int": Scalar("integer"),
    "float": Scalar("number"),
    "bool": Scalar("boolean"),
    "Any": ANY,
    "Asset": Scalar("asset"),
    "Archive": Scalar("asset"),
    "AssetOrArchive": Scalar("asset"),
}
_WRAPPERS = {"Input", "Output", "Awaitable"}
_MEMBER = re.compile(r"^    \w+ = (.+)$", re.MULTILINE)

Resolve = Callable[[str], Type]


def _name(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=attr):
            return attr
        case ast.Name(id=name):
            return name
        case _:
            return ""


def _union(options: list[Type]) -> Type:
    distinct = tuple(dict.fromkeys(options))
    enums = [option for option in distinct if isinstance(option, EnumOf)]
    rest = [option for option in distinct if not isinstance(option, EnumOf)]
    if enums and all(option == Scalar("string") for option in rest):
        return EnumOf(tuple(value for enum in enums for value in enum.values), open=bool(rest))
    return distinct[0] if len(distinct) == 1 else OneOf(distinct)


def _read(node: ast.expr, resolve: Resolve) -> tuple[Type, bool]:
    """The type and whether None is allowed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return resolve(node.value), False
    if not isinstance(node, ast.Subscript):
        return _SCALARS.get(_name(node), ANY), False
    name = _name(node.value)
    arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name in _WRAPPERS:
        return _read(arguments[0], resolve)
    if name == "Optional":
        return _read(arguments[0], resolve)[0], True
    if name in {"Sequence", "List"}:
        return ListOf(_read(arguments[0], resolve)[0]), False
    if name in {"Mapping", "Dict"}:
        return MapOf(_read(arguments[1], resolve)[0]), False
    if name == "Literal":
        return EnumOf(tuple(a.value for a in arguments if isinstance(a, ast.Constant))), False
    if name == "Union":
        # `FooArgsDict` and `outputs.Foo` are other spellings of `FooArgs`.
        kept = [a for a in arguments if not (isinstance(a, ast.Constant) and str(a.value).endswith("ArgsDict"))]
        return _union([_read(a, resolve)[0] for a in kept]), False
    return ANY, False


@lru_cache(maxsize=4096)
def _parse(annotation: str) -> ast.expr:
    return ast.parse(annotation, mode="eval").body


def read(annotation: str, resolve: Resolve) -> tuple[Type, bool]:
    return _read(_parse(annotation), resolve)


def enum_values(class_: str) -> tuple[Any, ...]:
    return tuple(ast.literal_eval(match.group(1)) for match in _MEMBER.finditer(class_))


def reference(package: str, folder: Path, name: str, outputs: bool) -> tuple[Path, str] | EnumOf | None:
    """Finds the class that a quoted annotation means, seen from a file in `folder`: its file and name, or the enum's values."""
    *path, class_name = name.split(".")
    files = ("outputs.py",) if outputs else ("_inputs.py", "_enums.py")
    base = root(package)
    if path and path[0].startswith("_root_"):
        folder, files = base, ({"_root_inputs": "_inputs.py", "_root_outputs": "outputs.py", "_root_enums": "_enums.py"}[path[0]],)
    elif path and path[0].startswith("_") and path[0] not in {"_inputs", "_enums"}:
        folder = base.joinpath(path[0][1:], *(part for part in path[1:] if part not in {"outputs", "_inputs", "_enums"}))
    for file in (*files, "_enums.py"):
        text = class_text(folder / file, class_name)
        if text is None:
            continue
        if file == "_enums.py":
            return EnumOf(enum_values(text))
        return folder / file, class_name
    return None


def object_name(package: str, path: Path, class_name: str) -> ObjectOf:
    return ObjectOf(f"{path.relative_to(root(package)).parent}/{path.stem}.{class_name}")
