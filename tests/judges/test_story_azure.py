"""The short story of what is listed for Azure."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from components.vocabulary import Cloud
from tests.judges.short_story import ShortStory, stood_on, told
from tests.judges.standing import Standing

pytestmark = pytest.mark.judge


@pytest.fixture(scope="module", params=stood_on(Cloud.AZURE), ids=str)
def stood(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Standing]:
    yield from told(request.param, tmp_path_factory)


class TestStory(ShortStory):
    """See there."""
