"""`eucloud`: work on a stack that stands."""

from __future__ import annotations

import typer

from ops.smoke.command import smoke

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.command("smoke")(smoke)


@app.callback()
def eucloud() -> None:
    """Work on a stack that stands. Building one is pulumi's: see README.md."""
