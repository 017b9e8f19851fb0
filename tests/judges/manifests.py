"""Every object of a recorded stack as a file, and what checkov finds in them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from tests.inventory.cases import Case
from tests.inventory.pods import agent_job, objects
from tests.judges.programs import run
from tests.recorder import Recording

Objects = dict[str, dict[str, Any]]

STARTED_LATER: Mapping[str, Mapping[str, Callable[[Recording[Any]], dict[str, Any]]]] = {"play-new": {"agent-runner": agent_job}}
"""By system: objects that no stack registers, but that a program of the system makes from a template of the stack."""


@dataclass(frozen=True)
class Finding:
    """`resource` is `kind.namespace.name`; a pod that checkov derives from a workload has its labels behind the name."""

    check: str
    resource: str
    title: str


@dataclass(frozen=True)
class Scan:
    passed: tuple[Finding, ...]
    failed: tuple[Finding, ...]


def manifests(case: Case) -> Objects:
    registered = case.recorded()
    made = [(name, make(registered)) for name, make in STARTED_LATER.get(case.system, {}).items()]
    given = [*objects(registered), *made]
    found = {f"{name}-{obj['kind']}": cast("dict[str, Any]", _whole(obj)) for name, obj in given}
    assert len(found) == len(given), "two objects of one kind share a name"
    return found


def identity(obj: Mapping[str, Any]) -> str:
    """As checkov names a namespaced object."""
    return f"{obj['kind']}.{obj['metadata']['namespace']}.{obj['metadata']['name']}"


def scan(folder: Path, manifests: Objects) -> Scan:
    """Offline, and blind to settings and credentials of whoever runs it.

    One run for each stack: checkov takes all that it is given for one cluster and looks past namespaces, so that one stack's
    NetworkPolicies would cover the pods of another.
    """
    stack = folder / "manifests"
    stack.mkdir(parents=True)
    for name, obj in manifests.items():
        (stack / f"{name}.yaml").write_text(yaml.safe_dump(obj, sort_keys=False), encoding="utf-8")
    asked = ("--directory", stack, "--framework", "kubernetes", "--output", "json", "--compact", "--skip-download")
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LOG_LEVEL": "WARNING"}
    answer = run("checkov", *asked, folder=folder, environment=environment)
    said = answer.stdout + answer.stderr
    assert answer.returncode in (0, 1), said  # 1 tells of findings
    report = cast("dict[str, Any]", json.loads(answer.stdout))
    assert "results" in report, f"checkov looked at nothing: {said}"
    assert report["summary"]["parsing_errors"] == 0, report["results"]["parsing_errors"]
    assert not report["results"]["skipped_checks"], "an annotation in a manifest skips a check: tests/judges/skips.py is the place"
    return Scan(passed=tuple(_findings(report, "passed_checks")), failed=tuple(_findings(report, "failed_checks")))


def _findings(report: Mapping[str, Any], verdict: str) -> Iterator[Finding]:
    for item in report["results"][verdict]:
        yield Finding(check=item["check_id"], resource=item["resource"], title=item["check_name"])


def _whole(value: Any) -> Any:
    """Whole numbers as the API server reads them; the engine's wire format has only one kind of number."""
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_whole(item) for item in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value
