"""Lists the secrets that people must set for a stack: `python -m ops.given prod`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from infra.given import KEY, given
from infra.mistakes import SettingsError
from infra.settings import Settings
from ops.stack.files import StackMissing, stack_file

ROOT = Path(__file__).resolve().parent.parent


def main(stack: Annotated[str, typer.Argument(help="Name of the stack: prod for Pulumi.prod.yaml.")]) -> None:
    """One `pulumi config set` command for each secret."""
    try:
        paths = given(Settings.load_file(stack_file(ROOT, stack)))
    except (StackMissing, SettingsError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    for name in paths:
        typer.echo(f"pulumi config set --secret --path '{KEY}.{name}'")


if __name__ == "__main__":
    typer.run(main)
