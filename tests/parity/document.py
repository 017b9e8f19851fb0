"""Writes docs/parity.md: `python -m tests.parity.document`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from components.vocabulary import Cloud
from tests.parity import reasons
from tests.parity.capabilities import CAPABILITIES
from tests.parity.effects import ADDED, ANOTHER, PROTECT, REMOVED, Effect, Reach, effects, outputs, switches
from tests.stacks import ROOT

DOCUMENT = ROOT / "docs" / "parity.md"
TITLES = {Cloud.AWS: "AWS", Cloud.GCP: "GCP", Cloud.AZURE: "Azure"}
MOST_TYPES, MOST_PATHS, LONGEST_REFUSAL = 4, 4, 180
_CHANGES = {ANOTHER: "another", ADDED: "adds", REMOVED: "removes"}

INTRODUCTION = """# What each field comes to on each cloud

Written by `make inventory`: each capability is declared on each cloud twice, once with the field changed, and what is registered otherwise
is what the field reaches. `Type: property, …` names changed properties, `adds`, `removes` and `another` whole resources; *protected* is the
engine's own refusal to delete. Where nothing changes there is a reason, written in `tests/parity/reasons.yaml`; `refused` is the error
that `plan()` raises for a value that the cloud cannot serve. A test fails on a gap without a reason, and on a reason without a gap.
"""


def document() -> str:
    """The whole file."""
    return "\n".join([INTRODUCTION, *_fields(), *_outputs(), *_switches()]).rstrip() + "\n"


def _fields() -> Iterator[str]:
    found = {cloud: effects(cloud) for cloud in Cloud}
    for capability in CAPABILITIES:
        rows = (
            (row, *(_cell(found[cloud][capability.name, row], capability.name, row, cloud) for cloud in Cloud)) for row in capability.rows()
        )
        yield from (f"## {capability.name}\n", *_table("field", rows), "")


def _outputs() -> Iterator[str]:
    yield "## Outputs that not every cloud has\n"
    yield "What others compose with. `yes` is a value; a field that is not here has one on all clouds.\n"
    published = {cloud: outputs(cloud) for cloud in Cloud}
    written = reasons.of("outputs")
    rows = (
        (f"{name}.{field}", *(written.get((name, field, cloud), "yes") for cloud in Cloud))
        for name, (fields, _) in published[Cloud.AWS].items()
        for field in fields
        if any(field in published[cloud][name][1] for cloud in Cloud)
    )
    yield from (*_table("output", rows), "")


def _switches() -> Iterator[str]:
    yield "## Add-ons that a cluster needs\n"
    yield "Members of `components/addons/dialect.py`.\n"
    on = {cloud: switches(cloud) for cloud in Cloud}
    written = reasons.switches()
    members = list(on[Cloud.AWS])
    rows = ((member, *(f"{'yes' if on[cloud][member] else 'no'}: {written[member, cloud]}" for cloud in Cloud)) for member in members)
    yield from _table("member", rows)


def _table(first: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {first} | {' | '.join(TITLES[cloud] for cloud in Cloud)} |"
    yield "|---" * (len(Cloud) + 1) + "|"
    for name, *cells in rows:
        yield f"| `{name}` | {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _cell(effect: Effect, capability: str, row: str, cloud: Cloud) -> str:
    if not effect.reached and not effect.refused:
        return f"none: {reasons.of('fields')[capability, row, cloud]}"
    parts = _reached(effect.reached)
    shown = parts[:MOST_TYPES]
    if len(parts) > MOST_TYPES:
        shown.append(f"and {len(parts) - MOST_TYPES} more")
    return "; ".join([*shown, *(f"refused: {_short(message)}" for message in effect.refused)])


def _reached(reached: Sequence[Reach]) -> list[str]:
    """A part for each type in which properties change, one for each whole resource, one for protection."""
    found: dict[str, list[str]] = {}
    for one in reached:
        if one.path != PROTECT and not one.whole:
            found.setdefault(one.type, []).append(one.path)
    parts = [f"{_type(type_)}: {_paths(paths)}" for type_, paths in found.items()]
    whole = sorted((one for one in reached if one.whole), key=lambda one: (one.path, one.type))
    for change, ones in groupby(whole, key=lambda one: one.path):
        parts.append(f"{_CHANGES[change]} {_listed([_type(one.type) for one in ones])}")
    if any(one.path == PROTECT for one in reached):
        parts.append("*protected*")
    return parts


def _type(token: str) -> str:
    """`aws:rds/instance:Instance` is `rds.Instance`, `azure-native:network:Subnet` is `network.Subnet`."""
    package, module, name = token.split(":")
    service = module.partition("/")[0]
    if service == "providers":
        return f"a provider of {name}"
    return f"`{package if service == 'index' else service}.{name}`"


def _paths(paths: Sequence[str]) -> str:
    return _listed(list(dict.fromkeys(f"`{_path(path)}`" for path in paths)))


def _listed(items: Sequence[str]) -> str:
    more = [f"{len(items) - MOST_PATHS} more"] if len(items) > MOST_PATHS else []
    return ", ".join([*items[:MOST_PATHS], *more])


def _path(path: str) -> str:
    """Long ones by their beginning and their end."""
    parts = path.split(".")
    return path if len(parts) <= 4 else f"{parts[0]}…{'.'.join(parts[-2:])}"


def _short(message: str) -> str:
    text = " ".join(message.split())
    return text if len(text) <= LONGEST_REFUSAL else f"{text[:LONGEST_REFUSAL].rpartition(' ')[0]} …"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
