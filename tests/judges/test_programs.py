"""A judge that is absent is told of, and where the run insists, it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.judges.programs import REQUIRED, program

NAME = "a-judge"


def installed(folder: Path) -> Path:
    folder.mkdir()
    file = folder / NAME
    file.write_text("#!/bin/sh\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def test_the_projects_own_program_comes_before_the_machines(tmp_path: Path) -> None:
    own, machines = installed(tmp_path / "own"), installed(tmp_path / "machine")
    environment = {"PATH": str(machines.parent)}
    assert program(NAME, tools=own.parent, environment=environment) == own
    assert program(NAME, tools=tmp_path, environment=environment) == machines


def test_without_the_program_the_test_is_skipped_and_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match=r"a-judge is not here: tools/bootstrap\.sh judges installs it"):
        program(NAME, tools=tmp_path, environment={})


def test_where_judges_are_required_an_absent_program_fails(tmp_path: Path) -> None:
    variable, required = REQUIRED
    with pytest.raises(pytest.fail.Exception, match="a-judge is not here"):
        program(NAME, tools=tmp_path, environment={variable: required})
