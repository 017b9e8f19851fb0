"""The floor of the preview: a program that registers the same resources one by one, with no components, no validation and no wiring."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from ops.bench.path import Recorded
from ops.stack.state import SIGNATURE

SECRET = "1b47061264138c4ac30d75fd1eb44270"
PROVIDERS = "pulumi:providers:"

BOOKKEEPING = frozenset({"__defaults", "__internal"})
"""Inputs that providers and the engine add."""

PROGRAM = '''"""Registers what resources.json lists."""

import importlib
import json
from pathlib import Path

import pulumi
from pulumi._types import input_type_py_to_pulumi_names

listed = json.loads(Path(__file__).with_name("resources.json").read_text(encoding="utf-8"))
providers = {
    one["urn"]: pulumi.ProviderResource(one["package"], one["name"], one["inputs"]) for one in listed["providers"]
}


def register(one):
    opts = pulumi.ResourceOptions(provider=providers.get(one["provider"]))
    kind = one["type"].rpartition(":")[2]
    module = importlib.import_module(one["module"]) if one["module"] else None
    made = getattr(module, kind, None)
    if made is None:  # raw, or a custom resource of the cluster, which no SDK has a class for
        pulumi.CustomResource(one["type"], one["name"], one["inputs"], opts)
        return
    arguments = getattr(module, f"{kind}InitArgs", None) or getattr(module, f"{kind}Args")
    # An input `resourceName` gives way to the constructor's own first parameter.
    taken = {"resource_name": "resource_name_"}
    names = {wire: taken.get(name, name) for name, wire in input_type_py_to_pulumi_names(arguments).items()}
    made(one["name"], opts=opts, **{names[wire]: value for wire, value in one["inputs"].items() if wire in names})


for one in listed["resources"]:
    register(one)
'''


def listing(resources: Sequence[Recorded], *, typed: bool = True) -> dict[str, Any]:
    """What the program reads. `resources` are exported with their secrets in the open; components are left out.

    Typed, each is made by its SDK's class, as in a program written by hand; else registered raw, without any SDK.
    """
    custom = [one for one in resources if one.get("custom") and not one["type"].startswith("pulumi:pulumi:")]
    return {
        "providers": [_provider(one) for one in custom if one["type"].startswith(PROVIDERS)],
        "resources": [_resource(one, typed) for one in custom if not one["type"].startswith(PROVIDERS)],
    }


def sdk_module(type_: str) -> str | None:
    """The Python module that holds the class of this type, as a program written by hand would import it; None without an SDK."""
    package, _, rest = type_.partition(":")
    path = rest.partition(":")[0]
    if package == "pulumi" or find_spec(f"pulumi_{package.replace('-', '_')}") is None:
        return None
    sdk = f"pulumi_{package.replace('-', '_')}"
    if package == "kubernetes":
        group, _, version = path.partition("/")
        name = f"{sdk}.{group.partition('.')[0]}.{version}"
    else:
        name = f"{sdk}.{path.partition('/')[0]}"
    try:
        return name if find_spec(name) else sdk
    except ModuleNotFoundError:  # a custom resource, or a type of the SDK's top level
        return sdk


def _provider(one: Recorded) -> dict[str, Any]:
    inputs = opened(one.get("inputs") or {})
    inputs.pop("version", None)  # of the SDK, which its own classes would add
    return {"urn": one["urn"], "package": one["type"].removeprefix(PROVIDERS), "name": _name(one), "inputs": inputs}


def _resource(one: Recorded, typed: bool) -> dict[str, Any]:
    provider: str = one.get("provider") or ""
    return {
        "type": one["type"],
        "name": _name(one),
        "module": sdk_module(one["type"]) if typed else None,
        "inputs": opened(one.get("inputs") or {}),
        "provider": provider.rsplit("::", 1)[0],
    }


def _name(one: Recorded) -> str:
    return one["urn"].rsplit("::", 1)[1]


def opened(value: Any) -> Any:
    """The plain value: a secret of `stack export --show-secrets` is JSON text beside a mark."""
    if isinstance(value, Mapping):
        inner = cast("Mapping[str, Any]", value)
        if inner.get(SIGNATURE) == SECRET:
            return opened(json.loads(inner["plaintext"]))
        return {key: opened(item) for key, item in inner.items() if key not in BOOKKEEPING}
    if isinstance(value, list):
        return [opened(item) for item in cast("list[Any]", value)]
    return value


def write(folder: Path, listed: Mapping[str, Any], project: Mapping[str, Any]) -> None:
    """A Pulumi project in `folder`; `project` is the measured project's own Pulumi.yaml, for the same runtime."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text(json.dumps({**project, "name": "flat", "main": "."}), encoding="utf-8")
    (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "resources.json").write_text(json.dumps(listed), encoding="utf-8")
