"""Stories: the tests of one class build on each other, in the order in which they stand. Each parameter is a story of its own."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from tests.engine.stage import FAST, Stage, stage
from tests.engine.stories import Story

BROKEN = pytest.StashKey[dict[str, str]]()
"""By parameter: the test at which the story broke off."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and item.parent is not None:
        item.parent.stash.setdefault(BROKEN, {}).setdefault(_told_of(item), item.name)
    return report


def pytest_runtest_setup(item: pytest.Item) -> None:
    if isinstance(item.parent, pytest.Class) and (told := item.parent.stash.get(BROKEN, dict[str, str]()).get(_told_of(item))):
        pytest.skip(f"the story broke off at {told}")


def _told_of(item: pytest.Item) -> str:
    _, _, parameters = item.name.partition("[")
    return parameters


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory, story: Story) -> Stage:
    """Production of the module's own `story`."""
    return stage(tmp_path_factory.mktemp("production"), story.stack, FAST)


@pytest.fixture(scope="module")
def planted(prod: Stage) -> tuple[str, ...]:
    return prod.plant()
