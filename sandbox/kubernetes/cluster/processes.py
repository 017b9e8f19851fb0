"""Programs that live on after their starter, known by a file that holds their process id."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sandbox.tools import REPOSITORY, ToolMissing

TOOLS = REPOSITORY / ".tools" / "bin"
_DETACH = 'umask 077; log=$1; file=$2; shift 2; "$@" </dev/null >>"$log" 2>&1 & echo $! >"$file"'


def find(name: str, environment: Mapping[str, str]) -> Path:
    """The repository's own build, else the one on PATH. Raises ToolMissing."""
    own = TOOLS / name
    if os.access(own, os.X_OK):
        return own
    if found := shutil.which(name, path=environment.get("PATH")):
        return Path(found)
    raise ToolMissing(f"{name} is neither at {own} nor on PATH: run `tools/bootstrap.sh judges`")


class Program:
    """One program of a folder. `command` must name that folder: by it a process id is recognised that was given away since."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self.log = folder / f"{name}.log"
        self._file = folder / f"{name}.pid"

    def pid(self) -> int | None:
        """Of the process that runs, None where it does not (any more)."""
        try:
            pid = int(self._file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None
        program, *arguments = _arguments(pid) or [""]
        mine = Path(program).name == self.name and any(str(self.folder) in argument for argument in arguments)
        return pid if mine else None

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """A shell starts it and ends at once: the program has no parent that must reap it and no terminal that could interrupt it.

        The shell also notes the process id, so that no crash of ours leaves a program that nobody knows.
        """
        self.log.unlink(missing_ok=True)
        subprocess.run(
            ["/bin/sh", "-c", _DETACH, "sh", str(self.log), str(self._file), *command],
            cwd=self.folder,
            env=dict(environment),
            start_new_session=True,
            check=True,
        )
        # Until the shell's child has become the program it answers to the shell's name.
        until(lambda: self.pid() is not None or not _arguments(int(self._file.read_text(encoding="ascii"))), 5)

    def end(self, patience: float) -> None:
        """Asks, waits `patience` seconds, then kills. Returns when it is gone."""
        for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 10.0)):
            pid = self.pid()
            if pid is None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            if until(lambda: self.pid() is None, seconds):
                break
        else:
            raise TimeoutError(f"{self.name} (process {self.pid()}) does not end")
        self._file.unlink(missing_ok=True)

    def tail(self, lines: int = 15) -> str:
        """Of its log, for an error message."""
        with contextlib.suppress(FileNotFoundError):
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        return "(no log)"


def _arguments(pid: int) -> list[str]:
    """Of a live process, none for one that is gone or only waits to be reaped."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace").split("\0")[:-1]
        except OSError:
            return []
    done = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return [] if "<defunct>" in done.stdout else done.stdout.split()


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether it came true within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
