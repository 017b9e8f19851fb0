"""Every listed stack, recorded once for each process."""

from __future__ import annotations

from typing import cast

import pytest

from components.vocabulary import Cloud
from tests.inventory.cases import CASES, CLOUDS, Case, case
from tests.inventory.clouds import view as view_of
from tests.inventory.clouds.facts import View
from tests.recorder import Recording


@pytest.fixture(name="case", params=CASES, ids=str)
def listed(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture
def registered(case: Case) -> Recording[None]:
    return case.recorded()


@pytest.fixture(params=[one for one in CASES if one.cloud is Cloud.AWS], ids=str)
def on_aws(request: pytest.FixtureRequest) -> Recording[None]:
    """For what only AWS knows: policy documents, statements."""
    return cast("Case", request.param).recorded()


@pytest.fixture(params=CLOUDS, ids=str)
def cloud(request: pytest.FixtureRequest) -> Cloud:
    """Each cloud that a stack is listed for; `production`, `staging` and `phase1` are that cloud's."""
    return request.param


@pytest.fixture
def view(cloud: Cloud) -> View:
    return view_of(cloud)


@pytest.fixture
def production(cloud: Cloud) -> Recording[None]:
    return case(cloud, "production").recorded()


@pytest.fixture
def staging(cloud: Cloud) -> Recording[None]:
    return case(cloud, "staging").recorded()


@pytest.fixture
def phase1(cloud: Cloud) -> Recording[None]:
    return case(cloud, "production-phase1").recorded()
