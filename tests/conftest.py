"""What every test shares."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    # The SDK warns when it loads a module that holds a renamed class, whoever uses it. As an error, that stops the module half-loaded.
    # The use of such a class is an error of its own: see `tests.recorder`.
    config.addinivalue_line("filterwarnings", r"ignore:\S+ has been deprecated in favor of:DeprecationWarning:pulumi_")
