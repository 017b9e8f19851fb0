"""The Pulumi CLI on one stack of the sandbox: where its state is, how it is called, what it said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import IO

from ops.stack import events, files
from ops.stack.hints import Said
from sandbox.launcher import Session

TAKES_CONFIG = frozenset({"up", "update", "preview", "pre", "destroy", "down", "dn", "refresh", "config", "cfg", "import", "watch"})
"""Commands that can be told which stack file to use; the others run beside the private copy."""
SWITCHES = {"PULUMI_DEBUG_COMMANDS": "true", "PULUMI_SUPPRESS_NEO_LINK": "true"}
"""The first shows `--event-log`, which the engine hides from everyday use; the second leaves out a link to a service."""
LAST_WORDS = 20_000
"""Characters of standard error that are kept to recognise a refusal by."""


class Refused(Exception):
    """A command that the verbs rest on failed; the message is its standard error."""


@dataclass(frozen=True)
class Engine:
    """`session` is the CLI beside the stand-ins; it runs in `folder`, which holds the stack's private copy and its event log."""

    root: Path
    stack: str
    folder: Path
    session: Session

    @property
    def config(self) -> Path:
        return self.folder / f"Pulumi.{self.stack}.yaml"

    @property
    def event_log(self) -> Path:
        return self.folder / "events.jsonl"

    def prepare(self, source: Path, given: Sequence[str] | None) -> None:
        """The stack exists in the sandbox's backend, its private copy says what `source` says, and every secret of `given` has a value."""
        self.folder.mkdir(parents=True, exist_ok=True)
        project = files.read(self.root / "Pulumi.yaml")
        project.pop("main", None)  # the program is not here, and commands that do not run it still look for its folder
        files.write(self.folder / "Pulumi.yaml", project)
        files.write(self.config, files.merged(files.read(source), files.read(self.config), given))
        self.read("stack", "select", self.stack, "--create")
        if missing := files.absent(given or (), files.read(self.config)):
            self.read("config", "set-all", "--stack", self.stack, "--path", *files.invented(missing))

    def operate(self, verb: str, *options: str) -> Said:
        """up, preview, refresh or destroy, on the person's terminal, with the event log fresh."""
        self.event_log.unlink(missing_ok=True)
        place = ("--cwd", str(self.root), "--stack", self.stack, "--config-file", str(self.config))
        said = self._show([verb, *place, "--event-log", str(self.event_log), *options])
        # What went wrong with a resource is told on standard output, which stays the terminal's: the log has it too.
        errors = "\n".join(events.told(events.read(self.event_log)).errors) if said.code else ""
        return replace(said, error=f"{errors}\n{said.error}")

    def passed_through(self, arguments: Sequence[str]) -> Said:
        """Any command as a person wrote it."""
        return self._show(self._placed(arguments))

    def mend(self, *arguments: str, check: bool) -> subprocess.CompletedProcess[str]:
        """A command on the way to recovery, its output captured."""
        return self.session.run(*self._placed(arguments), check=check)

    def read(self, *arguments: str) -> str:
        """Standard output of a command beside the private copy. Raises Refused when it fails."""
        done = self.session.run(*arguments)
        if done.returncode:
            raise Refused(done.stderr.strip() or done.stdout.strip())
        return done.stdout

    def export(self, *options: str) -> str:
        return self.read("stack", "export", "--stack", self.stack, *options)

    def _placed(self, arguments: Sequence[str]) -> Sequence[str]:
        if arguments and arguments[0] in TAKES_CONFIG:
            return [*arguments, "--cwd", str(self.root), "--config-file", str(self.config)]
        return arguments

    def _show(self, arguments: Sequence[str]) -> Said:
        environment = {**self.session.env, **SWITCHES, "PULUMI_STACK": self.stack}
        child = subprocess.Popen([str(self.session.pulumi), *arguments], cwd=self.folder, env=environment, stderr=subprocess.PIPE)
        assert child.stderr is not None
        kept: list[str] = []
        reader = threading.Thread(target=_tee, args=(child.stderr, kept), daemon=True)
        reader.start()
        with _signals_go_to(child):
            code = child.wait()
        reader.join(1)  # what the CLI started may outlive it and hold the pipe open
        return Said(128 - code if code < 0 else code, "".join(kept)[-LAST_WORDS:])


def _tee(stream: IO[bytes], kept: list[str]) -> None:
    for line in stream:
        sys.stderr.write(line.decode(errors="replace"))
        sys.stderr.flush()
        kept.append(line.decode(errors="replace"))


@contextmanager
def _signals_go_to(child: subprocess.Popen[bytes]) -> Generator[None]:
    """The engine ends what it is doing, and this process waits for it."""

    def forward(number: int, _: FrameType | None) -> None:
        # Ctrl-C reaches the child by itself, and a second one would make the engine drop everything at once.
        if number != signal.SIGINT or not _in_foreground():
            child.send_signal(number)

    before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
