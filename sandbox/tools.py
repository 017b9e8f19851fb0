"""Finds the Pulumi CLI, and makes its Python language host where there is none."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

OLDEST = (3, 200)
"""The first CLI that the stand-ins were written for (`requiredPulumiVersion` may ask for a newer one)."""
REPOSITORY = Path(__file__).resolve().parent.parent
BUILT = REPOSITORY / ".tools" / "bin" / "pulumi"
LANGUAGE_HOST = "pulumi-language-python"


class ToolMissing(Exception):
    """A program that the sandbox needs is not there; the message says how to get it."""


def find_pulumi(environment: Mapping[str, str]) -> Path:
    """The one on PATH when it is new enough, else the one that `make` built."""
    on_path = shutil.which("pulumi", path=environment.get("PATH"))
    if on_path and Path(on_path).resolve() == BUILT.resolve():
        return BUILT
    version = _version(on_path, environment) if on_path else None
    if on_path and version and version[:2] >= OLDEST:
        return Path(on_path)
    if os.access(BUILT, os.X_OK):
        return BUILT
    found = f"pulumi {'.'.join(map(str, version))} on PATH is older than {'.'.join(map(str, OLDEST))}" if version else "no pulumi on PATH"
    raise ToolMissing(f"{found} and none at {BUILT}: run `make tools`, or install it from https://www.pulumi.com/docs/install/")


def install_language_host(pulumi: Path, home: Path, environment: Mapping[str, str]) -> Path | None:
    """Puts a Python language host into the plugin cache of a private `PULUMI_HOME`, unless the official one is on hand.

    The cache rather than PATH: the engine warns at every command of a language host that it finds on PATH alone.
    """
    if shutil.which(LANGUAGE_HOST, path=environment.get("PATH")) or (pulumi.resolve().parent / LANGUAGE_HOST).exists():
        return None
    script = home / "plugins" / "language-python-v0.0.1" / LANGUAGE_HOST
    python = f"PYTHONPATH={shlex.quote(python_path(environment))} exec {shlex.quote(sys.executable)}"
    text = f'#!/bin/sh\n{python} -P -m sandbox.language_host "$@"\n'
    if not script.exists() or script.read_text(encoding="utf-8") != text:
        script.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and moved: another command may be starting the old one.
        draft = script.with_name(f".{LANGUAGE_HOST}.{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o755)
        draft.replace(script)
    return script


def python_path(environment: Mapping[str, str]) -> str:
    """PYTHONPATH under which the sandbox's own processes find it, installed or not."""
    return os.pathsep.join(filter(None, (str(REPOSITORY), environment.get("PYTHONPATH"))))


def _version(pulumi: str, environment: Mapping[str, str]) -> tuple[int, ...] | None:
    quiet = {**environment, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    done = subprocess.run([pulumi, "version"], env=quiet, capture_output=True, text=True, check=False)
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", done.stdout.strip())
    return tuple(int(part) for part in found.groups()) if found else None
