"""Runs a Pulumi program, or a policy pack, in a process of its own that ends with the process that started it."""

from __future__ import annotations

import argparse
import asyncio
import os
import runpy
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

SHOWN = 32
"""Exit code: the error has been shown, do not show it again."""
ORPHANED = 1


def main(argv: Sequence[str]) -> None:
    _end_with_parent()
    # The engine interrupts the host's whole process group when it is done: no reason for a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if argv[0] == "pack":
        _, engine, folder = argv
        sys.argv = ["pulumi.policy", engine, folder]
        runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)
    else:
        sys.exit(_program(argv[1:]))


def _program(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser()
    for name in ("monitor", "engine", "project", "root_directory", "stack", "pwd", "dry_run", "organization"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--parallel", type=int)
    parser.add_argument("program")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args(argv)

    import pulumi
    from pulumi import runtime

    runtime.configure(
        runtime.Settings(
            monitor=options.monitor,
            engine=options.engine,
            project=options.project,
            root_directory=options.root_directory,
            stack=options.stack,
            parallel=options.parallel,
            dry_run=options.dry_run == "true",
            organization=options.organization,
        )
    )
    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    sys.argv = [options.program, *options.arguments]
    os.chdir(options.pwd)

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # Registrations block a thread each while the engine works on them.
    loop.set_default_executor(ThreadPoolExecutor(max(options.parallel or 0, 64)))
    try:
        loop.run_until_complete(runtime.run_in_stack(lambda: _run(options.program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return SHOWN
    except Exception as error:  # whatever the program raises is shown once, here, with its own lines only
        pulumi.log.error(f"Program failed with an unhandled exception:\n{_own_lines(error, options.program)}")
        return SHOWN
    finally:
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _run(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


def _own_lines(error: BaseException, program: str) -> str:
    """The traceback from the program's first line on, as if it had been started directly."""
    folder = os.path.abspath(program)
    step = error.__traceback__
    while step and not os.path.abspath(step.tb_frame.f_code.co_filename).startswith(folder):
        step = step.tb_next
    return "".join(traceback.format_exception(type(error), error, step or error.__traceback__))


def _end_with_parent() -> None:
    """Nothing is ever written to standard input: its end means that the parent is gone. The program itself gets an empty one."""
    lifeline = os.dup(0)
    os.set_inheritable(lifeline, False)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)

    def wait() -> None:
        os.read(lifeline, 1)
        os._exit(ORPHANED)

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1:])
