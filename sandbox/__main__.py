"""`python -m sandbox [options] -- pulumi …` and `python -m sandbox drift …`."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import get_args

from sandbox.faults import KINDS, Fault, Faults
from sandbox.judges import Aws, Otherwise, settled
from sandbox.latency import SOURCES
from sandbox.launcher import Behaviour, Session, StandInsFailed, make
from sandbox.server import DEFAULT_STAND_INS
from sandbox.tools import ToolMissing

USAGE = 2


def main(argv: Sequence[str]) -> int:
    if argv[:1] == ["drift"]:
        from sandbox import drift

        return drift.main(argv[1:])
    own, _, command = (list(argv[: argv.index("--")]), "--", list(argv[argv.index("--") + 1 :])) if "--" in argv else (list(argv), "", [])
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--state", type=Path, default=Path(".sandbox"), help="where world, state and plugins live (default: .sandbox)")
    parser.add_argument("--latency", choices=sorted(SOURCES), default="none")
    parser.add_argument("--time-scale", type=float, default=1.0, metavar="N", help="divides every latency (600: an EKS cluster in 1 s)")
    parser.add_argument("--fault", action="append", default=[], metavar="KIND:VALUE", help=KINDS)
    parser.add_argument("--seed", type=int, default=0, help="makes faults repeatable (default: 0)")
    parser.add_argument("--stand-ins", default=DEFAULT_STAND_INS, help=argparse.SUPPRESS)
    parser.add_argument("--recover", metavar="STACK", help="first mend what a killed run left behind in this stack")
    parser.add_argument("--aws", choices=get_args(Aws), help="who keeps AWS's things (default: as the state has it, else schema)")
    options = parser.parse_args(own)
    if not command:
        parser.error("give a command after --, for example: python -m sandbox -- pulumi preview")
    try:
        options.state.mkdir(parents=True, exist_ok=True)
        faults = [Fault.parse(text) for text in options.fault]
        for fault, mark in Faults(faults, options.seed, options.state).spent():
            print(f"sandbox: the fault {fault} has happened here already; delete {mark} to see it again", file=sys.stderr)
        chosen = settled(options.state, options.aws, None, fresh="schema")
        behaviour = Behaviour(options.latency, options.time_scale, tuple(options.fault), options.seed, options.stand_ins, chosen)
        session = make(options.state, behaviour)
        try:
            if options.recover:
                from sandbox.recover import recover

                with contextlib.closing(session.world()) as world:
                    for line in recover(session.run, options.recover, world, session.forget):
                        print(f"sandbox: {line}", file=sys.stderr)
            return _pass_through(session, command)
        finally:
            session.stop()
    except (ValueError, ToolMissing, StandInsFailed, Otherwise) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return USAGE


def _pass_through(session: Session, command: list[str]) -> int:
    """Runs the command on this terminal and returns its exit code (128 + n when signal n ended it)."""
    environment = session.env
    program = str(session.pulumi) if command[0] == "pulumi" else command[0]
    child = subprocess.Popen([program, *command[1:]], env=environment)

    def forward(number: int, _: FrameType | None) -> None:
        # The terminal sends an interrupt to the child too, and a second one makes the engine drop everything at once.
        if number == signal.SIGINT and _in_foreground():
            return
        child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, forward)
    code = child.wait()
    return 128 - code if code < 0 else code


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
