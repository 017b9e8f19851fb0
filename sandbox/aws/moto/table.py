"""Writes docs/judges.md's table of AWS types: `python -m sandbox.aws.moto.table [INVENTORY…]` (all recorded stacks unless given)."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, cast

import botocore.session
import yaml

from sandbox.aws.moto.row import Call, Own, Removal, Row, Step
from sandbox.aws.moto.rows import ROWS, SCHEMA_ONLY

ROOT = Path(__file__).resolve().parents[3]
DOC = ROOT / "docs" / "judges.md"
_BLOCK = re.compile(r"(<!-- aws:begin -->\n).*?(<!-- aws:end -->)", re.DOTALL)
_LOOKING = ("Describe", "Get", "List", "Head")


def inventories() -> list[Path]:
    return sorted(ROOT.glob("tests/inventories/*/aws*.yaml"))


def types(paths: Iterable[Path]) -> list[str]:
    """AWS types that the recorded stacks register."""
    return sorted({name for path in paths for name in recorded(path)["counts"] if str(name).startswith("aws:")})


@lru_cache
def recorded(path: Path) -> dict[str, Any]:
    """An inventory: `counts` by type, `values` by type and name."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where it was built
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)


def table(registered: Iterable[str]) -> str:
    """Raises SystemExit for a type that has neither a row nor a reason."""
    kept: list[str] = []
    alone: list[str] = []
    for type_ in registered:
        if type_ in ROWS:
            kept.append(f"| `{type_}` | {' | '.join(_cells(ROWS[type_]))} |")
        elif type_ in SCHEMA_ONLY:
            alone.append(f"| `{type_}` | {SCHEMA_ONLY[type_]} |")
        else:
            raise SystemExit(f"{type_}: give it a row in sandbox/aws/moto/rows/, or say in SCHEMA_ONLY there why moto does not keep it")
    lines = (
        f"Of the {len(kept) + len(alone)} types that the recorded stacks register, moto keeps {len(kept)}:\n",
        "| type | made by | read by | removed by | stays with the stand-in alone |",
        "|---|---|---|---|---|",
        *kept,
        "\nSchema only, kept by the stand-in alone:\n",
        "| type | why |",
        "|---|---|",
        *alone,
    )
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    made = [_code(row.create.operation), *(f"{_code(other.call.operation)} (`{name}`)" for name, other in row.others.items())]
    read = dict.fromkeys(_code(read.operation) for read in row.reads)
    removed = [_code(name) for name in operations(row, row.delete) if not name.startswith(_LOOKING)]
    return " or ".join(made), ", ".join(read), ", ".join(removed), "; ".join(_alone(row))


def _alone(row: Row) -> Iterator[str]:
    for what, reasons in (("", row.beyond), ("later values of ", row.fixed)):
        for reason in dict.fromkeys(reasons.values()):
            names = ", ".join(_code(name) for name, why in reasons.items() if why == reason)
            yield f"{what}{names}: {reason}"


def _code(text: str) -> str:
    return f"`{text}`"


def operations(row: Row, step: Removal | Step) -> list[str]:
    """The operations of a step; of one in code, those that its code names (also other services')."""
    if isinstance(step, Call):
        return [step.operation]
    if step is None:
        return []
    words = list(dict.fromkeys(texts(step.run if isinstance(step, Own) else step)))
    known = frozenset[str]().union(*map(of, {row.service, *words}))
    # Some names are put together of two (RevokeSecurityGroup, Ingress).
    return [name for word in words for name in (word, *(word + other for other in words)) if name in known]


@lru_cache
def of(service: str) -> frozenset[str]:
    """Names of a service's operations; none where there is no such service."""
    return frozenset(_session().get_service_model(service).operation_names) if service in _services() else frozenset()


@lru_cache
def _services() -> frozenset[str]:
    return frozenset(_session().get_available_services())


@lru_cache
def _session() -> Any:
    return cast("Any", botocore.session).get_session()


def texts(function: Callable[..., object], seen: set[CodeType] | None = None) -> Iterator[str]:
    """Every text in the code of a function, and of those of the tables' that it calls or closes over."""
    known = set[CodeType]() if seen is None else seen
    if not isinstance(function, FunctionType) or function.__code__ in known:
        return
    names = set[str]()
    for code in _within(function.__code__):
        known.add(code)
        names.update(code.co_names)
        yield from _strings(code.co_consts)
    enclosed = [cell.cell_contents for cell in function.__closure__ or ()]
    yield from _strings(enclosed)
    called = [function.__globals__.get(name) for name in sorted(names)]
    for inner in (*enclosed, *called):
        if isinstance(inner, FunctionType) and inner.__module__.startswith("sandbox.aws.moto.rows"):
            yield from texts(inner, known)


def _within(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _within(constant)


def _strings(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple | list | frozenset):
            yield from _strings(value)
        elif isinstance(value, Mapping):
            yield from _strings([*cast("Mapping[Any, Any]", value), *cast("Mapping[Any, Any]", value).values()])


def render(text: str, registered: Iterable[str]) -> str:
    """The document with its table written again. Raises SystemExit where the table's place is gone."""
    written, count = _BLOCK.subn(lambda found: f"{found[1]}{table(registered)}{found[2]}", text)
    if count != 1:
        raise SystemExit(f"{DOC.relative_to(ROOT)} needs the lines <!-- aws:begin --> and <!-- aws:end --> once, around the table")
    return written


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox.aws.moto.table")
    parser.add_argument("inventories", type=Path, nargs="*", metavar="INVENTORY", help="recorded stacks (tests/inventories/*/aws*.yaml)")
    parser.add_argument("--doc", type=Path, default=DOC)
    options = parser.parse_args()
    paths, doc = cast("list[Path]", options.inventories) or inventories(), cast("Path", options.doc)
    doc.write_text(render(doc.read_text(encoding="utf-8"), types(paths)), encoding="utf-8")


if __name__ == "__main__":
    main()
