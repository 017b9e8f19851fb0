"""Stories: the tests of one class build on each other, in the order in which they stand."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from tests.engine.stage import FAST, Stage, stage
from tests.engine.stories import Story

BROKEN = pytest.StashKey[str]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and item.parent is not None:
        item.parent.stash.setdefault(BROKEN, item.name)
    return report


def pytest_runtest_setup(item: pytest.Item) -> None:
    told = isinstance(item.parent, pytest.Class) and item.parent.stash.get(BROKEN, "")
    if told:
        pytest.skip(f"the story broke off at {told}")


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory, story: Story) -> Stage:
    """Production of the module's own `story`."""
    return stage(tmp_path_factory.mktemp("production"), story.stack, FAST)


@pytest.fixture(scope="module")
def planted(prod: Stage) -> tuple[str, ...]:
    return prod.plant()
