"""What the program registers is what is written down: a change of it is a change of a file that a reviewer reads."""

from __future__ import annotations

import difflib

import pytest

from tests.inventory.cases import CASES, FOLDER, Case
from tests.inventory.render import rendered
from tests.inventory.rows import DOCUMENT, ROWS, document, proofs

pytestmark = pytest.mark.inventory


def test_the_stack_registers_what_its_inventory_says(case: Case) -> None:
    written = case.file.read_text(encoding="utf-8") if case.file.exists() else ""
    registered = rendered(case.recorded())
    difference = list(difflib.unified_diff(written.splitlines(), registered.splitlines(), "written", "registered", n=1, lineterm=""))
    assert not difference, f"{case.file.name} differs; `make inventory` writes it anew:\n" + "\n".join(difference[:60])


def test_no_inventory_is_left_behind() -> None:
    assert sorted(FOLDER.rglob("*.yaml")) == sorted(case.file for case in CASES)


@pytest.mark.parametrize("row", ROWS)
def test_every_requirement_row_has_a_test(row: str) -> None:
    assert proofs().get(row), f"no test is marked requirement({row!r})"


def test_no_test_claims_a_row_that_does_not_exist() -> None:
    assert set(proofs()) <= set(ROWS)


def test_the_table_of_requirements_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "`make inventory` writes docs/requirements.md anew"
