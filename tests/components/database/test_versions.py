from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from components.database.spec import DatabaseSpec
from components.database.versions import MAJORS, ending, unknown


@pytest.mark.requirement("SN-03")
def test_the_majors_that_can_be_asked_for_are_those_whose_end_is_known() -> None:
    assert get_args(DatabaseSpec.model_fields["major"].annotation) == tuple(MAJORS) == ("15", "16", "17")
    assert [major.ends for major in MAJORS.values()] == sorted(major.ends for major in MAJORS.values())


@pytest.mark.parametrize(
    ("on", "days", "expected"),
    [(date(2026, 7, 1), 365, ()), (date(2027, 6, 1), 180, ("15",)), (date(2029, 1, 1), 0, ("15", "16"))],
)
def test_majors_that_end_soon_are_told(on: date, days: int, expected: tuple[str, ...]) -> None:
    assert ending(on, days) == expected


def test_a_setting_is_known_from_the_major_that_brought_it_to_the_one_that_dropped_it() -> None:
    asked = ("log_statement", "scram_iterations", "transaction_timeout", "old_snapshot_threshold")
    assert list(unknown("15", asked)) == ["scram_iterations", "transaction_timeout"]
    assert list(unknown("16", asked)) == ["transaction_timeout"]
    assert list(unknown("17", asked)) == ["old_snapshot_threshold"]
