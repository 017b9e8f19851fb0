"""Sessions of the real engine on small projects."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sandbox.launcher import Session, session
from sandbox.tools import ToolMissing
from tests.sandbox.boxes import PROGRAM, TINY, write_project

pytest.register_assert_rewrite("tests.sandbox.moto.life")  # it asserts for the tests of its folder, which want to see values

Open = Callable[..., Session]


@pytest.fixture
def boxes(tmp_path: Path) -> Generator[Open]:
    """Opens a session on a project of boxes, in a stack called dev; everything of it ends with the test."""
    with ExitStack() as stack:

        def open_(program: str = PROGRAM, **behaviour: object) -> Session:
            project = write_project(tmp_path / "project", program)
            try:
                opened = stack.enter_context(session(tmp_path / "state", cwd=project, stand_ins=TINY, **behaviour))  # type: ignore[arg-type]: passed on
            except ToolMissing as error:
                pytest.skip(str(error))
            opened.run("stack", "init", "dev", check=True)
            return opened

        yield open_
