from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

from sandbox.aws.moto.row import Own, Row
from sandbox.aws.moto.rows import ROWS, SCHEMA_ONLY
from sandbox.aws.moto.table import DOC, inventories, operations, recorded, render, texts, types
from tests.sandbox.moto.implemented import implemented, is_service, model
from tests.sandbox.moto.sending import dotted, paths, sent, steps

NO = re.compile(r"\bno ([A-Z]\w+)")
ELSEWHERE = {"ebs": "ec2", "vpc": "ec2", "cloudwatch": "logs", "cfg": "config"}
"""Services whose API is another than Pulumi's module says."""
PROVIDERS = frozenset({"tags", "region"})
"""Tags have calls of their own; a region is where the calls go."""


def test_the_document_is_up_to_date():
    text = DOC.read_text(encoding="utf-8")

    assert text == render(text, types(inventories())), "run `python -m sandbox.aws.moto.table`"


def test_every_recorded_type_has_a_row_or_a_reason():
    known = {*ROWS, *SCHEMA_ONLY}

    assert len(types(inventories())) > 40
    assert [type_ for type_ in types(inventories()) if type_ not in known] == []


def test_no_type_has_both():
    assert ROWS.keys() & SCHEMA_ONLY.keys() == set()


def test_the_reasons_are_about_the_moto_that_is_installed():
    assert importlib.metadata.version("moto") == "5.2.5", "read the reasons in sandbox/aws/moto/rows again, and see what moto takes by now"


def named(row: Row) -> Iterator[tuple[str, str]]:
    """Service and operation of every call that a row makes. A step in code may ask any service that it mentions."""
    for step in steps(row):
        services = [row.service, *(filter(is_service, texts(step.run)) if isinstance(step, Own) else ())]
        for operation in operations(row, step):
            yield next((one for one in services if operation in model(one).operation_names), row.service), operation
    yield from ((read.service or row.service, read.operation) for read in row.reads)
    if row.tagging:
        yield row.service, row.tagging.set
        if "tags" not in row.fixed:
            yield row.service, row.tagging.unset


@pytest.mark.parametrize("type_", ROWS)
def test_aws_and_moto_have_every_operation_of_a_row(type_: str):
    calls = set(named(ROWS[type_]))

    assert len(calls) >= 2
    assert [call for call in calls if call[1] not in model(call[0]).operation_names] == []
    assert [call for call in calls if not implemented(*call)] == []


def services(type_: str) -> list[str]:
    module = type_.split(":")[1].split("/")[0]
    return [one for one in (ROWS[type_].service if type_ in ROWS else "", ELSEWHERE.get(module, ""), module) if is_service(one)]


def reasons() -> Iterator[tuple[str, str]]:
    yield from SCHEMA_ONLY.items()
    yield from ((type_, why) for type_, row in ROWS.items() for why in sorted({*row.beyond.values(), *row.fixed.values()}))


@pytest.mark.parametrize(("type_", "why"), sorted(reasons()))
def test_moto_has_no_operation_that_a_reason_misses(type_: str, why: str):
    assert why.strip()
    missed = [word for word in NO.findall(why) if any(word in model(service).operation_names for service in services(type_))]

    assert missed or type_ not in SCHEMA_ONLY, f"name the operation of {services(type_)} that moto lacks"
    assert [word for word in missed if any(implemented(service, word) for service in services(type_))] == []


def test_a_reason_that_is_no_longer_true_is_found():
    assert implemented("eks", "CreateCluster")
    assert not implemented("eks", "CreateAddon")
    assert not implemented("accessanalyzer", "CreateAnalyzer")
    assert implemented("s3", "PutBucketPolicy")
    assert not implemented("s3", "PutBucketMetricsConfiguration")


def resources() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in inventories():
        for key, inputs in recorded(path)["values"].items():
            type_ = str(key).rpartition("::")[0]
            if type_ in ROWS:
                yield type_, {name: value for name, value in inputs.items() if not name.startswith("(")}


@lru_cache
def given_and_sent() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """By type, over all recorded stacks: one resource of each set of properties."""
    given: dict[str, set[str]] = {}
    going: dict[str, set[str]] = {}
    seen = set[tuple[str, frozenset[str]]]()
    for type_, inputs in resources():
        shape = (type_, frozenset(map(dotted, paths(inputs))))
        if shape not in seen:
            seen.add(shape)
            given.setdefault(type_, set()).update(name for name in shape[1] if name.partition(".")[0] not in PROVIDERS)
            going.setdefault(type_, set()).update(map(dotted, sent(ROWS[type_], inputs)))
    return given, going


@pytest.mark.parametrize("type_", [type_ for type_ in types(inventories()) if type_ in ROWS])
def test_every_given_property_goes_to_moto_or_stays_for_a_reason(type_: str):
    given, going = given_and_sent()
    beyond = ROWS[type_].beyond

    assert sorted(name for name in given[type_] - going[type_] if name.partition(".")[0] not in beyond) == []
    assert sorted(going[type_] & beyond.keys()) == []


def test_types_that_are_given_tags_have_a_way_to_set_them():
    assert {type_ for type_, inputs in resources() if inputs.get("tags") and not ROWS[type_].tagging} == set()
