"""Lists the secrets that people must set for a stack: `python -m ops.given prod`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from infra.given import KEY, given
from infra.mistakes import SettingsError
from infra.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def main(stack: Annotated[str, typer.Argument(help="Name of the stack: prod for Pulumi.prod.yaml.")]) -> None:
    """One `pulumi config set` command for each secret."""
    path = ROOT / f"Pulumi.{stack}.yaml"
    if not path.exists():
        stacks = sorted(file.name.split(".")[1] for file in ROOT.glob("Pulumi.*.yaml"))
        typer.echo(f"{path.name}: no such file; stacks: {', '.join(stacks)}", err=True)
        raise typer.Exit(1)
    try:
        paths = given(Settings.load_file(path))
    except SettingsError as error:
        for line in error.lines:
            typer.echo(line, err=True)
        raise typer.Exit(1) from None
    for name in paths:
        typer.echo(f"pulumi config set --secret --path '{KEY}.{name}'")


if __name__ == "__main__":
    typer.run(main)
