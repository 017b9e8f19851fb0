"""How PgBouncer is started and stopped: the very script, with a stand-in for the program."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.pooler.plan import CONFIG, NOTICE_SECONDS, RELOAD_SECONDS, START

# A shell starts what runs beside it with SIGINT ignored: PgBouncer sets its own handlers, which another shell could not.
PGBOUNCER = f"""\
#!{sys.executable}
import os, signal, sys, time

def note(text):
    with open(os.environ["LOG"], "a") as log:
        log.write(text + "\\n")

def finish(*_):
    note("INT")
    time.sleep(0.3)
    note("finished")
    os._exit(0)

signal.signal(signal.SIGHUP, lambda *_: note("HUP"))
signal.signal(signal.SIGINT, finish)
signal.signal(signal.SIGTERM, lambda *_: (note("TERM"), os._exit(0)))
note("start " + " ".join(sys.argv[1:]))
while True:
    time.sleep(0.05)
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    program = tmp_path / "pgbouncer"
    program.write_text(PGBOUNCER)
    program.chmod(0o755)
    script = START.replace(f"sleep {NOTICE_SECONDS}", "sleep 0.1").replace(f"sleep {RELOAD_SECONDS}", "sleep 0.3")
    (tmp_path / "start.sh").write_text(script)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "LOG": str(tmp_path / "log")}
    process = subprocess.Popen(["sh", str(tmp_path / "start.sh")], env=environment, start_new_session=True)
    yield process
    # What a container's end would take with it.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(log: Path, line: str) -> list[str]:
    for _ in range(100):
        lines = log.read_text().splitlines() if log.exists() else []
        if line in lines:
            return lines
        time.sleep(0.05)
    raise AssertionError(f"{line!r} never came: {log.read_text() if log.exists() else 'nothing did'}")


def test_it_re_reads_its_files_while_it_runs_and_finishes_transactions_before_it_stops(started: subprocess.Popen[bytes], tmp_path: Path):
    log = tmp_path / "log"
    assert wait_for(log, "HUP")[0] == f"start {CONFIG}/pgbouncer.ini"
    started.send_signal(signal.SIGTERM)
    started.wait(timeout=10)
    lines = wait_for(log, "finished")
    assert "INT" in lines
    assert "TERM" not in lines, "PgBouncer would wait for clients that never leave"


def test_the_container_ends_when_pgbouncer_does(started: subprocess.Popen[bytes], tmp_path: Path):
    wait_for(tmp_path / "log", f"start {CONFIG}/pgbouncer.ini")
    (server,) = (
        int(folder.name)
        for folder in Path("/proc").glob("[0-9]*")
        if folder.name != str(started.pid) and _session(folder) == started.pid and b"pgbouncer.ini" in (folder / "cmdline").read_bytes()
    )
    os.kill(server, signal.SIGKILL)
    assert started.wait(timeout=10) != 0


def _session(process: Path) -> int:
    try:
        return os.getsid(int(process.name))
    except ProcessLookupError:
        return 0
