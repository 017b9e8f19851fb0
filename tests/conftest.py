"""What every test shares."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    # The SDK warns when it loads a module that holds a renamed class, whoever uses it. As an error, that stops the module half-loaded.
    # The use of such a class is an error of its own: see `tests.recorder`.
    config.addinivalue_line("filterwarnings", r"ignore:\S+ has been deprecated in favor of:DeprecationWarning:pulumi_")


@pytest.hookimpl(tryfirst=True)  # xdist writes groups into the items' names in this very hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is costly to set up is shared: one worker lives through a whole story, or takes all tests of a module that tells none."""
    for item in items:
        if item.get_closest_marker("engine") or item.get_closest_marker("judge"):
            _, _, story = item.name.partition("[") if isinstance(item.parent, pytest.Class) else ("", "", "")
            module, _, _ = item.nodeid.partition("::")
            item.add_marker(pytest.mark.xdist_group(f"{module.rpartition('/')[2]} {story.rstrip(']')}".rstrip()))
