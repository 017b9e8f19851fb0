"""What to do about the engine's commonest refusals, said after the engine's own words."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass

HINTS: tuple[tuple[str, str], ...] = (
    (
        r"currently locked by \d+ lock",
        "another run is at work on this stack: wait for it to end. A lock whose process is gone is removed by the next run.",
    ),
    (
        r"incorrect passphrase|constructing secrets manager",
        "the state was encrypted with another passphrase: set PULUMI_CONFIG_PASSPHRASE to it, or forget the sandbox with `make clean`.",
    ),
    (r"no Pulumi\.yaml project file", "run from the project's own folder: it has Pulumi.yaml."),
    (r"executable file not found|No such file or directory: 'pulumi'", "the Pulumi CLI is missing: run tools/bootstrap.sh."),
    (
        r"could not connect to|connection refused|transport is closing|error reading from server",
        "a stand-in provider went away in mid-operation: the next run picks up from there.",
    ),
    (r"pending operations|interrupted while", "an earlier run was cut off: the next `make up` settles what it left behind."),
    (r"cannot be deleted.*protect|is protected", "protected resources stay until they are released: `make destroy` says how."),
)


@dataclass(frozen=True)
class Said:
    """How a command ended: its exit code (128 + n after signal n) and the end of its standard error, which has been shown already."""

    code: int
    error: str = ""


def hints(said: Said) -> Iterator[str]:
    """One line for each refusal that is recognised."""
    for pattern, advice in HINTS:
        if re.search(pattern, said.error, re.IGNORECASE | re.DOTALL):
            yield advice
    if 128 < said.code < 128 + signal.NSIG:
        yield f"signal {said.code - 128} ended the run: the next `make up` settles what was under way and goes on from there."
