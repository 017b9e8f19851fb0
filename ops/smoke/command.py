"""`eucloud smoke <stack>`: every check of every system of a stack."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import httpx
import typer

from infra.mistakes import SettingsError
from infra.selection import specs
from infra.settings import Settings
from infra.system import SystemSpec
from ops.smoke.probe import Result, Target, missing, probe
from ops.stack.files import StackMissing, stack_file

ROOT = Path(__file__).resolve().parents[2]
FAILED, BAD_INPUT = 1, 2
TENANT = "TENANT_ID"


class Mistakes(Exception):
    """What the caller gave and cannot be used, a line each."""


@dataclass(frozen=True)
class Asked:
    """The systems whose checks are run, and the address that stands for each."""

    system: SystemSpec
    base: httpx.URL


def smoke(
    stack: Annotated[str, typer.Argument(help="Name of the stack: prod for Pulumi.prod.yaml.")],
    system: Annotated[str, typer.Option(help="Only this system of the stack.")] = "",
    base_url: Annotated[str, typer.Option(help="Instead of the system's own public host: https://localhost:8443.")] = "",
    tenant: Annotated[str, typer.Option(help=f"The tenant of test requests; otherwise ${TENANT}, or each check's own.")] = "",
    insecure_ca: Annotated[Path | None, typer.Option(help="PEM of an authority to trust too: a private or a staging one.")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that each answer may take.")] = 10,
    http_port: Annotated[int, typer.Option(min=1, max=65535, help="Where plain HTTP is answered, which must redirect.")] = 80,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    project: Annotated[Path, typer.Option(help="Folder of the stack files.")] = ROOT,
) -> None:
    """Ask a stack whether it answers as its systems say. Ends with 1 if one does not, with 2 for bad input."""
    environment = {**os.environ, **({TENANT: tenant} if tenant else {})}
    try:
        asked = choose(_systems(project, stack), system, base_url)
        if lines := [f"{one.system.id}: {line}" for one in asked for line in missing(one.system.checks, environment)]:
            raise Mistakes(*lines)
        trust = trusted(insecure_ca)
    except Mistakes as mistakes:
        for line in mistakes.args:
            typer.echo(line, err=True)
        raise typer.Exit(BAD_INPUT) from None
    results = dict(_run(asked, trust, environment, timeout, http_port, quiet=as_json))
    every = [result for some in results.values() for result in some]
    failed = sum(not result.passed for result in every)
    if as_json:
        typer.echo(json.dumps({name: [asdict(result) for result in some] for name, some in results.items()}, indent=2))
    else:
        typer.echo(f"{failed} of {len(every)} failed" if failed else f"all {len(every)} passed")
    if failed:
        raise typer.Exit(FAILED)


def _systems(project: Path, stack: str) -> Sequence[SystemSpec]:
    try:
        return specs(Settings.load_file(stack_file(project, stack)))
    except SettingsError as error:
        raise Mistakes(*error.lines) from None
    except StackMissing as error:
        raise Mistakes(str(error)) from None


def choose(systems: Sequence[SystemSpec], only: str, base_url: str) -> tuple[Asked, ...]:
    """Raises Mistakes for a system that is not there or has no checks, and for an address that could be any system's."""
    checked = {system.id: system for system in systems if system.checks}
    if only and only not in checked:
        raise Mistakes(f"--system {only!r}: no system of this stack with smoke tests; allowed: {', '.join(checked) or 'none'}")
    wanted = [checked[only]] if only else list(checked.values())
    if not wanted:
        raise Mistakes(f"no system of this stack has smoke tests; there are: {', '.join(system.id for system in systems)}")
    if base_url and len(wanted) > 1:
        raise Mistakes(
            f"--base-url {base_url!r} stands for one system, and this stack has {len(wanted)}; say which: --system {wanted[0].id}"
        )
    return tuple(Asked(system, _base(system, base_url)) for system in wanted)


def _base(system: SystemSpec, given: str) -> httpx.URL:
    if not given and not system.routes:
        raise Mistakes(f"{system.id} has no public host; say where it answers: --base-url")
    try:
        url = httpx.URL(given or f"https://{system.routes[0].host}")
    except httpx.InvalidURL as error:
        raise Mistakes(f"--base-url {given!r}: {error}; allowed: https://<host>[:<port>]") from None
    if url.scheme != "https" or not url.host or url.path != "/" or url.query:
        raise Mistakes(f"--base-url {given!r} given; allowed: https://<host>[:<port>]")
    return url


def trusted(authority: Path | None) -> ssl.SSLContext:
    """The public authorities, and the given one. Raises Mistakes for a file that holds none."""
    context = httpx.create_ssl_context()
    if authority is not None:
        try:
            context.load_verify_locations(authority)
        except OSError as error:
            raise Mistakes(f"--insecure-ca {authority}: {error.strerror or error}; allowed: a file with PEM certificates") from None
    return context


def _run(
    asked: Sequence[Asked], trust: ssl.SSLContext, environment: Mapping[str, str], timeout: float, plain_port: int, *, quiet: bool
) -> Iterator[tuple[str, list[Result]]]:
    for one in asked:
        target = Target(one.base, trust, environment, timeout, plain_port)
        results: list[Result] = []
        if not quiet:
            typer.echo(f"{one.system.id} at {one.base}")
        for check in one.system.checks:
            result = probe(check, target)
            results.append(result)
            if not quiet:
                typer.echo(f"[{'PASS' if result.passed else 'FAIL'}] {result.name}: wanted {result.wanted}, got {result.came}")
        yield one.system.id, results
