"""Where a type stands in an installed Python SDK, and its classes as text.

The SDKs are generated, so their text is regular. Reading it costs milliseconds; importing `pulumi_aws.ec2` costs two seconds and 100 MB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

_CLASS = re.compile(r"^class (\w+)\b", re.MULTILINE)
_GETTER = re.compile(
    r"    @pulumi\.getter(?:\(name=\"(?P<wire>[^\"]+)\"\))?\n"
    r"(?:    @_utilities\.deprecated\(\"{3}.*?\"{3}\)\n)?"
    r"    def (?P<python>\w+)\(self\) -> (?P<annotation>.+?):\n"
    r"(?:        \"{3}\n?(?P<doc>.*?)\"{3}\n)?",
    re.DOTALL,
)


class UnknownType(LookupError):
    """The SDK has no such type."""


@dataclass(frozen=True)
class Getter:
    wire: str
    annotation: str
    doc: str


def sdk_name(package: str) -> str:
    return f"pulumi_{package.replace('-', '_')}"


@lru_cache
def root(package: str) -> Path:
    """The SDK's folder, without importing it. Raises UnknownType where it is not installed."""
    spec = find_spec(sdk_name(package))
    if spec is None or spec.origin is None:
        raise UnknownType(f"the Python SDK {sdk_name(package)} is not installed")
    return Path(spec.origin).parent


def sdk_version(package: str) -> str:
    try:
        return version(sdk_name(package))
    except PackageNotFoundError:
        return "0"


@lru_cache(maxsize=8)  # a few modules' worth of text: the largest file has 2.5 MB
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def _classes(path: Path) -> dict[str, tuple[int, int]]:
    found = [(match.group(1), match.start()) for match in _CLASS.finditer(_text(path))]
    ends = [start for _, start in found[1:]] + [len(_text(path))]
    return {name: (start, end) for (name, start), end in zip(found, ends, strict=True)}


def class_text(path: Path, name: str) -> str | None:
    if not path.is_file():
        return None
    span = _classes(path).get(name)
    return None if span is None else _text(path)[span[0] : span[1]]


def getters(class_: str) -> Iterator[Getter]:
    for match in _GETTER.finditer(class_):
        yield Getter(match["wire"] or match["python"], match["annotation"], match["doc"] or "")


@lru_cache(maxsize=1024)
def _files(folder: Path) -> dict[str, Path]:
    return {path.stem.replace("_", "").lower(): path for path in folder.glob("*.py") if not path.stem.startswith("__")}


def _folders(package: str, module: str) -> Iterator[Path]:
    base = root(package)
    first = module.split("/")[0]
    if package == "kubernetes":
        # `rbac.authorization.k8s.io/v1` stands in `rbac/v1`.
        yield base.joinpath(first.split(".")[0], *module.split("/")[1:])
    elif first == "index":
        yield base
    else:
        yield base / module  # azure-native:storage/v20240101
        yield base / first
        yield base / f"{first}_"  # aws:lambda/…: a Python keyword
        yield base / re.sub(r"(?<!^)(?=[A-Z])", "", first).lower()


def locate(token: str) -> tuple[str, Path, str]:
    """The package, the file and the class name of a resource type or function token."""
    try:
        package, module, name = token.split(":")
    except ValueError:
        raise UnknownType(f"{token!r} is not a type token of the form package:module:Type") from None
    wanted = name.replace("_", "").lower()
    for folder in _folders(package, module):
        path = _files(folder).get(wanted) if folder.is_dir() else None
        if path is not None and f"'{token}'" in _text(path):
            return package, path, name
    for folder in _folders(package, module):
        for path in _files(folder).values() if folder.is_dir() else ():
            if f"'{token}'," in (text := _text(path)):
                classes = re.findall(r"super\((\w+), __self__\)", text)
                return package, path, classes[-1] if classes else name
    raise UnknownType(f"{token} is no type of {sdk_name(package)} {sdk_version(package)}")
