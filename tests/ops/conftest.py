"""Fixtures of the tests of tools/bootstrap.sh."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ops.machine import Machine, fresh


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return fresh(tmp_path)
