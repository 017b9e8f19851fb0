"""Stack files: which there are, and the private copy that a sandbox run works on, so that the work tree stays as it is."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import yaml

GIVEN = "eu-cloud:secrets"
"""The configuration key of the secrets that people give."""
REAL_ENCRYPTION = ("secretsprovider", "encryptedkey", "encryptionsalt")
"""How a real stack's secrets are encrypted; nothing that a sandbox could open."""

Document = dict[str, Any]


class StackMissing(Exception):
    """There is no file for the stack. The message is one line, with the stacks there are."""


def stacks(root: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in root.glob("Pulumi.*.yaml")))


def stack_file(root: Path, stack: str) -> Path:
    path = root / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        raise StackMissing(f"stack {stack!r} has no file {path.name}; there are: {', '.join(stacks(root)) or 'none'}")
    return path


def read(path: Path) -> Document:
    """Empty when there is no such file."""
    return cast("Document", yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}


def merged(source: Mapping[str, Any], private: Mapping[str, Any], given: Iterable[str] | None = None) -> Document:
    """The stack file as people wrote it, with the sandbox's own encryption and secrets in place of the real ones.

    Secrets that the stack does not ask for any more are left out; None for `given` keeps them all.
    """
    config = {key: value for key, value in _config(source).items() if key != GIVEN}
    wanted = None if given is None else set(given)
    kept: dict[str, dict[str, Any]] = {}
    for path, sealed in _held(private).items():
        if wanted is None or path in wanted:
            owner, _, name = path.partition(".")
            kept.setdefault(owner, {})[name] = sealed
    if kept:
        config[GIVEN] = kept
    document = {key: value for key, value in source.items() if key not in REAL_ENCRYPTION}
    document.update({key: private[key] for key in REAL_ENCRYPTION if key in private})
    return {**document, "config": config}


def _config(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return document.get("config") or {}


def _held(document: Mapping[str, Any]) -> dict[str, Any]:
    """Sealed values by `owner.name`."""
    owners: Mapping[str, Mapping[str, Any]] = _config(document).get(GIVEN) or {}
    return {f"{owner}.{name}": sealed for owner, names in owners.items() for name, sealed in names.items()}


def absent(given: Iterable[str], private: Mapping[str, Any]) -> tuple[str, ...]:
    """The secrets of `given` (`owner.name`) that the private copy has no value for yet."""
    held = _held(private)
    return tuple(path for path in given if path not in held)


def invented(paths: Iterable[str]) -> list[str]:
    """Options of `pulumi config set-all --path` that give each secret a random value, recognisable in a search (`sandbox-<name>-…`)."""
    options: list[str] = []
    for path in paths:
        owner, _, name = path.partition(".")
        options += ["--secret", f'{GIVEN}["{owner}"]["{name}"]=sandbox-{name}-{secrets.token_hex(16)}']
    return options


def write(path: Path, document: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True), encoding="utf-8")
    partial.replace(path)
