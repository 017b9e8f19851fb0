"""One control plane for a test process, and a namespace of its own for each test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Generator

import pytest

from sandbox.kubernetes.cluster.access import Access
from sandbox.kubernetes.cluster.api import Api
from sandbox.kubernetes.cluster.control_plane import ControlPlane
from sandbox.kubernetes.cluster.objects import Cluster
from sandbox.tools import ToolMissing
from tests.judges.programs import REQUIRED
from tests.sandbox.kubernetes_cluster.samples import MANAGER, namespace

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Generator[ControlPlane]:
    plane = ControlPlane(tmp_path_factory.mktemp("plane"))
    try:
        plane.start()
    except ToolMissing as error:
        if os.environ.get(REQUIRED[0]) == REQUIRED[1]:
            raise
        pytest.skip(str(error))
    yield plane
    plane.wipe()


@pytest.fixture(scope="session")
def access(plane: ControlPlane) -> Access:
    return plane.start()


@pytest.fixture(scope="session")
def cluster(access: Access) -> Generator[Cluster]:
    api = Api(access)
    yield Cluster(api)
    api.close()


@pytest.fixture
def space(cluster: Cluster) -> Generator[str]:
    """Name of a namespace that enforces Pod Security's restricted profile."""
    made = namespace(f"space-{next(_NUMBERS)}")
    cluster.create(made, MANAGER)
    yield made["metadata"]["name"]
    cluster.api.delete(made)  # goes by itself: the next test has another one
