"""Timed runs of the engine for the bench: previews of a stack and of its flat floor, and one update under latencies."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.vocabulary import Cloud
from ops.bench import flat
from ops.bench.path import Recorded
from ops.stack import events, files
from ops.stack.engine import SWITCHES, Engine
from ops.stack.events import Told
from sandbox.launcher import Session, session

PASSPHRASE = {"PULUMI_CONFIG_PASSPHRASE": "bench"}


@dataclass(frozen=True)
class Bench:
    """`folder` is emptied at the start; it lies inside the project so that the same Python environment is found from there."""

    root: Path
    folder: Path
    stack: str
    source: Mapping[str, Any]
    given: Sequence[str]

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def engine(self, opened: Session, name: str, source: Mapping[str, Any] | None = None) -> Engine:
        """The measured stack in a world of its own. `source` replaces the stack file."""
        written = self.folder / f"{name}.yaml"
        files.write(written, source or self.source)
        engine = Engine(self.root, self.stack, opened.cwd, opened)
        engine.prepare(written, self.given)
        return engine

    def world(self, name: str, latency: str = "none", time_scale: float = 1.0) -> AbstractContextManager[Session]:
        """The CLI on an empty world."""
        (self.folder / name / "stack").mkdir(parents=True, exist_ok=True)
        return session(self.folder / name, cwd=self.folder / name / "stack", latency=latency, time_scale=time_scale, env=PASSPHRASE)

    def write_floor(self, resources: Sequence[Recorded], name: str, *, typed: bool = True) -> Path:
        folder = self.folder / name
        flat.write(folder, flat.listing(resources, typed=typed), yaml.safe_load((self.root / "Pulumi.yaml").read_text(encoding="utf-8")))
        return folder


def preview(engine: Engine, *options: str) -> float:
    """Seconds of a preview that has everything to create."""
    return _timed(
        engine.session, ("preview", "--cwd", str(engine.root), "--stack", engine.stack, "--config-file", str(engine.config), *options)
    )


def preview_floor(opened: Session, folder: Path) -> float:
    opened.run("stack", "select", "floor", "--create", cwd=folder, check=True)
    return _timed(opened, ("preview", "--cwd", str(folder), "--stack", "floor"))


def update(engine: Engine) -> tuple[float, Told]:
    """Seconds of an `up` without its preview, and what the engine told: among it when the first resource began and the last ended."""
    log = ("--event-log", str(engine.event_log))
    seconds = _timed(
        engine.session,
        ("up", "--yes", "--skip-preview", "--cwd", str(engine.root), "--stack", engine.stack, "--config-file", str(engine.config), *log),
    )
    return seconds, events.told(events.read(engine.event_log))


def recorded(engine: Engine) -> list[Recorded]:
    """The stack's resources, secrets in the open."""
    deployment: Mapping[str, Any] = json.loads(engine.export("--show-secrets"))["deployment"]
    return list(deployment["resources"])


@dataclass(frozen=True)
class Start:
    """Of a fresh interpreter: seconds, and the most memory that it held, in MiB."""

    seconds: float
    mib: int


def start(root: Path, python: str, code: str) -> Start:
    """Raises CalledProcessError where `code` fails."""
    told = f"{code}\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    begun = time.monotonic()
    done = subprocess.run([python, "-c", told], cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    return Start(time.monotonic() - begun, int(done.stdout.split()[-1]))


def program_start(root: Path, python: str, source: Path, cloud: Cloud) -> Start:
    """What a program loads before it declares anything: its cloud's platform with that SDK, the builder, the stack file."""
    code = (
        f"import pathlib, components.platforms.{cloud}, infra.build\n"
        "from infra.settings import Settings\n"
        f"Settings.load_file(pathlib.Path({str(source)!r}))"
    )
    return start(root, python, code)


def _timed(opened: Session, arguments: Sequence[str]) -> float:
    begun = time.monotonic()
    opened.run(*arguments, env=SWITCHES, check=True)
    return time.monotonic() - begun
