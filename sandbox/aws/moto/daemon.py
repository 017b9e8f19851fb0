"""Starts moto's process for a state folder, finds it again, and ends it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import cast

from sandbox.contract import Refused
from sandbox.tools import python_path

START = 60.0
FOLDER = "moto"
UNSAVED = "unsaved"
"""File in it while its world on disk is not the latest."""


def ensure(state: Path) -> str:
    """The URL of this state's moto; starts it if it does not run. It lives on when the caller ends. Raises Refused with its log."""
    folder = state / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(folder):
        if url := running(state):
            return url
        log = folder / "log"
        with log.open("w", encoding="utf-8") as sink:
            child = subprocess.Popen(
                [sys.executable, "-P", "-m", "sandbox.aws.moto.server", "--state", str(folder)],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=sink,
                text=True,
                start_new_session=True,  # no signal of the terminal is meant for it
            )
        assert child.stdout is not None
        ready, _, _ = select.select([child.stdout], [], [], START)
        line = child.stdout.readline() if ready else ""
        child.stdout.close()
        if not line:
            child.kill()
            child.wait()
            raise Refused("MotoFailed", f"moto did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
        url = f"http://127.0.0.1:{json.loads(line)['port']}"
        child.returncode = 0  # not waited for: it is to live on, and the interpreter would warn
        (folder / "process.json").write_text(json.dumps({"pid": child.pid, "began": _began(child.pid), "url": url}), encoding="utf-8")
        return url


def running(state: Path) -> str | None:
    """The URL where it runs."""
    known = _known(state)
    return str(known["url"]) if known else None


def pid(state: Path) -> int:
    """Of the process that runs. Raises LookupError where none does."""
    known = _known(state)
    if known is None:
        raise LookupError(f"no moto runs for {state}")
    return int(str(known["pid"]))


def died(state: Path) -> bool:
    """Whether it was killed before it had saved its world's last changes: they are lost. Only until it runs again."""
    return (state / FOLDER / UNSAVED).exists() and running(state) is None


def stop(state: Path) -> bool:
    """Ends this state's moto, which saves its world first. False when it did not run."""
    known = _known(state)
    if known is None:
        return False
    pid = int(str(known["pid"]))
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 10
    while _began(pid) == known["began"] and time.monotonic() < end:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        time.sleep(0.02)
    (state / FOLDER / "process.json").unlink(missing_ok=True)
    return True


def _known(state: Path) -> dict[str, object] | None:
    """The recorded process, if it is still that one: its number may have gone to another program since."""
    try:
        known = cast("dict[str, object]", json.loads((state / FOLDER / "process.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
    return known if known["began"] and _began(int(str(known["pid"]))) == known["began"] else None


def _began(pid: int) -> str:
    """When the process began, as the system tells it; empty for one that is gone or only waits to be buried.

    The kernel counts ticks since its start, where it shows them; a date is made of those by a clock that is set now and then.
    """
    if Path("/proc/self/stat").exists():
        try:
            told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if told[0] == "Z" else told[19]
    done = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, began = done.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else began.strip()


def _environment() -> Mapping[str, str]:
    """Without the person's AWS settings: moto must not read them, nor speak to anything."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    return {**kept, "PYTHONPATH": python_path(os.environ)}


@contextlib.contextmanager
def _locked(folder: Path) -> Generator[None]:
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
