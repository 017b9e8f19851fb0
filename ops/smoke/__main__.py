"""`python -m ops.smoke prod`: the same as `eucloud smoke prod`."""

from __future__ import annotations

import typer

from ops.smoke.command import smoke

if __name__ == "__main__":
    typer.run(smoke)
