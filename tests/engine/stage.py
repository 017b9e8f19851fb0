"""A stack that a story brings up, changes and takes down: the real verbs, program and engine, on a private copy of its stack file."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from infra.given import needed
from infra.settings import Settings
from ops.stack import events, files
from ops.stack.engine import Engine
from sandbox.launcher import session
from sandbox.tools import REPOSITORY, ToolMissing, find_pulumi
from sandbox.world import World

PROJECT = ("infra", "pyproject.toml", "uv.lock", ".venv")
"""What the program needs beside its stack files: linked, since nothing here writes to it."""
FAST = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
"""Writes the state once, at the end: only where crash safety is not the subject."""
PATIENCE = 600.0
"""Seconds for one verb; the slowest takes a minute on two idle cores."""

Resource = dict[str, Any]
Things = list[tuple[str, str]]
"""URNs and ids, in order."""


@dataclass(frozen=True)
class Ran:
    """How a verb ended. `changes` holds the logical names by operation, as the engine's event log has them."""

    code: int
    out: str
    err: str
    changes: Mapping[str, frozenset[str]]

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass
class Stage:
    """`spoken` is everything that any verb ever printed."""

    root: Path
    stack: str
    judges: tuple[str, ...] = ("--aws", "schema")
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    spoken: list[str] = field(default_factory=list[str])

    @property
    def file(self) -> Path:
        """The copy of the stack file that this story may edit."""
        return self.root / f"Pulumi.{self.stack}.yaml"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def folder(self) -> Path:
        return self.state / "stacks" / self.stack

    def edit(self, changes: Mapping[str, Any]) -> None:
        """Paths below `eu-cloud:stack`, such as systems/play-new/orgs, and their new values."""
        document = files.read(self.file)
        for path, value in changes.items():
            *parents, last = path.split("/")
            at = document["config"]["eu-cloud:stack"]
            for part in parents:
                at = at[part]
            at[last] = value
        files.write(self.file, document)

    def plant(self) -> tuple[str, ...]:
        """Gives every secret that people give a recognisable value, before the first verb does; the values."""
        wanted = needed(Settings.load_file(self.file))
        planted = {(owner, name): f"planted-{owner}-{name}-{secrets.token_hex(8)}" for owner, names in wanted.items() for name in names}
        self.folder.mkdir(parents=True)
        with session(self.state, cwd=self.folder) as started:
            engine = Engine(self.root, self.stack, self.folder, started)
            engine.prepare(self.file, None)
            given = [f'{files.GIVEN}["{owner}"]["{name}"]={value}' for (owner, name), value in planted.items()]
            options = [option for one in given for option in ("--secret", one)]
            engine.read("config", "set-all", "--stack", self.stack, "--path", *options)
        return tuple(planted.values())

    def verb(self, name: str, *options: str, env: Mapping[str, str] | None = None) -> Ran:
        """up, preview, refresh, destroy, export or pulumi, to its end; `env` for this one alone."""
        done = subprocess.run(
            self._command(name, *options),
            cwd=REPOSITORY,
            env={**self._env, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        self.spoken.append(done.stdout + done.stderr)
        return Ran(done.returncode, done.stdout, done.stderr, self._changes())

    def start(self, name: str, *options: str) -> subprocess.Popen[str]:
        """In the background, both outputs in one."""
        return subprocess.Popen(
            self._command(name, *options),
            cwd=REPOSITORY,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def resources(self) -> list[Resource]:
        """As the backend's file has them, secrets sealed; empty before the first update."""
        found = list(self.state.glob(f"backend/.pulumi/stacks/*/{self.stack}.json"))
        if not found:
            return []
        checkpoint = cast("dict[str, Any]", json.loads(found[0].read_text(encoding="utf-8"))["checkpoint"])
        latest = cast("dict[str, Any]", checkpoint.get("latest") or {})
        return cast("list[Resource]", latest.get("resources") or [])

    def recorded(self) -> Things:
        """What the state holds, without components and provider instances, which exist nowhere else."""
        return sorted((one["urn"], one["id"]) for one in self.resources() if one.get("custom") and not one["type"].startswith("pulumi:"))

    def made(self) -> Things:
        """What exists in the world."""
        with self.world() as world:
            return sorted((record.urn, record.id) for record in world.all())

    @contextlib.contextmanager
    def world(self) -> Generator[World]:
        with contextlib.closing(World(self.state)) as opened:
            yield opened

    def _command(self, name: str, *options: str) -> list[str]:
        judges = self.judges if name != "export" else ()
        place = ["--stack", self.stack, "--state", str(self.state), *judges]
        return [sys.executable, "-m", "tests.engine.verb", str(self.root), name, *place, *options]

    @property
    def _env(self) -> dict[str, str]:
        return {**os.environ, **self.env}

    def _changes(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for event in events.read(self.folder / "events.jsonl"):
            step = cast("dict[str, str]", event.get("resOutputsEvent", {}).get("metadata"))
            if step and step["op"] not in ("same", "read", "refresh"):
                found.setdefault(step["op"], set()).add(step["urn"].rpartition("::")[2])
        return {operation: frozenset(names) for operation, names in found.items()}


def stage(root: Path, stack: str, env: Mapping[str, str] | None = None, judges: tuple[str, ...] = ("--aws", "schema")) -> Stage:
    """In the empty folder `root`, nothing up yet. Skips the test where there is no CLI."""
    try:
        find_pulumi(os.environ)
    except ToolMissing as error:
        pytest.skip(str(error))
    for name in PROJECT:
        (root / name).symlink_to(REPOSITORY / name)
    for name in ("Pulumi.yaml", f"Pulumi.{stack}.yaml"):
        shutil.copy(REPOSITORY / name, root)
    return Stage(root, stack, judges, env or {})
