"""The verbs of the Makefile: bring a stack of the sandbox up, look at it, take it down."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from infra.mistakes import SettingsError
from ops.stack import events, kept, summary
from ops.stack.engine import Engine, Refused
from ops.stack.files import StackMissing, stack_file
from ops.stack.hints import Said, hints
from ops.stack.options import Folder, How, Stack, sandboxed
from ops.stack.state import State
from sandbox import judges
from sandbox.judges import Otherwise
from sandbox.launcher import CommandFailed, Session, StandInsFailed, session
from sandbox.recover import recover
from sandbox.tools import ToolMissing

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ("--policy-pack", str(ROOT / "policies"))
QUIET = ("--suppress-progress", "--suppress-outputs", "--suppress-permalink=true")
"""The outputs come in the summary."""


app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
STATE = ROOT / ".sandbox"
KeepData = Annotated[bool, typer.Option("--keep-data", help="Leave what holds data too, protected or not, and write a list of it.")]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def stop(said: Said) -> None:
    """Ends with the CLI's own code, after what can be advised about its refusal."""
    for line in hints(said):
        say(f"hint: {line}")
    raise typer.Exit(said.code)


def secrets_of(source: Path) -> tuple[str, ...]:
    """Names of the secrets that people give this stack. Raises SettingsError for every mistake in its file."""
    # Here and not above: the program takes two seconds to load, and half of the verbs do without it.
    from infra.given import given
    from infra.settings import Settings

    return given(Settings.load_file(source))


def how_opened(state: Path, folder: Path, how: How) -> AbstractContextManager[Session]:
    """Raises Otherwise where the state's things stand before other judges than those asked for."""
    state.mkdir(parents=True, exist_ok=True)
    chosen = judges.settled(state.resolve(), how.aws, how.kubernetes)
    return session(state, cwd=folder, latency=how.latency, time_scale=how.time_scale, faults=how.faults, judges=chosen)


@contextmanager
def opened(stack: str, state: Path, how: How | None = None, *, runs: bool = True) -> Generator[Engine]:
    """The stack, ready for a command: nothing half done is left; where the program `runs`, its settings hold and its secrets are given."""
    try:
        source = stack_file(ROOT, stack)
        secrets = secrets_of(source) if runs else None
        folder = state.resolve() / "stacks" / stack
        folder.mkdir(parents=True, exist_ok=True)
        with how_opened(state, folder, how or How()) as started:
            engine = Engine(ROOT, stack, folder, started)
            # First, since the CLI refuses every command on a state that a killed run left half written.
            with contextlib.closing(started.world()) as world:
                for line in recover(engine.mend, stack, world, started.forget):
                    say(f"recovered: {line}")
            engine.prepare(source, secrets)
            yield engine
    except SettingsError as error:
        say(f"Pulumi.{stack}.yaml is not right, nothing was registered:")
        say("\n".join(f"  {line}" for line in error.lines))
        raise typer.Exit(1) from None
    except (StackMissing, StandInsFailed, ToolMissing, Otherwise) as error:
        say(str(error))
        raise typer.Exit(1) from None
    except (Refused, CommandFailed) as error:
        say(str(error))
        stop(Said(1, str(error)))


def told(engine: Engine, begun: float, *, preview: bool = False) -> None:
    """The summary, on standard output."""
    read = events.told(events.read(engine.event_log))
    watched = judges.where(engine.session.state)
    state = State.parse(engine.export())
    summary.console().print(summary.report(engine.stack, read, state, time.monotonic() - begun, watched, preview=preview))


@app.command()
@sandboxed
def up(how: How, stack: Stack = "prod", state: Folder = STATE) -> None:
    """Preview and update, the residency policies on; a second run changes nothing."""
    begun = time.monotonic()
    with opened(stack, state, how) as engine:
        said = engine.operate("up", "--yes", *QUIET, *POLICIES)
        if said.code:
            stop(said)
        kept.forget(engine.folder)
        told(engine, begun)


@app.command()
@sandboxed
def preview(how: How, stack: Stack = "prod", state: Folder = STATE) -> None:
    """What `up` would change, the residency policies on."""
    begun = time.monotonic()
    with opened(stack, state, how) as engine:
        said = engine.operate("preview", *QUIET, *POLICIES)
        if said.code:
            stop(said)
        told(engine, begun, preview=True)


@app.command()
@sandboxed
def refresh(how: How, stack: Stack = "prod", state: Folder = STATE) -> None:
    """Read the stand-in world again, and record what drifted."""
    begun = time.monotonic()
    with opened(stack, state, how) as engine:
        said = engine.operate("refresh", "--yes", *QUIET)
        if said.code:
            stop(said)
        told(engine, begun)


@app.command()
@sandboxed
def destroy(how: How, stack: Stack = "prod", state: Folder = STATE, keep_data: KeepData = False) -> None:
    """Remove what is not protected, then say what is left and how to release it."""
    with opened(stack, state, how, runs=False) as engine:
        if keep_data and (urns := kept.unprotected_data(State.parse(engine.export()))):
            # In the state, so that no later destroy takes it unasked, until the program or a person says otherwise.
            engine.read("state", "protect", "--yes", "--stack", stack, *urns)
        said = engine.operate("destroy", "--yes", "--exclude-protected", *QUIET)
        left = State.parse(engine.export())
        summary.console().print(summary.remainder(stack, left, kept.write(engine.folder, left)), markup=False, soft_wrap=True)
        if said.code:
            stop(said)


@app.command()
def export(stack: Stack = "prod", state: Folder = STATE) -> None:
    """The engine's recorded state as JSON, secrets sealed."""
    with opened(stack, state, runs=False) as engine:
        print(engine.export(), end="")


@app.command(context_settings={"ignore_unknown_options": True})
@sandboxed
def pulumi(
    how: How,
    arguments: Annotated[list[str], typer.Argument(help="After --: any command of the CLI.")],
    stack: Stack = "prod",
    state: Folder = STATE,
) -> None:
    """Any other command of the CLI, beside the stand-ins: `pulumi -- stack output --json`."""
    with opened(stack, state, how, runs=False) as engine:
        stop(engine.passed_through(arguments))


@app.command(name="stop")
def stop_judges(state: Folder = STATE) -> None:
    """End the judges (moto, the API server): what they keep stays on disk, and the next verb starts them again."""
    ended = judges.stop(state.resolve())
    say(f"stopped: {', '.join(ended)}" if ended else "no judge was running")


if __name__ == "__main__":
    app()
