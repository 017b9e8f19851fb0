"""Where the programs that judge are found, and how they are run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.stacks import ROOT

REQUIRED = ("EUCLOUD_JUDGES", "required")
"""Variable and value by which a run (CI) insists: what is absent then fails instead of being skipped."""


def program(name: str, *, tools: Path = ROOT / ".tools" / "bin", environment: Mapping[str, str] = os.environ) -> Path:
    """The project's own one before the machine's. Skips or fails the test where there is none."""
    found = shutil.which(name, path=os.pathsep.join([str(tools), environment.get("PATH", os.defpath)]))
    if found:
        return Path(found)
    notice = f"{name} is not here: tools/bootstrap.sh judges installs it"
    variable, required = REQUIRED
    if environment.get(variable) == required:
        pytest.fail(f"{notice} ({variable}={required} does not let it be skipped)", pytrace=False)
    pytest.skip(notice)


def run(name: str, *arguments: str | Path, folder: Path, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Both streams as text, whatever the exit status; 120 s at most. `environment` replaces the whole of it."""
    return subprocess.run(  # noqa: S603, RUF100  no shell, and the arguments are the tests' own
        [program(name), *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
