"""Every listed stack, recorded once for each process."""

from __future__ import annotations

import pytest

from tests.inventory.cases import CASES, Case
from tests.recorder import Recording


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture
def registered(case: Case) -> Recording[None]:
    return case.recorded()


@pytest.fixture
def production() -> Recording[None]:
    return CASES[0].recorded()


@pytest.fixture
def staging() -> Recording[None]:
    return CASES[1].recorded()


@pytest.fixture
def phase1() -> Recording[None]:
    return CASES[2].recorded()
