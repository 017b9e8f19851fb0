"""Starts the stand-ins in a process of their own, and runs the real Pulumi CLI against them."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.contract import Record
from sandbox.judges import Choice, environment
from sandbox.judges import judges as judges_of
from sandbox.reflection.schema import Schemas
from sandbox.server import DEFAULT_STAND_INS
from sandbox.tools import find_pulumi, install_language_host, python_path
from sandbox.world import World

PASSPHRASE = "sandbox"
"""Encrypts the secrets of the local state unless the caller sets one: there is nothing real behind them."""
PARALLEL = "256"
"""Operations at once: they wait rather than work here, and the CLI's own default (four per core) would hide the critical path."""
START = 60.0
"""Seconds for the stand-ins to begin to listen; they need about one."""


class StandInsFailed(Exception):
    """The process of the stand-ins did not come up; the message holds what it wrote."""


@dataclass(frozen=True)
class Behaviour:
    """How the world behaves. `latency` is `none` or `realistic`, divided by `time_scale`; `faults` as on the command line."""

    latency: str = "none"
    time_scale: float = 1.0
    faults: tuple[str, ...] = ()
    seed: int = 0
    stand_ins: str = DEFAULT_STAND_INS
    judges: Choice = field(default_factory=Choice)

    def arguments(self) -> list[str]:
        faults = [argument for fault in self.faults for argument in ("--fault", fault)]
        scale, seed = str(self.time_scale), str(self.seed)
        return [
            "--latency",
            self.latency,
            "--time-scale",
            scale,
            *faults,
            "--seed",
            seed,
            "--stand-ins",
            self.stand_ins,
            *self.judges.arguments(),
        ]


@dataclass
class Session:
    """Stand-ins that serve many commands. A process that died (a crash fault) is started again at the next command."""

    state: Path
    behaviour: Behaviour
    base: Mapping[str, str]
    cwd: Path
    pulumi: Path
    _servers: subprocess.Popen[str] | None = field(default=None, init=False)
    _ports: dict[str, int] = field(default_factory=dict[str, int], init=False)

    @property
    def env(self) -> dict[str, str]:
        """Environment under which any `pulumi` command meets the stand-ins; starts them if they do not run."""
        self._ensure()
        plugin = environment(self.state, self.behaviour.judges)
        fixed = {
            **plugin,
            "PULUMI_DEBUG_PROVIDERS": ",".join(
                f"{package}:{port}" for package, port in self._ports.items() if package != "aws" or not plugin
            ),
            "PULUMI_BACKEND_URL": f"file://{self.state / 'backend'}",
            "PULUMI_HOME": str(self.state / "home"),
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PATH": os.pathsep.join([str(self.pulumi.parent), self.base.get("PATH", os.defpath)]),
        }
        defaults = {"PULUMI_PARALLEL": PARALLEL}
        if "PULUMI_CONFIG_PASSPHRASE_FILE" not in self.base:
            defaults["PULUMI_CONFIG_PASSPHRASE"] = PASSPHRASE
        return {**defaults, **self.base, **fixed}

    def run(
        self, *args: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, check: bool = False, timeout: float | None = None
    ) -> subprocess.CompletedProcess[str]:
        """`pulumi ARGS` to its end, output captured as text. `check` raises CalledProcessError with both outputs in its message."""
        command = [str(self.pulumi), "--non-interactive", "--color", "never", *args]
        done = subprocess.run(
            command,
            cwd=cwd or self.cwd,
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check and done.returncode:
            raise CommandFailed(done)
        return done

    def start(self, *args: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """`pulumi ARGS` in the background, standard error joined to standard output: for tests that kill it on the way."""
        return subprocess.Popen(
            [str(self.pulumi), "--non-interactive", "--color", "never", *args],
            cwd=cwd or self.cwd,
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def world(self) -> World:
        """What exists now; the caller closes it."""
        return World(self.state)

    def forget(self, record: Record) -> None:
        """Takes a thing from its judge, where it has one: for what no provider knows of any more."""
        for judge in judges_of(self.state, self.behaviour.judges, Schemas(self.state / "schemas")).values():
            if record.observed and judge.judges(record.type):
                judge.delete(record)

    def restart(self, behaviour: Behaviour) -> None:
        """Goes on with another behaviour (no faults any more, say) in the same world."""
        self.stop()
        self.behaviour = behaviour

    def stop(self) -> None:
        if self._servers is None:
            return
        assert self._servers.stdin is not None
        self._servers.stdin.close()  # the end of its input is its signal to leave
        try:
            self._servers.wait(5)
        except subprocess.TimeoutExpired:
            self._servers.kill()
            self._servers.wait()
        if self._servers.stdout:
            self._servers.stdout.close()
        self._servers = None

    def _ensure(self) -> None:
        if self._servers and self._servers.poll() is None:
            return
        self.stop()
        for folder in ("backend", "home"):
            (self.state / folder).mkdir(parents=True, exist_ok=True)
        install_language_host(self.pulumi, self.state / "home", self.base)
        errors = self.state / "stand-ins.err"
        with errors.open("w", encoding="utf-8") as sink:
            self._servers = subprocess.Popen(
                [sys.executable, "-P", "-m", "sandbox.server", "--state", str(self.state), *self.behaviour.arguments()],
                env={**self.base, "PYTHONPATH": python_path(self.base)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                text=True,
                process_group=0,  # an interrupt from the terminal is for the engine, which then tells the providers
            )
        assert self._servers.stdout is not None
        ready, _, _ = select.select([self._servers.stdout], [], [], START)
        line = self._servers.stdout.readline() if ready else ""
        if not line:
            self._servers.kill()
            raise StandInsFailed(f"the stand-ins did not start:\n{errors.read_text(encoding='utf-8')}")
        self._ports = json.loads(line)


class CommandFailed(subprocess.CalledProcessError):
    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        super().__init__(done.returncode, done.args, done.stdout, done.stderr)

    def __str__(self) -> str:
        return f"{super().__str__()}\n{self.stdout}\n{self.stderr}"


def make(state: Path, behaviour: Behaviour, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Session:
    """Raises ToolMissing where no CLI can be found. Nothing runs yet."""
    base = {**os.environ, **(env or {})}
    return Session(state.resolve(), behaviour, base, (cwd or Path.cwd()).resolve(), find_pulumi(base))


@contextlib.contextmanager
def session(
    state: Path,
    *,
    cwd: Path | None = None,
    latency: str = "none",
    time_scale: float = 1.0,
    faults: Sequence[str] = (),
    seed: int = 0,
    stand_ins: str = DEFAULT_STAND_INS,
    judges: Choice | None = None,
    env: Mapping[str, str] | None = None,
) -> Generator[Session]:
    """A world in `state` (made if need be, kept afterwards) and the CLI against it, for the length of the block."""
    opened = make(state, Behaviour(latency, time_scale, tuple(faults), seed, stand_ins, judges or Choice()), cwd, env)
    try:
        yield opened
    finally:
        opened.stop()
