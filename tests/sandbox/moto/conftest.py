from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.aws.moto import daemon
from sandbox.aws.moto.client import Endpoint
from sandbox.aws.moto.judge import Moto
from sandbox.aws.standin import Aws
from sandbox.reflection.schema import Schemas
from sandbox.world import World
from tests.sandbox.moto.life import Ground
from tests.sandbox.moto.stage import Bench


@pytest.fixture(scope="package")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One moto for all tests of the folder: each makes things under names of its own."""
    state = tmp_path_factory.mktemp("moto")
    schemas = Schemas()
    url = daemon.ensure(state)
    try:
        yield Bench(Moto(Endpoint(url), schemas), Aws(schemas), World(state), url)
    finally:
        daemon.stop(state)


@pytest.fixture(scope="package")
def ground(bench: Bench) -> Ground:
    return Ground.lay(bench)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder asks moto: it belongs to the judges' tier."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.judge)
