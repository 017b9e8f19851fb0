"""The last words of a verb: what happened, what there is now, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ops.stack.events import Told, changed
from ops.stack.state import Resource, State, flat, grouped

PAST = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "create-replacement": "replacements made",
    "delete-replaced": "replaced ones deleted",
    "delete": "deleted",
    "same": "unchanged",
    "import": "imported",
    "refresh": "refreshed",
}
FUTURE = {"create": "to create", "update": "to update", "replace": "to replace", "delete": "to delete", "same": "unchanged"}
WIDE = 200
"""Columns where there is no terminal, so that no endpoint is broken over two lines in a log."""


def console() -> Console:
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=WIDE)


def counts(changes: Mapping[str, int], words: Mapping[str, str]) -> str:
    """`12 created, 3 updated`: what is unchanged comes last."""
    ordered = sorted(changes.items(), key=lambda item: item[0] == "same")
    return ", ".join(f"{count} {words.get(operation, operation)}" for operation, count in ordered if count)


def verdicts(told: Told) -> list[str]:
    """One line for each policy pack that ran."""
    lines: list[str] = []
    for pack in told.packs.values():
        looked = f"over {several(len(pack.resources), 'resource')}"
        broken = sum(pack.violations.values())
        verdict = several(broken, "violation") if broken else f"passed {looked}"
        lines.append(f"{pack.name} {_version(pack.version)}: {verdict}")
    return lines


def several(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _version(version: str) -> str:
    return version if not version[:1].isdigit() else f"v{version}"


def headline(stack: str, told: Told, *, preview: bool) -> str:
    changes = told.changes or {}
    if not changed(changes):
        return f"{stack}: nothing to change, {changes.get('same', 0)} resources are as declared"
    return f"{stack}: {counts(changes, FUTURE if preview else PAST)}"


def report(
    stack: str, told: Told, state: State, seconds: float, judges: Mapping[str, str] | None = None, *, preview: bool = False
) -> Table:
    """After up, preview and refresh. Rows: policies, resources, outputs, judges that run and how to look at them, time."""
    table = Table(title=headline(stack, told, preview=preview), title_justify="left", title_style="bold", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for line in verdicts(told):
        table.add_row("policies", line)
    if not preview:
        packages = ", ".join(f"{package} {count}" for package, count in state.by_package().items())
        table.add_row("resources", f"{len(state.resources)} ({packages})")
        table.add_section()
        for name, value in flat(state.outputs()):
            table.add_row(name, Text(value))
        table.add_section()
        for name, command in (judges or {}).items():
            table.add_row(name, Text(command))
    table.add_row("time", f"{seconds:.0f} s")
    return table


def listed(resources: Sequence[Resource]) -> list[str]:
    """One line for each type; components and provider instances, which cost nothing and go by themselves, are only counted."""
    real = [resource for resource in resources if resource.get("custom") and not resource["type"].startswith("pulumi:")]
    lines = [f"  {type_}: {', '.join(names)}" for type_, names in grouped(real).items()]
    if around := len(resources) - len(real):
        lines.append(f"  around them: {around} components and provider instances")
    return lines


def remainder(stack: str, state: State, written: Path | None = None) -> str:
    """After destroy: what is left, why, how to release it, and where it is written down."""
    protected, standing = state.protected(), state.standing_on()
    if not state.declared:
        return f"{stack}: nothing is left"
    lines = [f"{stack}: left are {several(len(protected), 'protected resource')}, and {len(standing)} that they stand on"]
    for title, resources in (("protected", protected), ("what they stand on", standing)):
        if resources:
            lines += [f"\n{title}:", *listed(resources)]
    kept = {resource["urn"] for resource in (*protected, *standing)}
    if others := [resource for resource in state.declared if resource["urn"] not in kept]:
        lines += ["\nnot deleted for another reason, see above:", *listed(others)]
    if written:
        lines.append(f"\nWritten down with ids, regions and reasons: {written}")
    if protected:
        lines.append(
            f"\n`make up STACK={stack}` takes all of it over again."
            f"\nTo release all of it: write `deletion_protection: false` under `eu-cloud:stack` in Pulumi.{stack}.yaml (staging and"
            f" development do without), then `make up STACK={stack}` and `make destroy STACK={stack}`."
            f"\nTo release one (URNs: make export STACK={stack}), or with --all everything that the cloud does not protect itself:"
            f' make pulumi STACK={stack} ARGS="state unprotect URN", then make destroy.'
        )
    return "\n".join(lines)
