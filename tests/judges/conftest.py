"""What the judges' tests share."""

from __future__ import annotations

import pytest

from tests.engine.conftest import pytest_runtest_makereport, pytest_runtest_setup
from tests.inventory.cases import CASES, Case

__all__ = ["pytest_runtest_makereport", "pytest_runtest_setup"]
"""Stories break off at their first failure here too."""


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param
