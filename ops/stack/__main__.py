"""The verbs of the Makefile: bring a stack of the sandbox up, look at it, take it down."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from infra.mistakes import SettingsError
from ops.stack import events, summary
from ops.stack.engine import Engine, Refused
from ops.stack.files import StackMissing, stack_file
from ops.stack.hints import Said, hints
from ops.stack.state import State
from sandbox.faults import Fault
from sandbox.launcher import CommandFailed, StandInsFailed, session
from sandbox.recover import recover
from sandbox.tools import ToolMissing

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ("--policy-pack", str(ROOT / "policies"))
QUIET = ("--suppress-progress", "--suppress-outputs", "--suppress-permalink=true")
"""The outputs come in the summary."""


def checked_faults(faults: list[str] | None) -> list[str] | None:
    for text in faults or ():
        try:
            Fault.parse(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
    return faults


app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

Stack = Annotated[str, typer.Option("--stack", "-s", help="The middle of Pulumi.<stack>.yaml.")]
Folder = Annotated[Path, typer.Option("--state", envvar="EUCLOUD_STATE", help="Where the sandbox keeps state and world.")]
Latency = Annotated[str, typer.Option(help="How long operations take: none or realistic.")]
Scale = Annotated[float, typer.Option("--time-scale", help="Latencies are divided by this.")]
Faults = Annotated[
    list[str] | None, typer.Option("--fault", callback=checked_faults, help="throttle:SHARE, fail:GLOB or crash:GLOB; may be repeated.")
]
STATE = ROOT / ".sandbox"


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


@contextmanager
def opened(
    stack: str, state: Path, latency: str = "none", time_scale: float = 1.0, faults: Sequence[str] | None = None, *, runs: bool = True
) -> Generator[Engine]:
    """The stack, ready for a command: nothing half done is left; where the program `runs`, its settings hold and its secrets are given."""
    try:
        source = stack_file(ROOT, stack)
        secrets = secrets_of(source) if runs else None
        folder = state.resolve() / "stacks" / stack
        folder.mkdir(parents=True, exist_ok=True)
        with session(state, cwd=folder, latency=latency, time_scale=time_scale, faults=faults or ()) as started:
            engine = Engine(ROOT, stack, folder, started)
            # First, since the CLI refuses every command on a state that a killed run left half written.
            for line in recover(engine.mend, stack, started.world()):
                say(f"recovered: {line}")
            engine.prepare(source, secrets)
            yield engine
    except SettingsError as error:
        say(f"Pulumi.{stack}.yaml is not right, nothing was registered:")
        say("\n".join(f"  {line}" for line in error.lines))
        raise typer.Exit(1) from None
    except (StackMissing, StandInsFailed, ToolMissing) as error:
        say(str(error))
        raise typer.Exit(1) from None
    except (Refused, CommandFailed) as error:
        say(str(error))
        stop(Said(1, str(error)))


def told(engine: Engine, begun: float, *, preview: bool = False) -> None:
    """The summary, on standard output."""
    read = events.told(events.read(engine.event_log))
    summary.console().print(summary.report(engine.stack, read, State.parse(engine.export()), time.monotonic() - begun, preview=preview))


@app.command()
def up(stack: Stack = "prod", state: Folder = STATE, latency: Latency = "none", time_scale: Scale = 1.0, fault: Faults = None) -> None:
    """Preview and update, the residency policies on; a second run changes nothing."""
    begun = time.monotonic()
    with opened(stack, state, latency, time_scale, fault) as engine:
        said = engine.operate("up", "--yes", *QUIET, *POLICIES)
        if said.code:
            stop(said)
        told(engine, begun)


@app.command()
def preview(stack: Stack = "prod", state: Folder = STATE, latency: Latency = "none", time_scale: Scale = 1.0, fault: Faults = None) -> None:
    """What `up` would change, the residency policies on."""
    begun = time.monotonic()
    with opened(stack, state, latency, time_scale, fault) as engine:
        said = engine.operate("preview", *QUIET, *POLICIES)
        if said.code:
            stop(said)
        told(engine, begun, preview=True)


@app.command()
def refresh(stack: Stack = "prod", state: Folder = STATE, latency: Latency = "none", time_scale: Scale = 1.0, fault: Faults = None) -> None:
    """Read the stand-in world again, and record what drifted."""
    begun = time.monotonic()
    with opened(stack, state, latency, time_scale, fault) as engine:
        said = engine.operate("refresh", "--yes", *QUIET)
        if said.code:
            stop(said)
        told(engine, begun)


@app.command()
def destroy(stack: Stack = "prod", state: Folder = STATE, latency: Latency = "none", time_scale: Scale = 1.0, fault: Faults = None) -> None:
    """Remove what is not protected, then say what is left and how to release it."""
    with opened(stack, state, latency, time_scale, fault, runs=False) as engine:
        said = engine.operate("destroy", "--yes", "--exclude-protected", *QUIET)
        summary.console().print(summary.remainder(stack, State.parse(engine.export())), markup=False, soft_wrap=True)
        if said.code:
            stop(said)


@app.command()
def export(stack: Stack = "prod", state: Folder = STATE) -> None:
    """The engine's recorded state as JSON, secrets sealed."""
    with opened(stack, state, runs=False) as engine:
        print(engine.export(), end="")


@app.command(context_settings={"ignore_unknown_options": True})
def pulumi(
    arguments: Annotated[list[str], typer.Argument(help="After --: any command of the CLI.")],
    stack: Stack = "prod",
    state: Folder = STATE,
    latency: Latency = "none",
    time_scale: Scale = 1.0,
    fault: Faults = None,
) -> None:
    """Any other command of the CLI, beside the stand-ins: `pulumi -- stack output --json`."""
    with opened(stack, state, latency, time_scale, fault, runs=False) as engine:
        stop(engine.passed_through(arguments))


if __name__ == "__main__":
    app()
