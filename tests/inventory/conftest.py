"""Every listed stack, recorded once for each process."""

from __future__ import annotations

from typing import cast

import pytest

from components.vocabulary import Cloud
from tests.inventory import supernova as supernovas
from tests.inventory.cases import CASES, CLOUDS, Case, case, params
from tests.inventory.clouds import view as view_of
from tests.inventory.clouds.facts import View
from tests.recorder import Recording


@pytest.fixture(name="case", params=params())
def listed(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture(params=params(one for one in CASES if one.system == "play-new"))
def play_new(request: pytest.FixtureRequest) -> Case:
    """Each stack of Play New alone."""
    return request.param


@pytest.fixture(params=params(one for one in CASES if one.system == "ai-agents"))
def ai_agents(request: pytest.FixtureRequest) -> Case:
    """AI Agents' stack on each cloud."""
    return request.param


@pytest.fixture
def registered(case: Case) -> Recording[None]:
    return case.recorded()


@pytest.fixture(params=params(one for one in CASES if one.cloud is Cloud.AWS))
def on_aws(request: pytest.FixtureRequest) -> Recording[None]:
    """For what only AWS knows: policy documents, statements."""
    return cast("Case", request.param).recorded()


@pytest.fixture(
    params=[pytest.param(cloud, id=str(cloud), marks=pytest.mark.xdist_group(f"play-new-{cloud}-production")) for cloud in CLOUDS]
)
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


@pytest.fixture(params=params(one for one in CASES if one.system == "supernova"))
def supernova(request: pytest.FixtureRequest) -> Case:
    """Its three environments on each cloud."""
    return request.param


@pytest.fixture(params=params(supernovas.usual(cloud) for cloud in Cloud))
def in_production(request: pytest.FixtureRequest) -> Case:
    """Supernova's production on each cloud."""
    return request.param


@pytest.fixture(params=params(supernovas.usual(cloud, "staging") for cloud in Cloud))
def in_staging(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture(params=params(supernovas.usual(cloud, "development") for cloud in Cloud))
def in_development(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture(params=params(supernovas.usual(cloud, name) for name in ("staging", "development") for cloud in Cloud))
def outside_production(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture
def otherwise(in_production: Case) -> Case:
    """Supernova's production with the other choices."""
    return supernovas.turned(in_production)
