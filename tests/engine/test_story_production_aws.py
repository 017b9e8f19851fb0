"""Production on AWS. A module of its own, so that the clouds' stories are told side by side."""

from __future__ import annotations

import pytest

from tests.engine.production import ProductionStory
from tests.engine.stories import AWS, Story

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def story() -> Story:
    return AWS


class TestProduction(ProductionStory):
    """See there."""
