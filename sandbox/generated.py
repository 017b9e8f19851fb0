"""Which outputs the providers make secret by themselves (a generated password, a private key), read from the Python SDKs' text."""

from __future__ import annotations

import functools
import importlib.util
import re
from pathlib import Path

LIST = re.compile(r"additional_secret_outputs=\[(.*?)\]", re.DOTALL)
MEMBER = re.compile(r"\"(\w+)\"")
KUBERNETES = {"kubernetes:core/v1:Secret": ("data", "stringData")}
"""That provider marks them in its own code, so its SDK does not say so."""


@functools.cache
def secret_outputs(type_: str) -> tuple[str, ...]:
    """Wire names. Reads the one module that declares the type instead of importing it: imports of a service cost seconds."""
    if type_ in KUBERNETES:
        return KUBERNETES[type_]
    package, _, rest = type_.partition(":")
    module, _, member = rest.partition(":")
    folder = _folder(package)
    if folder is None:
        return ()
    service = module.partition("/")[0]
    path = (folder if service == "index" else folder / service) / f"{_snake(member)}.py"
    found = LIST.search(path.read_text(encoding="utf-8")) if path.is_file() else None
    return tuple(MEMBER.findall(found.group(1))) if found else ()


def _folder(package: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(f"pulumi_{package.replace('-', '_')}")
    except (ImportError, ValueError):
        return None
    return Path(spec.origin).parent if spec and spec.origin else None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
