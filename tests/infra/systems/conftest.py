"""The stacks that most tests look at, declared once."""

from __future__ import annotations

import pytest

from tests.infra.systems.world import World, bring_up


@pytest.fixture(scope="session")
def phase0() -> World:
    return bring_up(0)


@pytest.fixture(scope="session")
def phase1() -> World:
    return bring_up(1)
