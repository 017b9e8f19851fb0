"""Production on Azure. A module of its own, so that the clouds' stories are told side by side."""

from __future__ import annotations

import pytest

from tests.engine.production import ProductionStory
from tests.engine.stories import AZURE, Story

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def story() -> Story:
    return AZURE


class TestProduction(ProductionStory):
    """See there."""
