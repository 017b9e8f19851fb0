"""What resources and data sources answer while a program is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from pulumi.runtime import mocks

from sandbox.reflection.model import Scalar
from sandbox.reflection.schema import Schemas
from sandbox.reflection.source import UnknownType

State = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]

REGION = "eu-south-1"
ACCOUNT = "111122223333"
JUDGED = frozenset({"aws", "gcp", "azure-native", "random", "tls", "kubernetes"})

# As `.sandbox/` may be removed at any time, its folder of read schemas is only a cache: three seconds less in each process.
SCHEMAS = Schemas(Path(__file__).resolve().parents[1] / ".sandbox" / "schemas")


class Answers(mocks.Mocks):
    def __init__(self, states: Mapping[str, State], answers: Mapping[str, Mapping[str, Any]]) -> None:
        self._states = states
        self._answers = answers

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        if args.token not in self._answers:
            raise AssertionError(f"no answer for the data source {args.token}: give `answers`")
        return dict(self._answers[args.token]), []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        inputs: dict[str, Any] = cast("Any", args).inputs
        if not args.custom:
            return "", inputs
        state = {"name": args.name} | inputs
        if args.typ.startswith("aws:"):
            state.setdefault("arn", _arn(args.typ, state))
        special = self._states.get(args.typ, {})
        state |= dict(special(inputs) if callable(special) else special)
        return str(state.get("id", f"{args.name}-id")), _promised(args.typ, args.name) | state


def _promised(type_: str, name: str) -> dict[str, Any]:
    """A value for each text output that the SDK promises: it tells whose it is."""
    outputs = SCHEMAS.of(type_).outputs if judged(type_) else {}
    return {wire: f"{name}-{wire}" for wire, promised in outputs.items() if promised.required and promised.type == Scalar("string")}


def judged(type_: str) -> bool:
    """Kinds of add-ons (`cert-manager.io/v1`) are in no SDK: their own definitions judge them, see `tests.crds`."""
    if type_.partition(":")[0] not in JUDGED:
        return False
    try:
        SCHEMAS.of(type_)
    except UnknownType:
        if type_.startswith("kubernetes:") and "." in type_.split(":")[1]:
            return False
        raise
    return True


def _arn(type_: str, state: Mapping[str, Any]) -> str:
    service, _, kind = type_.split(":")[1].partition("/")
    region = "" if service == "iam" else state.get("region") or REGION
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{kind}/{state['name']}"
